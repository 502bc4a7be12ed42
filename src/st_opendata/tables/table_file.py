"""A table's file as an engine may read it, and the cells of the file that its rows come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.place import Place
from st_opendata.tables.encodings import EncodingGuess
from st_opendata.tables.unpivot import WideColumn


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that an engine may read.

    `path` is UTF-8 text, `header` the titles in it, `order` for each source column of the table its
    place in the file, counted from 0. `first` is the number of the first data record as a spreadsheet counts it.
    `lines` and `delimiters` count those after the header. In a `numbered` file each record begins with its
    number.

    Where columns of the file are rows of the table (`wide`), the places of the columns that these make come after those
    of the file. The number of such a row is that of the record, times the number of `wide` columns, plus the place of
    its own column among these.
    """

    table: Table
    path: Path
    header: tuple[str, ...]
    order: tuple[int, ...]
    skip: int
    first: int
    lines: int
    delimiters: int
    findings: tuple[Finding, ...] = ()
    """Findings about the sheet of a workbook, a guessed encoding, and skipped rows."""
    numbered: bool = False
    guess: EncodingGuess | None = None
    """The guessed encoding of a file that is not UTF-8 and whose description states none."""
    wide: tuple[WideColumn, ...] = ()

    @property
    def most_rows(self) -> int:
        """The table has at most this number of rows."""
        return self.lines * max(len(self.wide), 1)

    def is_made(self, number: int) -> bool:
        """Whether the source column of that number has the cells or titles of several columns of the file."""
        return number > 0 and self.order[number - 1] >= len(self.header)

    def is_of_title(self, number: int) -> bool:
        """Whether the source column of that number has what the titles of several columns say."""
        rule = self.table.unpivot
        return number > 0 and rule is not None and self.table.source_columns[number - 1].name in rule.names

    def title(self, number: int) -> str:
        """The title that the publisher sees over the table's source column of that number, counted from 1.

        A column that is made of several has its own name.
        """
        column = self.table.source_columns[number - 1]
        return column.name if self.is_made(number) else self.header[self.order[number - 1]]

    def row(self, record: int) -> int:
        """The number of a row in the file."""
        return record // len(self.wide) if self.wide else record

    def place(self, record: int | None, number: int = 0) -> Place:
        """A cell of the table's source column of that number, or the row where it is 0.

        Of a column that is made of several this is the cell of the file, or the title.
        """
        row = None if record is None else self.row(record)
        if not number or (self.is_made(number) and record is None):
            return self.table.place(row, self.title(number) if number else None)
        if not self.is_made(number) or record is None:
            return self.table.place(row, self.title(number), self.order[number - 1])
        column = self.wide[record % len(self.wide)]
        return self.table.place(self.first - 1 if self.is_of_title(number) else row, column.title, column.place)

    def agrees(self, rows: int, breaks: int, delimiters: int) -> bool:
        """True if these rows, with these line ends and delimiters inside their cells, make up the whole file."""
        return self.lines == rows + breaks and self.delimiters == rows * (len(self.header) - 1) + delimiters
