"""`st-opendata check`: read, map and validate a catalogue without writing anything."""

from __future__ import annotations

from pathlib import Path

import click

from st_opendata.cli.console import count, note, progress_bar, write_report
from st_opendata.cli.options import catalogue_argument, engine_options, lang_option, report_options
from st_opendata.settings import read_settings


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
    with progress_bar() as progress:
        outcome = check(Job(catalogue, settings, progress=progress))
    write_report(outcome.findings, form, settings.language)
    note_outcome(outcome.tables, outcome.rows, outcome.triples, shapes_checked=outcome.shapes_checked)
    return 0 if outcome.conforms else 1


def note_outcome(tables: int, rows: int, triples: int, *, shapes_checked: bool) -> None:
    """Say how much was checked, and that shapes were not where the tables have violations."""
    if shapes_checked:
        note(f"Checked {count(tables, 'table')} with {count(rows, 'row')}, {count(triples, 'triple')}.")
    else:
        note(f"Checked {count(tables, 'table')}. The shapes were not checked yet: correct the tables first.")
