"""Writes src/st_opendata/pictures/outlines.json: land and borders of Europe, and land of the world, for small maps.

`python3 tools/outlines.py FOLDER`, where FOLDER is the unpacked npm package world-atlas 2.0.2 (ISC), which holds
Natural Earth's vectors (public domain) as TopoJSON. Lines are simplified (Visvalingam) where they are shared, so that
neighbours still meet; numbers are whole units of the projections in `pictures/projection.py`, each but the first of a
line the difference to the one before.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from st_opendata.pictures.outlines import EUROPE, clip_ring
from st_opendata.pictures.projection import Point, project_europe, project_world

TARGET = Path(__file__).resolve().parents[1] / "src" / "st_opendata" / "pictures" / "outlines.json"
SOURCE = "Natural Earth (public domain), by way of world-atlas 2.0.2; simplified by tools/outlines.py"
MARGIN = 100
"""km around Europe, so that no map shows where the data ends."""
EUROPE_UNIT, EUROPE_DETAIL, EUROPE_ISLAND = 1, 45.0, 150.0
WORLD_UNIT, WORLD_DETAIL, WORLD_ISLAND = 20, 6000.0, 25000.0
"""km of a unit; km² of the smallest bend and of the smallest island that is kept."""
UKRAINE, RUSSIA = "804", "643"
WITHOUT_LINE = frozenset({"N. Cyprus"})
"""The European Union recognises no border here, nor one between Crimea and the rest of Ukraine."""
ANTARCTIC = -60.0

Arc = list[Point]


def main(folder: Path) -> None:
    """Write the file."""
    europe, world = (
        json.loads((folder / name).read_text("utf-8")) for name in ("countries-50m.json", "land-110m.json")
    )
    west, south, east, north = EUROPE
    box = (west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    arcs = simplified(europe, project_europe, EUROPE_DETAIL)
    land = [clip_ring(ring, box) for ring in rings(europe, arcs)]
    borders = [part for number in shared(europe) for part in inside(arcs[number], box)]
    far = [simplify([project_world(y, x) for x, y in ring], WORLD_DETAIL) for ring in unwound(world)]
    content = {
        "source": SOURCE,
        "europe": {
            "unit": EUROPE_UNIT,
            "land": encoded((ring for ring in land if area(ring) > EUROPE_ISLAND), EUROPE_UNIT),
            "borders": encoded(borders, EUROPE_UNIT),
        },
        "world": {
            "unit": WORLD_UNIT,
            "land": encoded((ring for ring in far if area(ring) > WORLD_ISLAND), WORLD_UNIT),
            "borders": [],
        },
    }
    TARGET.write_text(json.dumps(content, indent=0) + "\n", "utf-8")
    sys.stdout.write(f"{TARGET.stat().st_size} bytes\n")


def degrees(topology: dict[str, Any]) -> Iterator[Arc]:
    """The arcs of a TopoJSON file as longitude and latitude."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        yield points


def simplified(topology: dict[str, Any], project: Callable[[float, float], Point], detail: float) -> list[Arc]:
    """The arcs on the plane, without what is smaller than `detail`."""
    return [simplify([project(y, x) for x, y in arc], detail) for arc in degrees(topology)]


def simplify(line: Arc, detail: float) -> Arc:
    """Visvalingam's algorithm: take out the point that matters least until all matter; ends stay, rings stay rings."""
    least = 4 if line[0] == line[-1] else 2
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    gone = [False] * len(line)

    def matters(number: int) -> float:
        return triangle(line[before[number]], line[number], line[after[number]])

    heap = [(matters(number), number) for number in range(1, len(line) - 1)]
    heapq.heapify(heap)
    left = len(line)
    while heap and left > least:
        size, number = heapq.heappop(heap)
        if gone[number]:
            continue
        if (now := matters(number)) != size:
            heapq.heappush(heap, (now, number))
            continue
        if size > detail:
            break
        gone[number] = True
        left -= 1
        after[before[number]], before[after[number]] = after[number], before[number]
        for neighbour in (before[number], after[number]):
            if 0 < neighbour < len(line) - 1:
                heapq.heappush(heap, (matters(neighbour), neighbour))
    return [point for point, out in zip(line, gone, strict=True) if not out]


def triangle(a: Point, b: Point, c: Point) -> float:
    """Its area."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def area(ring: Sequence[Point]) -> float:
    """The area inside the ring."""
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def polygons(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """The arc numbers of each ring."""
    for polygon in [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", []):
        yield from polygon


def rings(topology: dict[str, Any], arcs: Sequence[Arc]) -> Iterator[Arc]:
    """The rings of land, put together from their arcs."""
    for geometry in topology["objects"]["land"]["geometries"]:
        for ring in polygons(geometry):
            points: Arc = []
            for number in ring:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:] if points else arc
            yield points


def unwound(topology: dict[str, Any]) -> Iterator[Arc]:
    """The rings of land in degrees but Antarctica's, those across the 180th meridian cut there into two."""
    for ring in rings(topology, list(degrees(topology))):
        if max(y for _, y in ring) < ANTARCTIC:
            continue
        turned: Arc = []
        for x, y in ring:
            before = turned[-1][0] if turned else x
            turned.append((x + 360 * round((before - x) / 360), y))
        for turn in (-360, 0, 360):
            part = clip_ring([(x + turn, y) for x, y in turned], (-180, -90, 180, 90))
            if len(part) > 2:
                yield [*part, part[0]]


def shared(topology: dict[str, Any]) -> list[int]:
    """The arcs between two countries that the European Union recognises as a border."""
    users: dict[int, set[str]] = defaultdict(set)
    names = {}
    for country in topology["objects"]["countries"]["geometries"]:
        key = country.get("id") or country["properties"]["name"]
        names[key] = country["properties"]["name"]
        for ring in polygons(country):
            for number in ring:
                users[number if number >= 0 else ~number].add(key)
    lines = list(degrees(topology))
    return sorted(
        number
        for number, keys in users.items()
        if len(keys) > 1 and WITHOUT_LINE.isdisjoint(names[key] for key in keys) and not crimea(keys, lines[number])
    )


def crimea(keys: Iterable[str], line: Arc) -> bool:
    """Whether the arc lies between Crimea and the mainland."""
    return set(keys) == {UKRAINE, RUSSIA} and all(x < 37 and y < 46.6 for x, y in line)


def inside(line: Arc, box: tuple[float, float, float, float]) -> Iterator[Arc]:
    """The parts of a line that have a point in the box."""
    west, south, east, north = box
    part: Arc = []
    for point in line:
        if west <= point[0] <= east and south <= point[1] <= north:
            part.append(point)
        elif part:
            yield part
            part = []
    if part:
        yield part


def encoded(lines: Iterable[Sequence[Point]], unit: float) -> list[str]:
    """Each line as text, the longest first; a line that shrank to a point is left out."""
    texts = []
    for line in lines:
        x = y = 0
        steps: list[int] = []
        for east, north in line:
            now = round(east / unit), round(north / unit)
            if now != (x, y) or not steps:
                steps += now[0] - x, now[1] - y
                x, y = now
        if len(steps) > 2:
            texts.append(" ".join(map(str, steps)))
    return sorted(texts, key=lambda text: (-len(text), text))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
