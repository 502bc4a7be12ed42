"""XLSX: the tables of a dataset as sheets of a workbook (ECMA-376), row by row in bounded memory.

Text that a spreadsheet would treat as a formula (`=1+1`, `-2`, `@x`) is stored as text and marked with the apostrophe
that people type before it: it stays text when the cell is edited, and its value is not changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from st_opendata.exports.cover import cover_name, cover_rows, cover_words, cut_note
from st_opendata.exports.sheets import Value, day_of, sheets_of
from st_opendata.exports.sources import DatasetSource
from st_opendata.model.text import pick

MAX_TEXT = 32_767
"""UTF-16 units that Excel holds in a cell."""
_CUT = " […]"
_FORMULA = tuple("=+-@\t\r")
_SETTINGS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,  # from 2 GB on alone: a smaller workbook has the same bytes with and without
}


def write_xlsx(source: DatasetSource, path: Path) -> None:
    """Write the workbook; the cover states how many texts were too long for a cell, and which files have all of them.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        _write(source, path)
    except FileCreateError as error:  # XlsxWriter wraps the error of the file system
        raise error.args[0] from None


def _write(source: DatasetSource, path: Path) -> None:
    with xlsxwriter.Workbook(path, _SETTINGS | {"tmpdir": str(path.parent)}) as book:
        day = day_of(source)
        book.set_properties(
            {
                "title": pick(source.dataset.title, "en"),
                "author": pick(source.dataset.publisher.name, "en") if source.dataset.publisher else "",
                "created": datetime(day.year, day.month, day.day),
            }
        )
        writer = _Writer(book)
        cover = book.add_worksheet(cover_name(source))
        for sheet in sheets_of(source):
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            writer.write(page, 0, sheet.header, writer.bold)
            for number, row in enumerate(sheet.rows, 1):
                writer.write(page, number, row)
        _write_cover(cover, writer, source)


def _write_cover(cover: Worksheet, writer: _Writer, source: DatasetSource) -> None:
    cover.set_column(0, 2, 24)
    cover.set_column(3, 3, 70)
    number, words = 0, cover_words(source)
    for number, row in enumerate(cover_rows(source)):
        writer.write(cover, number, row, writer.bold if number == 0 or row[:1] == [words["sheet"]] else None)
    if writer.cut:
        note = cut_note(source, writer.cut, _CUT.strip())
        writer.write(cover, number + 2, [note])


class _Writer:
    """Writes rows with their types."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.cut = 0
        self.bold = book.add_format({"bold": True})
        self._text = book.add_format({"quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def write(self, page: Worksheet, number: int, row: Sequence[Value], form: Format | None = None) -> None:
        """Write the row of that number, counted from 0; `form` is for its texts."""
        for column, value in enumerate(row):
            if isinstance(value, str):
                self._write_text(page, number, column, value, form)
            elif isinstance(value, bool):
                page.write_boolean(number, column, value)
            elif isinstance(value, datetime):
                page.write_datetime(number, column, value, self._moment)
            elif isinstance(value, date):
                page.write_datetime(number, column, value, self._day)
            elif value is not None:
                page.write_number(number, column, value)

    def _write_text(self, page: Worksheet, number: int, column: int, text: str, form: Format | None) -> None:
        if not text:
            return
        if len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
            room = MAX_TEXT - len(_CUT)
            text = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + _CUT
            self.cut += 1
        page.write_string(number, column, text, form or (self._text if text.startswith(_FORMULA) else None))
