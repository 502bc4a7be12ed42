"""Pages of the portal in a real browser: the Smarter Together release, and one whose every text tries to break a page.

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
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from st_opendata.__main__ import main
from st_opendata.portal.app import make_app
from st_opendata.portal.current import Current
from st_opendata.portal.options import Options

pytestmark = pytest.mark.xdist_group("portal-pages")

AXE = "axe-core-4.14.1"
AXE_DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package, in base64 as npm states it."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
    config = uvicorn.Config(
        make_app(Current(release), Options(requests_per_minute=100_000)), port=0, log_level="error", access_log=False
    )
    server = uvicorn.Server(config)
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
def portal(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with Smarter Together."""
    release = tmp_path_factory.mktemp("pages") / "release"
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = main(["build", str(root / "datasets"), "--output", str(release)])
    assert code == 0, out.getvalue()
    with serving(release) as address:
        yield address


@pytest.fixture(scope="module")
def hostile(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with the release that the unit tests of pages make."""
    path = root / "tests/unit/portal/pages/conftest.py"
    spec = importlib.util.spec_from_file_location("hostile_pages", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    with serving(module.build(tmp_path_factory.mktemp("hostile"))) as address:
        yield address


@contextmanager
def looking(browser: Any, url: str, width: int = 1280, scheme: str = "light") -> Iterator[Any]:
    """The page at that address, with everything that goes wrong on it in `page.troubles`."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB")
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
    try:
        page.goto(url)
        yield page
    finally:
        context.close()


def expected(name: str, troubles: list[str]) -> list[str]:
    """Without what a browser says of the status of a page that is meant to be refused."""
    refused = ("not-found", "bad-request", "hostile-bad", "hostile-failure")
    return [each for each in troubles if not (name in refused and each.startswith("Failed to load resource"))]


@pytest.mark.parametrize("name", PAGES)
def test_accessible_without_shift_or_overflow(browser: Any, portal: str, axe: str, root: Path, name: str) -> None:
    screens = root / "build" / "screens"
    screens.mkdir(parents=True, exist_ok=True)
    for width, scheme in SIZES:
        with looking(browser, portal + PAGES[name], width, scheme) as page:
            size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert size[0] <= size[1], (name, width)
            page.screenshot(path=str(screens / f"{name}-{width}-{scheme}.png"), full_page=True)
            assert page.evaluate("window.__shift") < 0.01, (name, width)
            assert page.evaluate("window.__violations") == []
            assert expected(name, page.troubles) == []
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            page.evaluate(axe)
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == [], (name, width, scheme)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_hostile_release_runs(browser: Any, hostile: str, root: Path, name: str) -> None:
    screens = root / "build" / "screens"
    screens.mkdir(parents=True, exist_ok=True)
    for width in (1280, 360):
        with looking(browser, hostile + HOSTILE[name], width) as page:
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            page.screenshot(path=str(screens / f"{name}-{width}.png"), full_page=True)
            size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert size[0] <= size[1], (name, width)
            assert page.evaluate("window.__violations") == []
            assert expected(name, page.troubles) == []
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


TURNED = """
(() => { const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(walker.currentNode.data)) {
    const own = walker.currentNode.parentElement;
    const apart = ['BDI', 'Q', 'CODE', 'SCRIPT'].includes(own.tagName);
    found.push(apart ? own.tagName : own.outerHTML.slice(0, 80)) }
  return found })()
"""
"""The elements that hold a text which turns directions."""


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
    page = context.new_page()
    page.goto(f"{portal}/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to content
    assert page.url.endswith("#content")
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
