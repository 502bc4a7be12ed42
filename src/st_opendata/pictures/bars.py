"""A bar chart: amounts or counts, the largest first, each with its name and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from st_opendata.messages.message import message
from st_opendata.pictures.drawing import Area, Box, Drawing, TextLine, heading, joined, shorten, text_width
from st_opendata.pictures.wording import number_text, say


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and how much; never less than 0."""

    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class ChartSize:
    """Sizes in pixels; names are next to their bars, or above them if their width is 0."""

    width: float
    text: float
    names: float


WIDE = ChartSize(width=960, text=16, names=360)
NARROW = ChartSize(width=380, text=15, names=0)
FILE = ChartSize(width=720, text=17, names=290)
"""For a picture that is shown in any size, from a phone's up."""

MOST_BARS = 20
"""Bars of one chart."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title; `unit` says what they measure, `left_out` how many smaller ones are missing.

    `title_language` is the language of the title where it is another than the drawing's.
    """

    title: str
    unit: str
    bars: Sequence[Bar]
    left_out: int = 0
    in_order: bool = False
    """Whether the bars keep their order, as years do."""
    title_language: str = ""


def draw_bars(chart: Chart, language: str, layout: ChartSize = WIDE) -> Drawing:
    """The bars from large to small, at most `MOST_BARS`; those left out are counted.

    Raises:
        ValueError: there is no bar, or one is less than 0.
    """
    if not chart.bars or any(bar.value < 0 for bar in chart.bars):
        raise ValueError("a bar chart needs bars, of 0 or more")
    ordered = chart.bars if chart.in_order else sorted(chart.bars, key=lambda bar: bar.value, reverse=True)
    visible = ordered[:MOST_BARS]
    numbers = [number_text(bar.value, language) for bar in visible]
    size = layout.text
    beside = layout.names + 12 if layout.names else 0.0
    longest = layout.width - beside - 10 - max(text_width(number, size) for number in numbers)
    step = (1.75 if layout.names else 2.9) * size
    most = max(bar.value for bar in visible) or Decimal(1)
    marks, top = heading(chart.title, chart.unit, size, layout.width)
    for bar, number in zip(visible, numbers, strict=True):
        at = top if layout.names else top + 1.35 * size
        length = max(1.0, round(float(bar.value / most) * longest, 1))
        base = at + 0.98 * size
        name = shorten(bar.name, size, layout.names or layout.width)
        where = (layout.names, base) if layout.names else (0.0, top + size)
        marks += [
            TextLine("label", where, name, size, "end" if layout.names else "start"),
            Area("bar", Box(beside, at, length, 1.3 * size), f"{bar.name}: {number}"),
            TextLine("number", (beside + length + 6, base), number, size),
        ]
        top += step
    if left := len(chart.bars) - len(visible) + chart.left_out:
        more = say(message("and {number} more", number=left), language)
        marks.append(TextLine("note", (beside, top + size), more, size, ours=True))
        top += step
    listed = joined([f"{bar.name}: {number}" for bar, number in zip(visible, numbers, strict=True)], MOST_BARS)
    description = f"{chart.unit}. {listed}."
    return Drawing(
        layout.width, top + 0.4 * size, chart.title, description, language, (), tuple(marks), chart.title_language
    )
