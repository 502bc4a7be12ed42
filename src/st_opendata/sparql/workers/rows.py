"""Counting the rows of a result in the bytes that Oxigraph writes, as they pass."""

from __future__ import annotations

import re
from collections.abc import Callable

Counter = Callable[[bytes], int]
"""Takes the next bytes of a result and gives the number of rows that begin or end in them."""

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_ROW_IN_JSON = re.compile(rb"[\[,]\s*\{")


def row_counter(form: str) -> Counter:
    """A counter for one result in `json`, `xml`, `csv` or `tsv`; in the last two the heading counts as a row."""
    match form:
        case "json":
            return _Json().count
        case "csv":
            return _Csv().count
        case "xml":
            return _Xml().count
        case _:
            return lambda data: data.count(b"\n")  # a line feed in a value is written as \n


class _Json:
    """A row is an object in an array (SPARQL 1.1 Query Results JSON Format §3.2.2)."""

    def __init__(self) -> None:
        self._rest = b""
        self._before = b""
        self._inside = False

    def count(self, data: bytes) -> int:
        data = self._rest + data
        whole = len(data) - (1 if _ends_in_escape(data) else 0)
        data, self._rest = data[:whole], data[whole:]
        parts = _ESCAPED.sub(b"", data).split(b'"')
        outside = parts[1::2] if self._inside else parts[::2]
        if not len(parts) % 2:
            self._inside = not self._inside
        text = self._before + b'"'.join(outside)
        if not outside:
            return 0
        self._before = text[-1:]
        return len(_ROW_IN_JSON.findall(text))


class _Csv:
    """A row ends at a line feed outside quotes (RFC 4180 §2)."""

    def __init__(self) -> None:
        self._inside = False

    def count(self, data: bytes) -> int:
        parts = data.split(b'"')
        rows = sum(part.count(b"\n") for part in parts[1 if self._inside else 0 :: 2])
        if not len(parts) % 2:
            self._inside = not self._inside
        return rows


class _Xml:
    """A row is an element `result`; the character `<` in a value is escaped."""

    _MARK = b"<result>"

    def __init__(self) -> None:
        self._before = b""

    def count(self, data: bytes) -> int:
        data = self._before + data
        self._before = data[-len(self._MARK) + 1 :]
        return data.count(self._MARK)


def _ends_in_escape(data: bytes) -> bool:
    """Whether the last byte is a backslash that escapes what comes next."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1
