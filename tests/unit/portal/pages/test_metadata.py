"""What programs read: DCAT-AP and VoID with the portal's addresses, sitemaps, robots.txt."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib.namespace import DCAT
from starlette.testclient import TestClient

from st_opendata.portal.api import metadata
from st_opendata.portal.data.descriptions import find_contacts
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.statements import read_statements

HOME = "https://data.example.eu"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
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


def test_the_sitemap_has_every_page_in_every_language(moved: TestClient) -> None:
    root = ET.fromstring(moved.get("/sitemap.xml").content)
    addresses = [each.text or "" for each in root.iter(f"{SITEMAP}loc")]
    assert len(addresses) == len(set(addresses)) == 3 * _pages(moved)
    assert {f"{HOME}/fr/{path}" for path in ("ontology", "query")} <= set(addresses)
    assert not any("/story" in address for address in addresses)
    for address in addresses:
        assert address.startswith(f"{HOME}/")
        assert moved.get(address).status_code == 200, address
    for url in root.iter(f"{SITEMAP}url"):
        others = [each.attrib for each in url.iter("{http://www.w3.org/1999/xhtml}link")]
        assert [each["hreflang"] for each in others] == ["en", "fr", "de"]
        assert {each["href"] for each in others} <= set(addresses)


def test_a_large_sitemap_is_an_index(moved: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "MOST_PLACES", 6)
    root = ET.fromstring(moved.get("/sitemap.xml").content)
    assert root.tag == f"{SITEMAP}sitemapindex"
    parts = [each.text or "" for each in root.iter(f"{SITEMAP}loc")]
    assert len(parts) == -(-_pages(moved) // 2)
    found = [each.text for part in parts for each in ET.fromstring(moved.get(part).content).iter(f"{SITEMAP}loc")]
    assert len(found) == len(set(found)) == 3 * _pages(moved)
    assert moved.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert moved.get("/sitemap-0.xml").status_code == 404


def _pages(moved: TestClient) -> int:
    """The start, two datasets with two tables, the vocabulary with its schemes, and the editor."""
    return 1 + 4 + 1 + len(set(re.findall(r'href="/en/scheme/([^"]+)"', moved.get("/en/ontology").text))) + 1


def test_a_story_and_no_table_without_rows_stand_in_the_sitemap(smarter: Edition) -> None:
    paths = [path for path, _ in metadata.pages_of(smarter)]
    assert {"story", "scheme/city-role"} <= set(paths)
    datasets = smarter.release.datasets
    assert len([path for path in paths if "/table/" in path]) == sum(len(each.rows) for each in datasets)
    without = tuple(replace(each, distributions=()) for each in datasets)
    bare = replace(smarter, release=replace(smarter.release, datasets=without), _parts={})
    vars(bare)["index"] = smarter.index
    assert not any("/table/" in path for path, _ in metadata.pages_of(bare))


def test_robots_are_told_of_the_sitemap(moved: TestClient) -> None:
    text = moved.get("/robots.txt").text
    assert f"Sitemap: {HOME}/sitemap.xml" in text
    assert "Disallow: /*?" in text


def test_security_txt_names_the_contact_of_the_catalogue(moved: TestClient) -> None:
    answer = moved.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:a'b&c@example.org"
    assert fields["Canonical"] == f"{HOME}/.well-known/security.txt"
    assert timedelta(days=30) < datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("point", "contacts"),
    [
        ("<email> <mailto:a@b.example> ; <url> <https://b.example/x>", ["mailto:a@b.example", "https://b.example/x"]),
        ("<url> <http://b.example/>", []),
        ("<url> <javascript:alert(1)>", []),
    ],
)
def test_contacts_are_those_that_can_be_trusted(
    tmp_path: Path, smarter: Edition, point: str, contacts: list[str]
) -> None:
    vcard = "http://www.w3.org/2006/vcard/ns#"
    stated = point.replace("<email>", f"<{vcard}hasEmail>").replace("<url>", f"<{vcard}hasURL>")
    text = f"<urn:c> a <{DCAT.Catalog}> ; <{DCAT.contactPoint}> <urn:p> . <urn:p> {stated} ."
    (tmp_path / "catalog.ttl").write_text(text)
    edition = replace(smarter, _parts={})
    vars(edition)["statements"] = read_statements(tmp_path / "catalog.ttl")
    assert list(find_contacts(edition)) == contacts


@pytest.fixture(scope="module")
def moved(browse: Any, release: Path):
    with browse(release, HOME) as client:
        yield client
