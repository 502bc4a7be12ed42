"""`st-opendata check`: read, map and validate a catalogue, or a table that CSVW describes, and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import collect_seldom, errors_as, note, progress_bar, write_report
from st_opendata.cli.options import engine_options, findings_option, lang_option, report_options, source_argument
from st_opendata.cli.sample import write_sample
from st_opendata.cli.words import count
from st_opendata.errors import UsageError
from st_opendata.messages.message import Message, message
from st_opendata.model.findings import conforms
from st_opendata.settings import read_settings

NOTHING_STATED = message(
    "No cell states a fact yet: give a propertyUrl to columns in dataset.yaml, such as rdfs:label for names."
)
_ROWS = 3
"""The number of rows that --sample shows if it has no number."""

if TYPE_CHECKING:
    from st_opendata.build import Outcome
    from st_opendata.model.findings import Finding
    from st_opendata.settings import Settings


class _SampleCommand(click.Command):
    """A command whose --sample also works without a number, even before a folder."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        pairs = zip(args, [*args[1:], ""], strict=False)
        return super().parse_args(
            ctx, [f"{one}={_ROWS}" if one == "--sample" and not after.isdigit() else one for one, after in pairs]
        )


@click.command(cls=_SampleCommand, short_help="Check a catalogue or a table and write nothing.")
@source_argument
@report_options
@lang_option
@engine_options
@findings_option
@click.option("--base", metavar="IRI", help="IRI of the folder of SOURCE, if SOURCE is a file (see `convert`).")
@click.option(
    "--sample",
    type=click.IntRange(1, 20),
    metavar="[N]",
    help=f"Show the first N rows of each table.  [default without N: {_ROWS}]",
)
def command(  # noqa: PLR0913 (a parameter for each option)
    *,
    source: Path,
    form: str,
    lang: str | None,
    memory: str | None,
    threads: str | None,
    max_findings: str | None,
    base: str | None,
    sample: int | None,
) -> int:
    """Check a catalogue, or a table that CSVW describes, and write nothing.

    The command reads the tables, maps them to facts and validates the facts. It shows each problem with its file, row
    and column, and says what to do. SOURCE is a folder with catalogue.yaml (by default `datasets`), a CSVW metadata
    document (.json), or a table; `convert --help` says how the description of a table is found. The exit code is 1 if
    there is a violation; warnings and notes do not count.
    """
    from st_opendata.build import Job, check

    collect_seldom()
    settings = read_settings({"lang": lang, "memory": memory, "threads": threads, "max_findings": max_findings})
    if sample and (source.is_file() or form != "text"):
        raise UsageError(
            message("--sample works only for a catalogue and with --format text"),
            remedy=message("Leave out --sample, or name the folder of a catalogue."),
        )
    if source.is_file() and max_findings is not None:
        raise UsageError(
            message("--max-findings works only for a catalogue"),
            remedy=message("Leave out --max-findings: of a table, 100 findings of each kind are listed."),
        )
    if source.is_file():
        with errors_as(form, settings.language, source.parent):
            findings, checked = _described(source, base, settings)
        write_report(findings, form, settings.language, source.parent)
        note(checked[settings.language])
        return 0 if conforms(findings) else 1
    if base:
        raise UsageError(
            message("--base works only for a file"),
            remedy=message("Leave out --base: a catalogue has the key `base` in catalogue.yaml."),
        )
    with errors_as(form, settings.language, source), progress_bar() as progress:
        outcome = check(Job(source, settings, progress=progress, sample=sample or 0))
    write_report(outcome.findings, form, settings.language, source)
    for shown in outcome.samples:
        click.echo(f"\n{shown.table}")
        write_sample(shown, settings.language)
    note_outcome(outcome, settings.language)
    return 0 if outcome.conforms else 1


def _described(source: Path, base: str | None, settings: Settings) -> tuple[list[Finding], Message]:
    """The findings of a file, and how much was checked."""
    from st_opendata.csvw import SourceOptions, check_group, local_source, open_group

    found = local_source(source, SourceOptions(base=base))
    with open_group(*found, memory=settings.memory, threads=settings.threads) as opened:
        findings = check_group(opened)
        tables, rows = count(len(opened.group.tables), "table"), count(opened.tables.checked, "row")
        return findings, message("Checked {tables} with {rows}.", tables=tables, rows=rows)


def note_outcome(outcome: Outcome, language: str) -> None:
    """Say how much was checked; if the tables have violations, that the shapes were not."""
    tables, rows, triples = (
        count(number, noun)
        for number, noun in ((outcome.tables, "table"), (outcome.rows, "row"), (outcome.triples, "triple"))
    )
    text = message("Checked {tables}. The shapes were not checked: correct the tables first.", tables=tables)
    if outcome.shapes_checked:
        text = message("Checked {tables} with {rows}, {triples}.", tables=tables, rows=rows, triples=triples)
    note(text[language])
    if outcome.shapes_checked and outcome.rows and not outcome.triples:
        note(NOTHING_STATED[language])
