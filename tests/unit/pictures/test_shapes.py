"""Geometries on a map: areas and lines in place of symbols, in a frame of their size."""

import pytest

from st_opendata.pictures import MOST_LETTERS, MOST_SHAPES, draw_map, map_shape, shaped_rows, svg_file
from st_opendata.pictures.drawing import Polylines, Symbol

DISTRICT = "POLYGON((16.36 48.20, 16.38 48.20, 16.38 48.22, 16.36 48.20), (16.37 48.205, 16.375 48.205, 16.37 48.205))"
STREET = "LINESTRING(16.36 48.20, 16.38 48.22)"
TREES = "MULTIPOINT(16.36 48.20, 16.38 48.22)"


def marks(*wkts, kind):
    places = [map_shape(f"Place {number}", wkt) for number, wkt in enumerate(wkts)]
    return [mark for mark in draw_map("City", places, [], "en").marks if isinstance(mark, kind)]


def test_areas_and_lines_are_outlined():
    area, route = marks(DISTRICT, STREET, kind=Polylines)
    assert (area.role, area.closed, len(area.lines)) == ("area", True, 2)
    assert (route.role, route.closed, len(route.lines)) == ("route", False, 1)
    assert marks(DISTRICT, STREET, kind=Symbol) == []


def test_a_district_fills_its_map():
    (area,) = marks(DISTRICT, kind=Polylines)
    easts = [east for east, _ in area.lines[0]]
    assert max(easts) - min(easts) > 50


def test_points_are_symbols_in_their_middle():
    shape = map_shape("Trees", TREES)
    assert (round(shape.latitude, 3), round(shape.longitude, 3), shape.lines) == (48.21, 16.37, ())
    assert len(marks(TREES, "POINT(16.3 48.2)", kind=Symbol)) == 2


def test_a_file_shows_both():
    svg = svg_file([draw_map("City", [map_shape("a", DISTRICT), map_shape("b", STREET)], [], "en")])
    assert 'fill-opacity="0.25"' in svg
    assert "z" in svg


@pytest.mark.parametrize("text", ["", "somewhere", "POLYGON((1 2)"])
def test_other_texts_have_no_place(text):
    assert map_shape("x", text) is None


def test_a_map_has_a_bound():
    assert shaped_rows([(1, "POINT(1 2)"), (2, None)]) == [(1, "POINT(1 2)")]
    assert shaped_rows([(0, "POINT(1 2)")] * (MOST_SHAPES + 1)) == []
    assert shaped_rows([(0, "x" * (MOST_LETTERS + 1))]) == []
