"""The marks of a sheet of an Excel 97 workbook (BIFF, MS-XLS), from the records of its stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from st_opendata.messages.message import message
from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.marks import BUILT_IN, Marks, displayed_format, shows_day
from st_opendata.tables.workbooks.ole import PROTECTED

_BOF, _EOF, _FILEPASS = 0x809, 0x0A, 0x2F
_BOUNDSHEET, _FORMAT, _XF, _DATEMODE = 0x85, 0x41E, 0xE0, 0x22
_ROW, _COLINFO = 0x208, 0x7D
_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK = 0x06, 0x205, 0x203, 0x27E, 0xBD
_TEXTS = (0xFD, 0x204, 0xD6)
_BIFF8 = 0x600
_NO_DAY = 60
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def xls_marks(stream: bytes, place: int) -> Marks:
    """The marks of the sheet at that place among all sheets, counted from 0.

    Raises:
        WorkbookError: the records are damaged, or encrypted.
    """
    try:
        since_1904 = any(kind == _DATEMODE and data[:1] == b"\1" for kind, data in _inside(stream, 0))
        reader = _SheetMarks(_formats(stream), since_1904=since_1904)
        for kind, data in _inside(stream, _start(stream, place)):
            reader.take(kind, data)
    except struct.error:
        raise WorkbookError(message("it is damaged: a record is too short")) from None
    return reader.marks


def refuse_password(stream: bytes) -> None:
    """Raises WorkbookError for a workbook whose cells are encrypted."""
    if any(kind == _FILEPASS for kind, _ in _inside(stream, 0)):
        raise WorkbookError(PROTECTED)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length


def _inside(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, those of charts in it left out."""
    depth = 0
    for kind, data in _records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth < 1:
            return
        if depth == 1:
            yield kind, data


def _start(stream: bytes, place: int) -> int:
    starts = [struct.unpack_from("<I", data)[0] for kind, data in _inside(stream, 0) if kind == _BOUNDSHEET]
    if place >= len(starts):
        raise WorkbookError(message("it is damaged: a sheet is missing"))
    return int(starts[place])


def _formats(stream: bytes) -> dict[int, str]:
    """The number format by the number of a cell style."""
    codes, found, version = dict(BUILT_IN), dict[int, str](), _BIFF8
    for kind, data in _inside(stream, 0):
        if kind == _BOF:
            version = struct.unpack_from("<H", data)[0]
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data[2:], version)
        elif kind == _XF:
            found[len(found)] = codes.get(struct.unpack_from("<H", data, 2)[0], "")
    return {style: code for style, code in found.items() if code}


def _text(data: bytes, version: int) -> str:
    if version < _BIFF8:
        return data[1 : 1 + data[0]].decode("latin-1") if data else ""
    length, flags = struct.unpack_from("<HB", data)
    return (
        data[3 : 3 + 2 * length].decode("utf-16-le", "replace") if flags & 1 else data[3 : 3 + length].decode("latin-1")
    )


def _packed(data: bytes, place: int) -> float:
    """An RK number: an integer or the upper half of a double, perhaps times a hundred."""
    (packed,) = struct.unpack_from("<i", data, place)
    value = float(packed >> 2) if packed & 2 else struct.unpack("<d", bytes(4) + struct.pack("<i", packed & ~3))[0]
    return float(value) / 100 if packed & 1 else float(value)


class _SheetMarks:
    """Notes what the records of a sheet say."""

    def __init__(self, formats: dict[int, str], *, since_1904: bool) -> None:
        self.marks = Marks()
        self._formats = {style: form for style, code in formats.items() if (form := displayed_format(code))}
        self._days = set() if since_1904 else {style for style, code in formats.items() if shows_day(code)}

    def take(self, kind: int, data: bytes) -> None:
        """One record."""
        if kind in (_NUMBER, _RK):
            row, column, style = struct.unpack_from("<HHH", data)
            value = struct.unpack_from("<d", data, 6)[0] if kind == _NUMBER else _packed(data, 6)
            self._number(row, column, style, value)
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", data)
            for place in range((len(data) - 6) // 6):
                (style,) = struct.unpack_from("<H", data, 4 + 6 * place)
                self._number(row, first + place, style, _packed(data, 6 + 6 * place))
        elif kind in _TEXTS:
            self._fill(*struct.unpack_from("<HH", data))
        elif kind == _FORMULA:
            self._formula(data)
        elif kind == _BOOLERR:
            row, column, _, code, wrong = struct.unpack_from("<HHHBB", data)
            self._fill(row, column)
            if wrong:
                self.marks.errors[row + 1, column + 1] = _ERRORS.get(code, "#?")
        else:
            self._look(kind, data)

    def _look(self, kind: int, data: bytes) -> None:
        if kind == _ROW:
            row, options = struct.unpack_from("<H10xH", data)
            if options & 0x20:
                self.marks.hidden_rows.add(row + 1)
        elif kind == _COLINFO:
            first, last, options = struct.unpack_from("<HH4xH", data)
            if options & 1:
                self.marks.hidden_columns.update(range(first + 1, min(last, 255) + 2))

    def _fill(self, row: int, column: int) -> None:
        self.marks.fill(row + 1, column + 1)

    def _number(self, row: int, column: int, style: int, value: float) -> None:
        self._fill(row, column)
        if style in self._days and _NO_DAY <= value < _NO_DAY + 1:
            self.marks.no_days.append((row + 1, column + 1))
        if self._formats:
            self.marks.formats.setdefault(column + 1, set()).add(self._formats.get(style, ""))

    def _formula(self, data: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", data)
        kind, code, mark = struct.unpack_from("<BxB3xH", data, 6)
        if mark != 0xFFFF:
            self._number(row, column, style, struct.unpack_from("<d", data, 6)[0])
            return
        self._fill(row, column)
        if kind == 2:
            self.marks.errors[row + 1, column + 1] = _ERRORS.get(code, "#?")
