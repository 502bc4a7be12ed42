"""`st-opendata demo`: the catalogue that came with the program, built and asked."""

from __future__ import annotations

import re
from pathlib import Path

import click

from st_opendata.cli.build import summary_text
from st_opendata.cli.console import note, progress_bar, write_report, write_table
from st_opendata.cli.options import engine_options, lang_option, output_option
from st_opendata.cli.words import say
from st_opendata.errors import InputError
from st_opendata.namespaces import readable
from st_opendata.settings import read_settings


@click.command
@output_option
@lang_option
@engine_options
def command(*, output: Path, lang: str | None, memory: str | None, threads: str | None) -> int:
    """Build the sample catalogue and ask it three questions.

    The sample is Smarter Together (Lyon, Munich, Vienna); it came with this program.

    It says where the release is, and the commands to go on with.
    """
    from st_opendata.build import Job, build
    from st_opendata.resources import resource_folder

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    catalogue = resource_folder("datasets")
    with progress_bar() as progress:
        outcome = build(Job(catalogue, settings, progress=progress), output)
    if outcome.release is None:
        write_report(outcome.findings, "text", settings.language)
        return 1
    for path in sorted((catalogue / "questions").glob("*.rq")):
        _ask(output, path, settings.language)
    click.echo(summary_text(outcome.release, output, settings.language))
    note(say(settings.language, "go-on", command=f"st-opendata explain {output} project/smarter-together"))
    return 0


def _ask(release: Path, path: Path, language: str) -> None:
    """Answer the query of a file: its first line is the question, lines such as `# fr: …` say it in other languages."""
    from st_opendata.query import Query, Table, answer

    text = path.read_text("utf-8")
    result = answer(release, Query(text, path.name), "table")
    if not isinstance(result, Table):
        raise InputError(f"{path.name} is no SELECT query")
    questions = dict(re.findall(r"^# (\w+): (.+)", text, re.MULTILINE))
    click.echo(questions.get(language, text.splitlines()[0].removeprefix("#").strip()))
    write_table(result.variables, [[readable(term) if term else "" for term in row] for row in result.rows])
    click.echo()
