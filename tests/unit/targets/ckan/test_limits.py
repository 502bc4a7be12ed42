"""What CKAN takes: names, tags, file names and Markdown."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from st_opendata.targets.ckan.limits import as_markdown, from_markdown, is_name, legal_tag, stored_file_name

MARKUP = st.text(st.sampled_from("ab *_#`<>[]()!&;\\-+=.12\n|:\"'lt"), max_size=40)


@given(st.text(max_size=200))
@example("L'eau, l'air & le sol")
@example("x" * 99 + " y")
def test_every_tag_is_legal_and_stays(word: str) -> None:
    tag = legal_tag(word)
    if tag is not None:
        assert re.fullmatch(r"[\w \-.]*", tag)
        assert 2 <= len(tag) <= 100
        assert tag == tag.strip()
        assert legal_tag(tag) == tag


@pytest.mark.slow
@given(st.from_regex(r"[\w.-]+( [\w.-]+)*", fullmatch=True).filter(lambda tag: 2 <= len(tag) <= 100))
def test_a_legal_tag_is_not_changed(tag: str) -> None:
    assert legal_tag(tag) == tag


@given(st.text(max_size=200))
def test_every_stored_file_name_is_fit_for_a_url_and_stays(name: str) -> None:
    stored = stored_file_name(name)
    assert re.fullmatch(r"[a-z0-9_.-]+", stored)
    assert 3 <= len(stored) <= 100
    assert stored_file_name(stored) == stored


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("cities/cities.csv", "cities.csv"),
        ("cities/cities.csv-metadata.json", "cities.csv-metadata.json"),
        ("Ä Datei (1).CSV", "a-datei-1.csv"),
        ("Straße & Weg.geojson", "strasse-weg.geojson"),
        ("Łódź.csv", "od.csv"),
        ("a", "a__"),
        (".csv", ".csv"),
        ("x" * 120 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_stored_file_names(name: str, stored: str) -> None:
    assert stored_file_name(name) == stored


@pytest.mark.parametrize("name", ["a", "x" * 101, "Cities", "a b", "é-e", "new", "search", "a\n"])
def test_names_that_ckan_refuses(name: str) -> None:
    assert not is_name(name)


def test_names_that_ckan_takes() -> None:
    assert all(map(is_name, ("ab", "x" * 100, "st-cities_2")))


@given(st.text(max_size=80) | MARKUP)
def test_markdown_holds_the_text(text: str) -> None:
    assert from_markdown(as_markdown(text)) == text


@given(MARKUP.filter(lambda text: "    " not in text))  # indented lines are shown unchanged, as code
@example("1.")
@example("# one\n* two\n1. three\n> four\n_five_ <b>six</b> [seven](eight) &lt;")
def test_markdown_shows_the_text(text: str) -> None:
    shown = html.unescape(re.sub("<[^>]*>", " ", MarkdownIt("commonmark").render(as_markdown(text.strip()))))
    assert shown.split() == text.split()


@pytest.mark.parametrize("text", ["Plain text, with 1.5 % and snake_case.", "a - b + c = d > e", "R&D"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert as_markdown(text) == text
