"""The program's texts in a release in Greek only: they are in English, with the publisher's title unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, RDF, Literal

from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.site import Site

DATASET = "axiotheata"


def test_the_endpoint_is_named_after_the_catalogue(greek: Path) -> None:
    graph = rdflib.Graph().parse(greek / "catalog.ttl")
    [service] = graph.subjects(RDF.type, DCAT.DataService)
    assert list(graph.objects(service, DCTERMS.title)) == [
        Literal("SPARQL endpoint: Ανοικτά δεδομένα Βόλου", lang="en")
    ]
    titles = {
        each for file in graph.subjects(RDF.type, DCAT.Distribution) for each in graph.objects(file, DCTERMS.title)
    }
    assert {Literal("Αξιοθέατα (CSV)", lang="el"), Literal("Facts (Turtle)", lang="en")} <= titles
    [picture] = graph.objects(None, FOAF.depiction)
    assert list(graph.objects(picture, DCTERMS.title)) == [Literal("Map (SVG)", lang="en")]


def test_descriptions_for_programs_are_in_the_language_that_they_state(greek: Path) -> None:
    croissant = json.loads((greek / DATASET / "croissant.json").read_text("utf-8"))
    assert croissant["@context"]["@language"] == "el"
    assert croissant["citeAs"].startswith("Δήμος Βόλου (2026): Αξιοθέατα της πόλης.")
    schema = json.loads((greek / DATASET / "schema.jsonld").read_text("utf-8"))
    assert schema["inLanguage"] == ["el"] and "catalogue" not in schema["description"]


def test_a_picture_says_which_of_its_words_are_english(greek: Path) -> None:
    svg = (greek / DATASET / "preview.svg").read_text("utf-8")
    assert 'xml:lang="el"' in svg.partition(">")[2].partition(">")[0]
    assert ' xml:lang="en">3 places</text>' in svg


def test_a_workbook_has_an_english_cover(greek: Path) -> None:
    book = openpyxl.load_workbook(greek / DATASET / f"{DATASET}.xlsx")
    cover = {row[0].value: row[1].value for row in book["About"].iter_rows() if len(row) > 1}
    assert cover["Publisher"] == "Δήμος Βόλου"
    assert book["About"]["A1"].value == "Αξιοθέατα της πόλης"


def test_on_ckan_too(greek: Path) -> None:
    dataset, catalogue = packages(greek, Site("https://portal.example/data/", "office", language="el"))
    assert (dataset.metadata["title"], catalogue.metadata["title"]) == (
        "Αξιοθέατα της πόλης",
        "Ανοικτά δεδομένα Βόλου: catalogue",
    )
    assert all(
        each.metadata["name"] and each.metadata["description"] for each in (*dataset.resources, *catalogue.resources)
    )
