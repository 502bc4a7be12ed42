"""The translations: of all texts of the program, with their fields, and no others."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

import texts

SAME: dict[str, set[object]] = {
    "fr": {
        *("absent", "catalogue", "code", "concept", "description", "document", "latitude", "licence", "longitude"),
        *("pages", "position", "slogan", "source", "type", "version", "Classes", "Code", "Codes", "Contact", "DOI"),
        *("Documentation", "Excellent", "Format", "Licence", "Page", "Pages", "Source", "Sources"),
        *("Type", "Version", "euros", "Catalogue", "Catalogue ({format})", "violation"),
        ("{n} violation", "{n} violations"),
    },
    "de": {"Code", "Codes", "DOI", "Downloads", "Format", "Text", "Version", "{column} in {currency}"},
}
"""Texts that are the same in a language as in English."""
LOST = {"{value!r} is not a valid {number_type}.": {"number_type"}}
"""Fields that translations leave out: click's own names of types are English."""


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return texts.collect()


@pytest.fixture(scope="module", params=texts.LANGUAGES)
def translated(request: pytest.FixtureRequest) -> Catalog:
    return texts.read(request.param)


def ids(catalog: Catalog) -> set[object]:
    return {(entry.context, entry.id) for entry in catalog if entry.id}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def fields(text: str | tuple[str, ...]) -> set[str]:
    return {name for form in forms(text) for _, name, _, _ in Formatter().parse(form) if name}


def test_the_files_have_the_texts_of_the_program(collected: Catalog, translated: Catalog) -> None:
    assert len(ids(collected)) > 200
    assert ids(translated) == ids(collected), "run python tools/texts.py"


def test_each_text_is_translated_with_its_fields(translated: Catalog) -> None:
    def wrong(entry: Message) -> bool:
        english = forms(entry.id)[0]
        lacks = not all(forms(entry.string))
        same = english in forms(entry.string) and re.search(r"[a-z]", re.sub(r"\{[^}]*\}", "", english), re.IGNORECASE)
        return lacks or bool(same) or fields(entry.string) != fields(entry.id) - LOST.get(english, set())

    assert [
        entry.id for entry in translated if entry.id and wrong(entry) and entry.id not in SAME[str(translated.locale)]
    ] == []


def test_a_sentence_stays_one(translated: Catalog) -> None:
    ends = [(forms(entry.id)[0], form) for entry in translated if entry.id for form in forms(entry.string)]
    assert [form for english, form in ends if english.endswith(".") != form.endswith(".")] == []


def test_nothing_typed_is_an_apostrophe_of_a_typewriter(translated: Catalog) -> None:
    found = [form for entry in translated if entry.id for form in forms(entry.string) if re.search(r"\w'\w", form)]
    assert found == []
