"""Text in several languages: which one is picked."""

from __future__ import annotations

import doctest

import pytest

from st_opendata.model import text
from st_opendata.model.text import pick, spoken, tag_of


def test_examples() -> None:
    assert doctest.testmod(text).failed == 0


@pytest.mark.parametrize(
    ("language", "tag"),
    [("fr", "fr-BE"), ("fr-BE", "fr-BE"), ("en", "en-GB"), ("de", "en-GB"), ("el", "el")],
)
def test_a_variety_of_a_language_is_that_language(language: str, tag: str) -> None:
    texts = {"el": "Πόλεις", "fr-BE": "Villes", "en-GB": "Cities"}
    assert tag_of(texts, language) == tag
    assert pick(texts, language) == texts[tag]


def test_what_is_empty_is_not_picked() -> None:
    assert pick({"fr": "", "mt": "Bliet"}, "fr") == "Bliet"
    assert (tag_of({}, "en"), pick({}, "en")) == (None, "")
    assert (spoken("de-CH"), spoken("rm")) == ("de-CH", "en")
