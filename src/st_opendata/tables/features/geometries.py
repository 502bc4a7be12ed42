"""Geometries as WKT in WGS 84, the longitude first, as the literals of GeoSPARQL have them (OGC 22-047r1 §8.5.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.model.geometry import DEPTHS, RING, is_same_position, unclosed
from st_opendata.tables.features.coordinates import Transform
from st_opendata.tables.features.records import Numeral, RawGeometry

_DECIMALS = 8
"""Decimals of a converted degree: about a millimetre."""
_MOST_DIGITS = 30
"""Characters of a number: one with more is not a measured coordinate."""


@dataclass(frozen=True, slots=True)
class WrittenGeometry:
    """A geometry as WKT; `has_height` if positions have more than two numbers, of which WKT has the first two."""

    wkt: str
    has_height: bool = False


class GeometryWriter:
    """Writes geometries, whose positions `transform` converts to WGS 84 where they are of another system."""

    def __init__(self, transform: Transform | None = None) -> None:
        self._transform = transform

    def write(self, geometry: RawGeometry) -> WrittenGeometry | None:
        """The geometry, None for one without positions.

        Raises:
            MessageError: it is of a kind that cannot be written, a position is not on earth, or a ring is not closed.
        """
        depth = DEPTHS.get(geometry.kind)
        if depth is None:
            raise MessageError(message("a {kind} cannot be read: use {kinds}", kind=geometry.kind,
                                       kinds=", ".join(DEPTHS)))  # fmt: skip
        if not geometry.coordinates:
            return None
        positions = list(_positions(geometry.coordinates, depth))
        if not positions:
            return None
        _check_lines(geometry.coordinates, geometry.kind, depth)
        texts = iter(self._converted(positions) if self._transform else [_as_written(each) for each in positions])
        written = _written(geometry.coordinates, depth, texts)
        return WrittenGeometry(geometry.kind.upper() + written, any(len(each) > 2 for each in positions))

    def _converted(self, positions: Sequence[Sequence[Any]]) -> Iterator[str]:
        assert self._transform
        east, north = ([float(position[axis]) for position in positions] for axis in (0, 1))
        for position, x, y in zip(positions, *self._transform(east, north), strict=True):
            if not (math.isfinite(x) and math.isfinite(y)):
                raise _nowhere(position)
            _check(x, y, position)
            yield f"{_rounded(x)} {_rounded(y)}"


def _positions(nested: object, depth: int) -> Iterator[Sequence[Any]]:
    if not isinstance(nested, list | tuple):
        raise _misnested()
    if depth:
        for item in nested:
            yield from _positions(item, depth - 1)
    elif len(nested) < 2 or not (_is_number(nested[0]) and _is_number(nested[1])):
        raise MessageError(message("a position needs two numbers: longitude and latitude"))
    else:
        yield nested


def _is_number(value: object) -> bool:
    return isinstance(value, Numeral | float)


def _misnested() -> MessageError:
    return MessageError(message("its coordinates are not nested as its type asks"))


def _check_lines(nested: Sequence[Any], kind: str, depth: int) -> None:
    """Refuse rings that are not closed and lines of one position."""
    if kind in ("Polygon", "MultiPolygon") and depth == 1:
        if len(nested) < RING or not is_same_position(nested[0], nested[-1]):
            raise unclosed()
    elif kind in ("LineString", "MultiLineString") and depth == 1:
        if len(nested) < 2:
            raise MessageError(message("a line needs at least two positions"))
    elif depth > 1:
        for item in nested:
            _check_lines(item, kind, depth - 1)


def _as_written(position: Sequence[Any]) -> str:
    """A position in degrees with its digits."""
    x, y = position[0], position[1]
    _check(float(x), float(y), position)
    texts = [_plain(each if isinstance(each, Numeral) else Numeral(repr(each))) for each in (x, y)]
    if max(map(len, texts)) > _MOST_DIGITS:
        texts = [_rounded(float(x)), _rounded(float(y))]
    return " ".join(texts)


def _plain(number: Numeral) -> str:
    """The digits without an exponent, which may stand for more zeros than memory has."""
    exponent = number.lower().partition("e")[2]
    return number.plain if len(exponent.lstrip("+-0")) <= 2 else _rounded(float(number))


def _check(longitude: float, latitude: float, position: Sequence[Any]) -> None:
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _nowhere(position)


def _nowhere(position: Sequence[Any]) -> MessageError:
    shown = f"{position[0]} {position[1]}"
    return MessageError(message("{position} is not on earth: write the longitude first, in degrees", position=shown))


def _rounded(degrees: float) -> str:
    text = f"{degrees:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _written(nested: Sequence[Any], depth: int, texts: Iterator[str]) -> str:
    if depth > 1:
        return f"({', '.join(_written(item, depth - 1, texts) for item in nested)})"
    return f"({', '.join(islice(texts, len(nested) if depth else 1))})"
