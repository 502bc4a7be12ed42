"""The SKOS schemes, and that the tables' code lists are the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

ROOT = Path(__file__).resolve().parents[3]
START = "https://w3id.org/st-opendata/scheme/"
GRAPH = Graph().parse(ROOT / "datasets" / "ontology" / "schemes.ttl")
CONCEPTS = sorted(GRAPH.subjects(RDF.type, SKOS.Concept))
SCHEMES = sorted(GRAPH.subjects(RDF.type, SKOS.ConceptScheme))
LANGUAGES = ["de", "en", "fr"]


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda iri: iri.removeprefix(START))
def test_a_concept_is_labelled_defined_and_placed(concept: URIRef) -> None:
    for annotation in (SKOS.prefLabel, SKOS.definition):
        assert sorted(text.language for text in GRAPH.objects(concept, annotation)) == LANGUAGES
    (scheme,) = GRAPH.objects(concept, SKOS.inScheme)
    assert str(concept).startswith(f"{scheme}/")
    assert set(GRAPH.objects(concept, SKOS.altLabel)).isdisjoint(GRAPH.objects(concept, SKOS.prefLabel))


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda iri: iri.removeprefix(START))
def test_a_scheme_is_described(scheme: URIRef) -> None:
    for annotation in (DCTERMS.title, SKOS.prefLabel, DCTERMS.description):
        assert sorted(text.language for text in GRAPH.objects(scheme, annotation)) == LANGUAGES
    assert set(GRAPH.objects(scheme, SKOS.hasTopConcept)) == set(GRAPH.subjects(SKOS.topConceptOf, scheme)) != set()
    assert (scheme, DCTERMS.license, None) in GRAPH


def rows(file: str) -> list[dict[str, str]]:
    with (ROOT / "datasets" / "codes" / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def texts(node: URIRef, annotation: URIRef) -> dict[str, str]:
    return {text.language: str(text) for text in GRAPH.objects(node, annotation) if isinstance(text, Literal)}


def test_the_code_lists_in_the_tables_are_these() -> None:
    listed = {
        URIRef(f"{START}{row['scheme']}/{row['code']}"): {language: row[f"label_{language}"] for language in LANGUAGES}
        for row in rows("codes.csv")
    }
    assert listed == {concept: texts(concept, SKOS.prefLabel) for concept in CONCEPTS}


def test_the_titles_of_the_lists_are_these() -> None:
    listed = {
        URIRef(START + row["id"]): {language: row[f"title_{language}"] for language in LANGUAGES}
        for row in rows("schemes.csv")
    }
    assert listed == {scheme: texts(scheme, DCTERMS.title) for scheme in SCHEMES}
