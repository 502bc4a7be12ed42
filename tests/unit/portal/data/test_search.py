"""Full-text search: accents, case, prefixes, ranking, suggestions, and whatever a visitor may type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_opendata.portal.data.search import SearchDocument, SearchIndex, words_of_query, write_search

DOCUMENTS = [
    SearchDocument(
        "Énergie solaire Solar energy Sonnenenergie", "toits roofs", "Panneaux sur les toits.", "puissance_kw"
    ),
    SearchDocument("Straßen Streets", "Fußgänger", "Where energy is not a topic but a word.", "length"),
    SearchDocument("Trees", "", "Planted in Kyiv (Київ) and Σόφια.", "species name_en"),
]


@pytest.fixture(scope="module")
def index() -> Iterator[SearchIndex]:
    index = SearchIndex.of(DOCUMENTS)
    yield index
    index.close()


def test_a_file_has_the_same_index(index: SearchIndex, tmp_path: Path) -> None:
    write_search(tmp_path / "a ?#%.search", DOCUMENTS)
    with closing(SearchIndex.read(tmp_path / "a ?#%.search")) as kept:
        for asked in ("energie", "strasse", "word topic", "stret", "σοφια", "nothing"):
            assert kept.search(asked) == index.search(asked)
            assert kept.suggest(asked) == index.suggest(asked)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("energie", [0]),
        ("ÉNERGIE", [0]),
        ("e\u0301nergie", [0]),
        ("energy", [0, 1]),
        ("ener", [0, 1]),
        ("strasse", [1]),
        ("STRASSEN", [1]),
        ("fussganger", [1]),
        ("Fussgaenger", [1]),
        ("Fußgaenger", [1]),
        ("puissance", [0]),
        ("puissance_kw", [0]),
        ("name_en", [2]),
        ("київ", [2]),
        ("σοφια", [2]),
        ("energy streets", [1]),
        ("energy trees", []),
        ("nowhere", []),
    ],
)
def test_words_find_documents_whatever_their_accents_and_case(index: SearchIndex, asked: str, found: list[int]) -> None:
    assert index.search(asked) == found


def test_a_word_in_the_title_weighs_most(index: SearchIndex) -> None:
    assert index.search("energy") == [0, 1]


@pytest.mark.parametrize("asked", ["", "   ", "\0", '"', "*", "-", "()", "\u202e", "!?"])
def test_no_words_are_no_search(index: SearchIndex, asked: str) -> None:
    assert index.search(asked) is None


@pytest.mark.parametrize("asked", ['"energy', "energy AND", "NOT energy", "title:energy", "NEAR(a b)", "a*b"])
def test_syntax_is_words(index: SearchIndex, asked: str) -> None:
    assert index.search(asked) is not None


@given(st.text(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_nothing_that_is_typed_fails(index: SearchIndex, asked: str) -> None:
    found = index.search(asked)
    assert found is None or set(found) <= {0, 1, 2}
    index.suggest(asked)


def test_a_misspelt_word_is_corrected(index: SearchIndex) -> None:
    assert index.suggest("enrgie") == "énergie"
    assert index.suggest("Fussgaenegr") == "fußgänger"
    assert index.suggest("tres") == "trees"
    assert index.suggest("solar enrgy") in ("solar energy", "solar energie")
    assert index.suggest("qqqqqq") is None
    assert index.suggest("energie") is None


def test_queries_are_bounded() -> None:
    assert len(words_of_query(" ".join(f"w{number}" for number in range(1000)))) == 12
    assert len(words_of_query("x" * 100_000)[0]) == 60
