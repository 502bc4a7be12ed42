"""The page of all datasets: facets, order, paging and bad addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from starlette.testclient import TestClient

from st_opendata.model.release import DatasetRelease
from st_opendata.portal.data.description_file import describe
from st_opendata.portal.data.descriptions import DatasetDescription, Entity
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.facets import Facets
from st_opendata.portal.data.inventory import Inventory
from st_opendata.portal.data.search import SearchDocument, SearchIndex
from st_opendata.portal.pages.catalogue import PAGE_SIZE, SearchState


def listed(text: str) -> list[str]:
    """The datasets on a page, in its order."""
    return re.findall(r'<h3><a href="/\w\w/dataset/([^"]+)">', text)


def links(text: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', text)]


def test_every_dataset_is_listed_in_each_language(client: TestClient) -> None:
    for language in ("en", "fr", "de"):
        page = client.get(f"/{language}/")
        assert page.status_code == 200
        assert page.headers["Content-Language"] == language
        assert sorted(listed(page.text)) == ["places", "texts"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=strassen", ["places"]),
        ("q=STRASSEN", ["places"]),
        ("q=fussg", ["places"]),
        ("q=latitude", ["places"]),
        ("q=founded", ["places"]),
        ("theme=ENVI", ["places"]),
        ("theme=ENVI&theme=ENER", ["places", "texts"]),
        ("theme=ENVI&year=2019", ["places"]),
        ("theme=ENVI&year=1900", ["places"]),
        ("format=GeoJSON", ["places"]),
        ("licence=CC_BY_4_0&sort=newest", ["places", "texts"]),
        ("place=2996944&sort=title", ["places", "texts"]),
        ("publisher=publisher&q=budget", ["places"]),
        ("q=budget&theme=ENER", []),
        ("q=nothing-like-this", []),
    ],
)
def test_search_and_facets_choose(client: TestClient, query: str, found: list[str]) -> None:
    assert sorted(listed(client.get(f"/en/?{query}").text)) == found


def test_every_value_leads_to_as_many_datasets_as_it_says(client: TestClient) -> None:
    """Where nothing else is chosen of its facet."""
    page = client.get("/en/").text
    facets = re.findall(r'<a href="([^"]+)" rel="nofollow"><span class="label">.*?class="count">(\d+)', page)
    assert len(facets) > 10
    for address, count in facets:
        shown = client.get(unescape(address))
        assert len(listed(shown.text)) == int(count), address
        assert 'aria-current="true"' in shown.text


def test_a_chosen_value_is_a_link_that_removes_it(client: TestClient) -> None:
    page = client.get("/en/?theme=ENVI&format=CSV&q=cities").text
    addresses = links(page)
    assert "/en/?q=cities&theme=ENVI" in addresses
    assert "/en/?q=cities&format=CSV" in addresses
    assert "/en/?theme=ENVI&format=CSV" in addresses


def test_an_empty_result_says_what_to_do(client: TestClient) -> None:
    page = client.get("/en/?q=citis&theme=ENVI").text
    assert "No dataset fits this search." in page
    assert "/en/?q=cities&theme=ENVI" in links(page)
    assert "/en/?q=citis" in links(page)


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=99999999999999999999", "page=x", "page=1e9", "page=%00", "page=²", "page=٣",
        "sort=nonsense", "theme=", "theme=%00", "theme=../../etc", "q=%00", "q=%FF%FE", "q=" + "a" * 5000,
        "q=%22&sort=%27", "unknown=1", "theme=ENVI&theme=ENVI", "year=999999999999", "q[]=1", "&&&=", "%",
        "q=%F0%9F%98",
        "q=" + "%20a" * 300,
    ],
)  # fmt: skip
def test_odd_addresses_give_a_page(client: TestClient, query: str) -> None:
    assert client.get(f"/en/?{query}").status_code == 200


def test_states_are_not_for_search_engines(client: TestClient) -> None:
    assert 'content="noindex' not in client.get("/en/").text
    assert 'content="noindex' in client.get("/en/?q=cities").text
    assert 'rel="canonical" href="http://127.0.0.1/en/"' in client.get("/en/?q=cities").text


def test_a_page_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    page = client.get("/en/")
    again = client.get("/en/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_lead_to_what_programs_read(client: TestClient) -> None:
    header = client.get("/en/").headers["Link"]
    assert '<http://127.0.0.1/catalog.ttl>; rel="describedby"; type="text/turtle"' in header
    for url in re.findall(r"<http://127\.0\.0\.1(/[^>]*)>", header):
        assert client.get(url).status_code == 200, url


@pytest.fixture(scope="module")
def thousand(edition: Edition) -> Inventory:
    """An inventory of 1,000 datasets, made from the description of one."""
    [one, *_] = describe(edition).values()
    datasets = tuple(_like(one, number) for number in range(1000))
    index = SearchIndex.of(SearchDocument(each.title["en"], "", "", "") for each in datasets)
    return Inventory(datasets, lambda: index, Facets(datasets))


def _like(one: DatasetDescription, number: int) -> DatasetDescription:
    release = DatasetRelease(f"set-{number}", f"https://example.org/{number}", {}, {}, 0, 0, ())
    themes = (Entity(f"https://example.org/theme/{number % 10}", {"en": f"Theme {number % 10}"}),)
    publisher = Entity(f"https://example.org/by/{number % 7}", {"en": f"Office {number % 7}"})
    title = {"en": f"Dataset {number} {'solar' if number % 3 == 0 else 'wind'}"}
    return replace(one, release=release, title=title, themes=themes, publisher=publisher, periods=(("2001-01-01", ""),))


def test_facets_of_a_thousand_datasets_count_right(thousand: Inventory) -> None:
    chosen = {"theme": ("1", "2"), "publisher": ("3",)}
    found = thousand.find("solar", chosen, "title", "en")
    expected = [n for n in range(1000) if n % 3 == 0 and n % 10 in (1, 2) and n % 7 == 3]
    assert sorted(each.id for each in found.datasets) == sorted(f"set-{number}" for number in expected)
    assert found.counts["theme"]["5"] == sum(n % 3 == 0 and n % 10 == 5 and n % 7 == 3 for n in range(1000))
    assert found.counts["publisher"]["4"] == sum(n % 3 == 0 and n % 10 in (1, 2) and n % 7 == 4 for n in range(1000))


def test_names_of_values_that_are_not_unique_are_their_iris(edition: Edition) -> None:
    [one, *_] = describe(edition).values()
    twins = (Entity("https://a.example/x", {"en": "A"}), Entity("https://b.example/x", {"en": "B"}))
    facets = Facets([replace(one, themes=twins)])
    assert set(facets.values["theme"]) == {"https://a.example/x", "https://b.example/x"}


def test_a_state_is_its_address() -> None:
    state = SearchState("a b", {"theme": ("X", "Y")}, "newest", 3)
    assert state.query() == {"q": "a b", "theme": ("X", "Y"), "sort": "newest", "page": 3}
    assert state.toggle("theme", "X").facets == {"theme": ("Y",)}
    assert state.toggle("theme", "X").toggle("theme", "Y").facets == {}
    assert state.toggle("year", "2020").page == 1
    assert PAGE_SIZE == 20
