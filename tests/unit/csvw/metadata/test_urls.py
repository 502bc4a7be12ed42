"""URLs of a description."""

from __future__ import annotations

import pytest

from st_opendata.csvw.metadata.urls import absolute, placed_template, same_document

TABLE = "https://example.org/data/a.csv?x=1"


@pytest.mark.parametrize(
    ("template", "placed"),
    [
        ("https://e.org/{a}", "https://e.org/{a}"),
        ("#row-{a}", f"{TABLE}#row-{{a}}"),
        ("{#a}", f"{TABLE}{{#a}}"),
        ("../{a}/b", "https://example.org/{a}/b"),
        ("{a}", "https://example.org/data/{a}"),
        ("{/a}", "https://example.org{/a}"),
        ("{?a}", "https://example.org/data/a.csv{?a}"),
        ("{+a}", "{+a}"),
        ("", TABLE),
    ],
)
def test_a_template_is_placed(template: str, placed: str) -> None:
    assert placed_template(template, TABLE) == placed


def test_spellings_of_one_url() -> None:
    assert same_document("HTTP://Example.org:80/a%62", "http://example.org/ab")
    assert not same_document("http://example.org/a", "http://example.org/A")
    assert not same_document("http://example.org:x/", "http://example.org/")


def test_what_no_iri_can_hold_is_encoded() -> None:
    assert absolute("a b.csv", "https://example.org/") == "https://example.org/a%20b.csv"
    with pytest.raises(ValueError, match="IPv6"):
        absolute("http://[", "https://example.org/")
