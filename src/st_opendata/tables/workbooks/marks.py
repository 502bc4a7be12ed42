"""Properties of a sheet in addition to its values: errors, hidden rows and columns, merged cells, displayed formats.

Libraries that read workbooks fast leave this out: they make an empty cell of `#N/A` and of a formula that was never
calculated. So the program reads the XML of the sheet once more (`xlsx_marks`, `ods_marks`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from st_opendata.messages.message import message, number_text
from st_opendata.tables.workbooks.archives import WorkbookError

Cell = tuple[int, int]
"""Row and column, counted from 1."""
Area = tuple[Cell, Cell]
"""First and last cell."""


MAX_CELLS = 12_000_000
"""Cells from A1 to the last one with content: the process keeps them in memory, empty cells too."""

MAX_LETTERS = 250_000_000
"""Letters of all texts of a sheet: each cell has its own copy in memory, in some readers two."""

MAX_MARKED = 1_000_000
"""Cells of a sheet that show an error, no value, or no day, and merged areas: the process keeps each in memory."""


@dataclass(slots=True)
class Marks:
    """`rows` and `columns` say how far the cells with content reach.

    `formats` has for each column how its numbers are shown: `00000` and `0.0%` where that differs from the number
    itself, else the empty text.
    """

    rows: int = 0
    columns: int = 0
    last_rows: dict[int, int] = field(default_factory=dict)
    errors: dict[Cell, str] = field(default_factory=dict)
    uncalculated: list[Cell] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    formats: dict[int, set[str]] = field(default_factory=dict)
    merged_cells: int = 0
    no_days: list[Cell] = field(default_factory=list)
    """Cells that show 29 February 1900, which Excel has as its day 60, and no calendar."""

    def fill(self, row: int, column: int) -> None:
        """Note that the cell has content."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        self.last_rows[column] = max(self.last_rows.get(column, 0), row)

    def merge(self, first: Cell, last: Cell) -> None:
        """Note that the cells of this area are one."""
        self.merged.append((first, last))
        self.merged_cells += (last[0] - first[0] + 1) * (last[1] - first[1] + 1)

    def number_format(self, column: int) -> str:
        """The format of all numbers of the column; empty if there is no format, or more than one."""
        found = self.formats.get(column, set())
        return next(iter(found)) if len(found) == 1 else ""


def refuse_large(sheet: str, marks: Marks, letters_held: int = 0) -> None:
    """Raise WorkbookError for a sheet beyond the bounds, whose cells have at least this number of letters."""
    if max(marks.rows * marks.columns, marks.merged_cells) > MAX_CELLS:
        reach = f"{letters(marks.columns)}{marks.rows}"
        raise WorkbookError(
            message(
                'its sheet "{sheet}" reaches to {cell}, more than {most} cells',
                sheet=sheet,
                cell=reach,
                most=number_text(MAX_CELLS),
            )
        )
    marked = len(marks.errors) + len(marks.uncalculated) + len(marks.no_days) + len(marks.merged)
    if marked > MAX_MARKED:
        raise WorkbookError(
            message(
                'its sheet "{sheet}" has {marked} errors and merged cells, more than {most}',
                sheet=sheet,
                marked=number_text(marked),
                most=number_text(MAX_MARKED),
            )
        )
    if letters_held > MAX_LETTERS:
        raise WorkbookError(
            message(
                'the cells of its sheet "{sheet}" have more than {most} characters',
                sheet=sheet,
                most=number_text(MAX_LETTERS),
            )
        )


def displayed_format(code: str) -> str:
    """The number format if it shows other digits than the number has (`00000`, `0.0%`), else the empty text."""
    code = code.partition(";")[0].replace("\\", "").replace('"', "")
    return code if re.fullmatch(r"00+|[#0]*0(\.0+)?%", code) else ""


BUILT_IN = {9: "0%", 10: "0.00%", **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), "yyyy-mm-dd")}
"""Formats that are not written down (ECMA-376 part 1, §18.8.30); all others show the number itself, or a time."""


def shows_day(code: str) -> bool:
    """True for a number format that shows a day."""
    return bool(re.search("[dy]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code), re.IGNORECASE))


@cache
def letters(column: int) -> str:
    """The letters of a column, counted from 1."""
    found = ""
    while column:
        column, place = divmod(column - 1, 26)
        found = chr(ord("A") + place) + found
    return found


@cache
def column_number(letter: str) -> int:
    """The column of these letters, counted from 1."""
    number = 0
    for each in letter:
        number = number * 26 + ord(each) - ord("A") + 1
    return number


def runs(numbers: Iterable[int], shown: Callable[[int], str]) -> str:
    """Numbers with those in a row put together, as in `2, 5–7`."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    texts = [shown(first) if first == last else f"{shown(first)}–{shown(last)}" for first, last in found]
    return ", ".join(texts[:10]) + (" …" if len(texts) > 10 else "")
