"""The shared parts of tests of pages: a real browser, and how it opens a page.

Screenshots go to build/screens. Without Playwright, Chromium or npm (which fetches axe-core into build/, by version and
digest) such tests are skipped; ST_REQUIRE=browser makes that a failure.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

AXE = "axe-core-4.14.1"
AXE_DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package, in base64 as npm states it."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
WATCH = """
window.__shift = 0; window.__violations = [];
new PerformanceObserver(list => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.__shift += each.value
}).observe({type: 'layout-shift', buffered: true});
document.addEventListener('securitypolicyviolation', event =>
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


_PATIENCE = 120_000
"""Milliseconds that a browser on a busy machine may take for a step; pytest ends a test that takes too long."""


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
def looking(browser: Any, url: str, width: int = 1280, scheme: str = "light", **options: Any) -> Iterator[Any]:
    """The page at that address, with everything that goes wrong on it in `page.troubles`."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", **options
    )
    context.set_default_timeout(_PATIENCE)
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


def keep_screen(page: Any, root: Path, name: str) -> None:
    """Write the whole page to build/screens."""
    screens = root / "build" / "screens"
    screens.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(screens / f"{name}.png"), full_page=True)


def check_fits(page: Any) -> None:
    """Nothing of the page lies beyond its sides, nothing moved while it loaded, nothing forbidden was tried.

    A page that arrives in pieces on a busy machine may move once; one that always moves does so again.
    """
    wide, there = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= there, f"{wide} pixels wide, of which {there} are seen"
    for _ in range(3):
        if (shift := page.evaluate("window.__shift")) < 0.01:
            break
        page.reload()
    assert shift < 0.01
    assert page.evaluate("window.__violations") == []


def open_all(page: Any) -> None:
    """Open what can be opened."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def check_accessible(page: Any, axe: str) -> None:
    """axe-core finds nothing, also in what can be opened."""
    open_all(page)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
