"""Messages of findings: numbers of things with the word that fits them."""

from __future__ import annotations

import re

import pytest

from st_opendata.messages.codes import codes, finding
from st_opendata.model.text import LANGUAGES, Counted, Quoted


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [(0, "en", "0 rows"), (1, "en", "1 row"), (2, "en", "2 rows"), (0, "fr", "0 row"), (1, "de", "1 row")],
)
def test_a_number_has_the_plural_of_its_language(number: int, language: str, said: str) -> None:
    assert f"{Counted(number, language):row|rows}" == said
    assert f"{Counted(number, language):=row|rows}" == said.partition(" ")[2]
    assert f"{Counted(number, language)}" == str(number)


def test_a_text_in_the_place_of_a_number_has_the_plural() -> None:
    assert f"{Quoted('1, 2'):row|rows}" == "1, 2 rows"
    assert f"{Quoted('x'):=is|are}" == "are"


def test_one_and_many_in_each_language() -> None:
    one, many = (finding("findings-more", (), count=count, kind="x").message for count in (1, 5))
    assert one["en"] == "1 more finding of the kind x in this table is not listed."
    assert many["en"] == "5 more findings of the kind x in this table are not listed."
    assert one["de"] == "1 weiterer Befund der Art x in dieser Tabelle ist nicht aufgeführt."
    assert many["fr"] == "5 autres constats de type x dans ce tableau ne sont pas listés."


COUNTED = re.compile(r"\{(count|rows|found)\} (?!of|sur|von)[^\W\d]+")


@pytest.mark.parametrize("code", codes().values(), ids=lambda code: code.code)
def test_no_message_counts_things_without_their_plural(code: object) -> None:
    texts = [text[language] for text in (code.message, code.remedy) for language in LANGUAGES]  # type: ignore[attr-defined]
    plain = [found[0] for text in texts for found in COUNTED.finditer(text)]
    assert [each for each in plain if not each.startswith("{rows}")] == []  # all rows are never one
