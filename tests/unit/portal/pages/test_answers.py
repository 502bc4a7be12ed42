"""The answer to a query as a page shows it."""

from __future__ import annotations

import pyoxigraph as ox

from st_opendata.namespaces import XSD
from st_opendata.portal.pages.answers import QueryResult


def number(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"{XSD}decimal"))


def row(role: str, city: str, latitude: str, longitude: str) -> tuple[ox.Literal, ...]:
    return ox.Literal(role), ox.Literal(city, language="en"), number(latitude), number(longitude)


CITIES = QueryResult(
    ("role", "city", "lat", "long"),
    (
        row("lead", "Lyon", "45.7", "4.8"),
        row("lead", "Vienna", "48.2", "16.4"),
        row("follower", "Sofia", "42.7", "23.3"),
        row("follower", "Nowhere", "91", "0"),
    ),
)


def test_a_map_names_places_by_what_tells_them_apart() -> None:
    places, kinds = CITIES.map()
    assert [place.name for place in places] == ["Lyon", "Vienna", "Sofia"]
    assert kinds == ["follower", "lead"]
    assert CITIES.views == ("table", "map")


def test_bars_are_named_by_what_tells_them_apart() -> None:
    answer = QueryResult(
        ("kind", "name", "n"), tuple((ox.Literal("x"), ox.Literal(each), number("3")) for each in "ab")
    )
    assert [bar.name for bar in answer.bars("Counted").bars] == ["a", "b"]
    assert answer.views == ("table", "bars")


def test_codes_and_years_make_no_bars() -> None:
    rows = tuple((ox.Literal(name), number("3"), number("2016")) for name in "ab")
    assert [bar.value for bar in QueryResult(("name", "n", "year"), rows).bars("Counted").bars] == [3, 3]
    assert QueryResult(("name", "rcn", "year"), rows).views == ("table",)


def test_an_answer_without_rows_is_a_table() -> None:
    assert QueryResult(("lat", "long", "n"), ()).views == ("table",)
