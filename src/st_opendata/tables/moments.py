"""Formats of dates and times in cells: the patterns of CSVW syntax §6.4.4.

Canonical text is XSD's: `31.12.2026` with `dd.MM.yyyy` becomes `2026-12-31`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.tables.numbers import MAX_PATTERN

_FIELDS: dict[str, tuple[str, str]] = {
    "yyyy": ("year", "[0-9]{4}"),
    "MM": ("month", "0[1-9]|1[0-2]"),
    "M": ("month", "0?[1-9]|1[0-2]"),
    "dd": ("day", "0[1-9]|[12][0-9]|3[01]"),
    "d": ("day", "0?[1-9]|[12][0-9]|3[01]"),
    "HH": ("hour", "[01][0-9]|2[0-3]"),
    "mm": ("minute", "[0-5][0-9]"),
    "ss": ("second", "[0-5][0-9]"),
}
_HOURS, _MINUTES = "(?:0[0-9]|1[0-4])", "[0-5][0-9]"
_ZONES = {
    letter * length: f"{utc}[+-]{_HOURS}{minutes}"
    for letter, utc in (("X", "Z|"), ("x", ""))
    for length, minutes in ((1, f"(?:{_MINUTES})?"), (2, _MINUTES), (3, f":{_MINUTES}"))
}
"""Time zones by UTS #35's letters: capitals accept `Z`, one letter makes minutes optional, three ask for a colon."""

_TOKEN = re.compile(r"(?P<field>yyyy|MM?|dd?|HH|mm|ss)|(?P<fraction>\.S+)|(?P<zone>X{1,3}|x{1,3})|(?P<plain>[-/.:T ])")
_DATE, _TIME = {"year", "month", "day"}, {"hour", "minute"}
_NEEDS = {"date": _DATE, "time": _TIME, "dateTime": _DATE | _TIME, "dateTimeStamp": _DATE | _TIME}
_SAMPLE = {
    "yyyy": "2026", "MM": "12", "M": "12", "dd": "31", "d": "31", "HH": "14", "mm": "30", "ss": "05",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A way to write dates or times.

    `accept` matches the whole cell; its groups are `fields` in that order: year, month, day, hour, minute, second,
    fraction (digits only) and zone, of which each occurs at most once. `starts` has the places of the fields of which
    all cells have the same, counted from 1: those before the first that may be of several widths. `iso` is true if the
    cell is already canonical.
    """

    kind: str
    accept: str
    fields: tuple[str, ...]
    example: str
    iso: bool = False
    starts: Mapping[str, int] = field(default_factory=dict)

    def group(self, field: str) -> int | None:
        """The number of the field's group, counted from 1, or None."""
        return self.fields.index(field) + 1 if field in self.fields else None


def default_moment(kind: str) -> Moment:
    """XSD's own way (`2026-12-31`, `14:30:05`, `2026-12-31T14:30:05`), the zone optional."""
    day, clock = "yyyy-MM-dd", "HH:mm:ss"
    pattern = {"date": day, "time": clock}.get(kind, f"{day}T{clock}")
    accept, fields = "", list[str]()
    for token in _TOKEN.finditer(pattern):
        if token["field"]:
            name, expression = _FIELDS[token["field"]]
            accept, fields = f"{accept}({expression})", [*fields, name]
        else:
            accept += re.escape(token["plain"])
    if kind != "date":
        accept, fields = rf"{accept}(?:\.([0-9]+))?", [*fields, "fraction"]
    zone = f"({_ZONES['X' * 3]})"
    accept, fields = accept + (zone if kind == "dateTimeStamp" else f"{zone}?"), [*fields, "zone"]
    example = _example(pattern) + ("Z" if kind == "dateTimeStamp" else "")
    return Moment(kind, accept, tuple(fields), example, iso=True)


def moment_pattern(kind: str, pattern: str) -> Moment:
    """The pattern, such as `d/M/yyyy` or `yyyy-MM-dd HH:mm:ss.SSS`.

    Raises:
        MessageError: it is not one, or it lacks a part that the datatype needs.
    """
    if len(pattern) > MAX_PATTERN:
        raise MessageError(message("a pattern for {kind} has at most {most} characters", kind=kind, most=MAX_PATTERN))
    accept, fields, starts, end, known = "", list[str](), dict[str, int](), 0, True
    for token in _TOKEN.finditer(pattern):
        if token.start() != end:
            break
        end = token.end()
        known = known and bool(token["plain"] or token["field"] not in (None, "M", "d"))
        if token["field"]:
            name, expression = _FIELDS[token["field"]]
            starts |= {name: token.start() + 1} if known else {}
            accept, fields = f"{accept}({expression})", [*fields, name]
        elif token["fraction"]:
            accept, fields = rf"{accept}(?:\.([0-9]{{1,{len(token['fraction']) - 1}}}))?", [*fields, "fraction"]
        elif token["zone"]:
            accept, fields = f"{accept}({_ZONES[token['zone']]})", [*fields, "zone"]
        else:
            accept += re.escape(token["plain"])
    needs = _NEEDS[kind]
    allowed = needs | {"zone"} | ({"second", "fraction"} if "hour" in needs else set())
    if end != len(pattern) or len(set(fields)) != len(fields) or not needs <= set(fields) <= allowed:
        raise MessageError(
            message(
                '"{pattern}" is not a pattern for {kind}, as {example} is',
                pattern=pattern,
                kind=kind,
                example=_DEFAULTS[kind],
            )
        )
    return Moment(kind, accept, tuple(fields), _example(pattern), starts=starts)


_DEFAULTS = {
    "date": "dd/MM/yyyy",
    "time": "HH:mm",
    "dateTime": "dd/MM/yyyy HH:mm",
    "dateTimeStamp": "yyyy-MM-ddTHH:mm:ssX",
}


def _example(pattern: str) -> str:
    def sample(token: re.Match[str]) -> str:
        if token["field"]:
            return _SAMPLE[token["field"]]
        if token["fraction"]:
            return "." + "5".ljust(len(token["fraction"]) - 1, "0")
        return "+01:00"[: 6 if len(token["zone"]) == 3 else 3] if token["zone"] else token["plain"]

    return _TOKEN.sub(sample, pattern)


def parse_moment(moment: Moment, text: str) -> str | None:
    """The canonical text of a cell, or None when it is not written this way or no such day exists."""
    found = re.fullmatch(moment.accept, text)
    if not found:
        return None
    part = dict(zip(moment.fields, found.groups(), strict=True))
    day = ""
    if "year" in part:
        day = f"{part['year']}-{part['month'].zfill(2)}-{part['day'].zfill(2)}"
        try:
            date.fromisoformat(day)
        except ValueError:
            return None
    clock = ""
    if "hour" in part:
        fraction = f".{part['fraction']}" if part.get("fraction") else ""
        clock = f"{part['hour']}:{part['minute']}:{part.get('second') or '00'}{fraction}"
    zone = part.get("zone") or ""
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        zone = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    return f"{day}{'T' if day and clock else ''}{clock}{zone}"
