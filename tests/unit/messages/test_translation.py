"""Errors in French and German: templates that are those of the program, and what fills them."""

from __future__ import annotations

import ast
import errno
import os
import re
from pathlib import Path

import pytest

import st_opendata
from st_opendata.errors import InputError
from st_opendata.messages.codes import finding
from st_opendata.messages.translation import error_text, templates, translate
from st_opendata.model.text import LANGUAGES, Text
from st_opendata.place import Place

FIELD = re.compile(r"\{[a-z]+\}")
OURS = {"reason", "problem", "hint", "near", "where", "there", "default", "kind"}
NBSP = "\N{NO-BREAK SPACE}"


def text_of(node: ast.AST) -> str | None:
    """The text that an expression is, `{}` where a value stands in it; None for another expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.strip()
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values).strip()
    return None


@pytest.fixture(scope="module")
def nodes() -> list[ast.AST]:
    modules = Path(st_opendata.__file__).parent.rglob("*.py")
    return [node for path in modules for node in ast.walk(ast.parse(path.read_text("utf-8")))]


@pytest.fixture(scope="module")
def texts(nodes: list[ast.AST]) -> set[str]:
    return {text for text in map(text_of, nodes) if text}


@pytest.mark.parametrize("template", templates(), ids=lambda template: template["en"][:40])
def test_a_template_is_a_text_of_the_program_and_the_same_in_each_language(template: Text, texts: set[str]) -> None:
    assert tuple(template) == LANGUAGES
    assert FIELD.sub("{}", template["en"]) in texts | set(map(os.strerror, errno.errorcode))
    for language in LANGUAGES:
        assert sorted(FIELD.findall(template[language])) == sorted(set(FIELD.findall(template["en"])))
        assert template[language].endswith(".") == template["en"].endswith(".")
    assert not re.search(r"\w'\w", template["fr"])


@pytest.mark.parametrize("template", templates(), ids=lambda template: template["en"][:40])
def test_each_is_found_again_among_all(template: Text) -> None:
    fillings = filled(template)
    said = fill(template["en"], fillings)
    assert [translate(said, language) for language in LANGUAGES] == [
        fill(template[language], fillings) for language in LANGUAGES
    ]


def fill(text: str, fillings: dict[str, str]) -> str:
    """The text with something in the place of each field; other braces stay."""
    return FIELD.sub(lambda field: fillings[field[0][1:-1]], text)


def filled(template: Text) -> dict[str, str]:
    """Something for each of its fields."""
    names = {field[1:-1] for field in FIELD.findall(template["en"])}
    return {name: "; x.y" if name in ("hint", "near") else "x.y" for name in names}


def test_message_and_remedy_are_translated_both_or_neither(nodes: list[ast.AST]) -> None:
    known = {FIELD.sub("{}", template["en"]) for template in templates()}
    pairs = [
        (text_of(call.args[0]), text_of(keyword.value))
        for call in nodes
        if isinstance(call, ast.Call) and call.args
        for keyword in call.keywords
        if keyword.arg == "remedy"
    ]
    both = [(message, remedy) for message, remedy in pairs if message and remedy]
    assert len(both) > 100
    assert [pair for pair in both if (pair[0] in known) != (pair[1] in known)] == []


def test_what_fills_a_template_is_translated_too() -> None:
    text = 'the key "titel" is unknown; did you mean "title"?'
    assert translate(text, "de") == "der Schlüssel „titel“ ist unbekannt; meinten Sie „title“?"
    assert translate(text, "fr").replace(NBSP, " ") == "la clé « titel » est inconnue ; vouliez-vous dire « title » ?"
    several = f'{text}\n  and 1 more in this file:\n  line 9, column 1: the key "name" is missing'
    assert translate(several, "de").splitlines()[1:] == [
        "  und 1 weitere in dieser Datei:",
        "  Zeile 9, Spalte 1: der Schlüssel „name“ fehlt",
    ]


WORDS = ["column", "it is empty", "Is a directory", 'the key "x" is missing', "column\nit is empty", "spalte"]


@pytest.mark.parametrize(
    "template", [each for each in templates() if FIELD.search(each["en"])], ids=lambda each: each["en"]
)
def test_what_somebody_wrote_stays_as_it_is(template: Text) -> None:
    for name in filled(template).keys() - OURS | quoted(template):
        for word in WORDS:
            fillings = filled(template) | {name: word}
            if "\n" in word and name not in quoted(template):
                continue
            for language in ("fr", "de"):
                assert translate(fill(template["en"], fillings), language) == fill(template[language], fillings)


def quoted(template: Text) -> set[str]:
    """The fields that stand in quotation marks."""
    return set(re.findall(r'"\{([a-z]+)\}"', template["en"]))


def test_a_key_that_is_a_word_of_the_program_is_quoted_as_it_is() -> None:
    text = 'the key "column" is unknown; did you mean "columns"?'
    assert translate(text, "de") == "der Schlüssel „column“ ist unbekannt; meinten Sie „columns“?"
    assert translate("there is no folder column", "de") == "den Ordner column gibt es nicht"
    assert translate('there is no column "column"', "de") == "„column“ (Spalte) gibt es nicht"


def test_what_no_template_fits_stays_english() -> None:
    assert translate("something new happened", "fr") == "something new happened"


def test_what_where_and_what_to_do() -> None:
    error = InputError("there is no such file", place=Place("a.yaml", line=3), remedy="Check the path.")
    assert error_text(error, "en") == f"Error: {error}"
    assert error_text(error, "de") == "Fehler: a.yaml, Zeile 3: diese Datei gibt es nicht\n  Prüfen Sie den Pfad."
    assert error_text(error, "fr").replace(NBSP, " ") == (
        "Erreur : a.yaml, ligne 3 : ce fichier n’existe pas\n  Vérifiez le chemin."
    )


def test_a_finding_gives_its_reason_in_each_language_and_quotes_the_data_as_they_are() -> None:
    message = finding("row-quote", (), reason="it is never closed").message
    assert message["en"].endswith("(it is never closed).")
    assert message["de"].endswith("(es wird nie geschlossen).")
    quoted = finding("cell-required", (), title="Is a directory").message
    assert quoted["de"] == "Die Zelle ist leer, aber „Is a directory“ ist erforderlich."
