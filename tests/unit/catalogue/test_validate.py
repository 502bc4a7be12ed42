"""Texts that lack a language of their catalogue, reported at their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.validate import language_findings
from st_opendata.model.findings import Severity

CATALOGUE = """\
id: turku
base: https://tieto.turku.example/
title: {{fi: Turku, sv: Åbo}}
description: {{fi: Kaupunki}}
language: {languages}
datasets: [kirjastot]
"""
DATASET = """\
title: {fi: Kirjastot}
description: {fi: Kirjastot, sv-FI: Bibliotek}
tables:
  - url: kirjastot.csv
    title: {fi: Kirjastot}
    tableSchema: {columns: [{name: id}]}
"""


def found(folder: Path, languages: str, dataset: str = DATASET) -> list[tuple[str, int | None, str]]:
    (folder / "kirjastot").mkdir()
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(languages=languages), "utf-8")
    (folder / "kirjastot/dataset.yaml").write_text(dataset, "utf-8")
    findings = language_findings(read_catalogue(folder))
    assert {each.code for each in findings} <= {"text-language-missing"}
    assert {each.severity for each in findings} <= {Severity.WARNING}
    return [(place.file, place.line, each.message["en"].split(",")[0]) for each in findings for place in each.places]


def test_a_text_without_a_stated_language_is_told_at_its_line(tmp_path: Path) -> None:
    assert found(tmp_path, "[fi, sv]") == [
        ("catalogue.yaml", 4, "The description is in fi"),
        ("kirjastot/dataset.yaml", 1, "The title is in fi"),
        ("kirjastot/dataset.yaml", 5, "The title is in fi"),
    ]


@pytest.mark.parametrize("languages", ["[sv]", "[]", "[en]", "[fi, mul]", "[fi, fi]"])
def test_one_language_is_that_of_the_data(tmp_path: Path, languages: str) -> None:
    assert found(tmp_path, languages) == []


def test_a_dataset_may_be_in_fewer_languages_than_its_catalogue(tmp_path: Path) -> None:
    assert found(tmp_path, "[fi, sv]", f"language: [fi]\n{DATASET}") == [
        ("catalogue.yaml", 4, "The description is in fi")
    ]


def test_smarter_together_has_all_texts_in_its_languages(root: Path) -> None:
    catalogue = read_catalogue(root / "datasets")
    assert len(catalogue.language) == 3 and language_findings(catalogue) == []
