"""Sheets of workbooks as tables: read within bounds (`books`), and written down as CSV for the engine.

The program reads the values that the publisher sees: the last value of a formula, a date as a date, the value of merged
cells in each of them. Rows and columns keep their numbers and letters, so that a finding names the cell.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from st_opendata.messages.codes import finding
from st_opendata.messages.message import message
from st_opendata.model.findings import Finding
from st_opendata.model.numeric import FLOATS
from st_opendata.model.tables import Column, Dialect, Sheet, Table
from st_opendata.place import Place
from st_opendata.spelling import nearest
from st_opendata.tables.copies import copy_path
from st_opendata.tables.kinds import no_workbook
from st_opendata.tables.row_filter import header_not_found
from st_opendata.tables.splits import file_columns
from st_opendata.tables.titles import Header, cleaned, find_header, in_place
from st_opendata.tables.unpivot import file_table, staying
from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.books import ZIPPED, SheetCells, Workbook, opened
from st_opendata.tables.workbooks.marks import Marks, letters, runs
from st_opendata.tables.workbooks.ole import SIGNATURE
from st_opendata.tables.workbooks.typed_cells import Value, cell_writer

EXTENSIONS = (*ZIPPED, ".xls")
_LISTED = 1_000
_START = 4_096
_LONG = 10**15
"""The first number with more digits than a workbook keeps."""


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """The workbook in a file.

    Raises:
        WorkbookError: it is not a workbook, is damaged, protected or beyond the bounds.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    zipped = not start.startswith(SIGNATURE[:4])
    if zipped and (reason := no_workbook(start)):
        raise WorkbookError(reason)
    if zipped and path.suffix.lower() not in ZIPPED:
        raise WorkbookError(message("it is a newer workbook under an old name: rename it to .xlsx or .ods"))
    with opened(path, zipped=zipped) as book:
        yield book


def extract_sheet(table: Table, folder: Path) -> tuple[Table | None, list[Finding]]:
    """The table as one of a CSV file in `folder`, which the caller removes, with the findings about its sheet.

    None if nothing can be read. Columns without content below the skipped rows are left out, and so are the rows
    after the last one with content.

    Raises:
        OSError: a file cannot be read or written.
    """
    assert table.sheet is not None
    try:
        with open_workbook(table.path) as book:
            name = table.sheet.name or (book.visible[0] if len(book.visible) == 1 else "")
            if name not in book.sheets:
                return None, [_which(table, book, name)]
            sheet = book.read(name)
            found, said = _extracted(table, name, sheet, folder)
            if found is None:
                return None, said
            if name not in book.visible:
                said.append(finding("sheet-hidden", (found.place(),), dataset=table.dataset, sheet=name))
            return found, said
    except WorkbookError as error:
        return None, [finding("workbook-unreadable", (table.place(),), dataset=table.dataset, reason=error.message)]


def _which(table: Table, book: Workbook, name: str) -> Finding:
    listed_sheets = ", ".join(book.sheets)
    if not name:
        return finding("sheet-unnamed", (table.place(),), dataset=table.dataset, sheets=listed_sheets)
    fields = {"sheet": name, "sheets": listed_sheets, "near": nearest(name, book.sheets)}
    return finding("sheet-missing", (table.place(),), dataset=table.dataset, **fields)


def _extracted(table: Table, name: str, cells: SheetCells, folder: Path) -> tuple[Table | None, list[Finding]]:
    marks, skip = cells.marks, table.dialect.skip_rows
    rows = islice(cells.rows, skip, None)
    above = list[list[Value]]()
    described = replace(table, columns=file_columns(staying(table))[0])
    header = find_header(described, _texts(rows, above, skip)) or (None if above else Header(skip + 1, ()))
    if header is None:
        return None, [header_not_found(described)]
    used = [column for column, last in sorted(marks.last_rows.items()) if last >= header.first]
    table = replace(table, sheet=Sheet(name, tuple(map(letters, used))))
    titles = [header.titles[column - 1] if column <= len(header.titles) else "" for column in used]
    columns = _columns(file_table(table, titles)[0] if table.unpivot else table, titles, len(used))
    writers = [cell_writer(column, marks.number_format(number)) for column, number in zip(columns, used, strict=True)]
    exact = [place for place, column in enumerate(columns) if column is None or column.datatype.base not in FLOATS]
    path = copy_path(table, folder, "sheet.csv")
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("\n" * skip)  # so that rows keep their numbers
        writer = csv.writer(out, lineterminator="\n")
        for row in above[: header.first - skip - 1]:
            writer.writerow(map(_text, row))
        for row in above[header.first - skip - 1 : header.last - skip]:
            writer.writerow(map(_text, _picked(row, used)))
        long: dict[int, list[int]] = {}
        for number, row in enumerate(chain(above[header.last - skip :], rows), header.last + 1):
            cells_here = _picked(row, used)
            writer.writerow([write(value) for write, value in zip(writers, cells_here, strict=True)])
            for position in exact:
                value = cells_here[position]
                if isinstance(value, float | int) and not -_LONG < value < _LONG:
                    long.setdefault(position, []).append(number)
    dialect = Dialect(
        header=table.dialect.header,
        header_rows=table.dialect.header_rows,
        skip_rows=skip,
        skip_blank_rows=table.dialect.skip_blank_rows,
        trim=table.dialect.trim,
    )
    shown = titles if header.rows else []
    said = [*_findings(table, marks, used, shown, header.first - 1), *_long_numbers(table, long, shown)]
    return replace(table, path=path, dialect=dialect), said


def _texts(rows: Iterator[list[Value]], taken: list[list[Value]], skip: int) -> Iterator[tuple[int, list[str]]]:
    """The rows as text with their numbers; each is put into `taken` before."""
    for number, row in enumerate(rows, skip + 1):
        taken.append(row)
        yield number, [_text(value) for value in row]


def _picked(row: Sequence[Value], used: Sequence[int]) -> list[Value]:
    return [row[column - 1] if column <= len(row) else "" for column in used]


def _text(value: Value) -> str:
    return cleaned(cell_writer(None)(value))


def _columns(table: Table, header: Sequence[str], width: int) -> list[Column | None]:
    """The description of each column of the sheet, None for a column without one."""
    described, _ = file_columns(table)
    if not table.dialect.header:
        return [*described, *[None] * width][:width]
    if in_place(described, header):
        return [*described, *[None] * width][:width]
    known = {cleaned(title): column for column in described for title in column.titles.values()}
    known |= {column.name: column for column in described}
    return [known.get(title) for title in header]


def _findings(table: Table, marks: Marks, used: Sequence[int], header: Sequence[str], above: int) -> Iterator[Finding]:
    """Cells below the header that show no value, and hidden rows and columns, which are published too."""
    positions = {column: position for position, column in enumerate(used)}

    def place(row: int, column: int) -> Place:
        position = positions[column]
        return table.place(row, header[position] if header else None, position)

    errors = [(cell, text) for cell, text in sorted(marks.errors.items()) if cell[0] > above and cell[1] in positions]
    for cell, text in errors[:_LISTED]:
        yield finding("cell-error", (place(*cell),), dataset=table.dataset, value=text)
    waiting = [cell for cell in marks.uncalculated if cell[0] > above and cell[1] in positions]
    for cell in waiting[:_LISTED]:
        yield finding("cell-uncalculated", (place(*cell),), dataset=table.dataset)
    days = [cell for cell in marks.no_days if cell[0] > above and cell[1] in positions]
    for cell in days[:_LISTED]:
        yield finding("cell-no-day", (place(*cell),), dataset=table.dataset)
    counted = (("cell-error", errors), ("cell-uncalculated", waiting), ("cell-no-day", days))
    for code, number in ((code, len(cells)) for code, cells in counted):
        if number > _LISTED:
            more = {"kind": code, "count": number - _LISTED}
            yield finding("findings-more", (table.place(),), dataset=table.dataset, **more)
    rows = [row for row in marks.hidden_rows if above < row <= marks.rows]
    if rows:
        yield finding("rows-hidden", (table.place(rows[0]),), dataset=table.dataset, rows=runs(rows, str))
    columns = [column for column in marks.hidden_columns if column in positions]
    if columns:
        first = positions[columns[0]]
        where = table.place(None, header[first] if header else None, first)
        yield finding("columns-hidden", (where,), dataset=table.dataset, columns=runs(columns, letters))


def _long_numbers(table: Table, rows: Mapping[int, Sequence[int]], header: Sequence[str]) -> Iterator[Finding]:
    """For each column with numbers that have more digits than a workbook keeps, their count and the first."""
    for position, numbers in sorted(rows.items()):
        place = table.place(numbers[0], header[position] if header else None, position)
        yield finding("cell-digits", (place,), dataset=table.dataset, count=len(numbers))
