"""The order of terms: `<` holds between the values of a kind (SPARQL 1.1 §15.1), and kinds follow each other.

Beyond the standard: numbers, booleans, moments, durations, other literals, texts; a moment without a time zone is one
of UTC, so that all can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import isnan

import pyoxigraph as ox

from st_opendata.namespaces import RDF, XSD
from st_opendata.sparql.standard.numbers import Number, number_of, ordered

RdfTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Key = tuple[int, str, Number, str, str, str]

TEXTS = (f"{XSD}string", f"{RDF}langString")
_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
_YEAR, _MONTH, _DAY = r"(?P<year>-?\d{4,})", r"(?P<month>\d\d)", r"(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d(?:\.\d+)?)"
_MOMENTS = {
    XSD + name: (kind, re.compile(pattern + _ZONE, re.ASCII))
    for name, kind, pattern in (
        ("dateTime", "3", f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}"),
        ("date", "4", f"{_YEAR}-{_MONTH}-{_DAY}"),
        ("time", "5", _CLOCK),
        ("gYear", "6a", _YEAR),
        ("gYearMonth", "6b", f"{_YEAR}-{_MONTH}"),
        ("gMonth", "6c", f"--{_MONTH}"),
        ("gMonthDay", "6d", f"--{_MONTH}-{_DAY}"),
        ("gDay", "6e", f"---{_DAY}"),
    )
}
_DURATIONS = tuple(XSD + name for name in ("duration", "dayTimeDuration", "yearMonthDuration"))
_DURATION = re.compile(
    r"(-?)P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_SECONDS = (31_556_952, 2_629_746, 86_400, 3_600, 60, 1)
"""Seconds of the parts of a duration: years and months are averages of the Gregorian calendar."""
_PARTS = {"year": "1972", "month": "1", "day": "1", "hour": "0", "minute": "0"}
"""The parts of a moment with their defaults: a leap year for 29 February."""
_ERA = 400
"""Years after which the calendar begins again."""
_DAYS_OF_ERA = 146_097


def kind_of(literal: ox.Literal) -> tuple[str, Number]:
    """A text that sorts like the literals, "0" for all numbers and "9" for all texts; and the number."""
    datatype, value = literal.datatype.value, literal.value
    if datatype in TEXTS:
        return "9", 0
    number = number_of(datatype, value)
    if number is not None:
        return ("1", 0) if isnan(number) else ("0", number)
    if datatype == f"{XSD}boolean" and value in ("true", "false", "1", "0"):
        return "2" + str(int(value in ("true", "1"))), 0
    if datatype in _MOMENTS:
        found = _moment(datatype, value)
    elif datatype in _DURATIONS:
        found = _duration(value)
    else:
        found = None
    return found or f"8{value}", 0


def order_key(term: RdfTerm) -> Key:
    """The sort key of a term."""
    match term:
        case ox.BlankNode():
            return 0, "", 0, term.value, "", ""
        case ox.NamedNode():
            return 1, "", 0, term.value, "", ""
        case ox.Literal():
            kind, number = kind_of(term)
            return 2, kind, number, term.value, term.datatype.value, term.language or ""
    return 3, "", 0, str(term), "", ""


def _moment(datatype: str, value: str) -> str | None:
    name, pattern = _MOMENTS[datatype]
    # The most frequent forms, as `replacements` makes the engine write them.
    if name == "4" and len(value) == len("2026-11-29"):
        return name + value
    if name == "3" and len(value) == len("2026-11-29T12:00:00Z") and value.endswith("Z"):
        return name + value.removesuffix("Z")
    found = pattern.fullmatch(value)
    seconds = _seconds(found.groupdict()) if found else None
    if seconds is None:
        return None
    if name not in ("3", "4"):
        return name + ordered(seconds)
    if not 86_400 <= seconds < (date.max.toordinal() + 1) * 86_400:
        return f"{name}{'A' if seconds > 0 else '-'}{ordered(seconds)}"
    return name + _format(seconds, always=name == "3")


def _seconds(parts: Mapping[str, str | None]) -> Decimal | None:
    """From the year 0 on, in UTC."""
    year, month, day, hour, minute = (int(parts.get(part) or none) for part, none in _PARTS.items())
    try:
        days = date(year % _ERA + _ERA, month, day).toordinal() + (year // _ERA - 1) * _DAYS_OF_ERA
    except ValueError:
        return None
    return Decimal(parts.get("second") or 0) + minute * 60 + hour * 3600 + days * 86_400 - _zone(parts["zone"])


def _format(seconds: Decimal, *, always: bool) -> str:
    """A moment of the years 1 to 9999; with the time if it is not midnight, or always."""
    days, left = divmod(seconds, 86_400)
    whole, fraction = divmod(left, 1)
    time = f"T{int(whole) // 3600:02}:{int(whole) // 60 % 60:02}:{int(whole) % 60:02}" if left or always else ""
    return f"{date.fromordinal(int(days))}{time}" + (f"{fraction:f}".strip("0") if fraction else "")


def _zone(zone: str | None) -> int:
    """Seconds ahead of UTC."""
    if not zone or zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:])
    return (-60 if zone[0] == "-" else 60) * minutes


def _duration(value: str) -> str | None:
    found = _DURATION.fullmatch(value)
    if not found:
        return None
    parts = zip(found.groups()[1:], _SECONDS, strict=True)
    seconds = sum((Decimal(part) * each for part, each in parts if part), Decimal(0))
    return "7" + ordered(-seconds if found[1] else seconds)
