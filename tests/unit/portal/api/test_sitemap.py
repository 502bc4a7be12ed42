"""The sitemap, and robots.txt."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from st_opendata.portal.api import sitemap
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.pages.registry import PAGES

HOME = "https://data.example.eu"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.mark.slow
def test_the_sitemap_has_every_page_in_every_language(moved: TestClient) -> None:
    root = ET.fromstring(moved.get("/sitemap.xml").content)
    addresses = [each.text or "" for each in root.iter(f"{SITEMAP}loc")]
    assert len(addresses) == len(set(addresses)) == 3 * _pages(moved)
    assert {f"{HOME}/fr/{path}" for path in ("ontology", "query")} <= set(addresses)
    assert not any("/story" in address for address in addresses)
    for address in addresses:
        assert address.startswith(f"{HOME}/")
        assert moved.get(address).status_code == 200, address
    for url in root.iter(f"{SITEMAP}url"):
        others = [each.attrib for each in url.iter("{http://www.w3.org/1999/xhtml}link")]
        assert [each["hreflang"] for each in others] == ["en", "fr", "de"]
        assert {each["href"] for each in others} <= set(addresses)


def test_a_large_sitemap_is_an_index(moved: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "MOST_PLACES", 6)
    root = ET.fromstring(moved.get("/sitemap.xml").content)
    assert root.tag == f"{SITEMAP}sitemapindex"
    parts = [each.text or "" for each in root.iter(f"{SITEMAP}loc")]
    assert len(parts) == -(-_pages(moved) // 2)
    found = [each.text for part in parts for each in ET.fromstring(moved.get(part).content).iter(f"{SITEMAP}loc")]
    assert len(found) == len(set(found)) == 3 * _pages(moved)
    assert moved.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert moved.get("/sitemap-0.xml").status_code == 404


def _pages(moved: TestClient) -> int:
    """The start, two datasets with two tables, the vocabulary with its schemes, and the editor."""
    return 1 + 4 + 1 + len(set(re.findall(r'href="/en/scheme/([^"]+)"', moved.get("/en/ontology").text))) + 1


def test_a_story_and_no_table_without_rows_stand_in_the_sitemap(smarter: Edition) -> None:
    paths = [entry.path for page in PAGES for entry in page.listed(smarter)]
    assert {"story", "scheme/city-role"} <= set(paths)
    datasets = smarter.release.datasets
    assert len([path for path in paths if "/table/" in path]) == sum(len(each.rows) for each in datasets)
    without = tuple(replace(each, distributions=()) for each in datasets)
    bare = replace(smarter, release=replace(smarter.release, datasets=without), _parts={})
    vars(bare)["index"] = smarter.index
    assert not any("/table/" in entry.path for page in PAGES for entry in page.listed(bare))


def test_robots_are_told_of_the_sitemap(moved: TestClient) -> None:
    text = moved.get("/robots.txt").text
    assert f"Sitemap: {HOME}/sitemap.xml" in text
    assert "Disallow: /*?" in text


@pytest.fixture(scope="module")
def moved(browse: Any, release: Path) -> Iterator[TestClient]:
    """The portal of the hostile release at a separate address."""
    with browse(release, HOME) as client:
        yield client
