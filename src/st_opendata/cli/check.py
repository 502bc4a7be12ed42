"""`st-opendata check`: read, map and validate a catalogue, or a table that CSVW describes, and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import errors_as, note, progress_bar, write_report
from st_opendata.cli.options import engine_options, lang_option, report_options, source_argument
from st_opendata.cli.sample import write_sample
from st_opendata.cli.words import count, say
from st_opendata.errors import UsageError
from st_opendata.model.findings import conforms
from st_opendata.settings import read_settings

_ROWS = 3

if TYPE_CHECKING:
    from st_opendata.build import Outcome
    from st_opendata.model.findings import Finding
    from st_opendata.settings import Settings


class _SampleCommand(click.Command):
    """A command whose --sample goes without a number too, also before a folder."""

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

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    if sample and (source.is_file() or form != "text"):
        raise UsageError("--sample is for a catalogue, with --format text")
    if source.is_file():
        with errors_as(form, settings.language, source.parent):
            findings, checked = _described(source, base, settings)
        write_report(findings, form, settings.language, source.parent)
        note(checked)
        return 0 if conforms(findings) else 1
    if base:
        raise UsageError("--base is for a file; a catalogue has its `base` in catalogue.yaml")
    with errors_as(form, settings.language, source), progress_bar() as progress:
        outcome = check(Job(source, settings, progress=progress, sample=sample or 0))
    write_report(outcome.findings, form, settings.language, source)
    for shown in outcome.samples:
        click.echo(f"\n{shown.table}")
        write_sample(shown, settings.language)
    note_outcome(outcome, settings.language)
    return 0 if outcome.conforms else 1


def _described(source: Path, base: str | None, settings: Settings) -> tuple[list[Finding], str]:
    """The findings of a file, and how much was checked."""
    from st_opendata.csvw import SourceOptions, check_group, local_source, open_group

    found = local_source(source, SourceOptions(base=base))
    with open_group(*found, memory=settings.memory, threads=settings.threads) as opened:
        findings = check_group(opened)
        tables = count(len(opened.group.tables), "table", settings.language)
        rows = count(opened.tables.checked, "row", settings.language)
        return findings, say(settings.language, "checked-file", tables=tables, rows=rows)


def note_outcome(outcome: Outcome, language: str) -> None:
    """Say how much was checked, and that shapes were not where the tables have violations."""
    numbers = {"table": outcome.tables, "row": outcome.rows, "triple": outcome.triples}
    counts = {f"{noun}s": count(number, noun, language) for noun, number in numbers.items()}
    note(say(language, "checked" if outcome.shapes_checked else "tables-first", **counts))
    if outcome.shapes_checked and outcome.rows and not outcome.triples:
        note(say(language, "nothing-stated"))
