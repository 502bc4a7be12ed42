"""Cells that a spreadsheet stores typed, written as text the way the description of their column reads it.

A sheet stores a date as a date, however it is shown. A column described as `date` with the format `dd.MM.yyyy` may
have such dates next to texts like `31.12.2026`: both must be read. So the stored value is written with the column's
own format, and reading it gives the value again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Column, Datatype
from st_opendata.tables.datatypes import MOMENTS, TEXTS, Boolean, lexical
from st_opendata.tables.numbers import Number

Value = str | float | bool | date | datetime | time | timedelta
"""The value of a cell as a library reads it; the empty text for an empty cell."""
Writer = Callable[[Value], str]

_DIGITS = 15
"""Digits that spreadsheets keep of a number; what a float has beyond them is noise (0.1 + 0.2)."""
_FIELDS = {
    "yyyy": "{0:%Y}", "MM": "{0:%m}", "M": "{0.month}", "dd": "{0:%d}", "d": "{0.day}",
    "HH": "{0:%H}", "mm": "{0:%M}", "ss": "{0:%S}",
}  # fmt: skip


def cell_writer(column: Column | None, shown: str = "") -> Writer:
    """Writes the cells of a column; `shown` is how the sheet shows its numbers: `00000`, `0.0%` or nothing special.

    Of a column of text, numbers are written as they are shown. None is a column without a description.
    """
    kind = column.datatype if column else Datatype()

    def write(value: Value) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            way = lexical(kind)
            true, false = (way.true[0], way.false[0]) if isinstance(way, Boolean) else ("true", "false")
            return true if value else false
        if isinstance(value, (int, float)):
            return _number(value, kind, shown)
        if isinstance(value, timedelta):
            return _duration(value, kind)
        return _moment(value, kind)

    return write


def plain_number(value: float) -> str:
    """The number with the digits that a spreadsheet keeps, without exponent."""
    text = format(Decimal(format(value, f".{_DIGITS}g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: float, kind: Datatype, shown: str) -> str:
    plain = plain_number(value)
    if kind.base in TEXTS and shown.endswith("%"):
        places = len(shown.rstrip("%").partition(".")[2])
        return f"{(Decimal(plain) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}%"
    if kind.base not in NUMBERS:
        return plain.zfill(len(shown)) if shown.strip("0") == "" and plain.isdigit() else plain
    way = lexical(kind)
    if not isinstance(way, Number):
        return plain
    if way.scale:
        plain = format(Decimal(plain).scaleb(way.scale), "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return _padded(plain, kind.pattern).replace(".", way.decimal) + way.suffix


def _padded(plain: str, pattern: str | None) -> str:
    """With as many decimal places as the pattern asks for at least."""
    found = re.search(r"[^0#%‰]([0]+)#*[%‰]?$", pattern or "")
    least = len(found[1]) if found else 0
    whole, _, fraction = plain.partition(".")
    return f"{whole}.{fraction.ljust(least, '0')}" if fraction or least else whole


def _moment(value: date | time, kind: Datatype) -> str:
    if kind.base in ("dateTime", "dateTimeStamp") and type(value) is date:
        value = datetime(value.year, value.month, value.day)  # midnight
    if kind.base in MOMENTS and kind.pattern:
        tokens = re.compile("yyyy|MM?|dd?|HH|mm|ss")
        if not isinstance(value, datetime) or kind.base != "date" or value.time() == time():
            return tokens.sub(lambda token: _field(token[0], value), kind.pattern)
    return value.isoformat()


def _field(name: str, value: date | time) -> str:
    try:
        return _FIELDS[name].format(value).rjust(4 if name == "yyyy" else 1, "0")
    except AttributeError:
        return name


def _duration(value: timedelta, kind: Datatype) -> str:
    hours, seconds = divmod(round(value.total_seconds()), 3600)
    if kind.base in ("duration", "dayTimeDuration"):
        return f"PT{hours}H{seconds // 60}M{seconds % 60}S" if hours >= 0 else str(value)
    return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
