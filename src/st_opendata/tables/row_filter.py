"""A copy of a file without the rows that are not data: each row begins with its number in the file.

Only tables with rules for their rows need it; the program reads all others directly.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.tables import BLANK_ROWS, EMPTY_COLUMNS, SHORT_ROWS, RowRule, Table
from st_opendata.model.text import LANGUAGES
from st_opendata.tables.header import match_header
from st_opendata.tables.quotes import swallowed_findings
from st_opendata.tables.rows import Rows, SkippedRows, is_blank, row_text, skipped_rows
from st_opendata.tables.titles import Header, find_header, in_place
from st_opendata.tables.widths import Widths

if TYPE_CHECKING:
    from _csv import Writer as CsvWriter

_LISTED = 100
"""Rows of the wrong width that are listed."""
_TITLES = 8


_LEFT_OUT = ("row-ragged", "findings-more")
"""Codes of rows that are not in the copy of a lenient table."""


@dataclass(frozen=True, slots=True)
class FilteredFile:
    """The contents of the copy: for each column of the description its title and its position in the file."""

    titles: tuple[str, ...]
    order: tuple[int, ...]
    first: int
    rows: int
    breaks: int
    delimiters: int
    findings: list[Finding]


def needs_filter(table: Table) -> bool:
    """True for a table whose file cannot be read without a copy."""
    dialect, untitled = table.dialect, any(column.untitled for column in table.source_columns)
    return bool(table.rules) or dialect.skip_blank_rows or dialect.header_rows > 1 or untitled


def filter_rows(table: Table, rows: Rows, target: Path) -> FilteredFile | list[Finding]:
    """Write the copy; findings instead if header or rows do not fit the description.

    Raises:
        csv.Error: a row cannot be read.
    """
    header = find_header(table, rows())
    if header is None:
        return [header_not_found(table)]
    order, found = _order(table, header)
    if found:
        return found
    width = len(header.titles) or len(table.source_columns)
    rules = [*table.rules, *([RowRule(BLANK_ROWS)] if table.dialect.skip_blank_rows else [])]
    skipped = skipped_rows(rows, header, rules, width)
    gone = set[int]().union(*(each.numbers for each in skipped.values()))
    with target.open("w", encoding="utf-8", newline="") as out:
        copy = _Copy(table, header, csv.writer(out, lineterminator="\n"), order, max(width, len(order)))
        for number, cells in rows():
            if number > header.last and number not in gone:
                copy.write(number, cells)
    wrong = copy.wrong(header)
    if wrong and not (table.lenient and all(each.code in _LEFT_OUT for each in wrong)):
        return wrong
    titles = header.titles or tuple(column.name for column in table.source_columns)
    return FilteredFile(
        titles=tuple(titles[place] if place < len(titles) else "" for place in order),
        order=order,
        first=header.last + 1,
        rows=copy.rows,
        breaks=copy.breaks,
        delimiters=copy.delimiters,
        findings=[*_reports(table, skipped), *wrong, *copy.doubts()],
    )


def header_not_found(table: Table) -> Finding:
    """The finding that no row has the titles of the description."""
    titles = [next(iter(column.titles.values()), column.name) for column in table.source_columns if not column.untitled]
    quoted = [message("“{title}”", title=title) for title in titles[:_TITLES]]
    more = " …" if len(titles) > _TITLES else ""
    listed = {language: ", ".join(each[language] for each in quoted) + more for language in LANGUAGES}
    return finding("header-not-found", (table.place(),), dataset=table.dataset, titles=listed)


def _order(table: Table, header: Header) -> tuple[tuple[int, ...], list[Finding]]:
    """For each column of the description its place in the file, and findings where header and description differ."""
    columns, titles = table.source_columns, header.titles
    spare = table.rule(EMPTY_COLUMNS) is not None
    if not header.rows or (in_place(columns, titles) and (spare or len(titles) <= len(columns))):
        return tuple(range(len(columns))), []
    places = [place for place, title in enumerate(titles) if title or not spare]
    order, found = match_header(table, tuple(titles[place] for place in places), row=header.last)
    return tuple(places[place] for place in order), found


class _Copy:
    """Writes the rows of data, and counts what it writes."""

    def __init__(self, table: Table, header: Header, writer: CsvWriter, order: tuple[int, ...], width: int) -> None:
        self.rows = self.breaks = self.delimiters = 0
        self._table, self._titles, self._write, self._order = table, header.titles, writer.writerow, order
        self._spare, self._fills = table.rule(EMPTY_COLUMNS) is not None, table.rule(SHORT_ROWS) is not None
        self._needed, self._read = max(order, default=0) + 1, frozenset(order)
        self._widths = Widths(width, _LISTED)
        self._filled, self._first_filled = 0, 0
        self._untitled = list[Finding]()
        self._swallowed = list[Finding]()

    def write(self, number: int, cells: list[str]) -> None:
        """One row, cells that are left out at its end made empty where a rule says so."""
        if is_blank(cells):
            cells = [*cells, *[""] * (self._needed - len(cells))]
        elif not self._fits(cells):
            self._refuse(number, cells)
            return
        elif len(cells) < self._needed:
            self._first_filled = self._first_filled or number
            self._filled += 1
            cells = [*cells, *[""] * (self._needed - len(cells))]
        if len(self._swallowed) < _LISTED:
            self._swallowed += swallowed_findings(self._table, self._titles, number, cells)
        picked = [cells[place] for place in self._order]
        self._widths.add(number, self._widths.expected)
        self.rows += 1
        self.breaks += sum(cell.count("\n") for cell in picked)
        self.delimiters += sum(cell.count(",") for cell in picked)
        self._write([number, *picked])

    def _fits(self, cells: Sequence[str]) -> bool:
        if len(cells) < (self._needed if self._spare else self._widths.expected):
            return self._fills
        if self._spare:
            return not any(cell.strip() for place, cell in enumerate(cells) if place not in self._read)
        return len(cells) == self._widths.expected

    def _refuse(self, number: int, cells: Sequence[str]) -> None:
        beyond = any(cell.strip() for cell in cells[self._widths.expected :])
        if beyond or not self._spare or len(cells) < self._needed:
            self._widths.add(number, len(cells))
        elif len(self._untitled) < _LISTED:
            value = next(cell for place, cell in enumerate(cells) if place not in self._read and cell.strip())
            place = (self._table.place(number),)
            self._untitled.append(finding("cell-untitled", place, dataset=self._table.dataset, value=row_text([value])))

    def wrong(self, header: Header) -> list[Finding]:
        """Rows that are too long or too short, have cells without a title above, or became one cell."""
        surely = [each for each in self._swallowed if each.severity is Severity.VIOLATION]
        return [*self._widths.findings(self._table, header.last), *self._untitled, *surely]

    def doubts(self) -> list[Finding]:
        """Warnings about rows that may have become one cell, and about rows to which cells were added."""
        if not self._filled:
            return self._swallowed
        place = self._table.place(self._first_filled)
        filled = finding("rows-filled", (place,), dataset=self._table.dataset, count=self._filled)
        return [*self._swallowed, filled]


def _reports(table: Table, skipped: dict[str, SkippedRows]) -> list[Finding]:
    """A finding for each rule that skips rows, in the order of the rows."""
    found = []
    for kind, rows in sorted(skipped.items(), key=lambda item: min(item[1].numbers)):
        code = "rows-blank-skipped" if kind == BLANK_ROWS else "rows-skipped"
        fields = {"rule": f"skip: {kind}", "count": len(rows.numbers), "text": rows.first}
        found.append(finding(code, (table.place(min(rows.numbers)),), dataset=table.dataset, **fields))
    return found
