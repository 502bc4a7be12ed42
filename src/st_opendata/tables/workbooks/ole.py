"""Files of Excel 97 as containers (Compound File Binary, MS-CFB): the stream that holds the workbook, within bounds.

Sectors are chained, and a damaged or hostile file may chain them in a circle: no chain is longer than the file.
"""

from __future__ import annotations

import struct
from pathlib import Path

from st_opendata.messages.message import message, number_text
from st_opendata.tables.workbooks.archives import WorkbookError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_BYTES = 100_000_000
_END = 0xFFFFFFFA
"""From here on numbers are marks, not sectors."""
_HEADER, _ENTRY = 512, 128
_ROOT, _STREAM = 5, 2
_NAMES = ("workbook", "book")
PROTECTED = message("it is protected by a password")
_OTHERS = {
    "worddocument": message("it is a Word document"),
    "powerpoint document": message("it is a presentation"),
    "encryptedpackage": PROTECTED,
}


def workbook_stream(path: Path) -> bytes:
    """The stream of a workbook.

    Raises:
        WorkbookError: the file is too large, damaged, not a workbook, or protected by a password.
        OSError: it cannot be read.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise WorkbookError(
            message("it has {size} bytes, more than {most}", size=number_text(size), most=number_text(MAX_BYTES))
        )
    try:
        return _Container(path.read_bytes()).workbook()
    except WorkbookError:
        raise
    except (struct.error, IndexError, ValueError):
        raise WorkbookError(message("it is damaged: a part of it is missing")) from None


class _Container:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._sector = 1 << min(struct.unpack_from("<H", content, 30)[0], 16)
        self._mini = 1 << min(struct.unpack_from("<H", content, 32)[0], 16)
        self._cutoff = struct.unpack_from("<I", content, 56)[0]
        self._table = self._numbers(self._allocation())

    def workbook(self) -> bytes:
        """The stream of that name."""
        directory = self._chain(self._word(48))
        entries = [directory[place : place + _ENTRY] for place in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        found = {self._name(entry): entry for entry in reversed(entries)}
        for name, reason in _OTHERS.items():
            if name in found:
                raise WorkbookError(reason)
        entry = next((found[name] for name in _NAMES if name in found), None)
        if entry is None:
            raise WorkbookError(message("it contains no workbook"))
        start, size = struct.unpack_from("<II", entry, 116)
        if size >= self._cutoff:
            return self._chain(start)[:size]
        root = self._chain(struct.unpack_from("<I", entries[0], 116)[0])
        table = self._numbers(self._chain(self._word(60)))
        return b"".join(root[n * self._mini : (n + 1) * self._mini] for n in _numbers_of(start, table))[:size]

    def _word(self, place: int) -> int:
        found: int = struct.unpack_from("<I", self._content, place)[0]
        return found

    def _name(self, entry: bytes) -> str:
        length = struct.unpack_from("<H", entry, 64)[0]
        return entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").casefold()

    def _bytes(self, number: int) -> bytes:
        start = _HEADER + number * self._sector if self._sector <= _HEADER else (number + 1) * self._sector
        return self._content[start : start + self._sector]

    def _numbers(self, content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    def _allocation(self) -> bytes:
        """The table of the chains: its sectors are listed in the header, and in separate sectors."""
        listed = list(struct.unpack_from("<109I", self._content, 76))
        following, most = self._word(68), len(self._content) // self._sector + 1
        while following < _END and most:
            *more, following = self._numbers(self._bytes(following))
            listed, most = listed + more, most - 1
        listed = [number for number in listed if number < _END][: len(self._content) // self._sector + 1]
        return b"".join(map(self._bytes, listed))

    def _chain(self, start: int) -> bytes:
        return b"".join(self._bytes(number) for number in _numbers_of(start, self._table))


def _numbers_of(start: int, table: tuple[int, ...]) -> list[int]:
    """The numbers of a chain; WorkbookError for one that leads in a circle or nowhere."""
    found = list[int]()
    while start < _END:
        if start >= len(table) or len(found) > len(table):
            raise WorkbookError(message("it is damaged: the chain of its parts is broken"))
        found.append(start)
        start = table[start]
    return found
