"""Workbooks of any format as calamine reads them, in a separate process.

Whatever the file contains, that process ends within bounds of memory and time: calamine holds a whole sheet at once,
and on a damaged file of Excel 97 it panics, aborts or does not end. This module first refuses the damage that it
can recognise in the file.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, repeat
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from st_opendata.messages.message import message, number_text
from st_opendata.system.child import Child, ChildEndedError, Send, start
from st_opendata.system.limits import STATISTICS, bound_memory, ran_out_of_memory
from st_opendata.tables.workbooks.archives import Archive, WorkbookError
from st_opendata.tables.workbooks.marks import MAX_CELLS, Area, Marks, refuse_large
from st_opendata.tables.workbooks.ods_marks import ods_marks
from st_opendata.tables.workbooks.ole import workbook_stream
from st_opendata.tables.workbooks.typed_cells import Value
from st_opendata.tables.workbooks.xls_marks import refuse_password, xls_marks
from st_opendata.tables.workbooks.xlsx_marks import XlsxMarks

ZIPPED = (".xlsx", ".ods")
MAX_MEMORY = 1_100_000_000
"""Bytes of address space, some of which is not used: a sheet of 12 million numbers takes nearly as much."""

_SECONDS, _BYTES_A_SECOND, _CELLS_A_SECOND = 8, 2_000_000, 200_000
"""Processor seconds for each sheet: a fixed number, and one more for each number of bytes, or cells."""

_BATCH_CELLS, _BATCH_LETTERS = 20_000, 4_000_000
_DAMAGED = message("it is damaged: its records cannot be read")


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells of a sheet: `rows` from row 1 and column A on, as wide as the widest; `marks` has the rest."""

    rows: Iterator[list[Value]]
    marks: Marks


class Workbook:
    """A workbook that another process has open; `visible` are those of its sheets that are not hidden."""

    def __init__(self, child: Child, asks: Connection) -> None:
        self._child, self._asks = child, asks
        self.sheets, self.visible = self._received()
        self._rows: Iterator[list[Value]] = iter(())

    def read(self, sheet: str) -> SheetCells:
        """The cells of a sheet of that name; the rows of the one before cannot be read any more.

        Raises:
            WorkbookError: it is damaged or too large; also while its rows are read.
        """
        for _ in self._rows:
            pass
        self._asks.send(sheet)
        marks: Marks = self._received()
        self._rows = self._sent()
        return SheetCells(self._rows, marks)

    def _sent(self) -> Iterator[list[Value]]:
        while batch := self._received():
            yield from batch

    def _received(self) -> Any:  # noqa: ANN401 (what the other process sends)
        try:
            found = self._child.receive()
        except ChildEndedError as error:
            if ran_out_of_memory(error.code, error.stderr):
                reason = message("reading it takes more than {most} bytes of memory", most=number_text(MAX_MEMORY))
            elif error.code == -signal.SIGXCPU:
                reason = message("it is damaged: reading it does not end")
            else:
                reason = _DAMAGED
            raise WorkbookError(reason) from None
        if isinstance(found, WorkbookError | OSError):
            raise found
        return found


@contextmanager
def opened(path: Path, *, zipped: bool) -> Iterator[Workbook]:
    """The workbook in a file, which is a zip file or one of Excel 97.

    Raises:
        WorkbookError: it is damaged, protected, or beyond the bounds.
        OSError: it cannot be read.
    """
    asked, asks = multiprocessing.Pipe(duplex=False)
    with asked, asks, start(lambda report: _serve(path, asked, report, zipped=zipped)) as child:
        yield Workbook(child, asks)


class _Book(Protocol):
    """A workbook of one format; rows begin with row 1 and column A, `size` is what it unpacks to."""

    size: int
    sheets: tuple[str, ...]
    visible: tuple[str, ...]

    def marks(self, sheet: str) -> Marks: ...

    def load(self, sheet: str, marks: Marks) -> Iterator[list[Value]]: ...


def _serve(path: Path, asked: Connection, report: Send, *, zipped: bool) -> object:
    """Send the sheets, then the marks and rows of each requested sheet; an error is the outcome."""
    with suppress(FileNotFoundError), STATISTICS.open("rb", buffering=0) as statistics:
        bound_memory(statistics, MAX_MEMORY)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = _Zipped(path) if zipped else _Old(path)
        report((book.sheets, book.visible))
        while True:
            sheet = asked.recv()
            marks = book.marks(sheet)
            refuse_large(sheet, marks)
            _allow_time(book.size, marks.rows * marks.columns)
            rows = book.load(sheet, marks)
            refuse_large(sheet, marks)
            report(marks)
            for batch in _batches(_merged(_padded(rows, marks), marks), sheet, marks):
                report(batch)
            report([])
    except (WorkbookError, OSError) as error:
        return error


def _allow_time(size: int, cells: int = 0) -> None:
    """Let the process use as many seconds from here on as bytes and cells may take."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime + _SECONDS + size / _BYTES_A_SECOND + cells / _CELLS_A_SECOND
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    allowed = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if most == resource.RLIM_INFINITY else min(allowed, most), most))


@contextmanager
def _refuse_damage() -> Iterator[None]:
    try:
        yield
    except (CalamineError, ValueError, OSError) as error:  # calamine's OSError is of what it reads in the file
        raise WorkbookError(message("it is damaged: {reason}", reason=str(error))) from None


class _Calamine:
    """The common interface of the formats: the sheets with cells, and their rows."""

    def __init__(self, book: CalamineWorkbook) -> None:
        self._book = book
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        self.sheets = tuple(sheet.name for sheet in sheets)
        self.visible = tuple(sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible)

    def load(self, sheet: str, marks: Marks) -> Iterator[list[Value]]:
        """The rows; merged cells are noted in the marks, except for OpenDocument, where calamine has none."""
        with _refuse_damage():
            cells = self._book.get_sheet_by_name(sheet)
        for first, last in sorted(cells.merged_cell_ranges or ()):
            marks.merge((first[0] + 1, first[1] + 1), (last[0] + 1, last[1] + 1))
        left: list[Value] = [""] * (cells.start[1] if cells.start else 0)
        return ([*left, *row] for row in cells.iter_rows())


class _Zipped(_Calamine):
    """A workbook that is a zip file."""

    def __init__(self, path: Path) -> None:
        archive = Archive(path)
        self.size = archive.size
        _allow_time(self.size)
        if path.suffix.lower() == ".xlsx":
            self._marks = XlsxMarks(archive).of
        else:
            # calamine reads the cells of all sheets when it opens the file.
            found = ods_marks(archive)
            held = sum(marks.rows * marks.columns for marks in found.values())
            if held > MAX_CELLS:
                raise WorkbookError(
                    message(
                        "its sheets reach over {cells} cells, more than {most}",
                        cells=number_text(held),
                        most=number_text(MAX_CELLS),
                    )
                )
            _allow_time(self.size, held)
            self._marks = lambda sheet: found.get(sheet, Marks())
        with _refuse_damage():
            super().__init__(CalamineWorkbook.from_path(path))

    def marks(self, sheet: str) -> Marks:
        return self._marks(sheet)


class _Old(_Calamine):
    """A workbook of Excel 97."""

    def __init__(self, path: Path) -> None:
        self._stream = workbook_stream(path)
        self.size = len(self._stream)
        _allow_time(self.size)
        refuse_password(self._stream)
        with _refuse_damage(), path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        super().__init__(book)
        self._places = {sheet.name: place for place, sheet in enumerate(book.sheets_metadata)}

    def marks(self, sheet: str) -> Marks:
        return xls_marks(self._stream, self._places[sheet])


def _batches(rows: Iterator[list[Value]], sheet: str, marks: Marks) -> Iterator[list[list[Value]]]:
    """The rows in lists that are quickly sent, as long as all their texts are within the bounds of what unpacks."""
    batch = list[list[Value]]()
    cells, before, letters = 0, 0, 0
    for row in rows:
        batch.append(row)
        cells += len(row)
        letters += sum(len(value) for value in row if type(value) is str)
        refuse_large(sheet, marks, letters)
        if cells > _BATCH_CELLS or letters - before > _BATCH_LETTERS:
            yield batch
            batch, cells, before = [], 0, letters
    if batch:
        yield batch


def _padded(rows: Iterator[list[Value]], marks: Marks) -> Iterator[list[Value]]:
    """All rows with content, from column A on and of one width; an error is the text that the cell shows."""
    errors: dict[int, dict[int, str]] = {}
    for (number, column), text in marks.errors.items():
        errors.setdefault(number, {})[column] = text
    for number, row in zip(range(1, marks.rows + 1), chain(rows, repeat(list[Value]())), strict=False):
        padded = [*row, *[""] * (marks.columns - len(row))]
        for column, text in errors.get(number, {}).items():
            padded[column - 1] = text
        yield padded


def _merged(rows: Iterator[list[Value]], marks: Marks) -> Iterator[list[Value]]:
    """Rows in which each of the cells that are merged has their value."""
    starting: dict[int, list[Area]] = {}
    for area in marks.merged:
        starting.setdefault(area[0][0], []).append(area)
    active: list[tuple[Area, Value]] = []
    for number, row in enumerate(rows, 1):
        active = [each for each in active if each[0][1][0] >= number]
        active += [(area, row[area[0][1] - 1]) for area in starting.get(number, ()) if area[0][1] <= len(row)]
        for ((_, left), (_, right)), value in active:
            for column in range(left, min(right, len(row)) + 1):
                row[column - 1] = value
        yield row
