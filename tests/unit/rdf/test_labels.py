"""A thing is called the same by pictures, files and pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from st_opendata.build import Job, build
from st_opendata.namespaces import expand
from st_opendata.rdf.labels import LABELS, best_label
from st_opendata.release.index import Index, build_index

CATALOGUE = """
id: names
base: https://example.org/
title: {en: Names}
description: {en: Places with two names.}
license: CC_BY_4_0
publisher: {iri: "https://example.org/us", name: {en: Us}}
datasets: [projects]
"""
DATASET = """
title: {en: Projects}
description: {en: Projects}
tables:
  - url: projects.csv
    title: {en: Projects}
    tableSchema:
      aboutUrl: "project/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: acronym, propertyUrl: "eurio:acronym"}
        - {name: title, propertyUrl: "eurio:title"}
        - {name: latitude, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: longitude, datatype: decimal, propertyUrl: "geo:long"}
"""
ROWS = """id,acronym,title,latitude,longitude
1,SHORTA,A long title of the first,45.75,4.83
2,SHORTB,B long title of the second,48.14,11.58
3,SHORTC,C long title of the third,48.21,16.37
"""
TITLES = {"A long title of the first", "B long title of the second", "C long title of the third"}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    catalogue = folder / "catalogue"
    (catalogue / "projects").mkdir(parents=True)
    (catalogue / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (catalogue / "projects" / "dataset.yaml").write_text(DATASET, "utf-8")
    (catalogue / "projects" / "projects.csv").write_text(ROWS, "utf-8")
    assert build(Job(catalogue), folder / "release").conforms
    return folder / "release"


def test_the_picture_names_the_title(release: Path) -> None:
    picture = (release / "projects" / "preview.svg").read_text("utf-8")
    assert "SHORT" not in picture
    assert set(re.findall(r"[ABC] long title of the \w+", picture)) == TITLES


def test_places_of_geojson_have_the_same_names(release: Path) -> None:
    places = json.loads((release / "projects" / "projects.geojson").read_text("utf-8"))
    assert {feature["properties"]["name"] for feature in places["features"]} == TITLES


def test_the_index_of_a_portal_has_the_same_names(release: Path, tmp_path: Path) -> None:
    build_index(release, [], tmp_path / "index")
    index = Index(tmp_path / "index")
    found = index.labels([f"<https://example.org/project/{number}>" for number in (1, 2, 3)])
    assert {label for labels in found.values() for label in labels} == {f'"{title}"' for title in TITLES}
    assert index.called(["shorta"], 5) == ["<https://example.org/project/1>"]  # search finds every name
    index.close()


def test_the_best_property_that_has_a_name() -> None:
    assert best_label({expand("foaf:name"): "Ann", expand("skos:prefLabel"): ""}.get) == "Ann"
    assert best_label({}.get) is None
    assert LABELS[0] == expand("skos:prefLabel")
    assert len(set(LABELS)) == len(LABELS)
