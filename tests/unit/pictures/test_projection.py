"""The projections, against published values."""

from __future__ import annotations

import pytest

from st_opendata.pictures.outlines import EUROPE, WORLD, clip_ring, outlines
from st_opendata.pictures.projection import project_europe, project_world


def test_europe_is_epsg_3035() -> None:
    """The example of IOGP Publication 373-7-2 for method 9820: 50° N, 5° E."""
    assert project_europe(50, 5) == pytest.approx((3962.79945, 2999.71885), abs=1e-5)
    assert project_europe(52, 10) == pytest.approx((4321, 3210))


def test_the_world_is_equal_earth() -> None:
    """The ends of the map: 2.7066299836 and 1.3173627592 radii (Šavrič and others, 2018)."""
    assert project_world(0, 180) == pytest.approx((2.7066299836 * 6371.0072, 0))
    assert project_world(-90, 0) == pytest.approx((0, -1.3173627592 * 6371.0072))


@pytest.mark.parametrize(("part", "box"), [("europe", EUROPE), ("world", WORLD)])
def test_outlines_cover_what_maps_show(part: str, box: tuple[float, ...]) -> None:
    drawn = outlines(part)
    for axis in (0, 1):
        values = [point[axis] for line in drawn.land for point in line]
        least, most = box[axis], box[axis + 2]
        assert min(values) < least + (most - least) / 6
        assert max(values) > most - (most - least) / 6
    assert bool(drawn.borders) == (part == "europe")


@pytest.mark.parametrize(
    ("latitude", "longitude", "land"),
    [(48.85, 2.35, True), (45, 34.2, True), (35.1, 33.2, True), (60, -10, False), (40, 12, False), (43, 35, False)],
)
def test_land_is_where_it_is(latitude: float, longitude: float, land: bool) -> None:
    point = project_europe(latitude, longitude)
    assert sum(holds(ring, point) for ring in outlines("europe").land) % 2 == land


def holds(ring: tuple[tuple[float, float], ...], point: tuple[float, float]) -> bool:
    """Whether the point lies in the ring: a ray to the east crosses it an odd number of times."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def test_no_border_parts_crimea_from_ukraine() -> None:
    east, north = project_europe(46.1, 33.7)
    near = [
        point
        for line in outlines("europe").borders
        for point in line
        if abs(point[0] - east) + abs(point[1] - north) < 90
    ]
    assert near == []


def test_a_ring_is_cut_to_a_box() -> None:
    ring = clip_ring(((-5, -5), (15, -5), (15, 5), (-5, 5)), (0, 0, 10, 10))
    assert set(ring) == {(0, 0), (10, 0), (10, 5), (0, 5)}
    assert clip_ring(((20, 20), (30, 20), (30, 30)), (0, 0, 10, 10)) == ()
