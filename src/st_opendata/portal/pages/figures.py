"""Maps and charts as parts of a page: one for wide and one for narrow screens; the stylesheet shows one."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from st_opendata.pictures import Chart, Drawing, MapPoint, draw_bars, draw_map, svg_part
from st_opendata.pictures import bars as bar_layouts
from st_opendata.pictures import maps as map_layouts


def map_figure(
    name: str, title: str, places: Sequence[MapPoint], kinds: Sequence[str], language: str, title_language: str = ""
) -> Markup:
    """The places on a map; `name` is unique on the page, `title_language` is set if it differs from the page's."""
    wide, narrow = (
        draw_map(title, places, kinds, language, layout, title_language)
        for layout in (map_layouts.WIDE, map_layouts.NARROW)
    )
    return _both(name, wide, narrow)


def small_map(name: str, title: str, place: MapPoint, language: str) -> Markup:
    """One place on the map for narrow screens."""
    return Markup(svg_part(draw_map(title, [place], (), language, map_layouts.NARROW), name))  # noqa: S704


def bar_figure(name: str, chart: Chart, language: str) -> Markup:
    """The bars; `name` is unique on the page."""
    wide, narrow = (draw_bars(chart, language, layout) for layout in (bar_layouts.WIDE, bar_layouts.NARROW))
    return _both(name, wide, narrow)


def _both(name: str, wide: Drawing, narrow: Drawing) -> Markup:
    drawn = (
        f'<div class="{kind}">{svg_part(drawing, f"{name}-{kind}")}</div>'
        for kind, drawing in (("wide", wide), ("narrow", narrow))
    )
    return Markup('<div class="figure">\n{}\n</div>').format(Markup("\n".join(drawn)))  # noqa: S704 (svg_part escapes every text)
