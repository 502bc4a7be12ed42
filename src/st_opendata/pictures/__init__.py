"""Pictures of data as SVG, the same bytes every time: a map of places, and a bar chart.

Data in, drawing out (`draw_map`, `draw_bars`); a drawing becomes a file or a part of a page (`svg_file`, `svg_part`).
"""

from st_opendata.pictures.bars import FILE as BARS_FILE
from st_opendata.pictures.bars import MOST_BARS, Bar, Chart, draw_bars
from st_opendata.pictures.drawing import KINDS, Drawing
from st_opendata.pictures.maps import FILE as MAP_FILE
from st_opendata.pictures.maps import MapPoint, draw_map, gather
from st_opendata.pictures.shapes import MOST_LETTERS, MOST_SHAPES, map_shape, shaped_rows
from st_opendata.pictures.svg import svg_file, svg_part
from st_opendata.pictures.wording import amount_label

__all__ = [
    "BARS_FILE",
    "KINDS",
    "MAP_FILE",
    "MOST_BARS",
    "MOST_LETTERS",
    "MOST_SHAPES",
    "Bar",
    "Chart",
    "Drawing",
    "MapPoint",
    "amount_label",
    "draw_bars",
    "draw_map",
    "gather",
    "map_shape",
    "shaped_rows",
    "svg_file",
    "svg_part",
]
