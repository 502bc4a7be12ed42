"""Geometries of places as text: WKT (OGC 06-103r4 §6) and GeoJSON (RFC 7946), both with the longitude first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from st_opendata.errors import MessageError
from st_opendata.messages.message import message

DEPTHS = {
    "Point": 0,
    "LineString": 1,
    "MultiPoint": 1,
    "Polygon": 2,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
"""How deep lists of positions are nested in each kind of geometry."""
_BY_WORD = {kind.upper(): kind for kind in DEPTHS}
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_TOKEN = re.compile(rf"\s*({_NUMBER}|[(),])")
RING = 4
"""The fewest positions of a closed ring."""

Position = tuple[str, str]
"""Longitude and latitude, as they are written."""
Nested: TypeAlias = "Position | list[Nested]"
"""The positions of a geometry; for a polygon a list of rings."""


def geometry_wkt(value: object) -> str:
    """The geometry as WKT, with the numbers as they were written.

    Raises:
        MessageError: it is neither WKT nor GeoJSON, a position is not on earth, or a ring is not closed.
    """
    kind, nested = _of_text(value) if isinstance(value, str) else _of_json(value)
    for position in _positions(nested):
        _check_position(position)
    for ring in _rings(kind, nested):
        if len(ring) < RING or not is_same_position(ring[0], ring[-1]):
            raise unclosed()
    return kind.upper() + _written(nested)


def is_same_position(one: Sequence[str | float], other: Sequence[str | float]) -> bool:
    """True if the longitudes and latitudes are the same numbers, however they are written."""
    return [*map(float, one[:2])] == [*map(float, other[:2])]


def unclosed() -> MessageError:
    """The error about a ring that is not closed."""
    return MessageError(message("a polygon needs rings of at least four positions that end where they began"))


def geometry_json(wkt: str) -> str:
    """The geometry of WKT as a GeoJSON object, with the numbers as they were written.

    Raises:
        MessageError: it is not WKT.
    """
    kind, nested = _of_text(wkt)
    return f'{{"type": "{kind}", "coordinates": {_json(nested)}}}'


def positions_of(wkt: str) -> tuple[str, list[list[Position]]]:
    """The kind of a geometry, and its positions: one list for each point, line or ring.

    Raises:
        MessageError: it is not WKT.
    """
    kind, nested = _of_text(wkt)
    if DEPTHS[kind] == 0 or kind == "MultiPoint":
        return kind, [[position] for position in _positions(nested)]
    return kind, list(_lines(nested, DEPTHS[kind]))


def _lines(nested: Nested, depth: int) -> Iterator[list[Position]]:
    if depth == 1:
        yield list(_positions(nested))
        return
    for item in nested:
        assert isinstance(item, list)
        yield from _lines(item, depth - 1)


def _json(nested: Nested) -> str:
    if isinstance(nested, tuple):
        return f"[{', '.join(map(_json_number, nested))}]"
    return f"[{', '.join(map(_json, nested))}]"


def _json_number(text: str) -> str:
    """A number of WKT in the form of JSON: without a plus sign, a zero before the point and a digit after it."""
    sign, bare = ("-" if text.startswith("-") else ""), text.lstrip("+-")
    whole, point, fraction = bare.partition(".")
    whole = re.sub("^0+(?=[0-9])", "", whole) or "0"
    return f"{sign}{whole}.{fraction}" if point and fraction[:1].isdigit() else f"{sign}{whole}{fraction}"


def polygon_of(wkt: str) -> list[Position] | None:
    """The outer ring of a WKT polygon that `geometry_wkt` wrote; None for another geometry."""
    kind, nested = _of_text(wkt)
    return next(_rings(kind, nested)) if kind == "Polygon" else None


def _unlike() -> MessageError:
    return MessageError(
        message(
            "a geometry is WKT or GeoJSON, as in {wkt} and {json}",
            wkt='"POINT(4.84 45.76)"',
            json="{type: Point, coordinates: [4.84, 45.76]}",
        )
    )


def _of_text(text: str) -> tuple[str, Nested]:
    if text.lstrip().startswith("{"):
        try:
            return _of_json(json.loads(text, parse_float=str, parse_int=str))
        except (ValueError, RecursionError):
            raise _unlike() from None
    word, _, rest = re.sub(r"^\s*<[^>]*>\s*", "", text).partition("(")
    kind = _BY_WORD.get(word.strip().upper())
    if kind is None:
        raise _unlike()
    tokens = _tokens(f"({rest}")
    nested = _parsed(tokens, DEPTHS[kind])
    if next(tokens, None) is not None:
        raise _unlike()
    return kind, nested


def _tokens(text: str) -> Iterator[str]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if not found:
            raise _unlike()
        yield found[1]
        place = found.end()


def _parsed(tokens: Iterator[str], depth: int) -> Nested:
    """A parenthesis: a position, or a list whose items are nested to the depth below."""
    if next(tokens, None) != "(":
        raise _unlike()
    items, end = list[Nested](), ","
    while end == ",":
        item, end = _item(tokens, depth)
        items.append(item)
    if end != ")" or (not depth and len(items) > 1):
        raise _unlike()
    return items if depth else items[0]


def _item(tokens: Iterator[str], depth: int) -> tuple[Nested, str]:
    """An item of a parenthesis, and the token after it."""
    if depth > 1:
        return _parsed(tokens, depth - 1), next(tokens, "")
    first = next(tokens, "")
    if first != "(" or not depth:
        return (first, next(tokens, "")), next(tokens, "")
    position = next(tokens, ""), next(tokens, "")  # MULTIPOINT((1 2), (3 4))
    if next(tokens, "") != ")":
        raise _unlike()
    return position, next(tokens, "")


def _of_json(value: object) -> tuple[str, Nested]:
    if not isinstance(value, Mapping) or value.get("type") not in DEPTHS or set(value) - {"type", "coordinates"}:
        raise _unlike()
    kind = str(value["type"])
    return kind, _from_json(value.get("coordinates"), DEPTHS[kind])


def _from_json(value: object, depth: int) -> Nested:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise _unlike()
    if depth:
        return [_from_json(item, depth - 1) for item in value]
    if len(value) != 2:
        raise _unlike()
    return str(value[0]), str(value[1])


def _positions(nested: Nested) -> Iterator[Position]:
    if isinstance(nested, tuple):
        yield nested
        return
    for item in nested:
        yield from _positions(item)


def _rings(kind: str, nested: Nested) -> Iterator[list[Position]]:
    if kind == "MultiPolygon":
        for polygon in nested:
            assert isinstance(polygon, list)
            yield from _rings("Polygon", polygon)
    elif kind == "Polygon":
        yield from (list(_positions(ring)) for ring in nested if isinstance(ring, list))


def _check_position(position: Position) -> None:
    if not all(re.fullmatch(_NUMBER, number) for number in position):
        raise _unlike()
    longitude, latitude = map(float, position)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        shown = " ".join(position)
        raise MessageError(message("{position} is not on earth: write the longitude first, in degrees", position=shown))


def _written(nested: Nested) -> str:
    if isinstance(nested, tuple):
        return f"({' '.join(nested)})"
    items = (" ".join(item) if isinstance(item, tuple) else _written(item) for item in nested)
    return f"({', '.join(items)})"
