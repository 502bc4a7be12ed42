"""`st-opendata demo`: the catalogue that came with the program, built and asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.build import summary_text
from st_opendata.cli.console import note, progress_bar, write_report, write_table
from st_opendata.cli.options import engine_options, lang_option, output_option
from st_opendata.cli.words import say
from st_opendata.errors import InputError
from st_opendata.model.text import pick
from st_opendata.namespaces import readable
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.questions import Question


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
    from st_opendata.questions import read_questions
    from st_opendata.resources import resource_folder

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    catalogue = resource_folder("datasets")
    with progress_bar() as progress:
        outcome = build(Job(catalogue, settings, progress=progress), output)
    if outcome.release is None:
        write_report(outcome.findings, "text", settings.language)
        return 1
    for question in read_questions(output):
        if question.name[0].isdigit():
            _ask(output, question, settings.language)
    click.echo(summary_text(outcome.release, output, settings.language))
    note(say(settings.language, "go-on", command=f"st-opendata explain {output} project/smarter-together"))
    return 0


def _ask(release: Path, question: Question, language: str) -> None:
    """Show the question and its answer."""
    from st_opendata.query import Query, Table, answer

    result = answer(release, Query(question.query, f"{question.name}.rq"), "table")
    if not isinstance(result, Table):
        raise InputError(f"{question.name}.rq is no SELECT query")
    click.echo(pick(question.title, language))
    write_table(result.variables, [[readable(term) if term else "" for term in row] for row in result.rows])
    click.echo()
