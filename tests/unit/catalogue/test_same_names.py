"""Tables of several datasets whose files have the same name."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import once
import pytest

from st_opendata.build.description import expected_description
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import text_of
from st_opendata.release.explain import explain
from st_opendata.tables.scan import open_source
from st_opendata.tables.table_file import TableFile

CATALOGUE = """\
id: demo
base: https://example.org/id/
title: {en: Demo}
description: {en: A demo}
publisher: {iri: "https://example.org/town", name: {en: Town}}
license: CC_BY_4_0
language: [en]
datasets: [aa, bb, cc]
"""
DATA = """\
title: {en: Data}
description: {en: Data}
tables:
  - url: data.csv
    tableSchema:
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: name, lang: en, propertyUrl: rdfs:label}
        - {name: tags, separator: " ", propertyUrl: dct:subject, valueUrl: "tag/{tags}"}
"""
OTHER = """\
title: {en: cc}
description: {en: Keys}
tables:
  - url: other.csv
    tableSchema:
      primaryKey: id
      foreignKeys:
        - {columnReference: aa, reference: {resource: aa/data.csv, columnReference: id}}
        - {columnReference: bb, reference: {resource: bb/data.csv, columnReference: id}}
      columns:
        - {name: id, required: true, propertyUrl: rdfs:label}
        - {name: aa}
        - {name: bb}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "catalogue"
    for name, text in (("aa", DATA), ("bb", DATA), ("cc", OTHER)):
        (root / name).mkdir(parents=True)
        (root / name / "dataset.yaml").write_text(text, "utf-8")
    (root / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (root / "aa" / "data.csv").write_text("id,name,tags\n1,one,x y\n", "utf-8")
    (root / "bb" / "data.csv").write_text("id,name,tags\n1,eins,x\n2,zwei,\n", "utf-8")
    (root / "cc" / "other.csv").write_text("id,aa,bb\nk,1,2\n", "utf-8")
    return root


def test_they_are_called_after_their_datasets(folder: Path) -> None:
    aa, bb, cc = (dataset.tables[0] for dataset in read_catalogue(folder).datasets)
    assert [(each.name, each.stem) for each in (aa, bb, cc)] == [
        ("aa/data", "data"),
        ("bb/data", "data"),
        ("other", "other"),
    ]
    assert [key.table for key in cc.foreign_keys] == ["aa/data", "bb/data"]
    assert [each.columns[0].about_url for each in (aa, bb)] == [
        "https://example.org/id/aa/data/{id}",
        "https://example.org/id/bb/data/{id}",
    ]
    assert aa.titles == {"und": "data"}


def test_a_name_that_no_other_dataset_has_stays_alone(folder: Path) -> None:
    text = (folder / "catalogue.yaml").read_text("utf-8")
    (folder / "catalogue.yaml").write_text(text.replace("[aa, bb, cc]", "[aa]"), "utf-8")
    (table,) = read_catalogue(folder).datasets[0].tables
    assert (table.name, table.columns[0].about_url) == ("data", "https://example.org/id/data/{id}")


def test_a_list_may_have_the_name_of_another_table(folder: Path) -> None:
    """`data.tags` is the list of aa, and a file of bb."""
    (folder / "bb" / "data.csv").rename(folder / "bb" / "data.tags.csv")
    for name in ("bb/dataset.yaml", "cc/dataset.yaml"):
        text = (folder / name).read_text("utf-8")
        text = text.replace("url: data.csv", "url: data.tags.csv").replace("bb/data.csv", "bb/data.tags.csv")
        (folder / name).write_text(text, "utf-8")
    aa, bb, _ = (dataset.tables[0] for dataset in read_catalogue(folder).datasets)
    assert (aa.name, bb.name) == ("aa/data", "bb/data.tags")


def test_a_key_to_a_table_that_is_not_there_names_its_file(folder: Path) -> None:
    path = folder / "cc" / "dataset.yaml"
    path.write_text(path.read_text("utf-8").replace("bb/data.csv", "bb/dta.csv"), "utf-8")
    with pytest.raises(ConfigurationError, match=r'no table "bb/dta\.csv"; did you mean "bb/data\.csv"'):
        read_catalogue(folder)


def test_a_name_may_be_used_once_in_a_dataset(folder: Path) -> None:
    path = folder / "aa" / "dataset.yaml"
    text = path.read_text("utf-8")
    path.write_text(text + text.partition("tables:\n")[2], "utf-8")
    with pytest.raises(ConfigurationError, match=r'aa/data\.csv already uses the table name "data"'):
        read_catalogue(folder)


def test_their_copies_have_paths_of_their_own(folder: Path, tmp_path: Path) -> None:
    """The engine reads UTF-8 only."""
    for name, text in (("aa", "Café"), ("bb", "Möbel")):
        (folder / name / "data.csv").write_text(f"id,name,tags\n1,{text},x\n", "latin-1")
    (tmp_path / "copies").mkdir()
    aa, bb, _ = (open_source(each.tables[0], tmp_path / "copies") for each in read_catalogue(folder).datasets)
    assert isinstance(aa, TableFile) and isinstance(bb, TableFile)
    assert "Café" in aa.path.read_text("utf-8") and "Möbel" in bb.path.read_text("utf-8")


def test_rules_for_files_are_checked_with_the_names_of_files(folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "profile.yaml").write_text(
        "properties: {note: {property: adms:versionNotes, on: [distribution]}}", "utf-8"
    )
    (folder / "catalogue.yaml").write_text(f"{CATALOGUE}profiles: [./rules]\n", "utf-8")
    (folder / "bb" / "dataset.yaml").write_text(DATA.replace("- url:", "- note: {en: B}\n    url:"), "utf-8")
    described = expected_description(read_catalogue(folder))
    notes = {
        name: described.values(f"https://example.org/id/distribution/{name}/data.csv", expand("adms:versionNotes"))
        for name in ("aa", "bb")
    }
    assert {name: list(map(text_of, found)) for name, found in notes.items()} == {"aa": [], "bb": ["B"]}


@pytest.mark.slow
def test_a_release_keeps_them_apart(folder: Path, tmp_path: Path) -> None:
    release = once.build(folder, tmp_path / "release")
    with closing(sqlite3.connect(release / "demo.sqlite")) as database:
        rows = database.execute('SELECT id, name FROM "bb/data" ORDER BY id').fetchall()
        assert rows == [("1", "eins"), ("2", "zwei")]
        assert database.execute('SELECT tags FROM "aa/data.tags"').fetchall() == [("x",), ("y",)]
        assert database.execute("SELECT name FROM st_tables ORDER BY 1").fetchall() == [
            ("aa/data",),
            ("bb/data",),
            ("other",),
        ]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert (release / "bb" / "data.csv").read_text("utf-8").startswith("id,name,tags")
    metadata = json.loads((release / "cc" / "other.csv-metadata.json").read_text("utf-8"))
    assert [table["url"] for table in metadata["tables"]] == ["other.csv", "../aa/data.csv", "../bb/data.csv"]
    described = json.loads((release / "bb" / "croissant.json").read_text("utf-8"))
    assert [each["name"] for each in described["recordSet"]] == ["data"]
    found = explain(release, "bb/data/2", "en")
    cells = {str(cell) for statement in found.statements for cell in statement.cells}
    assert cells == {'bb/data.csv, row 3, column "name"'}
    before = {path: path.read_bytes() for path in release.rglob("*") if path.is_file()}
    (folder / "aa" / "data.csv").write_text("id,name,tags\n1,one,x z\n", "utf-8")
    once.build(folder, release)
    assert (release / "bb" / "data.parquet").read_bytes() == before[release / "bb" / "data.parquet"]
    assert b"z" in (release / "aa" / "data.csv").read_bytes()
