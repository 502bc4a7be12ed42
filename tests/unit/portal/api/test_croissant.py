"""Croissant: what the specification asks, and mlcroissant reads the rows through it where it is installed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from st_opendata.portal.data.edition import Edition

REQUIRED = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"}


@pytest.mark.parametrize("dataset", ["places", "texts"])
def test_required_properties_and_references(client: TestClient, edition: Edition, dataset: str) -> None:
    described = client.get(f"/en/dataset/{dataset}/croissant.json").json()
    assert described.keys() >= REQUIRED
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    files = {each["@id"]: each for each in described["distribution"]}
    for each in edition.datasets[dataset].distributions:
        file = files[each.file.path]
        assert file["sha256"] == each.file.sha256
        assert client.get(file["contentUrl"]).status_code == 200
    ids = [field["@id"] for record in described["recordSet"] for field in record["field"]]
    assert len(ids) == len(set(ids))
    for record in described["recordSet"]:
        for field in record["field"]:
            assert field["source"]["fileObject"]["@id"] in files
            assert field["dataType"].startswith("sc:")


def test_columns_have_types(client: TestClient) -> None:
    [record] = client.get("/en/dataset/places/croissant.json").json()["recordSet"]
    types = {field["name"]: field["dataType"] for field in record["field"]}
    assert (types["lat"], types["inhabitants"], types["founded"], types["tags"]) == (
        "sc:Float",
        "sc:Integer",
        "sc:Date",
        "sc:Text",
    )


@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_reads_the_rows(
    client: TestClient, release: Path, tmp_path: Path, read_with: Callable[[str], Any]
) -> None:
    mlcroissant = read_with("mlcroissant")
    described = client.get("/en/dataset/places/croissant.json").json()
    for file in described["distribution"]:
        file["contentUrl"] = str(release / file["@id"])
    (tmp_path / "croissant.json").write_text(json.dumps(described), "utf-8")
    dataset = mlcroissant.Dataset(jsonld=tmp_path / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    first = next(iter(dataset.records("cities")))
    assert first["cities/name"] == b"Lyon"
    assert first["cities/inhabitants"] == 522250
