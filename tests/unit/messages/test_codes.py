"""Messages of findings: numbers of things with the word that fits them."""

from __future__ import annotations

import pickle
import re

import pytest

from st_opendata.messages.codes import as_error, codes, finding
from st_opendata.messages.message import counted, message
from st_opendata.model.text import LANGUAGES
from st_opendata.place import Place


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [(0, "en", "0 rows"), (1, "en", "1 row"), (2, "en", "2 rows"), (0, "fr", "0 ligne"), (1, "de", "1 Zeile")],
)
def test_a_number_has_the_plural_of_its_language(number: int, language: str, said: str) -> None:
    assert counted("{digits} row", "{digits} rows", number="n", n=number, digits=number)[language] == said


def test_a_text_in_the_place_of_a_number_has_the_plural() -> None:
    cells = counted("{n} cell", "{n} cells", number="n", n="1 or 2")
    assert cells["en"] == "1 or 2 cells"


def test_fields_are_quoted_as_they_are_unless_they_are_in_several_languages() -> None:
    found = finding("findings-more", (), count=1, kind="Add the missing row to {table}.")
    assert (
        found.message["de"]
        == "1 weiterer Befund der Art Add the missing row to {table}. in dieser Tabelle ist nicht aufgeführt."
    )
    outer = message("{inner}!", inner=found.message)
    assert outer["en"] == f"{found.message['en']}!"
    assert pickle.loads(pickle.dumps(outer)) == outer
    assert outer == dict(outer)


def test_a_finding_without_one_of_its_fields_is_a_defect() -> None:
    with pytest.raises(KeyError, match=r"findings-more lacks \['kind'\]"):
        finding("findings-more", (), count=1)


def test_one_and_many_in_each_language() -> None:
    one, many = (finding("findings-more", (), count=count, kind="x").message for count in (1, 5))
    assert one["en"] == "1 more finding of the kind x in this table is not listed."
    assert many["en"] == "5 more findings of the kind x in this table are not listed."
    assert one["de"] == "1 weiterer Befund der Art x in dieser Tabelle ist nicht aufgeführt."
    assert many["fr"] == "5 autres constats de type x dans ce tableau ne sont pas listés."


COUNTED = re.compile(r"\{(count|rows|found)\} (?!of|sur|von)[^\W\d]+")


@pytest.mark.parametrize("code", codes().values(), ids=lambda code: code.code)
def test_no_message_counts_things_without_their_plural(code: object) -> None:
    uncounted = [text for text in (code.message, code.remedy) if not text.plural]  # type: ignore[attr-defined]
    texts = [text[language] for text in uncounted for language in LANGUAGES]
    plain = [found[0] for text in texts for found in COUNTED.finditer(text)]
    assert [each for each in plain if not each.startswith("{rows}")] == []  # all rows are never one


def test_a_finding_gives_its_reason_in_each_language_and_quotes_the_data_as_they_are() -> None:
    reason = message('there is no column "{title}"', title="column")
    found = finding("row-quote", (), reason=reason).message
    assert found["en"].endswith('(there is no column "column").')
    quoted = finding("cell-required", (), title="Is a directory").message
    assert quoted["de"] == "Die Zelle ist leer, aber „Is a directory“ ist erforderlich."
    translated = finding("row-quote", (), reason=message("the file is empty")).message
    assert translated["de"].endswith("(die Datei ist leer).")
    assert translated["fr"].endswith("(le fichier est vide).")


def test_a_finding_as_an_error_is_in_each_language() -> None:
    error = as_error(finding("cell-required", (Place("column.csv", row=2),), title="table"))
    assert error.place == Place("column.csv", row=2)
    assert error.message_text("de") == "Die Zelle ist leer, aber „table“ ist erforderlich."
    assert error.remedy_text("fr") == "Remplissez la cellule."
