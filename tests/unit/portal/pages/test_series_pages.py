"""Editions on the page of a dataset, and the page of a series."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from st_opendata.build import Job, build
from st_opendata.portal.pages import series

pytestmark = pytest.mark.slow
CATALOGUE = """\
id: town
base: https://data.example/
title: {en: Town, fr: Ville, de: Stadt}
description: {en: Datasets of the town.}
publisher: {iri: "https://town.example/", name: {en: Town}}
license: CC_BY_4_0
series:
  - {id: money, title: {en: "Money & <more>"}, description: {en: All money.}, order: issued}
  - {id: plans, title: {en: Plans}, description: {en: All plans.}}
datasets: [budget, budget-2024, budget-2023, roads, taxes]
"""
DATASET = """\
title: {en: NAME}
description: {en: All of it.}
tables:
  - {url: data.csv, tableSchema: {columns: [{name: label, propertyUrl: rdfs:label}]}}
"""
EDITION = "editionOf: budget\nversion: 'YEAR'\ntemporal: {start: YEAR, end: YEAR}\nissued: YEAR-12-01\n"
DATASETS = {
    "budget": DATASET.replace("NAME", "Budget"),
    "budget-2024": EDITION.replace("YEAR", "2024"),
    "budget-2023": EDITION.replace("YEAR", "2023"),
    "roads": DATASET.replace("NAME", "Roads") + "inSeries: [money, plans]\nissued: 2025-01-01\n",
    "taxes": DATASET.replace("NAME", "Taxes") + "inSeries: money\nissued: 2024-01-01\n",
}


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, browse: Callable[..., AbstractContextManager[TestClient]]
) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("town")
    for name, text in DATASETS.items():
        (folder / "c" / name).mkdir(parents=True)
        (folder / "c" / name / "dataset.yaml").write_text(text, "utf-8")
        if name != "budget":
            (folder / "c" / name / "data.csv").write_text(f"label\n{name}\n", "utf-8")
    (folder / "c/catalogue.yaml").write_text(CATALOGUE, "utf-8")
    outcome = build(Job(folder / "c"), folder / "release")
    assert outcome.release, outcome.findings
    with browse(folder / "release") as found:
        yield found


def page(client: TestClient, path: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/{path}")
    assert answer.status_code == 200
    return str(answer.text).replace("\u202f", " ").replace("\xa0", " ")  # before a French colon


def rows(html: str) -> list[str]:
    section = html.partition('<h2 id="editions">')[2].partition("</section>")[0]
    return [" ".join(unescape(re.sub("<[^>]*>", " ", each)).split()) for each in section.split("<tr>")[2:]]


def block(html: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    )
    return found


@pytest.mark.parametrize("name", ["budget", "budget-2024", "budget-2023"])
def test_each_of_them_lists_all_editions_the_current_one_first(client: TestClient, name: str) -> None:
    html = page(client, f"dataset/{name}")
    assert [each[:24] for each in rows(html)] == ["Budget 2024 current 2024", "Budget 2023 2023 2023 1 "]
    assert 'role="region" aria-label="Editions: Budget"' in html  # landmarks have different names
    assert html.count('aria-current="page"') == (name != "budget")
    assert '<a href="/en/dataset/budget-2023"' in html
    assert "<h2>Related" not in html
    assert "<dt>Related</dt>" not in html


@pytest.mark.parametrize(
    ("language", "newer", "current"),
    [
        ("en", "There is a newer edition:", "The data here are those of the current edition:"),
        ("fr", "Il existe une édition plus récente :", "Les données affichées ici sont celles de l’édition actuelle :"),
        ("de", "Es gibt eine neuere Ausgabe:", "Die Daten hier sind die der aktuellen Ausgabe:"),
    ],
)
def test_notes_lead_to_the_current_edition(client: TestClient, language: str, newer: str, current: str) -> None:
    link = f' <a href="/{language}/dataset/budget-2024"><bdi lang="en">Budget 2024</bdi></a></p>'
    link = link.replace(' lang="en"', "") if language == "en" else link
    old, new, whole = (page(client, f"dataset/budget{end}", language) for end in ("-2023", "-2024", ""))
    assert newer + link in old
    assert newer not in new + whole
    assert current + link in whole
    assert current not in old + new


def test_a_dataset_without_editions_says_nothing_of_them(client: TestClient) -> None:
    html = page(client, "dataset/taxes")
    assert "edition" not in html.partition("<main")[2].lower()
    assert '<a href="/en/series/money"><bdi>Money &amp; &lt;more&gt;</bdi></a>' in html


def test_the_page_of_a_series_has_its_members_in_order(client: TestClient) -> None:
    html = page(client, "series/money")
    assert re.findall(r'<h3><a href="/en/dataset/([^"]*)"', html) == ["taxes", "roads"]
    assert '<ol class="results" start="1">' in html
    assert "<h1><bdi>Money &amp; &lt;more&gt;</bdi></h1>" in html
    found = block(html)
    assert (found["@id"], found["url"]) == ("https://data.example/series/money", "http://127.0.0.1/en/series/money")
    assert [each["@id"] for each in found["hasPart"]] == [
        f"https://data.example/dataset/{e}" for e in ("taxes", "roads")
    ]
    assert '<ul class="results">' in page(client, "series/plans")
    assert client.get("/en/series/none").status_code == 404


def test_the_editions_by_period_are_a_series(client: TestClient) -> None:
    html = page(client, "series/budget", "de")
    assert re.findall(r'<h3><a href="/de/dataset/([^"]*)"', html) == ["budget-2023", "budget-2024"]
    part = block(page(client, "dataset/budget-2023"))["isPartOf"]
    assert part["url"] == "http://127.0.0.1/en/series/budget"
    assert [each["version"] for each in block(html)["hasPart"]] == ["2023", "2024"]


def test_a_long_series_has_several_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "PAGE_SIZE", 1)
    html = page(client, "series/money?page=2")
    assert re.findall(r'<h3><a href="/en/dataset/([^"]*)"', html) == ["roads"]
    assert '<ol class="results" start="2">' in html
    assert "/en/series/money" in re.findall(r'rel="prev nofollow" href="([^"]*)"', html)


def test_series_are_in_the_sitemap(client: TestClient) -> None:
    assert "<loc>http://127.0.0.1/fr/series/money</loc>" in client.get("/sitemap.xml").text
