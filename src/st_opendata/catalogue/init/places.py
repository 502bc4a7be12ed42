"""Coordinates: columns of latitude and longitude by their names and ranges, and pairs of both in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.init.numerals import datatype_of
from st_opendata.catalogue.init.profile import NULLS, Guess
from st_opendata.messages.message import Message, message
from st_opendata.names import free
from st_opendata.tables.datatypes import BLANKS, parse
from st_opendata.tables.splits import parts_of, split_cell
from st_opendata.tables.title_words import Words, names_kind, rest_of, words

_LATITUDE, _LONGITUDE = "geo:lat", "geo:long"
_LIMITS = {_LATITUDE: 90.0, _LONGITUDE: 180.0}
_EUROPE = {_LATITUDE: (34.0, 72.0), _LONGITUDE: (-32.0, 34.0)}
_WRAPPERS = ("{}", "({})", "[{}]")
_SEPARATORS = (", ", ",", "; ", ";", " / ", "/", "|", " ")
"""Those with a blank first, which reads cells without, too."""
_POINTS = ("POINT ({} {})", "POINT({} {})", "Point({} {})", "SRID=4326;POINT({} {})", "SRID=4326;POINT ({} {})")
_SAMPLE = 20
_PRECISE = 3
"""Digits after the point from which a pair of numbers counts as coordinates under any column name."""
_Values = list[float]
_NO_DEGREES = message(
    "called like a coordinate, but these are not degrees of WGS 84 but projected coordinates or other numbers: no map "
    "will show them"
)


def find_places(table: DraftTable) -> None:
    """Find the columns that state latitude and longitude, and read a pair in one cell as two columns."""
    stated = _named_pair(table.columns)
    for column in list(table.columns):
        if column.found.base == "string" or column.found.separator:
            stated = _pair_in_cells(table, column, stated=stated) or stated


def _named_pair(columns: Sequence[DraftColumn]) -> bool:
    """Whether two columns are called latitude and longitude, or x and y, and hold degrees; adds remarks."""
    for kinds, called in ((("latitude", "longitude"), True), (("north", "east"), False)):
        for north, east in _pairs(columns, *kinds):
            values = _numbers(north), _numbers(east)
            if not _degrees(*values) or not (called or _has_decimals(north, east)):
                for column in (north, east):
                    column.remarks.append(_NO_DEGREES)
                continue
            for column, iri in ((north, _LATITUDE), (east, _LONGITUDE)):
                column.property = iri
                column.remarks.append(
                    message("by its name it states {iri}", iri=iri)
                    if called
                    else message("by its name it states {iri}, a guess: all cells are degrees of WGS 84", iri=iri)
                )
            if _outside(*values) and not _outside(*reversed(values)):
                north.remarks.append(
                    message("latitude and longitude may be exchanged: in this order, no place lies in Europe")
                )
            return True
    return False


def _pairs(columns: Sequence[DraftColumn], north: str, east: str) -> Iterator[tuple[DraftColumn, DraftColumn]]:
    """Columns of numbers that are called alike but for these words, those with the fewest other words first."""
    numbers = [each for each in columns if each.found.base in ("decimal", "integer", "double") and each.profile.cells]
    numbers = [each for each in numbers if not each.found.separator]
    norths, easts = (_called(numbers, kind) for kind in (north, east))
    for rest in sorted(norths.keys() & easts.keys(), key=len):
        yield norths[rest], easts[rest]


def _called(columns: Sequence[DraftColumn], kind: str) -> dict[Words, DraftColumn]:
    found: dict[Words, DraftColumn] = {}
    for column in columns:
        rest = rest_of(words(column.called()), kind)
        if rest is not None and (len(rest) <= 2 or kind in ("latitude", "longitude")):
            found.setdefault(rest, column)
    return found


def _numbers(column: DraftColumn) -> _Values:
    kind = datatype_of(column.found.base, column.found.form)
    parsed = (parse(kind, cell) for cell in column.profile.cells)
    return [float(text) for text in parsed if text is not None]


def _degrees(north: _Values, east: _Values) -> bool:
    limits = ((north, _LIMITS[_LATITUDE]), (east, _LIMITS[_LONGITUDE]))
    return all(values and all(abs(value) <= limit for value in values) for values, limit in limits)


def _has_decimals(*columns: DraftColumn) -> bool:
    return all(column.found.base == "decimal" for column in columns)


def _outside(north: _Values, east: _Values) -> bool:
    """True where some place lies outside Europe."""
    bounds = ((north, _EUROPE[_LATITUDE]), (east, _EUROPE[_LONGITUDE]))
    return not all(low <= value <= high for values, (low, high) in bounds for value in values)


def _pair_in_cells(table: DraftTable, column: DraftColumn, *, stated: bool) -> bool:
    """Whether the cells are pairs of coordinates, read as two columns from now on."""
    texts = [text for text in (cell.strip(BLANKS) for cell in column.profile.cells) if text not in NULLS]
    if not texts or not column.profile.whole:
        return False
    named = names_kind(words(column.called()), "point")
    for pattern, decimal in _patterns(texts):
        form = {"decimalChar": ","} if decimal == "," else None
        values = _read(pattern, texts, form)
        if values is None:
            continue
        order = _order(pattern, *values, title=column.called())
        if order is None or not (named or _precise(texts, *values)):
            if named:
                column.remarks.append(message("pairs of numbers that are not degrees of WGS 84: no map will show them"))
            return False
        if stated:
            column.found = Guess()
            column.remarks = [
                message("pairs of coordinates; others state latitude and longitude already: kept as text")
            ]
            return False
        _split(table, column, pattern.replace("{a}", f"{{{order[0]}}}").replace("{b}", f"{{{order[1]}}}"), form)
        table.columns[_place(table, column)].remarks.insert(0, order[2])
        _drop(table, column)
        return True
    return False


def _patterns(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Patterns with the names a and b that read the first cells, with the character of the decimals."""
    first = texts[:_SAMPLE]
    pairs = [f"{{a}}{separator}{{b}}" for separator in _SEPARATORS if separator in first[0]]
    listed = [point.format("{a}", "{b}") for point in _POINTS]
    listed += [wrapper.format(pair) for pair in pairs for wrapper in _WRAPPERS]
    for pattern in listed:
        for decimal in ".,":
            if _read(pattern, first, {"decimalChar": decimal}) is not None:
                yield pattern, decimal


def _read(pattern: str, texts: Sequence[str], form: object) -> tuple[_Values, _Values] | None:
    """The numbers of both parts, None where a cell is not written so."""
    parts, kind = parts_of("", pattern), datatype_of("decimal", form)
    found: tuple[_Values, _Values] = [], []
    for text in texts:
        for name, values in zip("ab", found, strict=True):
            part = split_cell(parts[name], text)
            number = parse(kind, part) if part and re.fullmatch("[-+]?[0-9].*", part) else None
            if number is None:
                return None
            values.append(float(number))
    return found


_Order = tuple[str, str, Message]
"""The names of both parts, and the reason for this order."""


def _order(pattern: str, first: _Values, second: _Values, *, title: str) -> _Order | None:
    """Names of both parts and the reason for this order; None where neither order has degrees."""
    usual, other = _degrees(first, second), _degrees(second, first)
    names, exchanged = ("latitude", "longitude"), ("longitude", "latitude")
    if "POINT" in pattern.upper():
        return (*exchanged, message("points as WKT, the longitude first")) if other else None
    if not usual and not other:
        return None
    if not usual or not other:
        if usual:
            return *names, message("latitude and longitude: exchanged, a latitude would be beyond 90 degrees")
        return *exchanged, message("longitude and latitude: exchanged, a latitude would be beyond 90 degrees")
    return _guessed_order(first, second, "".join(words(title)))


def _guessed_order(first: _Values, second: _Values, called: str) -> _Order:
    """The order of parts of which each could be either, by the title or by where Europe lies."""
    names, exchanged = ("latitude", "longitude"), ("longitude", "latitude")
    if re.search("lo?ng?.*lat|xy", called):
        return *exchanged, message("longitude and latitude, as the title says")
    if re.search("lat.*lo?ng?|yx", called):
        return *names, message("latitude and longitude, as the title says")
    usual, other = not _outside(first, second), not _outside(second, first)
    if other and not usual:
        return *exchanged, message(
            "longitude and latitude, a guess: so all places lie in Europe; exchange the names if wrong"
        )
    if usual and not other:
        return *names, message(
            "latitude and longitude, a guess: so all places lie in Europe; exchange the names if wrong"
        )
    return *names, message("latitude and longitude, a guess: the usual order; exchange the names if wrong")


def _precise(texts: Sequence[str], first: _Values, second: _Values) -> bool:
    """True for pairs that are coordinates under any column name: by their digits, or as places in Europe."""
    digits = [min(len(part) for part in re.findall(r"[.,]([0-9]+)", text) or [""]) for text in texts]
    if sum(count >= _PRECISE for count in digits) * 2 > len(digits):
        return True
    return all(digits) and (not _outside(first, second) or not _outside(second, first))


def _place(table: DraftTable, column: DraftColumn) -> int:
    return next(number for number, each in enumerate(table.columns) if each is column) + 1


def _drop(table: DraftTable, column: DraftColumn) -> None:
    table.columns = [each for each in table.columns if each is not column]


def _split(table: DraftTable, column: DraftColumn, pattern: str, form: object) -> None:
    """Two columns after the one that holds both."""
    of = column.title if table.layout.header.rows and column.title else column.name
    place, taken = _place(table, column), [each.name for each in table.columns]
    null = tuple(sorted({cell.strip(BLANKS) for cell in column.profile.cells} & set(NULLS)))
    for offset, axis in enumerate(parts_of(of, pattern)):
        name = free(axis, taken) if axis not in taken else free(f"{column.name}_{axis}", taken, "_")
        pattern = pattern.replace(f"{{{axis}}}", f"{{{name}}}")
        iri = _LATITUDE if axis == "latitude" else _LONGITUDE
        part = DraftColumn(
            name, "", replace(column.profile), Guess("decimal", form, None, null), part_of=of, place=column.place
        )
        part.property = iri
        part.remarks.append(
            message("a part of the column “{column}”, by `split` above; it states {iri}", column=of, iri=iri)
        )
        table.columns.insert(place + offset, part)
    table.splits[of] = pattern
