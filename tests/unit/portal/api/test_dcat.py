"""The catalogue as DCAT-AP and VoID with the portal's addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.namespace import DCAT
from starlette.testclient import TestClient

HOME = "https://data.example.eu"
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
FORMATS = [
    ("ttl", "turtle", "text/turtle"),
    ("jsonld", "json-ld", "application/ld+json"),
    ("rdf", "xml", "application/rdf+xml"),
]


def read(text: str, syntax: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format=syntax)


@pytest.mark.parametrize(("extension", "syntax", "kind"), FORMATS)
def test_without_an_address_the_catalogue_is_the_file_of_the_release(
    client: TestClient, release: Path, extension: str, syntax: str, kind: str
) -> None:
    answer = client.get(f"/catalog.{extension}")
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    assert answer.content == (release / f"catalog.{extension}").read_bytes()


@pytest.mark.quick(1)
@pytest.mark.parametrize(("extension", "syntax", "kind"), FORMATS)
def test_where_the_portal_has_an_address_files_are_there(
    moved: TestClient, release: Path, extension: str, syntax: str, kind: str
) -> None:
    answer = moved.get(f"/catalog.{extension}")
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    graph, before = read(answer.text, syntax), rdflib.Graph().parse(release / "catalog.ttl")
    urls = {str(url) for name in (DCAT.accessURL, DCAT.downloadURL) for url in graph.objects(None, name)}
    assert urls
    for url in urls:
        assert moved.get(url).status_code == 200, url
    assert {str(url) for url in graph.objects(None, DCAT.endpointURL)} == {f"{HOME}/sparql"}
    assert len(graph) == len(before)
    assert set(graph.subjects()) == set(before.subjects())


def test_void_is_at_its_well_known_place(moved: TestClient, client: TestClient) -> None:
    for portal in (moved, client):
        known = portal.get("/.well-known/void")
        assert known.headers["Content-Type"] == "text/turtle; charset=utf-8"
        assert known.text == portal.get("/void.ttl").text
    graph = read(moved.get("/.well-known/void").text, "turtle")
    dumps = {str(url) for url in graph.objects(None, VOID.dataDump)}
    assert dumps
    for url in dumps:
        assert moved.get(url).status_code == 200, url
    assert {str(url) for url in graph.objects(None, VOID.sparqlEndpoint)} == {f"{HOME}/sparql"}


@pytest.fixture(scope="module")
def moved(browse: Any, release: Path) -> Iterator[TestClient]:
    """The portal of the hostile release at a separate address."""
    with browse(release, HOME) as client:
        yield client
