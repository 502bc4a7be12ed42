"""Pages of the portal in a real browser: of Smarter Together, and of a release in which every text is an attack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import SIZES, check_accessible, check_fits, keep_screen, looking, open_all
from hostile import build_hostile
from once import once

pytestmark = pytest.mark.xdist_group("portal-pages")

PAGES = {
    "catalogue": "/en/",
    "search": "/fr/?q=energie&theme=ENER",
    "empty": "/de/?q=enrgie",
    "dataset": "/en/dataset/cities",
    "money": "/fr/dataset/funding",
    "table": "/de/dataset/funding/table/amounts?sort=-amount&from.amount=1000000",
    "wide-table": "/en/dataset/cities/table/cities",
    "not-found": "/en/dataset/unknown",
    "bad-request": "/fr/dataset/funding/table/amounts?from.amount=x",
}
HOSTILE = {
    "hostile-catalogue": "/en/",
    "hostile-search": "/fr/?q=%3Cscript%3Ealert(8)%3C%2Fscript%3E%E2%80%AE&theme=%22%3E%3Cscript%3E",
    "hostile-dataset": "/en/dataset/texts",
    "hostile-german": "/de/dataset/texts",
    "hostile-table": "/en/dataset/texts/table/cells?size=100",
    "hostile-filter": "/en/dataset/texts/table/cells?has.text=%3Cscript%3Ealert(9)%3C%2Fscript%3E%22%27",
    "hostile-bad": "/en/dataset/texts/table/cells?from.number=%3Cscript%3Ealert(9)%3C%2Fscript%3E",
    "hostile-failure": "/en/dataset/%3Cscript%3Ealert(9)%3C%2Fscript%3E",
}
TURNED = """
(() => { const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(walker.currentNode.data)) {
    const own = walker.currentNode.parentElement;
    const apart = ['BDI', 'Q', 'CODE', 'SCRIPT'].includes(own.tagName);
    found.push(apart ? own.tagName : own.outerHTML.slice(0, 80)) }
  return found })()
"""
"""The elements that hold a text which turns directions."""


@pytest.fixture(scope="module")
def portal(smarter_release: Path, serve: Callable[..., Any]) -> Iterator[str]:
    """The address of a portal with Smarter Together."""
    with serve(smarter_release) as served:
        yield served.url


@pytest.fixture(scope="module")
def hostile(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with the release whose every text tries to break a page."""
    with serve(once(tmp_path_factory, "hostile", build_hostile)) as served:
        yield served.url


def expected(name: str, troubles: list[str]) -> list[str]:
    """Without what a browser says of the status of a page that is meant to be refused."""
    refused = ("not-found", "bad-request", "hostile-bad", "hostile-failure")
    return [each for each in troubles if not (name in refused and each.startswith("Failed to load resource"))]


@pytest.mark.parametrize("name", PAGES)
def test_accessible_without_shift_or_overflow(browser: Any, portal: str, axe: str, root: Path, name: str) -> None:
    for width, scheme in SIZES:
        with looking(browser, portal + PAGES[name], width, scheme) as page:
            keep_screen(page, root, f"{name}-{width}-{scheme}")
            check_fits(page)
            assert set(expected(name, page.troubles)) == set()
            check_accessible(page, axe)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_hostile_release_runs(browser: Any, hostile: str, root: Path, name: str) -> None:
    for width in (1280, 360):
        with looking(browser, hostile + HOSTILE[name], width) as page:
            open_all(page)
            keep_screen(page, root, f"{name}-{width}")
            check_fits(page)
            assert set(expected(name, page.troubles)) == set()
            links = page.evaluate(
                "[...document.querySelectorAll('[href], [src], [action]')].map(e => e.href || e.src || e.action)"
            )
            protocols = {str(link).partition(":")[0] for link in links if isinstance(link, str)}
            assert protocols <= {"http", "https", "mailto"}, protocols
            scripts = page.evaluate("[...document.querySelectorAll('script')].map(each => each.type || each.src)")
            assert set(scripts) <= {"application/ld+json"}
            assert page.evaluate("document.querySelectorAll('img, iframe, object, embed').length") == 0
            for turned in page.evaluate(TURNED):
                assert turned in ("BDI", "Q", "CODE", "TITLE", "SCRIPT", "INPUT", "OPTION"), turned


FOCUS = """
(() => { const on = document.activeElement; if (!on || on === document.body) return null;
  const style = getComputedStyle(on), box = on.getBoundingClientRect();
  return {what: on.outerHTML.slice(0, 90), drawn: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth} })()
"""
"""What has the keyboard's focus: whether a line is drawn around it, and whether it is on the screen."""


@pytest.mark.parametrize("name", ["catalogue", "dataset", "table", "not-found"])
@pytest.mark.parametrize("width", [1280, 360])
def test_who_uses_the_keyboard_sees_where_they_are(browser: Any, portal: str, name: str, width: int) -> None:
    with looking(browser, portal + PAGES[name], width, reduced_motion="reduce") as page:
        places = []
        for _ in range(45):
            page.keyboard.press("Tab")
            if (place := page.evaluate(FOCUS)) is None:
                break
            places.append(place)
        assert len(places) > 8
        assert [each["what"] for each in places if not (each["drawn"] and each["seen"])] == []


CUT = """
[...document.querySelectorAll('button, .button, .tag, h1, h2, h3')].filter(each =>
  each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow !== 'visible').length
"""
"""How many of these hide a part of their text."""
MOVING = """
[...document.querySelectorAll('*')].map(each => getComputedStyle(each)).filter(style =>
  style.transitionDuration !== '0s' || style.animationName !== 'none').length
"""
"""How many elements move of themselves."""


@pytest.mark.parametrize("name", ["catalogue", "search", "dataset", "money", "table", "wide-table", "not-found"])
@pytest.mark.parametrize("width", [1280, 640])
def test_text_of_twice_the_size_fits(browser: Any, portal: str, name: str, width: int) -> None:
    """WCAG 1.4.4 and 1.4.10: with text at 200 %, on a wide screen and on one half as wide."""
    with looking(browser, portal + PAGES[name], width) as page:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= there
        assert page.evaluate(CUT) == 0


def test_nothing_moves_for_who_wants_no_motion(browser: Any, portal: str) -> None:
    for motion, scrolls in (("reduce", "auto"), ("no-preference", "smooth")):
        with looking(browser, portal + PAGES["dataset"], reduced_motion=motion) as page:
            assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scrolls
            assert page.evaluate(MOVING) == 0


def test_the_first_page_is_light(browser: Any, portal: str) -> None:
    """All that a visitor's first page fetches, in bytes over the wire with HTTP headers."""
    for path in ("/en/", "/en/dataset/cities"):
        context = browser.new_context()
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
        page.goto(portal + path, wait_until="networkidle")
        context.close()
        assert 0 < sum(sizes) <= 100_000, (path, sizes)


def test_everything_works_by_keyboard_and_without_scripts(browser: Any, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{portal}/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to content
    page.wait_for_url("**#content")
    page.locator("input[name=q]").focus()
    page.keyboard.type("funding")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/?q=funding")
    page.locator("h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/dataset/*")
    page.goto(f"{portal}/en/dataset/funding/table/amounts")
    page.locator("details.filters summary").focus()
    page.keyboard.press("Enter")
    page.locator("input[name='from.amount']").fill("20000000")
    page.keyboard.press("Enter")
    page.wait_for_url("**from.amount=20000000**")
    assert page.locator("tbody tr").count() == 4
    page.locator("thead a", has_text="Amount").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=amount**")
    context.close()


def test_a_page_can_be_printed(browser: Any, portal: str, root: Path) -> None:
    with looking(browser, f"{portal}/en/dataset/cities") as page:
        page.emulate_media(media="print")
        assert not page.locator("nav.contents").is_visible()
        assert page.locator("h1").is_visible()
        (root / "build" / "screens").mkdir(parents=True, exist_ok=True)
        page.pdf(path=str(root / "build" / "screens" / "dataset.pdf"))
