"""The properties of profiles on the page of a dataset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from st_opendata.build import Job, build

CATALOGUE = """\
id: trees
base: https://data.example/
profiles: [dcat-ap-de, geodcat-ap]
title: {de: Bäume, en: Trees}
description: {de: Die Bäume der Stadt., en: The trees of the city.}
publisher: {iri: "https://data.example/city", name: {de: Stadt}}
license: dl-zero-de/2.0
spatial: [{iri: "https://sws.geonames.org/2867714/", label: {de: München}, bbox: [11.3, 48.0, 11.8, 48.3]}]
contributorID: stadt
datasets: [trees]
"""
DATASET = """\
title: {de: Bäume, en: Trees}
description: {de: Die Bäume., en: The trees.}
politicalGeocodingLevelURI: municipality
originator: {iri: "https://data.example/office", name: {de: "Amt <b>für</b> Bäume"}, homepage: "https://office.example/"}
spatialResolutionAsText: {de: "Maßstab 1:1000", en: "scale 1:1000"}
licenseAttributionByText: Stadt Musterdorf
inspireTheme: ef
tables:
  - url: trees.csv
    tableSchema: {aboutUrl: "tree/{id}", columns: [{name: id, propertyUrl: "dct:identifier"}]}
"""


@pytest.fixture
def served(tmp_path: Path, browse: Callable[..., AbstractContextManager[TestClient]]) -> Iterator[TestClient]:
    (tmp_path / "c/trees").mkdir(parents=True)
    (tmp_path / "c/catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (tmp_path / "c/trees/dataset.yaml").write_text(DATASET, "utf-8")
    (tmp_path / "c/trees/trees.csv").write_text("id\n1\n", "utf-8")
    outcome = build(Job(tmp_path / "c"), tmp_path / "release")
    assert outcome.release, outcome.findings
    with browse(tmp_path / "release") as client:
        yield client


@pytest.mark.slow
def test_labels_and_values(served: TestClient) -> None:
    def facts(language: str) -> dict[str, str]:
        pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", served.get(f"/{language}/dataset/trees").text, re.DOTALL)
        return {text(name): text(value) for name, value in pairs}

    def text(markup: str) -> str:
        return unescape(re.sub("<[^>]*>", "", markup)).strip()

    german = facts("de")
    assert german["Verwaltungsebene"] == "Kommune"
    assert german["Datenbereitsteller"] == "http://dcat-ap.de/def/contributors/stadt"
    assert german["Urheber"] == "Amt <b>für</b> Bäume"
    assert german["Räumliche Auflösung"] == "Maßstab 1:1000"
    assert german["Namensnennungstext"] == "Stadt Musterdorf"
    assert "INSPIRE-Thema" not in german
    english = facts("en")
    assert (english["Administrative level"], english["Spatial resolution"]) == ("Municipality", "scale 1:1000")
