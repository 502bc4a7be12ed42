"""`st-opendata doctor`: is everything here that the program needs?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from st_opendata.cli.console import note, write_table
from st_opendata.cli.options import json_option, lang_option
from st_opendata.cli.words import say
from st_opendata.settings import read_settings


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
    entries = diagnose(settings)
    well = is_well(entries)
    if as_json:
        content = {"well": well, "entries": [asdict(entry) for entry in entries]}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        headings = say(settings.language, "doctor-headings").split("|")
        words = {key: say(settings.language, f"doctor-{key}") for each in entries for key in (each.group, each.state)}
        rows = [(words[each.group], each.name, words[each.state], each.detail, each.remedy) for each in entries]
        write_table(headings, rows)
    note(say(settings.language, "doctor-well" if well else "doctor-ill"))
    return 0 if well else 1
