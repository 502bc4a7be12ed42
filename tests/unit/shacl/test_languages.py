"""Labels in each language of the catalogue: what the completion of marked shapes asks for, and how it says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from st_opendata.shacl import language_shapes, load_shapes, validate_graph
from st_opendata.shacl.languages import label_languages

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix shapes: <https://w3id.org/st-opendata/shapes#> .
@prefix ex: <https://example.org/> .
ex:Town a sh:NodeShape ; sh:targetClass ex:Town ; sh:property ex:Town-label .
ex:Town-label a sh:PropertyShape ; sh:path rdfs:label ;
  shapes:inEachLanguage "Name it {languages}."@en, "Nommez-la {languages}."@fr, "Benennen Sie sie {languages}."@de .
"""
TOWN = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <https://example.org/> . ex:a a ex:Town"


def found(folder: Path, languages: list[str] | None, labels: str) -> list[tuple[str, str]]:
    path = folder / "shapes.ttl"
    path.write_text(SHAPES, "utf-8")
    data = Graph().parse(data=f"{TOWN}{'; rdfs:label ' + labels if labels else ''} .", format="turtle")
    return [(each.code, each.message["en"]) for each in validate_graph(data, load_shapes([path], languages))]


@pytest.mark.parametrize(
    ("languages", "labels", "codes"),
    [
        (["es"], '"Soria"@es', []),
        (["es"], '"Soria"', ["shacl-language-in"]),
        (["es"], '"Soria"@pt', ["shacl-language-in"]),
        (["es", "ca"], '"Lleida"@ca, "Lérida"@es', []),
        (["es", "ca"], '"Lleida"@ca', ["shacl-min-count"]),
        (["es", "ca"], '"Lleida"@ca, "Lhèida"@ca', ["shacl-unique-lang"]),
        ([], '"Soria"', []),
        ([], "", ["shacl-min-count"]),
        (None, "", []),  # the shapes alone, as in another catalogue's file
    ],
)
def test_what_is_asked(tmp_path: Path, languages: list[str] | None, labels: str, codes: list[str]) -> None:
    assert [code for code, _ in found(tmp_path, languages, labels)] == codes


def test_the_message_names_the_languages(tmp_path: Path) -> None:
    assert found(tmp_path, ["es", "ca"], '"Lleida"@ca')[0][1] == "Name it once in Catalan and once in Spanish."
    assert found(tmp_path, [], "")[0][1] == "Name it at least once."


def test_the_completion_is_the_same_in_any_order_and_complete_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, "utf-8")
    graph = load_shapes([path]).graph
    text = language_shapes(graph, ["de", "el", "en"])
    assert text == language_shapes(graph, ["el", "en", "de", "el"])
    (tmp_path / "languages.ttl").write_text(text, "utf-8")
    data = Graph().parse(data=f'{TOWN} ; rdfs:label "A"@en, "A"@de .', format="turtle")
    both = validate_graph(data, load_shapes([path, tmp_path / "languages.ttl"]))
    assert both == validate_graph(data, load_shapes([path], ["de", "el", "en"]))
    assert [each.message["de"] for each in both] == ["Benennen Sie sie je einmal auf Englisch, Deutsch und Griechisch."]
    assert language_shapes(Graph(), ["en"]) == ""


@pytest.mark.parametrize(
    ("tags", "language", "text"),
    [
        (["en", "fr", "de"], "en", "once in English, once in French and once in German"),
        (["en", "fr", "de"], "fr", "une fois en anglais, une fois en français et une fois en allemand"),
        (["en", "fr", "de"], "de", "je einmal auf Englisch, Französisch und Deutsch"),
        (["pt-PT"], "de", "einmal auf Portugiesisch"),
        (["qaa"], "en", "once in qaa"),
        ([], "fr", "au moins une fois"),
    ],
)
def test_how_it_is_said(tags: list[str], language: str, text: str) -> None:
    assert label_languages(tags)[language] == text
