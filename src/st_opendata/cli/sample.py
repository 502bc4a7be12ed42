"""The first rows of a table as they were read: a line for each column, cut to the width of the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from st_opendata.cli.words import text_of
from st_opendata.messages.message import message
from st_opendata.printable import printable

if TYPE_CHECKING:
    from st_opendata.model.samples import Sample

_WIDEST, _NARROWEST, _BETWEEN = 40, 6, 2


def write_sample(sample: Sample, language: str) -> None:
    """Write it to stdout: title, type and values of each column, so that readers see wrong guesses at once."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0), header_style="bold")
    types = [text_of(column.kind, language) for column in sample.columns]
    kinds = max(map(len, types), default=0)
    rows = [message("row {number}", number=number)[language] for number in sample.rows]
    heading = message("column")[language]
    longest = max(len(heading), *(len(_shown(column.title)) for column in sample.columns))
    titles = min(console.width // 3, _WIDEST, longest)
    # Values that do not all fit would push the titles out of a narrow terminal.
    left = console.width - titles - kinds - _BETWEEN * (len(rows) + 1)
    values = [[_shown(value) for value in column.values] for column in sample.columns]
    needed = sum(max(map(len, (row, *column))) for row, *column in zip(rows, *values, strict=True))
    widest = None if needed <= left else max(_NARROWEST, left // len(rows))
    table.add_column(Text(heading), no_wrap=True, overflow="ellipsis", min_width=titles, max_width=titles)
    table.add_column(Text(message("type")[language]), no_wrap=True, min_width=min(_WIDEST, kinds))
    for row in rows:
        table.add_column(Text(row), no_wrap=True, overflow="ellipsis", max_width=widest)
    for column, kind, shown in zip(sample.columns, types, values, strict=True):
        table.add_row(Text(_shown(column.title)), Text(kind, style="dim"), *map(Text, shown))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _shown(value: str | None) -> str:
    """The value on one line; nothing for null."""
    return " ".join(printable(value or "").split())
