"""Table Schemas and Data Packages next to the files of a draft describe its tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.fetched import read_fetched, write_fetched
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.errors import InputError
from st_opendata.model.resources import FetchedFile
from st_opendata.model.tables import Table

TREES = {
    "fields": [
        {"name": "id", "constraints": {"required": True, "unique": True}},
        {"name": "code", "type": "string", "constraints": {"pattern": "[0-9]+"}},
        {"name": "park"},
        {"name": "never there"},
    ]
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "Trees 2024.csv").write_text("park,id,code,extra\np1,1,007,2024-01-01\np1,2,008,2024-01-02\n")
    (folder / "parks.csv").write_text("nr;label\np1;Oak Park\np2;Elm Park\n")
    return folder


def draft(tmp_path: Path, *sources: Path) -> dict[str, Table]:
    draft_catalogue(tmp_path / "town", sources, Answers("Town", "https://town.example/"))
    (dataset,) = read_catalogue(tmp_path / "town").datasets
    return {table.name: table for table in dataset.tables}


def test_a_schema_beside_the_file_is_used(tmp_path: Path, files: Path) -> None:
    (files / "schema.json").write_text(json.dumps(TREES))
    tables = draft(tmp_path, files / "Trees 2024.csv", files / "parks.csv")
    trees = tables["trees-2024"]
    assert trees.schema == "town/trees-2024.schema.json"
    assert [each.name for each in trees.source_columns] == ["id", "code", "park", "extra"]
    assert (trees.column("code").datatype.base, trees.column("extra").datatype.base) == ("string", "date")
    assert trees.primary_key == ("id",)
    assert tables["parks"].schema == ""


def test_a_data_package_stands_for_its_files(tmp_path: Path, files: Path) -> None:
    reference = {"fields": "park", "reference": {"resource": "places", "fields": "nr"}}
    package = {
        "resources": [
            {"name": "plants", "path": "Trees 2024.csv", "schema": TREES | {"foreignKeys": [reference]}},
            {"name": "places", "path": "parks.csv", "schema": {"fields": [{"name": "nr"}, {"name": "label"}]}},
        ]
    }
    (files / "datapackage.json").write_text(json.dumps(package))
    tables = draft(tmp_path, files / "datapackage.json")
    assert list(tables) == ["trees-2024", "parks"]
    (key,) = tables["trees-2024"].foreign_keys
    assert (key.columns, key.table, key.reference) == (("park",), "parks", ("nr",))
    assert tables["parks"].dialect.delimiter == ";"


def test_a_schema_of_another_table_is_not_used(tmp_path: Path, files: Path) -> None:
    (files / "other.json").write_text('{"fields": [{"name": "something"}]}')
    assert draft(tmp_path, files / "parks.csv", files / "other.json")["parks"].schema == ""


def test_the_record_of_a_fetched_file_is_copied_with_it(tmp_path: Path, files: Path) -> None:
    entry = FetchedFile("parks.csv", "https://town.example/p.csv", "2026-11-30T10:00:00Z", "0" * 64)
    write_fetched(files, [entry])
    draft(tmp_path, files / "parks.csv")
    assert read_fetched(tmp_path / "town" / "town", "") == (entry,)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"fields": [{"name": "id"}]}', "a schema alone is not a table"),
        ('{"resources": [{"path": "https://town.example/a.csv"}]}', "not a file of the package"),
        ('{"resources": [{"path": "../a.csv"}]}', "not a file of the package"),
    ],
)
def test_a_descriptor_without_tables_is_refused(tmp_path: Path, files: Path, content: str, expected: str) -> None:
    (files / "datapackage.json").write_text(content)
    with pytest.raises(InputError, match=expected):
        draft(tmp_path, files / "datapackage.json")
    assert not (tmp_path / "town").exists()
