"""Names next to points so that no two overlap, for any points; a name without room is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from st_opendata.pictures.drawing import Box, Spot, TextLine, text_width

_LINE, _RISE = 1.25, 0.82
"""Height of a line and of the part above its base line, in sizes of the font."""
_GAP = 3.0


@dataclass(frozen=True, slots=True)
class LabelPoint:
    """A point with its name; `radius` is that of its symbol."""

    at: Spot
    name: str
    radius: float


def place_labels(points: Sequence[LabelPoint], frame: Box, size: float) -> tuple[TextLine, ...]:
    """The names that fit into the frame, the first points first, next to, above or below their points."""
    taken = [Box(p.at[0] - p.radius, p.at[1] - p.radius, 2 * p.radius, 2 * p.radius) for p in points]
    words: list[TextLine] = []
    for number, point in enumerate(points):
        others = taken[:number] + taken[number + 1 :]
        for word, box in _candidates(point, size):
            if frame.holds(box) and not any(map(box.overlaps, others)):
                taken.append(box)
                words.append(word)
                break
    return tuple(words)


def _candidates(point: LabelPoint, size: float) -> list[tuple[TextLine, Box]]:
    """The places for a name, from best to worst: right, left, above, below, and the four corners."""
    x, y = point.at
    away, width, height = point.radius + _GAP, text_width(point.name, size), _LINE * size
    aside, slant = away + 1, away * 0.7
    middle, over, under = y - height / 2, y - away - height, y + away
    spots = (
        ("start", x + aside, middle),
        ("end", x - aside, middle),
        ("middle", x, over),
        ("middle", x, under),
        ("start", x + slant, over + slant / 2),
        ("start", x + slant, under - slant / 2),
        ("end", x - slant, over + slant / 2),
        ("end", x - slant, under - slant / 2),
    )
    shift = {"start": 0.0, "middle": width / 2, "end": width}
    return [
        (
            TextLine("label", (left, top + height / 2 + size * (_RISE - 0.5)), point.name, size, anchor),
            Box(left - shift[anchor], top, width, height),
        )
        for anchor, left, top in spots
    ]
