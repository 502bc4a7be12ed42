"""A diagram of properties as SVG: each is a line from its class to the type of its values.

Lines do not cross, so people can read it from top to bottom; every name is text with a link to its place on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from st_opendata.pictures.drawing import shorten, text_width

_ROW, _SIZE, _PAD = 28, 14, 10
_LEFT, _MIDDLE, _RIGHT = 210, 250, 210
_WIDTH = _LEFT + _MIDDLE + _RIGHT


@dataclass(frozen=True, slots=True)
class End:
    """A name in the diagram, and the address of its link, None without one."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property from one class to one kind of value."""

    domain: End
    property: End
    range: End


def draw_properties(rows: Sequence[PropertyRow], title: str) -> Markup:
    """The rows, which must be sorted by domain; those of one class share its box."""
    height = len(rows) * _ROW + 4
    lines = [
        f'<svg class="diagram" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="group"'
        f" aria-label={quoteattr(title)}>"
    ]
    begun = 0
    for number, row in enumerate(rows):
        if number + 1 == len(rows) or rows[number + 1].domain != row.domain:
            lines += _box(0, begun, number + 1 - begun, row.domain, _LEFT)
            begun = number + 1
        lines += _arrow(number, row)
    return Markup("\n".join((*lines, "</svg>")))  # noqa: S704 (every name is escaped)


def _arrow(number: int, row: PropertyRow) -> list[str]:
    middle = 2 + number * _ROW + _ROW / 2
    start, end = _LEFT, _LEFT + _MIDDLE
    name = shorten(row.property.name, _SIZE, _MIDDLE - 50)
    half = text_width(name, _SIZE) / 2 + 8
    centre = (start + end) / 2 - 4
    return [
        f'<path class="line" d="M{start} {middle}H{centre - half:.0f}M{centre + half:.0f} {middle}H{end - 2}"/>',
        f'<path class="tip" d="M{end} {middle}l-8 -4v8z"/>',
        _text(centre, middle, name, row.property, "middle"),
        *_box(end, number, 1, row.range, _RIGHT),
    ]


def _box(x: float, first: int, count: int, end: End, width: float) -> list[str]:
    top, height = 2 + first * _ROW + 2, count * _ROW - 4
    name = shorten(end.name, _SIZE, width - 2 * _PAD)
    return [
        f'<rect x="{x + 1:g}" y="{top}" width="{width - 2:g}" height="{height}" rx="4"/>',
        _text(x + _PAD, top + height / 2, name, end, "start"),
    ]


def _text(x: float, middle: float, name: str, end: End, anchor: str) -> str:
    text = f'<text x="{x:.0f}" y="{middle + 5:.0f}" font-size="{_SIZE}" text-anchor="{anchor}">{escape(name)}</text>'
    return f"<a href={quoteattr(end.href)}>{text}</a>" if end.href else text
