"""Geometries of a GeoPackage: its own header (OGC 12-128r19 §2.1.3), then well-known binary (06-103r4 §8)."""

from __future__ import annotations

import math
import struct
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.tables.features.records import RawGeometry

_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Bytes of the envelope by its number in the flags."""
_KINDS = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
    8: "CircularString",
    9: "CompoundCurve",
    10: "CurvePolygon",
    11: "MultiCurve",
    12: "MultiSurface",
}
_PARTS = {4: 1, 5: 2, 6: 3}
"""The kind of the parts of each kind that has some."""
_NUMBERS = {0: 2, 1: 3, 2: 3, 3: 4}
"""Numbers of a position, by the thousands of a type: XY, XYZ, XYM, XYZM."""


def geometry_of(blob: bytes) -> RawGeometry | None:
    """The geometry, None for an empty one.

    Raises:
        MessageError: it is not a geometry of a GeoPackage, or is damaged.
    """
    try:
        if blob[:2] != b"GP":
            raise MessageError(message("its bytes are not those of a GeoPackage's geometry"))
        flags = blob[3]
        if flags & 0x10:
            return None
        reader = _Reader(blob, 8 + _ENVELOPES[flags >> 1 & 0x07])
        return RawGeometry(*reader.geometry())
    except (struct.error, IndexError, KeyError):
        raise MessageError(message("its bytes are damaged")) from None


class _Reader:
    """Reads well-known binary from a place on."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self._place = data, place

    def geometry(self, expected: int | None = None) -> tuple[str, list[Any]]:
        order = "<" if self._data[self._place] else ">"
        self._place += 1
        code = self._count(order)
        dimensions, kind = divmod(code, 1000)
        if kind not in _KINDS or (expected and kind != expected):
            raise KeyError(kind)
        width = _NUMBERS[dimensions]
        if kind in _PARTS:
            return _KINDS[kind], [self.geometry(_PARTS[kind])[1] for _ in range(self._count(order))]
        if kind == 1:
            (point,) = self._positions(order, 1, width)
            return _KINDS[kind], [] if math.isnan(point[0]) else list(point)
        if kind == 2:
            return _KINDS[kind], self._line(order, width)
        if kind == 3:
            return _KINDS[kind], [self._line(order, width) for _ in range(self._count(order))]
        return _KINDS[kind], []

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(f"{order}I", self._data, self._place)
        self._place += 4
        return int(count)

    def _line(self, order: str, width: int) -> list[tuple[float, ...]]:
        return self._positions(order, self._count(order), width)

    def _positions(self, order: str, count: int, width: int) -> list[tuple[float, ...]]:
        size = 8 * count * width
        if size > len(self._data) - self._place:
            raise IndexError(count)
        numbers = struct.unpack_from(f"{order}{count * width}d", self._data, self._place)
        self._place += size
        return list(zip(*[iter(numbers)] * width, strict=True))
