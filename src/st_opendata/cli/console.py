"""What commands write: reports, tables and numbers on stdout; notes and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from st_opendata.errors import StError

if TYPE_CHECKING:
    from st_opendata.model.findings import Finding

Progress = Callable[[str, float], None]
"""Told the stage that begins and the fraction that is done, 0 to 1."""


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on stderr, with elapsed and remaining time, that vanishes at the end; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda text, done: bar.update(task, description=text, completed=done)


def note(text: str) -> None:
    """Say something beside the result, on stderr."""
    click.echo(text, err=True)


@contextmanager
def errors_as(form: str, language: str, folder: Path = Path()) -> Iterator[None]:
    """Write an expected error to stdout too, in a form for programs: in JSON, `{"conforms": false, "error": {…}}`."""
    try:
        yield
    except StError as error:
        if form == "json":
            place = asdict(error.place) if error.place else None
            content = {"message": error.message_text(), "place": place, "remedy": error.remedy_text() or None}
            click.echo(json.dumps({"conforms": False, "error": content}, ensure_ascii=False, indent=1))
        elif form in ("sarif", "github"):
            from st_opendata.shacl import error_github, error_sarif

            written = error_sarif if form == "sarif" else error_github
            click.echo(written(error, language, folder), nl=False)
        raise


def write_report(findings: Sequence[Finding], form: str, language: str, folder: Path = Path()) -> None:
    """Write findings in one of `options.FORMS`; the names of their files start in `folder`."""
    from st_opendata import shacl

    match form:
        case "text":
            text = shacl.report_text(findings, language)
        case "json":
            text = shacl.report_json(findings)
        case "ttl":
            text = shacl.report_turtle(findings)
        case "sarif":
            text = shacl.report_sarif(findings, language, folder)
        case _:
            text = shacl.report_github(findings, language, folder)
    click.echo(text, nl=False)


def write_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table: with rules where stdout is a terminal, else aligned by spaces."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for heading in headings:
            table.add_column(Text(heading))
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    lines = [headings, *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(headings))]
    for line in lines:
        padded = (value.ljust(width) for value, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
