"""Geometries: the same from WKT and from GeoJSON, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_opendata.errors import MessageError
from st_opendata.model.geometry import geometry_wkt, polygon_of

RING = [["4.77", "45.7"], ["4.9", "45.7"], ["4.9", "45.81"], ["4.77", "45.7"]]
WKT = "4.77 45.7, 4.9 45.7, 4.9 45.81, 4.77 45.7"


@pytest.mark.parametrize(
    ("written", "wkt"),
    [
        ("point( 4.84   45.76 )", "POINT(4.84 45.76)"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT (4.84 45.76)", "POINT(4.84 45.76)"),
        ({"type": "Point", "coordinates": ["4.84", "45.76"]}, "POINT(4.84 45.76)"),
        ('{"type": "Point", "coordinates": [4.840, 45.76]}', "POINT(4.840 45.76)"),
        ({"type": "Polygon", "coordinates": [RING]}, f"POLYGON(({WKT}))"),
        (f"MULTIPOLYGON ((({WKT})), (({WKT})))", f"MULTIPOLYGON((({WKT})), (({WKT})))"),
        ({"type": "MultiPolygon", "coordinates": [[RING, RING]]}, f"MULTIPOLYGON((({WKT}), ({WKT})))"),
        ("MULTIPOINT((1 2), (3 4))", "MULTIPOINT(1 2, 3 4)"),
        ("LINESTRING(1 2, -3.5e0 4)", "LINESTRING(1 2, -3.5e0 4)"),
    ],
)
def test_both_notations_give_the_same(written: object, wkt: str) -> None:
    assert geometry_wkt(written) == wkt
    assert geometry_wkt(wkt) == wkt


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("Lyon", "WKT or GeoJSON"),
        ("POINT", "WKT or GeoJSON"),
        ("POINT(4.84)", "WKT or GeoJSON"),
        ("POINT(1 2, 3 4)", "WKT or GeoJSON"),
        ("POINT(1 2) POINT(1 2)", "WKT or GeoJSON"),
        ("POINT(1 2", "WKT or GeoJSON"),
        ("CIRCLE(1 2)", "WKT or GeoJSON"),
        (f"POLYGON({WKT})", "WKT or GeoJSON"),
        ("{", "WKT or GeoJSON"),
        ({"type": "Point", "coordinates": ["4.84", "x"]}, "WKT or GeoJSON"),
        ({"type": "Point", "coordinates": "4.84"}, "WKT or GeoJSON"),
        ({"type": "Feature"}, "WKT or GeoJSON"),
        (["1", "2"], "WKT or GeoJSON"),
        ("POINT(45.76 94.84)", "45.76 94.84 is not on earth"),
        ("POLYGON((1 1, 2 2, 1 1))", "at least four positions"),
        ("POLYGON((1 1, 2 2, 3 1, 1 2))", "end where they began"),
        ({"type": "MultiPolygon", "coordinates": [[RING[:3]]]}, "at least four positions"),
    ],
)
def test_what_is_no_geometry_is_refused(written: object, problem: str) -> None:
    with pytest.raises(MessageError, match=problem):
        geometry_wkt(written)


def test_only_a_polygon_has_an_outer_ring() -> None:
    assert polygon_of(f"POLYGON(({WKT}))") == [tuple(each) for each in RING]
    assert polygon_of("POINT(1 2)") is None


@given(st.one_of(st.text(max_size=30), st.text("POINT(),. 0123", max_size=30)))
def test_any_text_is_a_geometry_or_has_a_problem(text: str) -> None:
    try:
        wkt = geometry_wkt(text)
    except MessageError:
        return
    assert geometry_wkt(wkt) == wkt
