"""Drawings as parts of a page: one crop for wide screens and one for narrow ones, of which the stylesheet shows one."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from st_opendata.pictures import Chart, Place, bars, draw_bars, draw_map, maps, svg_part


def map_picture(name: str, title: str, places: Sequence[Place], kinds: Sequence[str], language: str) -> Markup:
    """The places on a map; `name` is unique on the page. ValueError where there is no place."""
    drawings = (draw_map(title, places, kinds, language, layout) for layout in (maps.WIDE, maps.NARROW))
    return _both(name, [svg_part(drawing, f"{name}-{width}") for drawing, width in zip(drawings, _WIDTHS, strict=True)])


def bars_picture(name: str, chart: Chart, language: str) -> Markup:
    """The bars of a chart; `name` is unique on the page. ValueError where there is no bar, or one below 0."""
    drawings = (draw_bars(chart, language, layout) for layout in (bars.WIDE, bars.NARROW))
    return _both(name, [svg_part(drawing, f"{name}-{width}") for drawing, width in zip(drawings, _WIDTHS, strict=True)])


_WIDTHS = ("wide", "narrow")


def _both(name: str, parts: Sequence[str]) -> Markup:
    shown = (
        f'<div class="picture {width}" id="{name}-{width}">{part}</div>'
        for part, width in zip(parts, _WIDTHS, strict=True)
    )
    return Markup("".join(shown))  # noqa: S704 (svg_part has escaped every text)
