"""Stray quotation marks: rows that became part of one cell, and files read so that such marks are text.

A mark that opens a cell makes one cell of everything up to the next one that closes it, however many rows that is.
Such a file is valid CSV, so that only the shape of the cell's lines shows the error.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message, message
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table

MOST_LINES = 50
"""Lines that a cell has at most where stray quotation marks are tolerated."""
_BREAK = re.compile(r"\r\n|\n|\r")
_SPACES = re.compile(" *")
_FEW = 3
_ENOUGH = 2
"""Lines shaped as rows, whole ones, from which a cell surely swallowed them."""


class Certainty(Enum):
    """The degree of certainty that a cell has swallowed rows."""

    SURELY = "surely"
    PROBABLY = "probably"


_CODES = {Certainty.SURELY: "rows-swallowed", Certainty.PROBABLY: "rows-swallowed-likely"}


def swallowed_rows(cell: str, row: tuple[int, str], width: int, delimiter: str) -> Certainty | None:
    """Whether a cell with line breaks has swallowed rows of a table with `width` columns.

    `row` is the place of the cell in its row, counted from 0, and the first cell of the row.
    """
    lines, (place, first) = _BREAK.split(cell), row
    if len(lines) == 1 or width == 1:
        return None
    found = [line.count(delimiter) for line in lines]
    whole = sum(number == width - 1 for number in found[1:-1])
    # A mark that opens and another below that closes in the same column: the rest of one row and the start of another.
    exact = found[0] == width - 1 - place and found[-1] == place and whole == len(lines) - 2
    if whole >= _ENOUGH and (exact or (width > 2 and whole * 2 > len(lines) - 2)):
        return Certainty.SURELY
    if not exact:
        return Certainty.PROBABLY if whole and width > 2 and delimiter != "," else None
    shape = _shape(first) if place else ""
    telling = "9" in shape or (width > _FEW and shape != "")  # in few columns, an address of two lines looks alike
    alike = telling and all(_shape(line.partition(delimiter)[0]) == shape for line in lines[1:])
    if alike and whole:
        return Certainty.SURELY
    return Certainty.PROBABLY if alike or delimiter != "," else None


def swallowed_findings(table: Table, header: Sequence[str], row: int, cells: Sequence[str]) -> list[Finding]:
    """A finding for each cell of a row that holds other rows; `cells` are in the order of the file's `header`."""
    found = list[Finding]()
    if table.sheet or table.layer or table.cleaning.trusted_quotes:
        return found
    for place, cell in enumerate(cells[: len(header)]):
        if "\n" in cell or "\r" in cell:
            sure = swallowed_rows(cell, (place, cells[0]), len(header), table.dialect.delimiter)
            if sure:
                fields = {"first": str(row), "last": str(row + len(cell.splitlines()) - 1)}
                where = (table.place(row, header[place] or None),)
                found.append(finding(_CODES[sure], where, dataset=table.dataset or None, **fields))
    return found


def _shape(text: str) -> str:
    """`A-9` of `KFZ-2020`: texts of one shape are of one kind."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"[0-9]+", "9", text.strip(' "')))


def quote_problem(error: csv.Error) -> Message:
    """The error of a quotation mark, for a finding."""
    if "unexpected end" in str(error):
        return message("it is never closed")
    return message("text follows the closing one")


@dataclass(frozen=True, slots=True)
class LenientRow:
    """A row; `line` is the number of its last line, `stray` the places of cells with marks that count as text."""

    line: int
    cells: list[str]
    stray: tuple[int, ...] = ()


def lenient_rows(lines: Iterable[str], width: int, delimiter: str, quote: str = '"') -> Iterator[LenientRow]:
    """Rows in which a quotation mark that does not enclose a cell is text.

    A valid row that is as wide as the table stays unchanged. Otherwise a mark counts if it opens a cell and another one
    closes it: in the same line, or within `MOST_LINES` if all lines between are valid and not rows.
    """
    waiting, source, number = deque[str](), iter(lines), 0

    def ahead() -> Iterator[str]:
        for index in range(MOST_LINES):
            if index == len(waiting):
                waiting.extend(map(_without_end, islice(source, 1)))
            if index == len(waiting):
                return
            yield waiting[index]

    for _ in ahead():
        break
    while waiting:
        line = waiting.popleft()
        found = _plain(line, width, delimiter, quote)
        if found is None:
            best = _best(line, ahead, _Form(width, delimiter, quote))
            for _ in range(best.taken):
                waiting.popleft()
            number += best.taken
            found = LenientRow(number + 1, best.cells, tuple(best.stray))
        number += 1
        yield LenientRow(number, found.cells, found.stray)
        for _ in ahead():
            break


def _after_spaces(line: str, position: int) -> int:
    """The place of the first character from `position` on that is not a space."""
    found = _SPACES.match(line, position)
    return found.end() if found else position


def _without_end(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _plain(line: str, width: int, delimiter: str, quote: str) -> LenientRow | None:
    """The row of a line without marks, or of one in which they only enclose cells."""
    if quote not in line:
        return LenientRow(0, line.split(delimiter) if line else [])
    reader = csv.reader([line], delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return None
    marked = any(quote in cell for cell in cells)  # as text, or doubled in marks: see below
    return LenientRow(0, cells) if len(cells) == width and not marked else None


@dataclass(frozen=True, slots=True)
class _Form:
    width: int
    delimiter: str
    quote: str


def _best(line: str, ahead: Callable[[], Iterator[str]], form: _Form) -> _Row:
    """The first reading that gives a row as wide as the table; marks that are not doubled, or doubled ones, close."""
    letter, free = _Row(line, ahead, form, doubled=False), _Row(line, ahead, form, doubled=True)
    if letter.fits and not letter.stray:
        return letter
    split = line.split(form.delimiter)
    plain = _Row("", ahead, form, doubled=True)
    plain.cells = [_unquoted(cell, form.quote) for cell in split]
    plain.stray = [place for place, cell in enumerate(split) if form.quote in cell]
    return next((each for each in (free, letter, plain) if each.fits), free)


def _unquoted(cell: str, quote: str) -> str:
    bare = cell.strip(" ")
    enclosed = len(bare) > 1 and bare.startswith(quote) and bare.endswith(quote)
    return bare[1:-1].replace(quote * 2, quote) if enclosed else cell


@dataclass(slots=True)
class _Row:
    """One way to read a row; `taken` lines below belong to it.

    With `doubled`, two marks before a delimiter close a cell, as in `"the "Old Hall"",`; else they are one of its text.
    """

    line: str
    ahead: Callable[[], Iterator[str]]
    form: _Form
    doubled: bool
    cells: list[str] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    taken: int = 0
    _open_from: int | None = None
    """From here on no mark of the line closes a cell."""
    _below: list[str] | None = None
    """The lines that the next joined cell takes, empty after the last; None before the first look."""

    def __post_init__(self) -> None:
        start: int | None = 0
        while start is not None:
            start = self._cell(start)

    @property
    def fits(self) -> bool:
        return len(self.cells) == self.form.width

    def _cell(self, start: int) -> int | None:
        """Read the cell that starts there; where the next one does."""
        opening = _after_spaces(self.line, start)
        if self.line.startswith(self.form.quote, opening):
            closing = self._closing(opening)
            if closing is None and self._joined(opening):
                closing = self._closing(opening)
            if closing is not None:
                return self._enclosed(opening, closing)
        end = self.line.find(self.form.delimiter, start)
        cell = self.line[start:] if end < 0 else self.line[start:end]
        if self.form.quote in cell:
            self.stray.append(len(self.cells))
        self.cells.append(cell)
        return None if end < 0 else end + 1

    def _enclosed(self, opening: int, closing: int) -> int | None:
        """Take the cell between two marks."""
        quote, content = self.form.quote, self.line[opening + 1 : closing]
        runs = [len(found[0]) for found in self._runs(content, 0)]
        if any(length % 2 for length in runs):
            self.stray.append(len(self.cells))
            content = re.sub(f"{re.escape(quote)}+", lambda found: quote * ((len(found[0]) + 1) // 2), content)
        else:
            content = content.replace(quote * 2, quote)
        self.cells.append(content)
        end = _after_spaces(self.line, closing + 1)
        return end + 1 if end < len(self.line) else None

    def _runs(self, text: str, start: int) -> Iterator[re.Match[str]]:
        return re.compile(f"{re.escape(self.form.quote)}+").finditer(text, start)

    def _ends_cell(self, line: str, position: int) -> bool:
        end = _after_spaces(line, position)
        return end == len(line) or line.startswith(self.form.delimiter, end)

    def _closing(self, opening: int) -> int | None:
        """The position of the mark that closes the cell which opens there."""
        own = len(next(self._runs(self.line, opening))[0])
        if own % 2 == 0 and self._ends_cell(self.line, opening + own):
            return opening + own - 1
        if self._open_from is not None and opening >= self._open_from:
            return None
        for run in self._runs(self.line, opening + own):
            if (len(run[0]) % 2 or self.doubled) and self._ends_cell(self.line, run.end()):
                return run.end() - 1
        self._open_from = opening
        return None

    def _joined(self, opening: int) -> bool:
        """Take lines below where one closes the cell that opens there, and all between is by the letter and no rows."""
        if self._below is None:
            self._below = self._until_closed()
        more, self._below = self._below, []
        if not more:
            return False
        content = "\n".join([self.line[opening + 1 :], *more[:-1]])
        last = more[-1]
        end = next(run.end() for run in self._runs(last, 0) if len(run[0]) % 2)
        cell, place = f"{content}\n{last[: end - 1]}", len(self.cells)
        first = self.cells[0] if self.cells else ""
        if any(len(run[0]) % 2 for run in self._runs(cell, 0)) or swallowed_rows(cell, (place, first), *self._size):
            return False
        self.line = "\n".join([self.line, *more])
        self.taken += len(more)
        self._open_from = self._below = None
        return True

    @property
    def _size(self) -> tuple[int, str]:
        return self.form.width, self.form.delimiter

    def _until_closed(self) -> list[str]:
        """Lines below up to the first with a mark that is not doubled, if that closes a cell; else empty."""
        found = list[str]()
        for line in islice(self.ahead(), self.taken, None):
            found.append(line)
            odd = next((run for run in self._runs(line, 0) if len(run[0]) % 2), None)
            if odd:
                return found if self._ends_cell(line, odd.end()) else []
        return []
