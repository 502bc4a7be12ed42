"""Dialect descriptions of a metadata document (CSVW metadata §5.9)."""

from __future__ import annotations

from st_opendata.csvw.metadata.values import (
    DocumentContext,
    InvalidError,
    Reader,
    boolean,
    encoding,
    natural,
    read_object,
    separator,
    text,
)
from st_opendata.messages.message import message
from st_opendata.model.groups import Json
from st_opendata.model.tables import Dialect

MAX_HEADER = 100
"""Rows of a header, which are held in memory."""

PLAIN = Dialect(header_rows=1)
"""The dialect of a file without a described one."""


def _trim(value: Json, _: DocumentContext) -> frozenset[str]:
    known = {True: {"start", "end"}, False: set[str](), "true": {"start", "end"}, "false": set[str]()}
    known |= {"start": {"start"}, "end": {"end"}}
    if not isinstance(value, (bool, str)) or value not in known:
        raise InvalidError(message("must be true, false, start or end"))
    return frozenset(known[value])


def _line_ends(value: Json, _: DocumentContext) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise InvalidError(message("must be a text or a list of texts"))
    return tuple(value)


def _character(value: Json, context: DocumentContext) -> str | None:
    if value is not None and (len(text(value, context)) != 1 or value in "\r\n\0"):
        raise InvalidError(message("must be one character or null"))
    return separator(value, context)


def _delimiter(value: Json, context: DocumentContext) -> str:
    if not text(value, context) or any(character in value for character in "\r\n\0"):
        raise InvalidError(message("must be one or more characters without a line break"))
    return str(value)


def _header_rows(value: Json, context: DocumentContext) -> int:
    if natural(value, context) > MAX_HEADER:
        raise InvalidError(message("must be {most} at most", most=MAX_HEADER))
    return int(value)


_READERS: dict[str, Reader] = {
    "commentPrefix": separator,
    "delimiter": _delimiter,
    "doubleQuote": boolean,
    "encoding": encoding,
    "header": boolean,
    "headerRowCount": _header_rows,
    "lineTerminators": _line_ends,
    "quoteChar": _character,
    "skipBlankRows": boolean,
    "skipColumns": natural,
    "skipInitialSpace": boolean,
    "skipRows": natural,
    "trim": _trim,
}


def dialect(value: dict[str, Json], context: DocumentContext) -> Dialect:
    """The dialect that the object describes.

    Raises:
        ConfigurationError: its `@id` or `@type` is wrong.
    """
    found = dict(read_object(value, _READERS, context, kind="Dialect", common=False).properties)
    if found.get("quoteChar", PLAIN.quote) == found.get("delimiter", PLAIN.delimiter):
        context.notices.warn(message("quoteChar and delimiter are the same character; quoteChar is ignored"))
        found["quoteChar"] = None
    rows = found.pop("headerRowCount", None)
    if rows is None:
        rows = int(bool(found.get("header", True)))
    ends = found.get("trim", frozenset({"start"} if found.get("skipInitialSpace") else ()))
    assert isinstance(rows, int)
    assert isinstance(ends, frozenset)
    names = {
        "commentPrefix": "comment_prefix", "delimiter": "delimiter", "doubleQuote": "double_quote",
        "encoding": "encoding", "lineTerminators": "line_ends", "quoteChar": "quote",
        "skipBlankRows": "skip_blank_rows", "skipColumns": "skip_columns", "skipRows": "skip_rows",
    }  # fmt: skip
    given = {names[name]: inner for name, inner in found.items() if name in names}
    return Dialect(**given, header=rows > 0, header_rows=rows, trim_ends=ends)  # type: ignore[arg-type]  # as read
