"""The header of a file: its titles, over one row or several, and its row."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from st_opendata.model.tables import ABOVE_HEADER, Column, Table

_LOOKED_AT = 1_000
"""Rows in which the program looks for a header."""

NumberedRow = tuple[int, list[str]]
"""Cells of a row with its number, as a spreadsheet counts it."""


@dataclass(frozen=True, slots=True)
class Header:
    """The rows of a header as in the file, the first at the number `first`; none without a header."""

    first: int
    rows: tuple[tuple[str, ...], ...]

    @property
    def last(self) -> int:
        """The number of its last row; without a header that of the row above the first row of data."""
        return self.first + len(self.rows) - 1

    @property
    def titles(self) -> tuple[str, ...]:
        """One title for each column, empty for a column without a title."""
        return combined(self.rows)


def cleaned(title: str) -> str:
    """A title in one line."""
    return " ".join(filter(None, map(str.strip, title.splitlines())))


def combined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Titles of a header over several rows: `Cost 2020` of the group `Cost` and the column `2020` in it."""
    width = max(map(len, rows), default=0)
    upper, *others = ([*map(cleaned, row), *[""] * (width - len(row))] for row in rows or [[]])
    for lower in others:
        group = ""
        for number, below in enumerate(lower):
            group = upper[number] or group
            if upper[number] or below:
                upper[number] = group if below in ("", group) else f"{group} {below}".strip()
    return tuple(upper)


def known_as(column: Column) -> set[str]:
    """The titles that the column may have in a header."""
    return {"" if column.untitled else column.name, *map(cleaned, column.titles.values())}


def in_place(columns: Sequence[Column], titles: Sequence[str]) -> bool:
    """True if each column's title is at the column's own place, with no further titles."""
    padded = [*titles, *[""] * (len(columns) - len(titles))]
    return not any(padded[len(columns) :]) and all(
        title in known_as(column) for column, title in zip(columns, padded, strict=False)
    )


def find_header(table: Table, rows: Iterable[NumberedRow]) -> Header | None:
    """The header as the table's description knows it; None if no row has half of its titles.

    Without a rule for the rows above it, it is the first row.
    """
    count = table.dialect.header_rows if table.dialect.header else 0
    best, most = None, 0.0
    window: deque[NumberedRow] = deque(maxlen=max(count, 1))
    for looked, row in enumerate(rows):
        window.append(row)
        if len(window) < count:
            continue
        found = Header(window[0][0], tuple(tuple(cells) for _, cells in window) if count else ())
        if not table.rule(ABOVE_HEADER):
            return found
        share = _share(table.source_columns, found.titles)
        if share > most:
            best, most = found, share
        if share == 1 or looked > _LOOKED_AT:
            break
    return best if most >= 1 / 2 else None


def _share(columns: Sequence[Column], titles: Sequence[str]) -> float:
    """The number of columns with a title that have it in the header."""
    if in_place(columns, titles):
        return 1
    sought = [known_as(column) for column in columns if not column.untitled]
    share = sum(not names.isdisjoint(titles) for names in sought) / max(len(sought), 1)
    return min(share, 0.99) if len(sought) < len(columns) else share
