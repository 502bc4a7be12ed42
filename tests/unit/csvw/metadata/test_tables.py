"""The tables of a metadata document as records, without their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from st_opendata.csvw import read_group
from st_opendata.errors import ConfigurationError
from st_opendata.model.groups import DESCRIPTION, TITLE
from st_opendata.model.tables import Datatype, ForeignKey

BASE = "https://example.org/dataset/"
COLUMNS = [
    {"name": "id", "titles": {"und": "id", "fr": "Numéro"}, "required": True},
    {
        "name": "size",
        "datatype": {"base": "integer", "minimum": "0"},
        "propertyUrl": "https://example.org/größe",
        "dc:description": [{"@value": "How many", "@language": "en"}],
        "aboutUrl": "https://example.org/other/{id}",
    },
]


def group(folder: Path, **more: Any) -> Path:
    schema = {
        "aboutUrl": "https://example.org/thing/{id}",
        "columns": COLUMNS,
        "primaryKey": ["id"],
        "foreignKeys": [
            {"columnReference": ["id"], "reference": {"resource": "../b/b.csv", "columnReference": ["key"]}}
        ],
    }
    other = {"url": "../b/b.csv", "tableSchema": {"columns": [{"name": "key"}]}, "suppressOutput": True}
    table = {"url": "a.csv", "dc:title": [{"@value": "A", "@language": "en"}], "tableSchema": schema} | more
    path = folder / "a.csv-metadata.json"
    path.write_text(json.dumps({"@context": "http://www.w3.org/ns/csvw", "tables": [table, other]}), "utf-8")
    return path


def test_columns_inherit_and_keep_what_is_written(tmp_path: Path) -> None:
    first, other = read_group(group(tmp_path), BASE, strict=True).tables
    key, size = first.table.columns
    assert (key.titles, key.required, key.about_url) == (
        {"und": "id", "fr": "Numéro"}, True, "https://example.org/thing/{id}",
    )  # fmt: skip
    assert (size.about_url, size.property_url) == ("https://example.org/other/{id}", "https://example.org/größe")
    assert size.description == {"en": "How many"}
    assert size.datatype.base == "integer"
    assert size.datatype.minimum == "0"
    assert key.datatype == Datatype()
    assert (first.url, other.url) == (f"{BASE}a.csv", "https://example.org/b/b.csv")
    assert first.annotations.texts(TITLE) == {"en": "A"}
    assert first.annotations.texts(DESCRIPTION) == {}
    assert (first.suppress_output, other.suppress_output) == (False, True)
    assert first.table.primary_key == ("id",)
    assert first.table.foreign_keys == (ForeignKey(("id",), "", other.table.name, ("key",)),)


def test_strict_reading_refuses_what_csvw_ignores(tmp_path: Path) -> None:
    path = group(tmp_path, nonsense=1)
    assert read_group(path, BASE).tables[0].table.columns[0].name == "id"
    with pytest.raises(ConfigurationError, match="unknown here"):
        read_group(path, BASE, strict=True)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"@context": "http://www.w3.org/ns/csvw", "tables": []}'])
def test_other_documents_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError):
        read_group(path, BASE)
