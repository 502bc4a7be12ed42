"""Things, vocabulary and story in a real browser: WCAG 2.2 AA, no overflow, no shift, nothing that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import SIZES, check_accessible, check_fits, keep_screen, looking
from odd import build_odd
from once import once

pytestmark = pytest.mark.xdist_group("portal-things")

PAGES = {
    "thing": "/fr/thing/project/smarter-together",
    "thing-place": "/en/thing/city/lyon",
    "thing-concept": "/de/thing?iri=https://w3id.org/st-opendata/scheme/city-role/lead",
    "ontology": "/fr/ontology",
    "scheme": "/de/scheme/city-role",
    "story": "/en/story",
    "story-french": "/fr/story",
}
ODD = {
    "odd-thing": "/en/thing/item/script",
    "odd-path": "/en/thing/item/a%20b%2F%C3%A9%3Fx%23y",
    "odd-list": "/de/thing/group/2?via=https%3A%2F%2Fexample.org%2Fns%23of",
}


@pytest.fixture(scope="module")
def portals(
    smarter_release: Path, serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The addresses of a portal with Smarter Together, and of one with odd values."""
    odd = once(tmp_path_factory, "odd", build_odd)
    with serve(smarter_release) as first, serve(odd) as second:
        yield first.url, second.url


@pytest.mark.parametrize("name", [*PAGES, *ODD])
def test_accessible_without_shift_overflow_or_script(
    browser: Any, portals: tuple[str, str], axe: str, root: Path, name: str
) -> None:
    url = portals[0] + PAGES[name] if name in PAGES else portals[1] + ODD[name]
    for width, scheme in SIZES:
        with looking(browser, url, width, scheme) as page:
            keep_screen(page, root, f"{name}-{width}-{scheme}")
            check_fits(page)
            assert page.troubles == []
            check_accessible(page, axe)
            check_fits(page)  # opened too
            links = page.evaluate("[...document.querySelectorAll('main a')].map(each => each.protocol)")
            assert {each for each in links if each} <= {"http:", "https:", "mailto:"}
            assert page.evaluate("document.querySelectorAll('main script, main img, iframe').length") == 0


@pytest.mark.parametrize("name", ["story", "thing-place"])
def test_pages_are_complete_without_scripts(browser: Any, portals: tuple[str, str], name: str) -> None:
    with looking(browser, portals[0] + PAGES[name], java_script_enabled=False) as page:
        assert page.locator("svg.picture:visible").count() >= 1
        assert page.locator("h1").inner_text()


def test_a_reader_of_the_keyboard_reaches_the_query_behind_a_number(browser: Any, portals: tuple[str, str]) -> None:
    with looking(browser, portals[0] + "/en/story") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.wait_for_url("**#content")
        targets = []
        for _ in range(12):
            page.keyboard.press("Tab")
            targets.append(page.evaluate("document.activeElement.getAttribute('href') || ''"))
        assert "/en/thing/project/smarter-together" in targets
        assert any(each.startswith("/en/query?query=") for each in targets)


def test_the_story_prints_whole(browser: Any, portals: tuple[str, str], root: Path) -> None:
    with looking(browser, portals[0] + "/fr/story") as page:
        page.emulate_media(media="print")
        assert page.locator("header.site nav").first.is_hidden()
        assert page.locator("#doubts").is_visible()
        page.pdf(path=str(root / "build" / "screens" / "story.pdf"))


def test_a_small_screen_shows_the_narrow_picture(browser: Any, portals: tuple[str, str]) -> None:
    for width, shown in ((1280, "wide"), (360, "narrow")):
        with looking(browser, portals[0] + "/en/story", width) as page:
            visible = page.locator("figure.map svg.picture:visible, figure.picture.map svg:visible").first
            assert shown in page.locator("figure.picture.map .figure > div:visible").first.get_attribute("class")
            assert visible.is_visible()


def test_the_cell_of_a_fact_is_on_the_screen(browser: Any, portals: tuple[str, str]) -> None:
    """From a thing to its cell: the row is marked, and the cell is seen though it lies far down and far right."""
    for width in (1280, 360):
        with looking(browser, portals[1] + "/en/thing/item/n229", width) as page:
            page.locator("a", has_text='column "label"').first.click()
            page.wait_for_url("**#here")
            assert page.locator("tr.marked").count() == 1
            assert page.locator("#here").inner_text() == "Number 229"
            box = page.locator("#here").bounding_box()
            assert 0 <= box["y"] <= 900 - box["height"]
            assert 0 <= box["x"] < width
