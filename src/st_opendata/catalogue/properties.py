"""The datatype and dialect of a table in dataset.yaml.

The readers of `csvw` make the datatypes; a problem with one is noted at its key. A dialect has fewer keys than in CSVW,
because the engine reads the file itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from st_opendata.csvw import LENGTHS, LIMITS, is_encoding, is_sign, named_datatype, with_facets
from st_opendata.documents import Fields
from st_opendata.errors import reason_of
from st_opendata.messages.message import Message, message
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Datatype, Dialect
from st_opendata.spelling import hint
from st_opendata.tables.datatypes import ALIASES, BASES, WKT, check_facets, datatype_iri, lexical

_DATATYPE_KEYS = ("base", "format", *LENGTHS, *LIMITS)
_COMMA = re.compile("^[^.]*,[#0]{1,2}[ \u00a0\u202f]?[%‰]?$")
"""A pattern that means a decimal comma: no language groups digits by one or two at the end."""
_DECIMALS = 'format: {pattern: …, decimalChar: ","}'
_NULLS = ("", "null", "~")
"""YAML's words for null, which are read as text."""
_DIALECT_KEYS = (
    "commentPrefix", "delimiter", "doubleQuote", "encoding", "header", "headerRowCount", "quoteChar", "skipBlankRows",
    "skipRows", "trim",
)  # fmt: skip

_HEADER_ROWS = 3


def datatype(fields: Fields) -> Datatype:
    """The value of `datatype`: a name, or a description with base, format and facets (CSVW metadata §5.11)."""
    if fields.is_text("datatype"):
        return _checked(fields, _named(fields, "datatype"))
    inner = fields.below("datatype")
    if inner is None:
        return Datatype()
    inner.only(_DATATYPE_KEYS)
    kind = _named(inner, "base") if "base" in inner else Datatype()
    decimal, group, pattern = ".", None, None
    if "format" in inner and not inner.is_text("format"):
        form = inner.below("format")
        if form:
            form.only(("pattern", "decimalChar", "groupChar"))
            decimal = _character(form, "decimalChar") or "."
            group = _character(form, "groupChar")
            pattern = form.text("pattern", required=False)
    else:
        pattern = inner.text("format", required=False)
    if group == decimal:
        inner.problem(message("decimalChar and groupChar are the same character"), "format")
    found = {key: inner.number(key) for key in LENGTHS} | {key: inner.text(key, required=False) for key in LIMITS}
    stated = {key: value for key, value in found.items() if value is not None}
    stated = {key: value for key, value in stated.items() if value != "" or key not in ("minimum", "maximum")}
    kind = replace(with_facets(kind, stated), pattern=pattern, decimal_char=decimal, group_char=group)
    return _checked(inner, kind)


def _named(fields: Fields, key: str) -> Datatype:
    name = fields.text(key) or "string"
    if name == WKT:
        return Datatype(WKT, datatype_iri(WKT))
    try:
        return named_datatype(name)
    except ValueError as error:
        near = hint(name, sorted(BASES | {WKT} | set(ALIASES)))
        fields.problem(Message("{problem}{hint}", {"problem": reason_of(error), "hint": near}), key)
        return Datatype()


def _checked(fields: Fields, kind: Datatype) -> Datatype:
    """The type, or plain text when its format or facets do not fit it."""
    key = "format" if "format" in fields else "datatype"
    if (
        kind.base in NUMBERS
        and (kind.decimal_char, kind.group_char) == (".", None)
        and _COMMA.search(kind.pattern or "")
    ):
        fields.problem(
            message(
                '"{pattern}" has groups of two digits; for decimals after a comma write {example}',
                pattern=kind.pattern,
                example=_DECIMALS,
            ),
            key,
        )
        return Datatype()
    try:
        lexical(kind)
        check_facets(kind)
    except ValueError as error:
        fields.problem(reason_of(error), "format" if "format" in fields else "base" if "base" in fields else "datatype")
        return Datatype()
    return kind


def _character(fields: Fields, key: str) -> str | None:
    value = fields.text(key, required=False)
    if value is not None and not is_sign(value):
        fields.problem(message('"{key}" must be one character, but not a letter, digit or sign', key=key), key)
        return None
    return value


def dialect(fields: Fields | None) -> Dialect:
    """How the file is written (CSVW metadata §5.9); comment lines can only be above the header."""
    if fields is None:
        return Dialect(encoding=None)
    fields.only(_DIALECT_KEYS)
    default = Dialect(encoding=None)
    encoding = fields.text("encoding", required=False) or None
    if encoding and not is_encoding(encoding):
        fields.problem(
            message('"{encoding}" is not an encoding, as utf-8 and windows-1252 are', encoding=encoding), "encoding"
        )
        encoding = default.encoding
    quote = fields.text("quoteChar", required=False) if "quoteChar" in fields else default.quote
    quote = None if quote in _NULLS else quote
    header = fields.flag("header") if "header" in fields else True
    header_rows = fields.number("headerRowCount")
    if header_rows is not None and header_rows > _HEADER_ROWS:
        fields.problem(message("a header has at most {number} rows", number=_HEADER_ROWS), "headerRowCount")
        header_rows = None
    header_rows = int(header) if header_rows is None else header_rows
    return Dialect(
        delimiter=_one_byte(fields, "delimiter") or default.delimiter,
        quote=(_one_byte(fields, "quoteChar") if quote and "quoteChar" in fields else quote) or None,
        double_quote=fields.flag("doubleQuote") if "doubleQuote" in fields else True,
        encoding=encoding,
        header=header and header_rows > 0,
        header_rows=header_rows,
        skip_blank_rows=fields.flag("skipBlankRows"),
        skip_rows=fields.number("skipRows") or 0,
        comment_prefix=fields.text("commentPrefix", required=False) or None,
        trim=fields.flag("trim"),
    )


def _one_byte(fields: Fields, key: str) -> str | None:
    value = fields.text(key, required=False)
    value = {"\\t": "\t", "tab": "\t"}.get(value or "", value)
    if value is not None and (len(value) != 1 or not value.isascii() or value in "\r\n\0"):
        fields.problem(
            message(
                '"{key}" must be one character, as ";" is (write a tab as {tab}, between quotation marks)',
                key=key,
                tab='"\\t"',
            ),
            key,
        )
        return None
    return value
