"""Land and borders, cut to the frame of a map: points on the plane of a projection, in km.

`outlines.json` is made by tools/outlines.py from Natural Earth (public domain).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from st_opendata.pictures.projection import Point

Box = tuple[float, float, float, float]
"""West, south, east, north in km."""
EUROPE: Box = (2500, 1300, 7400, 5450)
"""The extent of the outlines of Europe, in ETRS89-LAEA: Iceland, Cyprus, the North Cape, the Caucasus."""
WORLD: Box = (-17300, -6900, 17300, 8400)
"""The extent of the outlines of the world, in the Equal Earth projection: all but Antarctica."""


@dataclass(frozen=True, slots=True)
class Outlines:
    """Closed lines around land, and lines between countries."""

    land: tuple[tuple[Point, ...], ...]
    borders: tuple[tuple[Point, ...], ...]

    def within(self, box: Box, detail: float) -> Outlines:
        """The outlines within the box, without steps below `detail` km: land ends at its edges, borders beyond."""
        land = (thin(clip_ring(ring, box), detail) for ring in self.land if _touches(ring, box))
        borders = (thin(line, detail) for line in self.borders if _touches(line, box))
        return Outlines(tuple(ring for ring in land if len(ring) > 2), tuple(borders))


@cache
def outlines(part: str) -> Outlines:
    """The outlines of `europe` (ETRS89-LAEA) or of the `world` (Equal Earth)."""
    content = json.loads((Path(__file__).parent / "outlines.json").read_text("utf-8"))[part]
    unit = float(content["unit"])
    return Outlines(tuple(_decoded(content["land"], unit)), tuple(_decoded(content["borders"], unit)))


def clip_ring(ring: Sequence[Point], box: Box) -> tuple[Point, ...]:
    """The part of a polygon within the box (Sutherland and Hodgman); parts of it may be joined along the edges."""
    west, south, east, north = box
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        ring = list(_clip(ring, axis, limit, sign))
    return tuple(ring)


def _clip(ring: Sequence[Point], axis: int, limit: float, sign: int) -> Iterator[Point]:
    """The part of the ring on one side of a line."""
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        was, now = sign * (before[axis] - limit) >= 0, sign * (point[axis] - limit) >= 0
        if was != now:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            yield (limit, other) if axis == 0 else (other, limit)
        if now:
            yield point


def _touches(line: Iterable[Point], box: Box) -> bool:
    xs, ys = zip(*line, strict=True)
    return bool(max(xs) >= box[0] and min(xs) <= box[2] and max(ys) >= box[1] and min(ys) <= box[3])


def thin(line: Sequence[Point], detail: float) -> tuple[Point, ...]:
    """The line without points that are nearer than `detail` to the one kept before; both ends stay."""
    points: list[Point] = list(line[:1])
    for point in line[1:-1]:
        if abs(point[0] - points[-1][0]) + abs(point[1] - points[-1][1]) >= detail:
            points.append(point)
    return (*points, *line[1:][-1:])


def _decoded(texts: Iterable[str], unit: float) -> Iterator[tuple[Point, ...]]:
    for text in texts:
        steps = [int(step) for step in text.split()]
        x = y = 0
        points = []
        for step_x, step_y in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + step_x, y + step_y
            points.append((x * unit, y * unit))
        yield tuple(points)
