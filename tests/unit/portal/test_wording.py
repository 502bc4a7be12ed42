"""Texts, numbers, dates and sizes in the form of each language."""

from __future__ import annotations

import re

import pytest

from st_opendata.messages.message import Message, translate
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
def test_days_in_words_and_any_other_text_unchanged(value: str, day: str) -> None:
    assert words_of("fr").day(value) == day


def test_no_french_line_begins_with_a_mark() -> None:
    forms = [form(text, "fr", number) for text in texts().values() for number in (1, 2)]
    assert not [text for text in forms if re.search("« | [:;?!»]", text)]
    assert words_of("fr")("how-known").endswith("\N{NO-BREAK SPACE}?")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_its_values_in_every_language(language: str) -> None:
    for name, text in texts().items():
        for number in (1, 2):
            found, wanted = (set(re.findall(r"{(\w+)}", form(text, each, number))) for each in (language, "en"))
            assert found == wanted, name


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["0 rows", "1 row", "1,000 rows"]),
        ("fr", ["0 ligne", "1 ligne", "1\N{NARROW NO-BREAK SPACE}000 lignes"]),
        ("de", ["0 Zeilen", "1 Zeile", "1.000 Zeilen"]),
    ],
)
def test_a_number_has_the_form_and_the_separators_of_the_language(language: str, forms: list[str]) -> None:
    assert [words_of(language)("rows", n=number) for number in (0, 1, 1000)] == forms


@pytest.mark.parametrize(
    ("language", "typed"), [("fr", "«\N{NO-BREAK SPACE}table\N{NO-BREAK SPACE}»"), ("de", "„table“")]
)
def test_what_a_visitor_or_publisher_wrote_is_not_translated(language: str, typed: str) -> None:
    assert typed in words_of(language)("bad-value", column="table")


def test_the_same_english_has_two_translations_where_it_means_two_things() -> None:
    names = ("schema:containedInPlace", "eurio:hasGeographicalLocation")
    assert [texts()[name]["en"] for name in names] == ["lies in", "lies in"]
    assert [texts()[name]["fr"] for name in names] == ["se trouve dans", "se trouve à"]


def form(text: Message, language: str, number: int) -> str:
    return translate(language, text.msgid, text.plural, number, text.context)


def test_accents_and_case_do_not_matter_where_texts_are_sorted() -> None:
    words = ["zone", "Écart", "domaine", "déduction", "dernier", "Straße", "strasse", "eau"]
    in_order = ["déduction", "dernier", "domaine", "eau", "Écart", "Straße", "strasse", "zone"]
    assert sorted(words, key=alphabetical) == in_order
