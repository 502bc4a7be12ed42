"""The sources of a dataset, with the addresses that its files were fetched from."""

from __future__ import annotations

from pathlib import Path

from st_opendata.catalogue import read_catalogue

CATALOGUE = """\
id: town
base: https://data.example/
title: {en: Town}
description: {en: Datasets of the town.}
publisher: {iri: "https://town.example/", name: {en: Town}}
license: CC_BY_4_0
datasets: [trees]
"""
DATASET = """\
title: {en: Trees}
description: {en: Trees of the town.}
source:
  - {url: "https://town.example/trees.csv", label: {en: Survey}}
  - {url: "https://town.example/trees.csv", label: {en: Register}}
tables:
  - {url: trees.csv, tableSchema: {columns: [{name: label, propertyUrl: rdfs:label}]}}
  - {url: parks.csv, tableSchema: {columns: [{name: label, propertyUrl: rdfs:label}]}}
"""
RECORD = "NAME:\n  url: https://town.example/NAME\n  date: '2026-01-02T03:04:05Z'\n  sha256: 'DIGEST'\n"


def test_a_source_with_two_names_stays_twice_and_a_fetched_file_is_one_more(tmp_path: Path) -> None:
    (tmp_path / "trees").mkdir()
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (tmp_path / "trees/dataset.yaml").write_text(DATASET, "utf-8")
    records = (RECORD.replace("NAME", name).replace("DIGEST", "0" * 64) for name in ("trees.csv", "parks.csv"))
    (tmp_path / "trees/fetched.yaml").write_text("".join(records), "utf-8")
    (dataset,) = read_catalogue(tmp_path).datasets
    assert [(each.url.rpartition("/")[2], dict(each.label)) for each in dataset.source] == [
        ("trees.csv", {"en": "Survey"}),
        ("trees.csv", {"en": "Register"}),
        ("parks.csv", {"und": "parks.csv"}),
    ]
