"""The parts of a picture: marks with a role, in pixels from the top left. `svg.py` decides how a role looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left top corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies in this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Polylines:
    """Lines, or areas if `closed`, of which only the part within `clip` is visible."""

    role: str
    lines: tuple[tuple[Spot, ...], ...]
    closed: bool
    clip: Box


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle; `tip` is its tooltip."""

    role: str
    box: Box
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A sign for a place: its `kind`, counted from 0, has its own shape and colour."""

    at: Spot
    radius: float
    kind: int = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text from (`start`), around (`middle`) or up to (`end`) a spot on its base line; `size` in pixels.

    `ours` marks texts of the program, which may be in another language than the drawing.
    """

    role: str
    at: Spot
    text: str
    size: float
    anchor: str = "start"
    ours: bool = False


Mark = Polylines | Area | Symbol | TextLine


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture in one language: its title, a description in words, and its marks from back to front.

    `ground` has the marks that are the same in every language; `title_language` is set if the title's differs.
    """

    width: float
    height: float
    title: str
    description: str
    language: str
    ground: tuple[Mark, ...]
    marks: tuple[Mark, ...]
    title_language: str = ""


KINDS = 5
"""The number of kinds of symbols that differ in shape and colour."""
_MOST_LINES = 4
"""Lines of a title, and of the note below it."""


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a sans-serif font; rather more than less."""
    return size * sum(map(_advance, text))


def shorten(text: str, size: float, width: float) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    if text_width(text, size) <= width:
        return text
    start = text
    while start and text_width(start + "…", size) > width:
        start = start[:-1]
    return start.rstrip(" ,;:-–") + "…"


def lines_of(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in a limited number of lines, broken between words; a word or a last line that is too wide is cut."""
    lines = [""]
    words = text.split()
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if lines[-1] and text_width(longer, size) > width:
            if len(lines) == most:
                lines[-1] = f"{lines[-1]} {' '.join(words)}"
                break
            lines.append("")
        else:
            lines[-1] = longer
            del words[0]
    return [shorten(line, size, width) for line in lines]


def heading(title: str, note: str, size: float, width: float) -> tuple[list[Mark], float]:
    """A title with a note below it, both in as many lines as needed, and the start of the part below."""
    marks: list[Mark] = []
    base = -0.25 * size
    for line in lines_of(title, 1.4 * size, width, _MOST_LINES):
        base += 1.75 * size
        marks.append(TextLine("title", (0, base), line, 1.4 * size))
    base += 0.4 * size
    for line in lines_of(note, size, width, _MOST_LINES):
        base += 1.4 * size
        marks.append(TextLine("note", (0, base), line, size, ours=True))
    return marks, base + 1.2 * size


def joined(parts: Sequence[str], most: int) -> str:
    """The parts as a list in words, of which `most` are named."""
    return ", ".join(parts[:most]) + (", …" if len(parts) > most else "")


def _advance(character: str) -> float:
    if character in " .,:;'!|iIjlt()[]-·’\u00a0\u202f":
        return 0.36
    if character in "mwMWŒœÆæ@%…—":
        return 0.95
    if character >= "\u1100":
        return 1.02
    return 0.72 if character.isupper() else 0.6
