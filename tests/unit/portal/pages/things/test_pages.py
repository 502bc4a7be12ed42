"""The contents of a thing's page."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

TURNED = "\u202egnihsif\u202c"


class _Page(HTMLParser):
    """Collects the targets of links and the elements around texts that turn directions."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.tags: list[str] = []
        self.turned: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.hrefs += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if "\u202e" in data:
            self.turned.append(self._open[-1])


def plain(text: str) -> str:
    """The text of a page on one line."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_facts_stand_under_names_of_the_language_with_their_cells(smarter: TestClient) -> None:
    page = smarter.get("/fr/thing/city/vienna")
    text = plain(page.text)
    assert "<h1><bdi>Vienne (Autriche)</bdi></h1>" in page.text
    assert "rôle de ville ville leader Indiqué dans cities/cities.csv, ligne 4" in text
    assert "population 1 691 468" in text.replace("\u202f", " ").replace("\xa0", " ")
    assert "latitude 48,20849" in text  # whole to the last digit
    assert 'href="/fr/dataset/cities/table/cities?row=4&amp;column=population#here"' in page.text
    assert 'href="/fr/ontology#cityRole"' in page.text
    assert 'href="http://www.wikidata.org/entity/Q1741" rel="external"' in page.text


def test_numbers_that_tell_things_apart_are_not_grouped_as_amounts_are(smarter: TestClient, odd: TestClient) -> None:
    """A record number, a year of publication, and the key of a table."""
    project = plain(smarter.get("/en/thing/project/smarter-together").text)
    assert "CORDIS record number 199963 " in project
    assert "29,119,448.36" in project
    plot = plain(odd.get("/en/thing/plot/123456").text)
    assert "parcel 123456 " in plot
    assert "area 234,567 " in plot
    assert "builtYear 1987 " in plot


def test_a_place_has_its_map(smarter: TestClient) -> None:
    assert "<figure" in smarter.get("/en/thing/city/lyon").text
    assert "<figure" not in smarter.get("/en/thing/country/FR").text


def test_claims_stand_with_source_scope_words_and_reason_the_preferred_first(smarter: TestClient) -> None:
    text = plain(smarter.get("/en/thing/project/smarter-together").text)
    end = text[text.index("What sources say") :]
    end = end[end.index(" end ") : end.index(" start ")]
    assert end.index("31 July 2021 preferred") < end.index("30 June 2022")
    assert "Projektlaufzeit 01.02.2016 - 30.06.2022" in end
    assert "Why we prefer it end of the last reporting period at CORDIS" in end
    assert "CORDIS gives 2021-07-31 as the end of reporting period 4" in end


def test_what_points_to_it_is_grouped_counted_and_paged(odd: TestClient) -> None:
    page = odd.get("/en/thing/group/2").text
    assert "230 entries" in page
    [more] = re.findall(r'href="(/en/thing/group/2\?via=[^"]+)"', page)
    seen: set[str] = set()
    address = html.unescape(more)
    for number in (1, 2, 3):
        shown = odd.get(address).text
        assert re.findall(r'aria-current="page"><span[^>]*>Page </span>(\d+)<', shown) == [str(number)]
        seen |= set(re.findall(r'href="/en/thing/(item/n\d+)"', shown))
        following = re.findall(r'rel="next nofollow" href="([^"]+)"', shown)
        address = html.unescape(following[0]) if following else ""
    assert len(seen) == 230
    assert address == ""


@pytest.mark.parametrize("page", ["0", "-1", "x", "10001", "000000001" + "9" * 30, "9" * 5000])
def test_a_page_of_the_list_that_there_is_not(odd: TestClient, page: str) -> None:
    asked = odd.get("/en/thing/group/2", params={"via": "https://example.org/ns#of", "page": page})
    assert asked.status_code == 404


def test_values_are_escaped_isolated_and_lead_only_to_pages(odd: TestClient) -> None:
    text = odd.get("/en/thing/item/script").text
    page = _Page(text)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.turned
    assert set(page.turned) == {"bdi"}
    assert {re.match(r"[a-z]+:|/|#", href)[0] for href in page.hrefs} <= {"http:", "https:", "/", "#"}  # type: ignore[index]
    assert "urn:isbn:1" in text
    assert "{{ 7 * 7 }}" in html.unescape(text)


def test_an_iri_of_the_world_has_a_page_too(smarter: TestClient) -> None:
    page = smarter.get("/de/thing", params={"iri": "http://www.wikidata.org/entity/Q456"})
    assert page.status_code == 200
    assert 'href="/de/thing/city/lyon"' in page.text


def test_a_term_and_a_concept_have_pages_with_their_files(smarter: TestClient) -> None:
    concept = smarter.get("/en/thing", params={"iri": "https://w3id.org/st-opendata/scheme/city-role/lead"}).text
    assert "lead city" in concept
    assert 'href="/ontology/schemes.ttl"' in concept
    assert 'href="/en/thing/city/munich"' in concept


def test_what_only_ties_things_together_is_called_by_its_thing(smarter: TestClient) -> None:
    assert "<h1><bdi>Hespul</bdi></h1>" in smarter.get("/en/thing/role/hespul").text


def test_a_dataset_leads_to_its_own_page(smarter: TestClient) -> None:
    assert 'href="/en/dataset/cities"' in smarter.get("/en/thing/dataset/cities").text


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_page_is_in_its_language_with_links_to_the_others(smarter: TestClient, language: str) -> None:
    answer = smarter.get(f"/{language}/thing", params={"iri": "https://w3id.org/st-opendata/ontology#City"})
    assert f'<html lang="{language}">' in answer.text
    for other in ("en", "fr", "de"):
        assert f'href="/{other}/thing?iri=https%3A%2F%2Fw3id.org%2Fst-opendata%2Fontology%23City"' in answer.text
    assert re.search(rf'rel="canonical" href="http://testserver/{language}/thing\?iri=', answer.text)
