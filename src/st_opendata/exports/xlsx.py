"""XLSX: the tables of a dataset as sheets of a workbook (ECMA-376), row by row in bounded memory.

Text that a spreadsheet would treat as a formula (`=1+1`, `-2`, `@x`) is stored as text and marked with the apostrophe
that people type before it: it stays text when the cell is edited, and its value is not changed.

XlsxWriter makes the workbook. The XML of the rows is ours, at a third of the cost of its `write_string` for each cell:
the same as it writes, except for a text such as `<r>…</r>`, which it takes for the XML of rich text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from st_opendata.exports.cover import cover_name, cover_rows, cover_words, cut_note
from st_opendata.exports.sheets import Value, day_of, sheets_of
from st_opendata.exports.sources import DatasetSource
from st_opendata.model.text import pick
from st_opendata.system.zip_members import exchange_members

MAX_TEXT = 32_767
"""UTF-16 units that Excel holds in a cell."""
_CUT = " […]"
_SHEETS = "xl/worksheets/"
_COVER = f"{_SHEETS}sheet1.xml"
_LARGE = 1_000_000_000
"""The bytes from which a zip file may need other headers."""
_FORMULA = frozenset("=+-@\t\r")
_SETTINGS = {
    "constant_memory": True,
    "use_zip64": True,  # from 2 GB on alone: a smaller workbook has the same bytes with and without
}


def write_xlsx(source: DatasetSource, path: Path) -> None:
    """Write the workbook; the cover states how many texts were too long for a cell, and which files have all of them.

    The sheets of tables that are the same are taken over from an older file.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        if not _write_again(source, path):
            _write(source, path)
    except FileCreateError as error:  # XlsxWriter wraps the error of the file system
        raise error.args[0] from None


def _write_again(source: DatasetSource, path: Path) -> bool:
    """Write the other sheets and take over those; False, and no file, if the older one does not allow that."""
    older = source.older.files.get(path.name) if source.older else None
    if not source.older or not older or not source.older.tables or older.stat().st_size > _LARGE:
        return False
    draft = path.with_name(f"{path.name}.draft")
    try:
        taken = _write(source, draft, source.older.tables)
        if not taken or not _are_alike(draft, older):
            return False
        exchange_members(draft, older, taken, path)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _are_alike(draft: Path, older: Path) -> bool:
    """Whether they differ in sheets of tables only: the covers are equal, so no text in the older one was cut."""
    with ZipFile(draft) as now, ZipFile(older) as before:
        names = now.namelist()
        others = [name for name in names if not name.startswith(_SHEETS) or name == _COVER]
        return names == before.namelist() and all(now.read(name) == before.read(name) for name in others)


def _write(source: DatasetSource, path: Path, left_out: Collection[str] = ()) -> list[str]:
    """Write the workbook with no rows of the tables that are left out, and give the names of their files.

    No names if a text was cut, as the cover has the number of all that were.
    """
    empty = list[str]()
    with xlsxwriter.Workbook(path, _SETTINGS | {"tmpdir": str(path.parent)}) as book:
        day = day_of(source)
        book.set_properties(
            {
                "title": pick(source.dataset.title, "en"),
                "author": pick(source.dataset.publisher.name, "en") if source.dataset.publisher else "",
                "created": datetime(day.year, day.month, day.day),
            }
        )
        cover = book.add_worksheet(cover_name(source), _Page)
        cells = _Cells(book, cover)
        for number, sheet in enumerate(sheets_of(source), 2):
            page = book.add_worksheet(sheet.name, _Page)
            page.freeze_panes(1, 0)
            page.add_row(0, cells.bold(sheet.header))
            if sheet.table in left_out:
                empty.append(f"{_SHEETS}sheet{number}.xml")
                continue
            for line, row in enumerate(sheet.rows, 1):
                page.add_row(line, cells.row(row))
        _write_cover(cover, cells, source)
    return [] if cells.cut else empty


def _write_cover(cover: _Page, cells: _Cells, source: DatasetSource) -> None:
    cover.set_column(0, 2, 24)
    cover.set_column(3, 3, 70)
    number, words = 0, cover_words(source)
    for number, row in enumerate(cover_rows(source)):
        heading = number == 0 or row[:1] == [words["sheet"]]
        cover.add_row(number, cells.bold(row) if heading else cells.row(row))
    if cells.cut:
        cover.add_row(number + 2, cells.row([cut_note(source, cells.cut, _CUT.strip())]))


class _Page(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet with rows that are added in their order, each to the file that collects them."""

    def add_row(self, number: int, cells: Sequence[str]) -> None:
        """Write the row of that number, counted from 0: for each cell what follows its reference, or nothing."""
        filled = [column for column, cell in enumerate(cells) if cell]
        if not filled:
            return
        self._check_dimensions(number, filled[0])
        self._check_dimensions(number, filled[-1])
        line = number + 1
        text = "".join([f'<c r="{_letters(column)}{line}"{cells[column]}' for column in filled])
        self.fh.write(f'<row r="{line}">{text}</row>')

    def escaped(self, text: str) -> str:
        """The text as XML, control characters as Excel writes them."""
        return str(self._escape_data(self._escape_control_characters(text)))

    def day_number(self, value: date) -> float:
        """The number that Excel has for a day or a moment."""
        return float(self._convert_date_time(value))


_letters = cache(xl_col_to_name)


class _Cells:
    """The cells of rows, as XML after their reference; `cut` counts the texts that were too long."""

    def __init__(self, book: xlsxwriter.Workbook, page: _Page) -> None:
        """Take any page of the book for its functions."""
        self.cut = 0
        self._page = page
        self._bold = book.add_format({"bold": True})
        self._quoted = book.add_format({"quote_prefix": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for form in (self._bold, self._quoted, self._day, self._moment):
            form._get_xf_index()  # a format has the same number in every workbook, whatever the sheets before hold
        self._days: dict[date, str] = {}
        self._makers: dict[type, Callable[..., str]] = {
            str: self._text,
            bool: lambda value: f' t="b"><v>{int(value)}</v></c>',
            datetime: lambda value: _style(self._moment) + _number(page.day_number(value)),
            date: self._date,
            int: _number,
            float: _number,
            Decimal: _number,
            type(None): lambda _: "",
        }

    def row(self, values: Iterable[Value]) -> list[str]:
        """The cells of a row."""
        makers = self._makers
        return [makers[type(value)](value) for value in values]

    def bold(self, texts: Iterable[str]) -> list[str]:
        """The cells of a heading."""
        return [self._text(text, self._bold) for text in texts]

    def _date(self, value: date) -> str:
        if value not in self._days:
            self._days[value] = _style(self._day) + _number(self._page.day_number(value))
        return self._days[value]

    def _text(self, text: str, form: Format | None = None) -> str:
        if not text:
            return ""
        if len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
            room = MAX_TEXT - len(_CUT)
            text = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore") + _CUT
            self.cut += 1
        form = form or (self._quoted if text[0] in _FORMULA else None)
        style = _style(form) if form else ""
        space = ""
        if not text.isprintable() or text[0] == " " or text[-1] == " ":
            text = self._page.escaped(text)
            space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        elif "&" in text or "<" in text or ">" in text or "_x" in text:
            text = self._page.escaped(text)
        return f'{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _style(form: Format) -> str:
    """The format's number."""
    return f' s="{form._get_xf_index()}"'


def _number(value: float | Decimal) -> str:
    return f"><v>{value:.16G}</v></c>"
