"""CSVW datatypes: how cells are written and what their canonical XSD text is (CSVW metadata §5.11, syntax §6.4).

`lexical` says it without an engine, as regular expressions and steps that SQL can follow; `parse` follows them in
Python, cell by cell, for formats beyond SQL and as the reference that tests compare the SQL with. Digits are kept as
written: `1,50` becomes `1.50`, never `1.5`.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from st_opendata.errors import MessageError, reason_of
from st_opendata.messages.message import message
from st_opendata.model.geometry import geometry_wkt
from st_opendata.model.numeric import FLOATS, INTEGER_BOUNDS, NUMBERS
from st_opendata.model.tables import Datatype
from st_opendata.namespaces import PREFIXES, RDF, WKT_LITERAL, XSD
from st_opendata.system.matching import Matcher
from st_opendata.tables.moments import Moment, default_moment, moment_pattern, parse_moment
from st_opendata.tables.numbers import Number, default_number, example_number, number_pattern, parse_number

ALIASES = {"any": "anyAtomicType", "binary": "base64Binary", "datetime": "dateTime", "number": "double"}
EXPONENT = "(?:1?[0-9]{1,2}|2[0-7][0-9])"
"""Exponents with which up to 24 digits are neither infinite nor nothing as a double (a regular expression)."""
MOMENTS = frozenset({"date", "dateTime", "dateTimeStamp", "time"})
SPACED = frozenset({"string", "anyAtomicType", "xml", "html", "json"})
"""Types whose white space is kept (CSVW syntax §6.4, steps 1 and 2)."""
TEXTS = SPACED | {"normalizedString", "token"}
"""Types that any text has."""
WKT = "wktLiteral"
"""The name of the datatype of geometries, which CSVW does not have: dataset.yaml does."""
BLANKS = " \t\r\n\u00a0\u202f"
"""Characters to trim from both ends of other cells: also the no-break spaces that spreadsheets and web pages add."""

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_BEYOND = "\u0080-\U0010ffff"
_NAME = rf"[A-Za-z_{_BEYOND}][A-Za-z0-9_.\-{_BEYOND}]*"
_CLOCK = r"(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_ACCEPT: dict[str, tuple[str, str]] = {
    "anyURI": (r"(?:[^\x00-\x20<>\"{}|\\^`%]|%[0-9A-Fa-f]{2})+", "https://www.example.org/page"),
    "base64Binary": (r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", "THlvbg=="),
    "dayTimeDuration": (rf"-?P(?:[0-9]+D)?(?:T{_CLOCK})?", "P1DT12H"),
    "duration": (rf"-?P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T{_CLOCK})?", "P1Y6M"),
    "gDay": (rf"---{_DAY}{_ZONE}", "---31"),
    "gMonth": (rf"--{_MONTH}{_ZONE}", "--12"),
    "gMonthDay": (rf"--{_MONTH}-{_DAY}{_ZONE}", "--12-31"),
    "gYear": (rf"{_YEAR}{_ZONE}", "2026"),
    "gYearMonth": (rf"{_YEAR}-{_MONTH}{_ZONE}", "2026-12"),
    "hexBinary": (r"(?:[0-9A-Fa-f]{2})*", "4C796F6E"),
    "language": (r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", "fr"),
    "Name": (rf"(?::|{_NAME})(?::|{_NAME})*", "name"),
    "NMTOKEN": (rf"[A-Za-z0-9_.:\-{_BEYOND}]+", "name"),
    "QName": (rf"(?:{_NAME}:)?{_NAME}", "st:City"),
    "yearMonthDuration": (r"-?P(?:[0-9]+Y)?(?:[0-9]+M)?", "P1Y6M"),
}
_REFUSE = {
    # http and https have a host; "P" and "PT" state no duration
    "anyURI": r"[Hh][Tt][Tt][Pp][Ss]?:(?:/{0,2}|[^/].*|/[^/].*|//[/?#].*)",
    "dayTimeDuration": "-?P(?:.*T)?",
    "duration": "-?P(?:.*T)?",
    "yearMonthDuration": "-?P",
}
BASES = frozenset({*NUMBERS, *MOMENTS, *TEXTS, *_ACCEPT, "boolean"})
_LIMITED = NUMBERS | MOMENTS | {"gYear"}
_MEASURED = {
    "string",
    "normalizedString",
    "token",
    "language",
    "Name",
    "NMTOKEN",
    "anyURI",
    "hexBinary",
    "base64Binary",
}
_CRS84 = re.compile(r"<http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s*")
_IRIS = {WKT: WKT_LITERAL, "xml": f"{RDF}XMLLiteral", "html": f"{RDF}HTML", "json": f"{PREFIXES['csvw']}JSON"}


@dataclass(frozen=True, slots=True)
class Text:
    """Cells that are canonical as they stand when they match each of `accept` wholly and `refuse` not."""

    accept: tuple[str, ...]
    refuse: str | None
    example: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """Cells that say `true` and `false` with these words."""

    true: tuple[str, ...]
    false: tuple[str, ...]


Lexical = Number | Moment | Boolean | Text


def datatype_iri(base: str) -> str:
    """The datatype of the literals."""
    return _IRIS.get(base, XSD + base)


@cache
def lexical(datatype: Datatype) -> Lexical:
    """The lexical form of cells of this type.

    Raises:
        MessageError: CSVW does not have the format for this type.
    """
    base, pattern = datatype.base, datatype.pattern
    if base in NUMBERS:
        decimal, group = datatype.decimal_char, datatype.group_char
        if pattern:
            return number_pattern(pattern, decimal=decimal, group_char=group)
        integer = base in INTEGER_BOUNDS
        percent = datatype.percent and not integer
        return default_number(
            decimal=decimal, group_char=group, integer=integer, floating=base in FLOATS, percent=percent
        )
    if base in MOMENTS:
        return moment_pattern(base, pattern) if pattern else default_moment(base)
    if base == "boolean":
        true, bar, false = (pattern or "").partition("|")
        if pattern and not (bar and true and false and true != false and "|" not in false):
            raise MessageError(message('"{pattern}" is not a format for boolean, as Y|N is', pattern=pattern))
        return Boolean((true,), (false,)) if pattern else Boolean(("true", "1"), ("false", "0"))
    accept, sample = _ACCEPT.get(base, (None, "POINT(4.84 45.76)" if base == WKT else "text"))
    if pattern:
        try:
            _matcher(pattern)
        except ValueError as error:
            problem = message(
                '"{pattern}" is not a regular expression: {reason}', pattern=pattern, reason=reason_of(error)
            )
            raise MessageError(problem) from None
        sample = pattern
    return Text(tuple(filter(None, (accept, pattern))), _REFUSE.get(base), sample)


def parse(datatype: Datatype, text: str) -> str | None:
    """The canonical XSD text of a cell that is not null, or None when it is not written as the type asks.

    Facets (length, minimum …) are not looked at.

    Raises:
        ConfigurationError: the format is a regular expression that takes too long.
    """
    way = lexical(datatype)
    if datatype.base not in SPACED:
        text = text.strip(BLANKS)
    if isinstance(way, Number):
        return parse_number(way, text, integer=datatype.base in INTEGER_BOUNDS)
    if isinstance(way, Moment):
        return parse_moment(way, text)
    if isinstance(way, Boolean):
        return "true" if text in way.true else "false" if text in way.false else None
    written = _geometry(text) if datatype.base == WKT else text
    if written is None or not all(_matcher(accept).fullmatch(written) for accept in way.accept):
        return None
    refused = way.refuse is not None and re.fullmatch(way.refuse, written, re.ASCII | re.DOTALL)
    return None if refused else written


def _geometry(text: str) -> str | None:
    """The WKT of a geometry in WGS 84 that is written as WKT or GeoJSON."""
    bare = _CRS84.sub("", text, count=1)
    try:
        return None if bare.startswith("<") else geometry_wkt(bare)
    except MessageError:
        return None


@cache
def _matcher(pattern: str) -> Matcher:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # a set that Python may read otherwise one day
        return Matcher(pattern, re.ASCII)


def beyond_sql(datatype: Datatype) -> bool:
    """True for a geometry, and a number whose sign of per cent or per mille moves the point: only `parse` reads it."""
    way = lexical(datatype)
    return datatype.base == WKT or (isinstance(way, Number) and way.scale > 0)


def example(datatype: Datatype) -> str:
    """A cell written as the type asks, for messages."""
    way = lexical(datatype)
    if isinstance(way, Number):
        return example_number(way, integer=datatype.base in INTEGER_BOUNDS)
    if isinstance(way, Boolean):
        return f"{way.true[0]} / {way.false[0]}"
    return way.example


def bounds(datatype: Datatype) -> tuple[tuple[str, str], ...]:
    """The lowest and highest values as (comparison, canonical text), those of the type itself included."""
    low, high = INTEGER_BOUNDS.get(datatype.base, (None, None))
    limits = [
        (">=", str(low) if low is not None else None),
        ("<=", str(high) if high is not None else None),
        (">=", datatype.minimum),
        ("<=", datatype.maximum),
        (">", datatype.min_exclusive),
        ("<", datatype.max_exclusive),
    ]
    return tuple((sign, limit) for sign, limit in limits if limit is not None)


def check_facets(datatype: Datatype) -> None:
    """Refuse facets that the type does not have (CSVW metadata §5.11.1).

    Raises:
        MessageError: they do not fit.
    """
    limits = (datatype.minimum, datatype.maximum, datatype.min_exclusive, datatype.max_exclusive)
    if any(limit is not None for limit in limits) and datatype.base not in _LIMITED:
        raise MessageError(message("a minimum or maximum fits numbers and dates, not {base}", base=datatype.base))
    plain = Datatype(datatype.base, datatype.iri)
    for limit in limits:
        if limit is not None and parse(plain, limit) is None:
            raise MessageError(
                message(
                    'the limit "{limit}" is not of the type {base}, as {example} is',
                    limit=limit,
                    base=datatype.base,
                    example=example(plain),
                )
            )
    lengths = (datatype.length, datatype.min_length, datatype.max_length)
    if any(length is not None for length in lengths) and datatype.base not in _MEASURED:
        raise MessageError(message("a length fits text, not {base}", base=datatype.base))
    if (
        datatype.min_length is not None
        and datatype.max_length is not None
        and datatype.min_length > datatype.max_length
    ):
        raise MessageError(message("minLength is greater than maxLength"))


def check_order(datatype: Datatype) -> None:
    """Refuse facets that no value can meet (CSVW metadata §5.11.2).

    Raises:
        MessageError: no value meets them.
    """
    length, least, most = datatype.length, datatype.min_length, datatype.max_length
    if length is not None and ((least is not None and length < least) or (most is not None and length > most)):
        raise MessageError(message("length is not between minLength and maxLength"))
    low, high = datatype.minimum or datatype.min_exclusive, datatype.maximum or datatype.max_exclusive
    if low is None or high is None:
        return
    exclusive = datatype.min_exclusive is not None or datatype.max_exclusive is not None
    both = datatype.min_exclusive is not None and datatype.max_exclusive is not None
    order = _order(datatype.base, low, high)
    if order > 0 or (order == 0 and exclusive and not both):
        raise MessageError(message("there is no value between the limits {low} and {high}", low=low, high=high))


def _order(base: str, one: str, other: str) -> int:
    """-1, 0 or 1 as the one value is less than, equal to or greater than the other, both canonical."""
    if "NaN" in (one, other):
        return -1
    if base in NUMBERS:
        first, second = Decimal(one), Decimal(other)
        return (first > second) - (first < second)
    return (one > other) - (one < other)
