"""A map of places: Europe in an equal-area projection, cut to where the places are; those far away on a small world.

Places differ by kind, which shape and colour both show. Nothing is set by hand: the frame follows from the places, and
labels go where there is room, those of the first places first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from st_opendata.messages.message import counted
from st_opendata.pictures.drawing import (
    KINDS,
    Area,
    Box,
    Drawing,
    Mark,
    Polylines,
    Spot,
    Symbol,
    TextLine,
    heading,
    joined,
    shorten,
    text_width,
)
from st_opendata.pictures.labels import LabelPoint, place_labels
from st_opendata.pictures.outlines import EUROPE, WORLD, outlines, thin
from st_opendata.pictures.projection import Point, project_europe, project_world
from st_opendata.pictures.wording import capital, say

T = TypeVar("T")
Kilometres = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place in WGS 84 degrees; `kind` is its number in the kinds of the map, None without a kind.

    It may represent several places near each other (`count`); it has the name of the first. A place may have `lines`
    of degrees (latitude, longitude), which bound areas if `closed`; its position is their middle.
    """

    name: str
    latitude: float
    longitude: float
    kind: int | None = None
    count: int = 1
    lines: tuple[tuple[Point, ...], ...] = ()
    closed: bool = False


@dataclass(slots=True)
class Cluster(Generic[T]):
    """Places of one kind near each other, drawn as one: the first of them, and how many there are."""

    item: T
    latitude: Decimal
    longitude: Decimal
    kind: str | None
    count: int = 1

    def place(self, name: str, kinds: Sequence[str]) -> MapPoint:
        """The group as a place on the map, with its name; `kinds` are the codes of the map's kinds."""
        kind = kinds.index(self.kind) if self.kind in kinds else None
        return MapPoint(name, float(self.latitude), float(self.longitude), kind, self.count)


def gather(points: Iterable[tuple[T, Decimal, Decimal, str | None]]) -> list[Cluster[T]]:
    """The points with their coordinates and kinds; of more than a thousand, those near each other as one."""
    found: list[Cluster[T]] = []
    near: dict[tuple[object, ...], Cluster[T]] = {}
    for item, latitude, longitude, kind in points:
        key = (kind, round(latitude / _NEAR), round(longitude / _NEAR))
        if key in near and len(found) >= _SINGLE:
            near[key].count += 1
        else:
            near[key] = Cluster(item, latitude, longitude, kind)
            found.append(near[key])
    return found


@dataclass(frozen=True, slots=True)
class MapSize:
    """Sizes in pixels: of the whole picture's width, the map's height, texts, symbols and the small world's width."""

    width: float
    height: float
    text: float
    radius: float
    world: float


WIDE = MapSize(width=960, height=560, text=16, radius=7, world=250)
NARROW = MapSize(width=380, height=400, text=15, radius=7, world=170)
FILE = MapSize(width=720, height=500, text=18, radius=8, world=230)
"""For a picture that is shown in any size, from a phone's up."""

_NEAR, _SINGLE = Decimal("0.02"), 1000
"""Degrees: if there are more places than that, those of one kind that are nearer to each other are drawn as one."""
_LEAST_WIDTH = 1500.0
"""The smallest width of a map of Europe in km."""
_LEAST_OUTLINED = 20.0
"""The same if places have lines: a district is small."""
_STEP = 0.4
"""Pixels: a line has no smaller steps."""
_ROOM = 0.14
"""Share of the map that is left free on each side, for labels."""
_SAME = 3
"""Pixels within which places share a symbol."""
_LABELLED = 60
"""Places of a map, or of a list, that are named."""
_LONGEST = 16.0
"""Width of the longest label, in sizes of its font."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of a plane on a part of the picture."""

    part: str
    project: Callable[[float, float], Point]
    extent: Kilometres
    box: Box

    def spot(self, point: Point) -> Spot:
        west, _, east, north = self.extent
        scale = self.box.width / (east - west)
        return self.box.x + (point[0] - west) * scale, self.box.y + (north - point[1]) * scale

    def at(self, place: MapPoint) -> Spot:
        return self.spot(self.project(place.latitude, place.longitude))

    def ground(self) -> list[Mark]:
        """Sea, land and borders."""
        west, south, east, north = self.extent
        pixel = (east - west) / self.box.width
        around = (west - 9 * pixel, south - 9 * pixel, east + 9 * pixel, north + 9 * pixel)
        drawn = outlines(self.part).within(around, 1.2 * pixel)
        land, borders = (tuple(tuple(map(self.spot, line)) for line in lines) for lines in (drawn.land, drawn.borders))
        return [
            Area("sea", self.box),
            Polylines("land", land, closed=True, clip=self.box),
            *([Polylines("border", borders, closed=False, clip=self.box)] if borders else []),
        ]


def draw_map(
    title: str,
    places: Sequence[MapPoint],
    kinds: Sequence[str],
    language: str,
    layout: MapSize = WIDE,
    title_language: str = "",
) -> Drawing:
    """The places on a map, those of the first kind on top.

    `kinds` are the names of the kinds of places; the last of `KINDS` stands for all that follow it. `title_language`
    is that of the title if it differs from the drawing's.

    Raises:
        ValueError: there is no place.
    """
    if not places:
        raise ValueError("a map needs a place")
    places = sorted(places, key=lambda place: len(kinds) if place.kind is None else place.kind)
    head, top = heading(title, _number_of(places, language), layout.text, layout.width)
    frames = _frames(places, layout, top)
    bottom = frames[0][0].box.y + frames[0][0].box.height
    legend = _legend(places, kinds, layout, bottom)
    edges = [frame.box.y + frame.box.height for frame, _ in frames]
    height = max([*edges, *(mark.at[1] for mark in legend if isinstance(mark, TextLine))]) + 10
    drawn = [mark for frame, extent in frames for mark in _places(frame, extent, layout)]
    ground = tuple(mark for frame, _ in frames for mark in frame.ground())
    description = _in_words(places, kinds, language)
    return Drawing(layout.width, height, title, description, language, ground, (*head, *drawn, *legend), title_language)


def _frames(places: Sequence[MapPoint], layout: MapSize, top: float) -> list[tuple[_Frame, list[MapPoint]]]:
    """Europe, and below it the world if places lie far away; the world alone where most of them do."""
    near = [place for place in places if _in_europe(place)]
    far = [place for place in places if not _in_europe(place)]
    if len(near) < len(far):
        return [(_world_frame(Box(0, top, layout.width, 0)), list(places))]
    main = _europe_frame(near, Box(0, top, layout.width, layout.height))
    if not far:
        return [(main, near)]
    below = Box(layout.width - layout.world, top + layout.height + 12, layout.world, 0)
    return [(main, near), (_world_frame(below), far)]


def _in_europe(place: MapPoint) -> bool:
    if not -60 < place.longitude < 90 or place.latitude < 20:
        return False
    x, y = project_europe(place.latitude, place.longitude)
    west, south, east, north = EUROPE
    return west < x < east and south < y < north


def _europe_frame(places: Sequence[MapPoint], box: Box) -> _Frame:
    """The part of Europe that shows the places."""
    spots = [project_europe(*point) for place in places for point in _points(place)]
    ratio = box.height / box.width
    west, east = min(x for x, _ in spots), max(x for x, _ in spots)
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    room = 1 - 2 * _ROOM
    least = _LEAST_OUTLINED if any(place.lines for place in places) else _LEAST_WIDTH
    width = max(least, (east - west) / room, (north - south) / room / ratio)
    width = min(width, EUROPE[2] - EUROPE[0], (EUROPE[3] - EUROPE[1]) / ratio)
    left = _within((west + east - width) / 2, EUROPE[0], EUROPE[2] - width)
    low = _within((south + north - width * ratio) / 2, EUROPE[1], EUROPE[3] - width * ratio)
    return _Frame("europe", project_europe, (left, low, left + width, low + width * ratio), box)


def _points(place: MapPoint) -> Iterator[Point]:
    """The position of a place, and those of its lines."""
    yield place.latitude, place.longitude
    for line in place.lines:
        yield from line


def _world_frame(box: Box) -> _Frame:
    """The world as wide as the box, with the height that follows."""
    height = box.width * (WORLD[3] - WORLD[1]) / (WORLD[2] - WORLD[0])
    return _Frame("world", project_world, WORLD, Box(box.x, box.y, box.width, height))


def _within(value: float, least: float, most: float) -> float:
    return max(least, min(value, most))


def _places(frame: _Frame, places: Sequence[MapPoint], layout: MapSize) -> list[Mark]:
    """A symbol where there are places, and labels; places on the same spot share both."""
    large = frame.box.width > layout.world
    radius = (layout.radius if large else layout.radius - 2) if len(places) <= _LABELLED else 3.0
    together: dict[tuple[int, int], list[MapPoint]] = {}
    for place in places:
        x, y = frame.at(place)
        together.setdefault((round(x / _SAME), round(y / _SAME)), []).append(place)
    symbols: list[Mark] = []
    named: list[LabelPoint] = []
    outlined = [_outline(frame, place) for place in places if place.lines]
    for group in together.values():
        at, name = frame.at(group[0]), shorten(group[0].name, 1, _LONGEST)
        more = sum(place.count for place in group) - 1
        if not all(place.lines for place in group):
            symbols.append(Symbol(at, radius, _kind(group[0]), joined([place.name for place in group], _LABELLED)))
        named.append(LabelPoint(at, f"{name} +{more}" if more else name, radius))
    if len(named) > _LABELLED:
        return [*outlined, *reversed(symbols)]
    return [*outlined, *reversed(symbols), *place_labels(named, frame.box, layout.text if large else layout.text - 1)]


def _outline(frame: _Frame, place: MapPoint) -> Polylines:
    """The lines of a place on the picture."""
    lines = (thin([frame.spot(frame.project(*point)) for point in line], _STEP) for line in place.lines)
    return Polylines("area" if place.closed else "route", tuple(lines), closed=place.closed, clip=frame.box)


def _kind(place: MapPoint) -> int:
    return 0 if place.kind is None else min(place.kind, KINDS - 1)


def _legend(places: Sequence[MapPoint], kinds: Sequence[str], layout: MapSize, top: float) -> list[Mark]:
    """The meaning of the symbols with the number of places, in as many rows as needed next to the small world."""
    marks: list[Mark] = []
    x, y = layout.radius, top + 2 * layout.text
    for number, name in enumerate(kinds[:KINDS]):
        count = sum(place.count for place in places if place.kind is not None and _kind(place) == number)
        text = f"{capital(name)} ({count})"
        step = 2 * layout.radius + 28 + text_width(text, layout.text)
        if x + step > layout.width - layout.world and marks:
            x, y = layout.radius, y + 1.8 * layout.text
        marks.append(Symbol((x, y - 0.35 * layout.text), layout.radius, number))
        marks.append(TextLine("note", (x + layout.radius + 8, y), text, layout.text))
        x += step
    return marks


def _number_of(places: Sequence[MapPoint], language: str) -> str:
    number = sum(place.count for place in places)
    return say(counted("{count} place", "{count} places", number="count", count=number), language)


def _in_words(places: Sequence[MapPoint], kinds: Sequence[str], language: str) -> str:
    """The places by kind, for those who do not see the map."""
    groups = []
    for kind, name in [*enumerate(kinds), (None, "")]:
        names = [place.name for place in places if place.kind == kind]
        if names:
            groups.append((f"{capital(name)}: " if name else "") + joined(names, _LABELLED))
    return f"{_number_of(places, language)}. {'. '.join(groups)}."
