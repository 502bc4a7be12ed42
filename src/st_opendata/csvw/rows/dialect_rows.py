"""The rows of a file in any CSVW dialect, streamed (CSVW syntax §8), and rewritten for the engine.

The engine reads one plain dialect. So a file is rewritten once: UTF-8, commas, the number of each row in the source
before its cells, comments and skipped rows left out, every row as wide as the table.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message, number_text, verbatim
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.tables import Dialect
from st_opendata.place import Place
from st_opendata.tables.scan import MAX_CELL

_USUAL_ENDS = frozenset({"\r\n", "\n", "\r"})
_CHUNK = 1 << 20
_UNIT = "\x1f"
"""Stands for a delimiter of several characters while a line is split."""
_EDGES = " \t\r\n\v\f"
_NUL = "the line contains a NUL byte"


class DialectRows:
    """The rows of one file: `header` once it is read, `comments` as far as it is read."""

    def __init__(self, path: Path, label: str, dialect: Dialect) -> None:
        self._path = path
        self.label = label
        self._dialect = dialect
        self._encoding = dialect.encoding or "utf-8"
        self.header: list[list[str]] = []
        self.comments: list[str] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Each row of data with its number in the file, which counts all rows from 1.

        Raises:
            InputError: the file cannot be read, is not in its encoding, or has a cell without end.
        """
        number = 0
        self.header, self.comments = [], []
        try:
            with _cells_bounded(), self._path.open(encoding=_signed(self._encoding), newline="") as stream:
                for number, cells in self._records(stream):
                    yield number, cells
        except csv.Error as error:
            raise InputError(
                message("a cell cannot be read: {reason}", reason=_reason(error)),
                place=Place(self.label, row=number + 1),
            ) from None
        except UnicodeError as error:
            raise self._undecodable(error) from None
        except OSError as error:
            raise InputError(
                message("the file cannot be read: {reason}", reason=system_reason(error)), place=Place(self.label)
            ) from None

    def _undecodable(self, error: UnicodeError) -> InputError:
        """At its line, which the error does not know: text is decoded far ahead of the rows."""
        encoding, line, reason = self._encoding, 1, verbatim(str(error))
        decoder = codecs.getincrementaldecoder(encoding)()
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                try:
                    line += decoder.decode(chunk).count("\n")
                except UnicodeDecodeError as found:
                    line += found.object.count(b"\n", 0, found.start)
                    byte = found.object[found.start : found.start + 1]
                    reason = message(
                        "the byte {byte} in this line is not one of its characters (in Windows-1252: “{character}”)",
                        byte=f"0x{byte.hex().upper()}",
                        character=byte.decode("windows-1252", "replace"),
                    )
                    break
        return InputError(
            message("the file is not in the encoding {encoding}: {reason}", encoding=encoding, reason=reason),
            place=Place(self.label, line=line),
            remedy=message('Save it as “CSV UTF-8”, or name its "encoding" in the dialect of its CSVW description.'),
        )

    def titles(self) -> list[list[str]]:
        """The header's rows; reads no further.

        Raises:
            InputError: as when the rows are read.
        """
        for _ in self:
            break
        return self.header

    def width(self) -> int:
        """The number of cells in the first row, a header before data; raises as `titles`."""
        for _, cells in self:
            return len(self.header[0] if self.header else cells)
        return len(self.header[0]) if self.header else 0

    def _records(self, stream: TextIO) -> Iterator[tuple[int, list[str]]]:
        dialect = self._dialect
        lines = _Lines(stream, dialect)
        number = dialect.skip_rows
        for skipped in islice(lines.raw, dialect.skip_rows):
            if line := skipped.rstrip("\r\n"):
                self.comments.append(line.removeprefix(dialect.comment_prefix or ""))
        for cells in _reader(lines, dialect):
            number += 1 + len(lines.comments)
            self.comments += lines.comments
            lines.begin()
            found = self._cleaned(cells)
            if len(self.header) < dialect.header_rows:
                self.header.append(found)
            elif any(found) or not dialect.skip_blank_rows:
                yield number, found or [""]
        self.comments += lines.comments

    def _cleaned(self, cells: list[str]) -> list[str]:
        dialect = self._dialect
        if len(dialect.delimiter) > 1:
            cells = [cell.replace(_UNIT, dialect.delimiter) for cell in cells]
        if "start" in dialect.trim_ends:
            cells = [cell.lstrip(_EDGES) for cell in cells]
        if "end" in dialect.trim_ends:
            cells = [cell.rstrip(_EDGES) for cell in cells]
        return cells[dialect.skip_columns :]


class _Lines:
    """Lines for a CSV reader, without the comments that stand where a record may begin."""

    def __init__(self, stream: TextIO, dialect: Dialect) -> None:
        self.raw = _split(stream, dialect.line_ends)
        self.comments: list[str] = []
        self._prefix = dialect.comment_prefix
        self._delimiter = dialect.delimiter if len(dialect.delimiter) > 1 else None
        self._fresh = True

    def begin(self) -> None:
        """The next line begins a record."""
        self._fresh = True
        self.comments = []

    def __iter__(self) -> Iterator[str]:
        for line in self.raw:
            if self._fresh and self._prefix and line.startswith(self._prefix):
                self.comments.append(line.removeprefix(self._prefix).strip("\r\n"))
                continue
            if "\0" in line:
                raise csv.Error(_NUL)
            self._fresh = False
            yield line.replace(self._delimiter, _UNIT) if self._delimiter else line


def _split(stream: TextIO, ends: tuple[str, ...]) -> Iterator[str]:
    """Lines that end as the dialect says."""
    if set(ends) <= _USUAL_ENDS:
        yield from stream
        return
    cut = re.compile("|".join(re.escape(end) for end in sorted(ends, key=len, reverse=True)))
    longest = max(map(len, ends))
    rest = ""
    while chunk := stream.read(_CHUNK):
        rest += chunk
        start = 0
        for found in cut.finditer(rest):
            if found.end() > len(rest) - longest + 1 and len(chunk) == _CHUNK:
                break
            yield rest[start : found.start()] + "\n"
            start = found.end()
        rest = rest[start:]
    if rest:
        yield rest


def _reader(lines: _Lines, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter if len(dialect.delimiter) == 1 else _UNIT,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
        skipinitialspace="start" in dialect.trim_ends,
    )


def _reason(error: csv.Error) -> Message:
    """The reason why Python's reader refuses a cell."""
    if str(error) == _NUL:
        return message("the line contains a NUL byte")
    if "limit" in str(error):
        return message("it has more than {most} characters", most=number_text(MAX_CELL))
    return verbatim(str(error))


@contextmanager
def _cells_bounded() -> Iterator[None]:
    before = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _pass(_: int, __: list[str]) -> None:
    """Look at nothing."""


def _signed(encoding: str) -> str:
    """The codec that drops a byte order mark."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def rewrite(
    rows: DialectRows, width: int, target: Path, most: int, look: Callable[[int, list[str]], None] = _pass
) -> list[int]:
    """Write the rows for the engine; the numbers of those without exactly `width` cells, at most `most`.

    `look` gets each row with its number.

    Raises:
        InputError: as `DialectRows`, or the disk is full.
    """
    ragged = list[int]()
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            write = csv.writer(out, lineterminator="\n").writerow
            for number, cells in rows:
                look(number, cells)
                if len(cells) == width:
                    write([number, *cells])
                else:
                    if len(ragged) < most:
                        ragged.append(number)
                    write([number, *cells[:width], *[""] * (width - len(cells))])
    except UnicodeError as error:
        raise InputError(
            message("the file contains bytes that are not text: {reason}", reason=str(error)), place=Place(rows.label)
        ) from None
    except OSError as error:
        raise InputError(
            message("the copy for the engine cannot be written: {reason}", reason=system_reason(error)),
            place=Place(str(target)),
        ) from None
    return ragged
