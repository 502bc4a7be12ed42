"""The page of a dataset, with its metadata for programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from st_opendata.portal.api.signposting import dataset_links
from st_opendata.portal.data.description_file import describe
from st_opendata.portal.data.descriptions import web_address
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.quality import Assessments
from st_opendata.portal.data.rules import read_rules
from st_opendata.portal.rendering import excerpt, say


@pytest.fixture(scope="module")
def page(client: TestClient) -> str:
    answer = client.get("/en/dataset/places")
    assert answer.status_code == 200
    return answer.text


def test_it_says_what_the_catalogue_says(page: str) -> None:
    shown = unescape(re.sub(r"<[^>]+>", "", page))
    for text in ("Cities with their position and budget.", "1 June 2021", "1 May 2021", "2.1.0", "1 table, 203 rows"):
        assert text in shown
    assert "1 January 2019 – 31 December 2020" in shown
    assert "Creative Commons Attribution 4.0 International" in shown


def test_every_file_is_there_with_size_and_checksum(page: str, client: TestClient, edition: Edition) -> None:
    for distribution in edition.datasets["places"].distributions:
        assert distribution.file.sha256 in page
        assert f'href="/{distribution.file.path}"' in page
        served = client.get(f"/{distribution.file.path}")
        assert len(served.content) == distribution.file.size


def test_columns_have_their_meaning(page: str) -> None:
    shown = unescape(re.sub(r"<[^>]+>", " ", page))
    for words in ("Latitude", "decimal", "geo:lat", "never empty", "separated by “|”", "row of"):
        assert words in shown
    assert 'href="/en/dataset/texts/table/cells"' in page


def test_the_points_are_those_of_the_release(edition: Edition, page: str) -> None:
    for dataset in edition.release.datasets:
        quality = edition.part(Assessments).of(dataset.id)
        assert quality.score.points == dataset.points
        assert sum(dimension.points for dimension in quality.dimensions) == dataset.points
        assert sum(len(dimension.marks) for dimension in quality.dimensions) == 23
    assert f"{edition.datasets['places'].points} of 405 points" in page


SHAPES = """
@prefix : <https://example.org/shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:City a sh:NodeShape ; sh:targetClass :CityClass ; rdfs:label "City"@en, "Ville"@fr ; sh:property :City-name, [
  sh:path rdfs:comment ; sh:message "Comment it."@en ] .
:City-name sh:path rdfs:label ; sh:minCount 1 ; sh:message "Give it a name."@en, "Donnez un nom."@fr .
:AlsoCity a sh:NodeShape ; sh:targetClass :CityClass ; sh:sparql [ sh:message "Ask for more."@en ] .
:Tree a sh:NodeShape ; sh:targetClass :TreeClass ; sh:message "Water it."@en .
"""
VOID = """
@prefix void: <http://rdfs.org/ns/void#> .
<https://example.org/d> void:classPartition <https://example.org/d#1> .
<https://example.org/d#1> void:class <https://example.org/shapes#CityClass> .
"""


def test_rules_are_what_the_shapes_of_its_classes_ask(tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes/own.ttl").write_text(SHAPES, "utf-8")
    (tmp_path / "void.ttl").write_text(VOID, "utf-8")
    edition = SimpleNamespace(path=tmp_path.joinpath, files={"shapes/own.ttl": None})
    [rule] = read_rules(edition).of("https://example.org/d")  # type: ignore[arg-type]
    assert (rule.iri, rule.file) == ("https://example.org/shapes#City", "shapes/own.ttl")
    assert rule.label == {"en": "City", "fr": "Ville"}
    said = {demand["en"] for demand in rule.demands}
    assert said == {"Give it a name.", "Comment it.", "Ask for more."}
    assert read_rules(edition).of("https://example.org/other") == ()  # type: ignore[arg-type]


@pytest.mark.quick(2)
@pytest.mark.parametrize("dataset", ["places", "texts"])
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_links_of_the_page_lead_somewhere(client: TestClient, dataset: str, language: str) -> None:
    text = client.get(f"/{language}/dataset/{dataset}").text
    addresses = {unescape(each).partition("#")[0] for each in re.findall(r'(?:href|src)="(/[^"]*)"', text)}
    assert len(addresses) > 20
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_the_data_block_is_schema_org_with_addresses_of_the_portal(client: TestClient, edition: Edition) -> None:
    for dataset in edition.release.datasets:
        text = client.get(f"/fr/dataset/{dataset.id}").text
        [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert not set("<>&") & set(block)
        described = json.loads(block)
        assert described["@type"] == "Dataset"
        assert described["url"] == f"http://127.0.0.1/fr/dataset/{dataset.id}"
        assert described["identifier"] == dataset.iri
        assert 50 <= len(described["description"]) <= 5000
        urls = [each["contentUrl"] for each in described["distribution"]]
        assert urls == [f"http://127.0.0.1/{each.file.path}" for each in dataset.distributions]
        for url in urls:
            assert client.get(url).status_code == 200


def test_header_links_follow_fair_signposting(client: TestClient, edition: Edition) -> None:
    header = client.get("/en/dataset/places").headers["Link"]
    links = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', header)
    assert {"cite-as", "describedby", "license", "author", "type", "item"} == {relation for _, relation, _ in links}
    assert ("https://example.org/hostile/dataset/places", "cite-as", "") in links
    for url, relation, kind in links:
        if relation in ("describedby", "item"):
            answer = client.get(url)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].partition(";")[0] == kind


def test_header_links_are_bounded(edition: Edition, client: TestClient) -> None:
    dataset = describe(edition)["places"]
    many = replace(dataset, release=replace(dataset.release, distributions=dataset.release.distributions * 100))
    request = Request({"type": "http", "app": client.app, "headers": [], "path_params": {"language": "en"}, **LOCAL})
    header = dataset_links(request, many)
    assert 3000 < len(header) <= 3500
    assert "/places/places.nt>" in header
    assert "/places/cities.csv>" not in header
    assert "/places/cities.csv>" in dataset_links(request, dataset)
    assert re.fullmatch(r'(<[^>]+>; rel="[a-z-]+"(; type="[^"]+")?(, |$))+', header)


LOCAL = {"path": "/", "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": ""}


@pytest.mark.parametrize(
    "path",
    [
        "/en/dataset/unknown", "/en/dataset/places/", "/en/dataset/places/x", "/en/dataset/places/citation.exe", "/xx/",
        "/en/dataset/%2e%2e%2f", "/en/dataset/places%00", "/en/dataset/places/..%2f..%2frelease.json", "/en", "/x",
    ],
)  # fmt: skip
def test_other_addresses_are_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "This page does not exist" in answer.text


def test_nothing_that_the_catalogue_says_is_markup(client: TestClient) -> None:
    for language in ("en", "fr", "de"):
        text = client.get(f"/{language}/dataset/texts").text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "javascript:alert(6)" not in text
        assert "\u202e" not in re.search(r"<title>(.*?)</title>", text)[1]  # type: ignore[index]
        assert "{{ 7 * 7 }}" in unescape(text)


@pytest.mark.parametrize(
    "iri",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " https://x", "data:text/html,x", "file:///etc/passwd", "//x.org",
        "https://x y", 'https://x"y', "https://x<y", "java\nscript:x", "", "vbscript:x", "https://x\u0000",
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(iri: str) -> None:
    assert web_address(iri) is None
    assert web_address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    assert web_address("mailto:a@example.org")


def test_texts_in_another_language_say_so_and_stay_apart() -> None:
    assert say({"en": "<b>"}, "en") == "<bdi>&lt;b&gt;</bdi>"
    assert say({"en": "Hello"}, "fr") == '<bdi lang="en">Hello</bdi>'
    assert say({"und": "x"}, "fr") == "<bdi>x</bdi>"
    assert excerpt(say({"en": "one <two> three"}, "en"), 12) == "<bdi>one &lt;two&gt;…</bdi>"


def test_descriptions_name_places_without_codes(edition: Edition) -> None:
    assert [place.key for place in describe(edition)["places"].places] == ["2996944"]
    assert describe(edition)["places"].years == (2019, 2020)
