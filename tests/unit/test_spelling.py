"""Nearest words, and what a message says of them in each language."""

from __future__ import annotations

import pytest

from st_opendata.messages.message import Message, message
from st_opendata.spelling import first_difference, hint, nearest


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [("citys", ["countries", "cities"], "cities"), ("CITIES", ["cities"], "cities"), ("x", ["cities"], None)],
)
def test_the_nearest_word(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", 'no "colum"; did you mean "column"?'),
        ("fr", "pas de « colum »\u00a0; vouliez-vous dire «\u00a0column\u00a0»\u00a0?"),
        ("de", "kein „colum“; meinten Sie „column“?"),
    ],
)
def test_the_nearest_word_stays_as_it_is_in_each_language(language: str, text: str) -> None:
    before = {"en": 'no "colum"', "fr": "pas de « colum »", "de": "kein „colum“"}
    assert message("{before}{hint}", before=before, hint=hint("colum", ["table", "column"]))[language] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "; known here: table, column"),
        ("fr", "\u00a0; admis ici\u00a0: table, column"),
        ("de", "; möglich sind hier: table, column"),
    ],
)
def test_few_words_are_listed_when_none_is_near(language: str, text: str) -> None:
    assert in_words(hint("x", ["table", "column"]), language) == text


def test_nothing_is_said_when_too_many_words_are_known() -> None:
    assert hint("x", [f"word{number}" for number in range(31)]) == ""
    assert hint("x", []) == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '; did you mean "a b"? Character 2: U+00A0 NO-BREAK SPACE, not U+0020 SPACE'),
        (
            "fr",
            "\u00a0; vouliez-vous dire «\u00a0a b\u00a0»\u00a0? "
            "Caractère 2\u00a0: U+00A0 NO-BREAK SPACE et non U+0020 SPACE",
        ),
        ("de", "; meinten Sie „a b“? Zeichen 2: U+00A0 NO-BREAK SPACE, nicht U+0020 SPACE"),
    ],
)
def test_the_character_that_differs_is_named(language: str, text: str) -> None:
    assert in_words(hint("a\u00a0b", ["a b"]), language) == text


def test_the_end_of_a_text_is_named_in_each_language() -> None:
    number, found, end = first_difference("name\u200b", "name")
    assert (number, found) == (5, "U+200B ZERO WIDTH SPACE")
    assert [in_words(end, language) for language in ("en", "fr", "de")] == ["(end)", "(fin)", "(Ende)"]


def in_words(text: Message | str, language: str) -> str:
    assert isinstance(text, Message)
    return text[language]
