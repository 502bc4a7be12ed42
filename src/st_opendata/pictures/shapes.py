"""Geometries as places of a map: points, lines and areas of WKT."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from st_opendata.errors import MessageError
from st_opendata.model.geometry import positions_of
from st_opendata.pictures.maps import MapPoint

MOST_SHAPES = 3_000
"""Geometries of a map."""
MOST_LETTERS = 20_000_000
"""Characters of their WKT: with more, there is no map."""
T = TypeVar("T")


def shaped_rows(rows: Iterable[tuple[T, str | None]]) -> list[tuple[T, str]]:
    """The rows that have a geometry; none if they are too many, or too long, for a map."""
    found: list[tuple[T, str]] = []
    letters = 0
    for row, wkt in rows:
        if wkt:
            found.append((row, wkt))
            letters += len(wkt)
        if len(found) > MOST_SHAPES or letters > MOST_LETTERS:
            return []
    return found


def map_shape(name: str, wkt: str) -> MapPoint | None:
    """The geometry as a place; None if it is not WKT."""
    try:
        kind, read = positions_of(wkt)
    except MessageError:
        return None
    lines = tuple(tuple((float(north), float(east)) for east, north in line) for line in read)
    north, east = ([point[axis] for line in lines for point in line] for axis in (0, 1))
    middle = ((min(north) + max(north)) / 2, (min(east) + max(east)) / 2)
    if max(map(len, lines)) < 2:
        return MapPoint(name, *middle)
    return MapPoint(name, *middle, lines=lines, closed="POLYGON" in kind.upper())
