"""`st-opendata check`: read, map and validate a catalogue without writing anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.cli.console import errors_as, note, progress_bar, write_report
from st_opendata.cli.options import catalogue_argument, engine_options, lang_option, report_options
from st_opendata.cli.words import count, say
from st_opendata.settings import read_settings

if TYPE_CHECKING:
    from st_opendata.build import Outcome


@click.command
@catalogue_argument
@report_options
@lang_option
@engine_options
def command(*, catalogue: Path, form: str, lang: str | None, memory: str | None, threads: str | None) -> int:
    """Check a catalogue and write nothing.

    Tables are read, mapped to facts and validated. Every problem is shown with its file, row and column, and what to
    do. CATALOGUE is the folder with catalogue.yaml, by default `datasets`. Exit code 1 tells that there is a violation;
    warnings and notes do not count.
    """
    from st_opendata.build import Job, check

    settings = read_settings({"lang": lang, "memory": memory, "threads": threads})
    with errors_as(form, settings.language, catalogue), progress_bar() as progress:
        outcome = check(Job(catalogue, settings, progress=progress))
    write_report(outcome.findings, form, settings.language, catalogue)
    note_outcome(outcome, settings.language)
    return 0 if outcome.conforms else 1


def note_outcome(outcome: Outcome, language: str) -> None:
    """Say how much was checked, and that shapes were not where the tables have violations."""
    numbers = {"table": outcome.tables, "row": outcome.rows, "triple": outcome.triples}
    counts = {f"{noun}s": count(number, noun, language) for noun, number in numbers.items()}
    note(say(language, "checked" if outcome.shapes_checked else "tables-first", **counts))
