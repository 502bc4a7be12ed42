"""Problems and drafts in French and German: the program's words are translated, a user's words are quoted unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.build import Job, check
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.settings import Settings

CATALOGUE = """\
id: town
base: https://town.example/
title: {en: Town}
description: {en: Town}
column: x
license: table
temporal: {start: 2020-02-01, end: 2020-01-01}
datasets: [column]
"""
DATASET = """\
title: {en: Table}
description: {en: Table}
tables:
  - url: table.csv
    tableSchema:
      primaryKey: table
      columns: [{name: column}, {name: rows, datatype: line}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalogue whose names are words of the messages about them."""
    (tmp_path / "column").mkdir()
    (tmp_path / "column/dataset.yaml").write_text(DATASET, "utf-8")
    (tmp_path / "column/table.csv").write_text("column,rows\n1,2\n", "utf-8")
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    return tmp_path


def problem(folder: Path, language: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(folder)
    text = caught.value.message_text(language)
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            ("la clé « column » est inconnue", "et 2 de plus dans ce fichier :", "« license » : « table » n’est pas"),
        ),
        (
            "de",
            ("der Schlüssel „column“ ist unbekannt", "und 2 weitere in dieser Datei:", "„license“: „table“ ist kein"),
        ),
    ],
)
def test_problems_of_catalogue_yaml(folder: Path, language: str, expected: tuple[str, ...]) -> None:
    found = problem(folder, language)
    assert [text for text in expected if text not in found] == []
    assert ("la fin, 2020-01-01, précède le début" if language == "fr" else "das Ende, 2020-01-01, liegt vor") in found


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "la colonne « table » n’existe pas"), ("de", "die Spalte „table“ gibt es nicht")]
)
def test_problems_of_dataset_yaml(folder: Path, language: str, expected: str) -> None:
    text = CATALOGUE.replace("column: x\nlicense: table\n", "").replace("2020-02-01", "2019-02-01")
    (folder / "catalogue.yaml").write_text(text, "utf-8")
    assert expected in problem(folder, language)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ("all cells are whole numbers", "all cells are keys of “table”", "# publisher: The publisher: iri")),
        (
            "fr",
            ("toutes les cellules sont des nombres entiers", "des clés de « table »", "# publisher: L’éditeur : iri"),
        ),
        ("de", ("alle Zellen sind ganze Zahlen", "Schlüssel von „table“", "# publisher: Der Herausgeber: iri")),
    ],
)
def test_the_comments_of_a_draft(tmp_path: Path, lang: str, expected: tuple[str, ...]) -> None:
    (tmp_path / "table.csv").write_text("id,label\none,first\ntwo,second\n", "utf-8")
    (tmp_path / "column.csv").write_text("id,table,count\na,one,1\nb,two,2\nc,one,3\n", "utf-8")
    files = [tmp_path / "table.csv", tmp_path / "column.csv"]
    draft_catalogue(tmp_path / "town", files, Answers("Town", "https://town.example/", "sv", lang=lang))
    written = "".join((tmp_path / "town" / name).read_text("utf-8") for name in ("catalogue.yaml", "town/dataset.yaml"))
    assert [text for text in expected if text not in written] == []
    assert "title: {sv: table}" in written and "title: {sv: column}" in written


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", "Reading column/table.csv"),
        ("fr", "Lecture de column/table.csv"),
        ("de", "column/table.csv wird gelesen"),
    ],
)
def test_the_stages_of_a_check(folder: Path, language: str, first: str) -> None:
    text = CATALOGUE.replace("column: x\nlicense: table\n", "").replace("2020-02-01", "2019-02-01")
    (folder / "catalogue.yaml").write_text(text, "utf-8")
    described = DATASET.replace("line", "string").replace("primaryKey: table", "primaryKey: column")
    (folder / "column/dataset.yaml").write_text(described, "utf-8")
    stages: list[str] = []
    check(Job(folder, Settings(language=language), progress=lambda stage, _: stages.append(stage)))
    assert first in stages
