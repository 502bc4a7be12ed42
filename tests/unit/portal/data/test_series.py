"""The order of editions and of the members of series, from the statements of a catalogue."""

from __future__ import annotations

import pytest

from st_opendata.portal.data.series import editions_of, members_by_series
from st_opendata.rdf.statements import Statements, parse_statements

IDS = {f"https://data.example/{name}": name for name in "abcd"}
SERIES = "https://data.example/series"


def statements(turtle: str) -> Statements:
    prefixes = "@prefix : <https://data.example/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
    return parse_statements((prefixes + turtle).encode(), "catalog.ttl")


@pytest.mark.parametrize(
    ("turtle", "editions"),
    [
        ("", ()),
        (":a dcat:hasVersion :b .", ()),
        (
            ":a dcat:hasCurrentVersion :c ; dcat:hasVersion :b, :c, :d . :c dcat:prev :b . :b dcat:prev :d .",
            tuple("cbd"),
        ),
        (
            ":a dcat:hasCurrentVersion :d ; dcat:hasVersion :b, :c, :d . "
            ":d dcat:previousVersion :c . :c dcat:previousVersion :b .",
            tuple("dcb"),
        ),
        (":a dcat:hasCurrentVersion :b ; dcat:hasVersion :b, <https://other.example/> .", ("b",)),
    ],
)
def test_the_current_edition_is_first_then_the_later_ones(turtle: str, editions: tuple[str, ...]) -> None:
    assert editions_of(statements(turtle), "https://data.example/a", IDS) == editions


@pytest.mark.parametrize(
    ("turtle", "members", "ordered"),
    [
        (":b dcat:inSeries :series . :a dcat:inSeries :series .", ("a", "b"), False),
        (
            ":series dcat:first :b . :a dcat:inSeries :series ; dcat:prev :c . :b dcat:inSeries :series . "
            ":c dcat:inSeries :series ; dcat:prev :b, :d .",
            ("b", "c", "a"),
            True,
        ),
        (  # another series has the opposite order
            ":series dcat:first :a . :a dcat:inSeries :series ; dcat:prev :b . "
            ":b dcat:inSeries :series ; dcat:prev :a .",
            ("a", "b"),
            False,
        ),
    ],
)
def test_members_are_in_the_order_of_the_series_if_it_is_known(
    turtle: str, members: tuple[str, ...], ordered: bool
) -> None:
    assert members_by_series(statements(turtle), IDS) == {SERIES: (members, ordered)}
