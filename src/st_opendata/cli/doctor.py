"""`st-opendata doctor`: is everything here that the program needs?"""

from __future__ import annotations

import click

from st_opendata.cli.console import note, write_json, write_table
from st_opendata.cli.options import json_option, lang_option
from st_opendata.cli.words import text_of
from st_opendata.messages.message import message
from st_opendata.settings import read_settings

_HEADINGS = (message("group"), message("what"), message("state"), message("found"), message("what to do"))
_WORDS = {
    "program": message("program"),
    "package": message("package"),
    "extra": message("extra"),
    "tool": message("tool"),
    "room": message("room"),
    "language": message("language"),
    "good": message("good"),
    "absent": message("absent"),
    "wrong": message("WRONG"),
}
"""Words for the groups and states of a diagnosis."""


@click.command(short_help="Check this machine for what the program needs.")
@json_option
@lang_option
def command(*, as_json: bool, lang: str | None) -> int:
    """Check this machine for what the program needs.

    The command looks at versions, extras, programs that only some tasks need, disk space, memory and language. It uses
    no network. The exit code is 1 if something is wrong; a missing program that only some tasks need does not count.
    """
    from st_opendata.diagnosis import diagnose, is_well

    settings = read_settings({"lang": lang})
    language = settings.language
    entries = diagnose(settings)
    well = is_well(entries)
    if as_json:
        write_json({"well": well, "entries": entries})
    else:
        rows = [(_WORDS[each.group], each.name, _WORDS[each.state], each.detail, each.remedy) for each in entries]
        headings, *shown = [[text_of(text, language) for text in row] for row in (_HEADINGS, *rows)]
        write_table(headings, shown)
    conclusion = message("Something is wrong. Its row says what to do.")
    if well:
        conclusion = message(
            "Everything the program needs is there. A missing part is needed only for the task in its row."
        )
    note(conclusion[language])
    return 0 if well else 1
