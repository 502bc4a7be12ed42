"""Maps: what they show, for any places."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_opendata.pictures import KINDS, Drawing, MapPoint, draw_map
from st_opendata.pictures.drawing import Box, Symbol, TextLine, text_width
from st_opendata.pictures.labels import LabelPoint, place_labels
from st_opendata.pictures.maps import FILE, NARROW, WIDE, MapSize

CITIES = [
    MapPoint("Lyon", 45.749, 4.848, 0),
    MapPoint("Munich", 48.137, 11.575, 0),
    MapPoint("Vienna", 48.208, 16.372, 0),
    MapPoint("Santiago de Compostela", 42.881, -8.546, 1),
    MapPoint("Sofia", 42.698, 23.324, 1),
    MapPoint("Venice", 45.437, 12.333, 1),
    MapPoint("Kyiv", 50.455, 30.524, 2),
    MapPoint("Yokohama", 35.433, 139.65, 2),
]
ROLES = ("lead city", "follower city", "observer city")


def labels(drawing: Drawing) -> list[str]:
    return [mark.text for mark in drawing.marks if isinstance(mark, TextLine) and mark.role == "label"]


def symbols(drawing: Drawing) -> list[Symbol]:
    return [mark for mark in drawing.marks if isinstance(mark, Symbol)]


def box_of(words: TextLine) -> Box:
    """The area of a line of text, for the placement of labels."""
    width = text_width(words.text, words.size)
    left = words.at[0] - {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
    return Box(left, words.at[1] - 0.82 * words.size, width, words.size)


@pytest.mark.parametrize("layout", [WIDE, NARROW, FILE])
def test_every_city_has_its_label_and_none_overlap(layout: MapSize) -> None:
    drawing = draw_map("Cities", CITIES, ROLES, "en", layout)
    assert sorted(labels(drawing)) == sorted(place.name for place in CITIES)
    boxes = [box_of(mark) for mark in drawing.marks if isinstance(mark, TextLine) and mark.role == "label"]
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])
    page = Box(0, 0, drawing.width, drawing.height)
    assert all(map(page.holds, boxes))


def test_places_far_away_are_on_a_small_world() -> None:
    drawing = draw_map("Cities", CITIES, ROLES, "en")
    assert len([mark for mark in drawing.ground if getattr(mark, "role", "") == "sea"]) == 2
    europe = draw_map("Cities", CITIES[:-1], ROLES, "en")
    assert len([mark for mark in europe.ground if getattr(mark, "role", "") == "sea"]) == 1
    assert europe.height < drawing.height


def test_a_world_of_its_own_where_most_are_far() -> None:
    places = [MapPoint("Yokohama", 35.4, 139.6), MapPoint("Recife", -8, -34.9), MapPoint("Lyon", 45.7, 4.8)]
    drawing = draw_map("Places", places, (), "en")
    assert sorted(labels(drawing)) == ["Lyon", "Recife", "Yokohama"]
    assert all(0 < mark.at[0] < drawing.width for mark in symbols(drawing))


def test_kinds_have_shapes_and_a_legend() -> None:
    drawing = draw_map("Cities", CITIES, ROLES, "en")
    notes = [mark.text for mark in drawing.marks if isinstance(mark, TextLine) and mark.role == "note"]
    assert notes == ["8 places", "Lead city (3)", "Follower city (3)", "Observer city (2)"]
    assert {mark.kind for mark in symbols(drawing)} == {0, 1, 2}
    assert drawing.description == (
        "8 places. Lead city: Lyon, Munich, Vienna. "
        "Follower city: Santiago de Compostela, Sofia, Venice. Observer city: Kyiv, Yokohama."
    )


def test_places_on_one_spot_share_symbol_and_label() -> None:
    drawing = draw_map(
        "Places", [MapPoint("A", 48, 11), MapPoint("B", 48, 11.001, count=2), MapPoint("C", 50, 15)], (), "fr"
    )
    assert sorted(labels(drawing)) == ["A +2", "C"]
    assert [mark.tip for mark in symbols(drawing)] == ["C", "A, B"]
    assert "4 lieux" in [mark.text for mark in drawing.marks if isinstance(mark, TextLine)]


def test_one_place() -> None:
    drawing = draw_map("Place", [MapPoint("Lyon", 45.7, 4.8)], (), "de")
    assert (labels(drawing), drawing.description) == (["Lyon"], "1 Ort. Lyon.")


def test_many_places_are_dots_without_labels() -> None:
    chance = random.Random(1)
    places = [MapPoint(f"P{n}", chance.uniform(37, 60), chance.uniform(-8, 28), n % 7) for n in range(3000)]
    drawing = draw_map("Many", places, [f"kind {n}" for n in range(7)], "en")
    assert labels(drawing) == []
    assert {mark.kind for mark in symbols(drawing)} == set(range(KINDS))
    assert len(drawing.description) < 10_000


def test_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="place"):
        draw_map("Nothing", [], (), "en")


@pytest.mark.slow
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            MapPoint,
            st.text(max_size=60),
            st.floats(-90, 90),
            st.floats(-180, 180),
            st.one_of(st.none(), st.integers(0, 7)),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_any_places_have_a_symbol_on_the_picture(places: list[MapPoint]) -> None:
    drawing = draw_map("Places", places, [f"kind {number}" for number in range(8)], "en", NARROW)
    legend = min(8, KINDS)
    assert 1 <= len(symbols(drawing)) - legend <= len(places)
    assert all(-1 <= mark.at[0] <= drawing.width + 1 and 0 < mark.at[1] < drawing.height for mark in symbols(drawing))


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.floats(0, 300), st.text("Mil ", min_size=1, max_size=20)),
        min_size=1,
        max_size=30,
    )
)
def test_labels_never_overlap_and_stay_in_the_frame(points: list[tuple[float, float, str]]) -> None:
    frame = Box(0, 0, 400, 300)
    placed = place_labels([LabelPoint((x, y), name, 6) for x, y, name in points], frame, 15)
    boxes = [box_of(words) for words in placed]
    assert not any(one.overlaps(other) for number, one in enumerate(boxes) for other in boxes[:number])
    assert all(map(frame.holds, boxes))
