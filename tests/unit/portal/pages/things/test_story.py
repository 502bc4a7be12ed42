"""The story as a page."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from st_opendata.sparql.text import Query, refuse_updates_and_services


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["eight", "Lead city (3)", "29,119,448.36", "How do we know?"]),
        ("fr", ["Ville leader (3)", "29\u202f119\u202f448,36", "Comment le savons-nous"]),
        ("de", ["Leuchtturmstadt (3)", "29.119.448,36", "Woher wissen wir das?"]),
    ],
)
def test_numbers_are_those_of_the_queries_in_each_language(
    smarter: TestClient, language: str, words: list[str]
) -> None:
    text = html.unescape(smarter.get(f"/{language}/story").text)
    for word in words[1:] if language == "en" else words:
        assert word in text
    assert not re.search(r"\{\w+\}", text)


def test_every_number_leads_to_its_query_and_every_name_to_its_thing(smarter: TestClient) -> None:
    text = smarter.get("/en/story").text
    values = re.findall(r'<a class="value" href="([^"]+)"><bdi>([^<]+)</bdi>', text)
    assert ("/en/thing/project/smarter-together", "Smarter Together") in values
    for href, value in values:
        if re.fullmatch(r"[\d,.]+", value):
            query = parse_qs(urlsplit(html.unescape(href)).query)["query"][0]
            assert href.startswith("/en/query?")
            assert "SELECT" in query
            refuse_updates_and_services(Query(query))
    things = {href for href, value in values if href.startswith("/en/thing")}
    assert all(smarter.get(href).status_code == 200 for href in things)


def test_the_query_behind_a_text_is_in_the_language_of_the_page(smarter: TestClient) -> None:
    text = html.unescape(smarter.get("/fr/story").text)
    queries = [parse_qs(urlsplit(each).query)["query"][0] for each in re.findall(r'href="(/fr/query[^"]+)"', text)]
    assert any('LANG(?what) = "fr"' in each for each in queries)
    assert "Les véhicules électriques et services de partage" in text


def test_every_picture_has_its_table(smarter: TestClient) -> None:
    text = smarter.get("/en/story").text
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 3
    assert all("<details>" in each and "<table>" in each and each.count("<svg class=") == 2 for each in figures)


def test_a_catalogue_without_a_story_has_no_such_page(odd: TestClient, smarter: TestClient) -> None:
    assert odd.get("/en/story").status_code == 404
    assert "/en/story" not in odd.get("/en/ontology").text
    assert 'href="/en/story"' in smarter.get("/en/ontology").text
