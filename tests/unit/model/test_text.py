"""Text in several languages: which one is picked, and in which the program speaks."""

from __future__ import annotations

import doctest

import pytest

from st_opendata.model import text
from st_opendata.model.text import pick, speak, spoken, tag_of

MAP = {"en": "Map: {title}", "fr": "Carte : {title}", "de": "Karte: {title}"}


def test_examples() -> None:
    assert doctest.testmod(text).failed == 0


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        (["en", "fr", "de"], {"en": "Map: A", "fr": "Carte : A", "de": "Karte: A"}),
        (["fr"], {"fr": "Carte : A"}),
        (["de-AT", "hu"], {"de-AT": "Karte: A"}),
        (["hu"], {"en": "Map: A"}),
        (["und"], {"en": "Map: A"}),
        ([], {"en": "Map: A"}),
    ],
)
def test_the_program_speaks_a_language_of_the_texts_or_english(languages: list[str], said: dict[str, str]) -> None:
    assert speak(MAP, languages, title="A") == said
    assert speak(MAP, languages, title=dict.fromkeys(languages or ["mt"], "A")) == said


def test_it_never_says_half_a_sentence() -> None:
    assert speak(MAP, ["fr", "de"], title={"fr": "Lyon"}) == {"fr": "Carte : Lyon"}
    assert speak(MAP, ["fr", "de"], title={"bg": "Лион"}) == {"en": "Map: Лион"}
    assert speak({}, ["fr"]) == {}


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
