"""SVG: well-formed whatever the text, the same bytes, a file with its own colours and a part of a page without."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_opendata.pictures import Bar, Chart, Drawing, MapPoint, draw_bars, draw_map, svg_file, svg_part

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> ]]> & \" ' \x00\x0b\ud800\ufffe\u202e ⟨x⟩"


def chart(language: str = "en", name: str = "A") -> Drawing:
    return draw_bars(Chart(f"Chart {language}", "Amount", [Bar(name, Decimal(2)), Bar("B", Decimal(1))]), language)


def city_map(name: str = "Lyon") -> Drawing:
    return draw_map(name, [MapPoint(name, 45.7, 4.8, 0), MapPoint("Yokohama", 35.4, 139.6, 1)], [name, "b"], "en")


@pytest.mark.parametrize("drawing", [chart(name=HOSTILE), city_map(HOSTILE)])
def test_hostile_text_is_text(drawing: Drawing) -> None:
    for text in (svg_file([drawing]), svg_part(drawing, "p")):
        root = ElementTree.fromstring(text.encode())
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            *("svg", "title", "desc", "rect", "path", "text", "g", "switch"),
        }
        said = "".join(root.itertext())
        assert "<script>alert(1)</script> ]]> & \" ' ⟨x⟩" in said
        assert "\u202e" not in said


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=40))
def test_any_name_is_well_formed(name: str) -> None:
    ElementTree.fromstring(svg_file([chart(name=name)]).encode())
    ElementTree.fromstring(svg_file([city_map(name)]).encode())


def test_a_file_is_an_image_with_title_and_description() -> None:
    root = ElementTree.fromstring(svg_file([city_map()]).encode())
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.get("id"), description.get("id")) == (root.get("aria-labelledby"), root.get("aria-describedby"))
    assert title.text == "Lyon"
    assert {"style", "class", "href"}.isdisjoint(name for element in root.iter() for name in element.attrib)


def test_a_file_speaks_the_language_of_its_reader() -> None:
    root = ElementTree.fromstring(svg_file([chart("en"), chart("fr"), chart("de")]).encode())
    switch = root.find(f"{SVG}switch")
    assert switch is not None
    shown = [(part.get("systemLanguage"), (part.find(f"{SVG}text") or part[0]).text) for part in switch]
    assert shown == [("fr", "Chart fr"), ("de", "Chart de"), (None, "Chart en")]


def test_a_part_has_classes_and_no_colours() -> None:
    text = svg_part(city_map(), "places")
    assert re.search('id="places-title"', text)
    assert not re.search("fill=|stroke=|#[0-9a-f]{6}|xmlns", text)
    assert {"picture", "picture-land", "picture-sea", "picture-border", "picture-kind-0", "picture-kind-1"} <= set(
        re.findall('class="([^"]*)"', text)
    )


def test_kinds_differ_in_shape_and_colour() -> None:
    places = [MapPoint(str(kind), 45 + kind, 5, kind) for kind in range(5)]
    root = ElementTree.fromstring(svg_file([draw_map("Kinds", places, list("abcde"), "en")]).encode())
    found = [path for path in root.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    assert len({path.get("fill") for path in found}) == 5
    outlines = [path.get("d") or "" for path in found]
    assert sorted(outline.count("L") for outline in outlines) == [0, 2, 3, 3, 4]  # a diamond is a square on its corner


def test_the_same_bytes_and_not_many() -> None:
    assert svg_file([city_map()]) == svg_file([city_map()])
    assert len(svg_file([city_map()]).encode()) < 60_000


def test_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="drawing"):
        svg_file([])
