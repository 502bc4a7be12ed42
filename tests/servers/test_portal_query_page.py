"""The page on which people ask, in a real browser: as a plain form, and with the editor that takes its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from browsers import SIZES, check_accessible, check_fits, keep_screen, looking

pytestmark = pytest.mark.xdist_group("portal-query-page")

CITIES = """\
PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?role ?city ?lat ?long {
  ?place a st:City ; rdfs:label ?city ; st:cityRole/skos:prefLabel ?role ; geo:lat ?lat ; geo:long ?long .
  FILTER (lang(?city) = "en" && lang(?role) = "en")
} ORDER BY ?city
"""
COUNTED = "SELECT ?type (COUNT(*) AS ?n) { ?thing a ?type } GROUP BY ?type ORDER BY DESC(?n) LIMIT 8"
WRONG = "SELECT ?city WHERE {\n  ?city a st:City\n} LIMIT many"
HOSTILE = 'SELECT ?x { ?x ?y "</textarea><script>alert(1)</script>\u202e<img src=x onerror=alert(2)>" }'
CITIES_GRAPH = "https://w3id.org/st-opendata/smarter-together/dataset/cities"
PAGES = {
    "query": "/en/query",
    "query-table": "/fr/query?question=1-cities-by-role",
    "query-map": f"/en/query?view=map&query={quote(CITIES)}",
    "query-bars": f"/de/query?view=bars&query={quote(COUNTED)}",
    "query-graph": f"/en/query?query={quote('DESCRIBE <https://w3id.org/st-opendata/smarter-together/city/lyon>')}",
    "query-yes": f"/fr/query?query={quote('ASK { ?city a st:City }')}",
    "query-none": f"/de/query?query={quote('SELECT * { ?s a st:Nothing }')}",
    "query-many": f"/en/query?query={quote('SELECT * { ?subject ?predicate ?object }')}",
    "query-wrong": f"/en/query?query={quote(WRONG)}",
    "query-hostile": f"/en/query?query={quote(HOSTILE)}",
    "query-kept": f"/sparql?query={quote(COUNTED)}&timeout=0&default-graph-uri={quote(CITIES_GRAPH)}",
}
REFUSED = ("query-wrong",)
"""Pages whose status tells that the query was not answered, which Chromium notes."""


@pytest.fixture(scope="module")
def portal(smarter_release: Path, serve: Callable[..., Any]) -> Iterator[str]:
    """The address of a portal with Smarter Together."""
    with serve(smarter_release) as served:
        yield served.url


def wait_for_editor(page: Any) -> None:
    page.locator(".editor .cm-content").wait_for()  # Playwright looks into open shadow roots


@pytest.mark.parametrize("name", PAGES)
def test_accessible_without_shift_or_overflow(browser: Any, portal: str, axe: str, root: Path, name: str) -> None:
    for width, scheme in SIZES:
        with looking(browser, portal + PAGES[name], width, scheme) as page:
            wait_for_editor(page)
            keep_screen(page, root, f"{name}-{width}-{scheme}")
            check_fits(page)
            troubles = [each for each in page.troubles if not (name in REFUSED and "Failed to load" in each)]
            assert troubles == []
            check_accessible(page, axe)


def test_the_form_answers_without_scripts(browser: Any, portal: str) -> None:
    with looking(browser, f"{portal}/en/query", java_script_enabled=False) as page:
        page.get_by_label("Query (SPARQL 1.1)").fill(CITIES)
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**/en/query?query=*")
        assert page.locator("#answer-part tbody tr").count() == 8
        assert page.get_by_label("Query (SPARQL 1.1)").input_value() == CITIES
        page.get_by_role("link", name="Map", exact=True).click()
        page.wait_for_url("**view=map*")  # loaded with the stylesheet, which hides one of two pictures
        assert page.locator("#answer-part svg.picture:visible").count() == 1
        assert "Lyon" in (page.locator("#answer-part svg.picture:visible").text_content() or "")
        page.locator("#answer-part details summary").click()
        assert page.locator("#answer-part tbody tr:visible").count() == 8
        page.get_by_label("Query (SPARQL 1.1)").fill(COUNTED)
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**/en/query?query=*COUNT*")
        page.get_by_role("link", name="Bars", exact=True).click()
        page.wait_for_url("**view=bars*")
        assert page.locator("#answer-part svg.picture:visible").count() == 1


def test_the_address_reproduces_the_answer_and_downloads_have_all_of_it(browser: Any, portal: str) -> None:
    with looking(browser, portal + PAGES["query-map"]) as page:
        assert parse_qs(urlsplit(page.url).query)["query"] == [CITIES]
        links = {
            each.inner_text(): each.get_attribute("href") for each in page.locator("#answer-part a[download]").all()
        }
    assert list(links) == ["json", "xml", "csv", "tsv"]
    rows = list(csv.DictReader(io.StringIO(requests.get(portal + links["csv"], timeout=60).text)))
    assert {row["city"] for row in rows} >= {"Lyon", "Munich", "Vienna"}
    assert len(rows) == len(requests.get(portal + links["json"], timeout=60).json()["results"]["bindings"]) == 8


def test_every_question_is_answered(browser: Any, portal: str) -> None:
    with looking(browser, f"{portal}/en/query") as page:
        links = [each.get_attribute("href") for each in page.locator("ul.questions a").all()]
        assert len(links) > 10
        for link in links:
            page.goto(portal + str(link).partition("#")[0])
            assert page.locator("[role=alert]").count() == 0, link
            assert page.locator("#answer-part tbody tr").count() > 0, link


def test_the_editor_highlights_completes_and_asks(browser: Any, portal: str) -> None:
    with looking(browser, f"{portal}/en/query") as page:
        wait_for_editor(page)
        page.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.press("Delete")  # Chromium itself styles what is typed over a selection, which the policy forbids
        page.keyboard.type("SELECT ?city { ?city a st:Ci")
        page.keyboard.press("Control+Space")
        option = page.locator(".cm-tooltip-autocomplete li", has_text="st:City").first
        option.wait_for()
        option.click()
        page.keyboard.type(" }")
        text = page.evaluate("document.querySelector('textarea[name=query]').value")
        assert text.startswith("PREFIX st: <https://w3id.org/st-opendata/ontology#>\nSELECT ?city { ?city a st:City")
        colours = "[...document.querySelector('.editor').shadowRoot.querySelectorAll('.cm-line span')].map(each => "
        colours += "[each.textContent, getComputedStyle(each).color])"
        shown = dict(page.evaluate(colours))
        assert shown["SELECT"] != shown["?city"]
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/en/query?query=PREFIX*")
        assert page.locator("#answer-part tbody tr").count() == 8
        assert page.troubles == []


def test_tab_leaves_the_editor(browser: Any, portal: str) -> None:
    with looking(browser, f"{portal}/en/query") as page:
        wait_for_editor(page)
        page.locator(".cm-content").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Ask"
        page.keyboard.press("Enter")
        page.wait_for_url("**/en/query?query=*")


def test_a_mistake_is_marked_where_it_is(browser: Any, portal: str) -> None:
    with looking(browser, portal + PAGES["query-wrong"]) as page:
        wait_for_editor(page)
        assert "line 3" in page.locator("[role=alert]").inner_text().lower()
        assert "many" in page.locator(".cm-mistake").inner_text()
        assert page.locator("#answer-part").count() == 0
