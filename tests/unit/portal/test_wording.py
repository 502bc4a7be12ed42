"""Texts, numbers, dates and sizes as each language has them."""

from __future__ import annotations

import re

import pytest

from st_opendata.model.text import LANGUAGES
from st_opendata.portal.wording import alphabetical, texts, words_of


@pytest.mark.parametrize(("language", "size"), [("en", "1.5 MB"), ("fr", "1,5 Mo"), ("de", "1,5 MB")])
def test_sizes_have_the_units_of_the_language(language: str, size: str) -> None:
    assert words_of(language).size(1_500_000) == size.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("value", "day"),
    [("2020-03-01", "1er mars 2020"), ("2020-03", "mars 2020"), ("2020", "2020"), ("", "")]
    + [(value, value) for value in ("2020-02-30", "2020-13-01T00:00:00Z", "2020-13", "0000-01-01", "soon")],
)
def test_days_in_words_and_what_is_none_as_it_stands(value: str, day: str) -> None:
    assert words_of("fr").day(value) == day


def test_no_french_line_begins_with_a_mark() -> None:
    assert not [text["fr"] for text in texts().values() if re.search("« | [:;?!»]", text["fr"])]
    assert words_of("fr")("how-known").endswith("\N{NO-BREAK SPACE}?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_its_forms_and_values_in_every_language(language: str) -> None:
    for name, text in texts().items():
        assert set(text) == set(LANGUAGES), name
        assert text[language].count(" | ") == text["en"].count(" | "), name
        found, wanted = (set(re.findall(r"{(\w+)}", text[each])) for each in (language, "en"))
        assert found == wanted, name


def test_accents_and_case_do_not_matter_where_texts_are_sorted() -> None:
    words = ["zone", "Écart", "domaine", "déduction", "dernier", "Straße", "strasse", "eau"]
    in_order = ["déduction", "dernier", "domaine", "eau", "Écart", "Straße", "strasse", "zone"]
    assert sorted(words, key=alphabetical) == in_order
