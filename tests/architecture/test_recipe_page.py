"""The recipe "add a page": a module with a function, a template, an entry in the list of pages, and nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request
from starlette.testclient import TestClient

from st_opendata.model.text import LANGUAGES
from st_opendata.portal import rendering
from st_opendata.portal.app import make_app
from st_opendata.portal.data.current import Current
from st_opendata.portal.middleware.security_headers import SECURITY_HEADERS
from st_opendata.portal.options import Options
from st_opendata.portal.pages.page import MenuItem, Page
from st_opendata.portal.pages.registry import PAGES, at
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import edition_of

HOME = "https://data.example.eu"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


# The module: portal/pages/imprint.py
def show_imprint(request: Request) -> PageView:
    """A page about the portal's operator."""
    return PageView({"count": len(edition_of(request).release.datasets)})


# The template: portal/templates/imprint.html
TEMPLATE = """{% extends "base.html" %}
{% block title %}Imprint{% endblock %}
{% block content %}<h1>Imprint</h1><p>{{ language }}: {{ count }} {{ name | default("<&>") }}</p>{% endblock %}
"""

# The entry: portal/pages/registry.py
ENTRY = Page("imprint", "imprint.html", show_imprint, at("imprint"), MenuItem("imprint", "catalogue", ("imprint",)))


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(smarter_release: Path) -> Iterator[TestClient]:
    """A portal with one page more."""
    environment = rendering.environment()
    before = environment.loader
    assert before
    environment.loader = ChoiceLoader([DictLoader({"imprint.html": TEMPLATE}), before])
    app = make_app(Current(smarter_release), Options(base_url=HOME), (*PAGES, ENTRY))
    with TestClient(app, base_url=HOME) as client:
        yield client
    environment.loader = before


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_served_in_three_languages(portal: TestClient, language: str) -> None:
    page = portal.get(f"/{language}/imprint")
    assert page.status_code == 200
    assert page.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in page.text and f"<p>{language}: " in page.text
    assert "&lt;&amp;&gt;" in page.text
    for other in LANGUAGES:
        assert f'<link rel="alternate" hreflang="{other}" href="{HOME}/{other}/imprint">' in page.text
    assert f'<li><a href="/{language}/imprint" aria-current="true">' in page.text


def test_it_passes_the_middleware(portal: TestClient) -> None:
    page = portal.get("/en/imprint")
    assert {name: page.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    again = portal.get("/en/imprint", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304 and not again.content
    assert portal.post("/en/imprint").status_code == 405
    assert portal.options("/en/imprint").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert portal.get("/xx/imprint").status_code == 404


def test_it_is_in_the_sitemap(portal: TestClient) -> None:
    places = [place.text for place in ET.fromstring(portal.get("/sitemap.xml").content).iter(f"{SITEMAP}loc")]
    assert [f"{HOME}/{language}/imprint" for language in LANGUAGES] == [p for p in places if p and "imprint" in p]


def test_without_its_entry_it_is_not_there(smarter_release: Path) -> None:
    with TestClient(make_app(Current(smarter_release), Options())) as client:
        assert client.get("/en/imprint").status_code == 404
        assert "imprint" not in client.get("/sitemap.xml").text
