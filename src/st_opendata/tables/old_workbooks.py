"""Workbooks of Excel 97 (.xls): their values as calamine reads them, in a process of its own.

On a damaged file of this kind calamine panics, aborts or does not end, and takes the process with it: so it is one that
can be killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from st_opendata.apart import Child, ChildEndedError, Report, start
from st_opendata.confinement import STATISTICS, bound_memory
from st_opendata.tables.archives import WorkbookError
from st_opendata.tables.marks import Marks
from st_opendata.tables.ole import workbook_stream
from st_opendata.tables.typed_cells import Value
from st_opendata.tables.xls_marks import refuse_password, xls_marks

_MEMORY = 1_000_000_000
_SECONDS, _BYTES_A_SECOND = 8, 2_000_000
"""How long a file may take: so long, and a second more for so many bytes."""
_BATCH = 500
_DAMAGED = "it is damaged: its records cannot be read"


class OldWorkbook:
    """A workbook whose container is checked; `sheets` are the names of those with cells, `visible` those seen.

    Raises:
        WorkbookError: it is damaged, protected, beyond the bounds, or no workbook.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = workbook_stream(path)
        self._seconds = _SECONDS + len(self._stream) / _BYTES_A_SECOND
        refuse_password(self._stream)
        with self._reading(_list_sheets) as child:
            listed: list[tuple[str, bool, bool]] = self._received(child)
        self._places = {name: place for place, (name, _, _) in enumerate(listed)}
        self.sheets = tuple(name for name, cells, _ in listed if cells)
        self.visible = tuple(name for name, cells, visible in listed if cells and visible)

    def marks(self, sheet: str) -> Marks:
        """What the sheet says beside its values; raises WorkbookError."""
        return xls_marks(self._stream, self._places[sheet])

    def rows(self, sheet: str) -> Iterator[list[Value]]:
        """Its rows from the first and column A on; raises WorkbookError."""
        with self._reading(lambda book, report: _send_rows(book, sheet, report)) as child:
            while batch := self._received(child):
                yield from batch

    @contextmanager
    def _reading(self, work: Callable[[CalamineWorkbook, Report], object]) -> Iterator[Child]:
        def opened(report: Report) -> object:
            with suppress(FileNotFoundError), STATISTICS.open("rb", buffering=0) as statistics:
                bound_memory(statistics, _MEMORY)
            try:
                with self._path.open("rb") as file:
                    return work(CalamineWorkbook.from_filelike(file), report)
            except (CalamineError, ValueError, OSError):
                return None

        with start(opened) as child:
            yield child

    def _received(self, child: Child) -> list[Any]:
        """What the work sends next."""
        try:
            found = child.receive(self._seconds)
        except (ChildEndedError, TimeoutError):
            raise WorkbookError(_DAMAGED) from None
        if found is None:
            raise WorkbookError(_DAMAGED)
        return list(found)


def _list_sheets(book: CalamineWorkbook, _: Report) -> list[tuple[str, bool, bool]]:
    return [
        (sheet.name, sheet.typ == SheetTypeEnum.WorkSheet, sheet.visible == SheetVisibleEnum.Visible)
        for sheet in book.sheets_metadata
    ]


def _send_rows(book: CalamineWorkbook, sheet: str, report: Report) -> list[list[Value]]:
    """Sends batches of rows, and gives the empty one that ends them."""
    cells = book.get_sheet_by_name(sheet)
    left: list[Value] = [""] * (cells.start[1] if cells.start else 0)
    batch = list[list[Value]]()
    for row in cells.iter_rows():
        batch.append([*left, *row])
        if len(batch) == _BATCH:
            report(batch)
            batch = []
    if batch:
        report(batch)
    return []
