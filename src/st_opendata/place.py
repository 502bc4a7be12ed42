"""Where something is: a cell of a table or a position in a text file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from st_opendata.messages.message import message
from st_opendata.model.text import pick


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file, and in it either a cell (`row`, `column`) or a position (`line`, `offset`).

    `row` counts records with the header as 1, as a spreadsheet shows it; `column` is the title
    that the publisher sees in the header. `line` and `offset` count from 1. In a workbook, `cell` is the same as a
    formula would name it: `Partners!F12`, `Partners!12:12` for a row, `Partners!F:F` for a column.
    """

    file: str
    row: int | None = None
    column: str | None = None
    line: int | None = None
    offset: int | None = None
    cell: str | None = None

    def within(self, language: str = "en") -> str:
        """Where in the file, in English, French or German; empty for the file as a whole."""
        parts = (
            message("line {number}", number=self.line) if self.line is not None else "",
            message("column {number}", number=self.offset) if self.offset is not None else "",
            self.cell or (message("row {number}", number=self.row) if self.row is not None else ""),
            message('column "{title}"', title=self.column) if self.column is not None else "",
        )
        return ", ".join(part if isinstance(part, str) else pick(part, language) for part in parts if part)

    def text(self, language: str = "en") -> str:
        """The file and where in it."""
        return (": " if self.cell else ", ").join(filter(None, (self.file, self.within(language))))

    def in_row(self) -> Place:
        """The row of the cell."""
        return Place(self.file, self.row, cell=f"{self.sheet}!{self.row}:{self.row}" if self.cell else None)

    def crossing(self, column: Place) -> Place | None:
        """The cell where the row of this place meets a column, None for one of another file or sheet."""
        if (self.file, self.sheet) != (column.file, column.sheet):
            return None
        cell = f"{(column.cell or '').partition(':')[0]}{self.row}" if column.cell else None
        return Place(self.file, self.row, column.column, cell=cell)

    @property
    def sheet(self) -> str:
        """The sheet of a workbook as its cell names it, empty for a place that is in no sheet."""
        return (self.cell or "").rpartition("!")[0]

    def __str__(self) -> str:
        return self.text()


def cell_name(sheet: str, letters: str, row: int | None) -> str:
    """The cell, row or column of a sheet as a formula names it; the sheet's name alone without either.

    >>> cell_name("Partners", "F", 12), cell_name("Partners 2020", "", 12), cell_name("Partners", "F", None)
    ('Partners!F12', "'Partners 2020'!12:12", 'Partners!F:F')
    """
    plain = re.fullmatch(r"[^\W\d]\w*", sheet)
    named = sheet if plain else "'" + sheet.replace("'", "''") + "'"
    if letters and row:
        return f"{named}!{letters}{row}"
    whole = letters or (str(row) if row else "")
    return f"{named}!{whole}:{whole}" if whole else named
