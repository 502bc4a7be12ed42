"""Things, vocabulary and story in a real browser: WCAG 2.2 AA, no overflow, no shift, nothing that runs.

Screenshots go to build/screens. Without Playwright, Chromium or npm (which fetches axe-core into build/, by version and
digest) these tests are skipped; ST_REQUIRE=browser makes that a failure.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from st_opendata.portal.app import make_app
from st_opendata.portal.current import Current
from st_opendata.portal.options import Options

pytestmark = pytest.mark.xdist_group("portal-things")

AXE = "axe-core-4.14.1"
AXE_DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package, in base64 as npm states it."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
SIZES = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
WATCH = """
window.__shift = 0; window.__violations = [];
new PerformanceObserver(list => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.__shift += each.value
}).observe({type: 'layout-shift', buffered: true});
document.addEventListener('securitypolicyviolation', event =>
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


def missing(reason: str) -> None:
    """Skip, or fail where a browser is required."""
    if "browser" in os.environ.get("ST_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    """The script of axe-core."""
    folder = root / "build" / "axe"
    package = folder / f"{AXE}.tgz"
    if not package.is_file():
        npm = shutil.which("npm")
        if not npm:
            missing("there is no npm on the path, which fetches axe-core")
        folder.mkdir(parents=True, exist_ok=True)
        name, _, version = AXE.rpartition("-")
        done = subprocess.run([str(npm), "pack", f"{name}@{version}"], cwd=folder, capture_output=True, check=False)
        if done.returncode:
            missing("npm cannot fetch axe-core")
    data = package.read_bytes()
    assert base64.b64encode(hashlib.sha512(data).digest()).decode() == AXE_DIGEST
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script
        return script.read().decode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or the one that ST_CHROMIUM names."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright for Python is not installed")
    program = os.environ.get("ST_CHROMIUM") or shutil.which("chromium")
    if not program:
        missing("there is no chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def serving(release: Path) -> Iterator[str]:
    """A portal for the release on a port of its own."""
    app = make_app(Current(release), Options(requests_per_minute=100_000))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def made(root: Path) -> Any:
    """How the unit tests of these pages make their releases."""
    spec = importlib.util.spec_from_file_location("odd_things", root / "tests/unit/portal/things/conftest.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def portals(root: Path, made: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a portal with Smarter Together, and of one with odd values."""
    folder = tmp_path_factory.mktemp("things")
    smarter = made.build(root / "datasets", folder / "smarter")
    odd = made.build(made.write_odd(folder / "catalogue"), folder / "odd")
    with serving(smarter) as first, serving(odd) as second:
        yield first, second


@contextmanager
def looking(browser: Any, url: str, width: int = 1280, scheme: str = "light", **options: Any) -> Iterator[Any]:
    """The page at that address, with everything that goes wrong on it in `page.troubles`."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("dialog", lambda dialog: (page.troubles.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "console",
        lambda message: page.troubles.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("request", lambda each: None if each.url.startswith(url[:16]) else page.troubles.append(each.url))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    try:
        page.goto(url)
        yield page
    finally:
        context.close()


@pytest.mark.parametrize("name", [*PAGES, *ODD])
def test_accessible_without_shift_overflow_or_script(
    browser: Any, portals: tuple[str, str], axe: str, root: Path, name: str
) -> None:
    screens = root / "build" / "screens"
    screens.mkdir(parents=True, exist_ok=True)
    url = portals[0] + PAGES[name] if name in PAGES else portals[1] + ODD[name]
    for width, scheme in SIZES:
        with looking(browser, url, width, scheme) as page:
            page.screenshot(path=str(screens / f"{name}-{width}-{scheme}.png"), full_page=True)
            assert page.evaluate("window.__shift") < 0.01, (name, width)
            assert page.evaluate("window.__violations") == []
            assert page.troubles == []
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert size[0] <= size[1], (name, width)
            page.evaluate(axe)
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == [], (name, width, scheme)
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
