"""The first rows of a table as they were read: a line for each column, cut to the width of the terminal."""

from __future__ import annotations

import sys

import click

from st_opendata.cli.words import say
from st_opendata.model.samples import Sample
from st_opendata.printable import printable

_WIDEST = 40


def write_sample(sample: Sample, language: str) -> None:
    """Write it to stdout: title, type and values of each column, so that what was read wrongly is seen at once."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    kinds = max((len(column.kind) for column in sample.columns), default=0)
    rows = [say(language, "sample-row", number=str(number)) for number in sample.rows]
    table.add_column(Text(say(language, "sample-column")), no_wrap=True, overflow="ellipsis", max_width=_WIDEST)
    table.add_column(Text(say(language, "sample-type")), no_wrap=True, min_width=min(_WIDEST, kinds))
    for heading in rows:
        table.add_column(Text(heading), no_wrap=True, overflow="ellipsis")
    for column in sample.columns:
        values = [_shown(value) for value in column.values]
        table.add_row(Text(_shown(column.title)), Text(column.kind, style="dim"), *map(Text, values))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _shown(value: str | None) -> str:
    """On one line; nothing for what is null."""
    return " ".join(printable(value or "").split())
