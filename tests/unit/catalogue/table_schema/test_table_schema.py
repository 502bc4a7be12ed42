"""Table Schema and Data Package as the description of a table: each key as CSVW, or named."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from st_opendata.build import Job, check
from st_opendata.build.files import schema_findings
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.model.tables import Column, Table

CATALOGUE = """\
id: town
base: https://town.example/
title: {en: Town}
description: {en: Data of a town.}
publisher: {iri: https://town.example/office, name: {en: Town}}
datasets: [trees]
"""
HEAD = "title: {en: Trees}\ndescription: {en: Trees.}\n"
PLAIN = "tables: [{url: trees.csv, schema: schema.json}]\n"


def write(folder: Path, descriptor: object, tables: str = PLAIN, file: str = "schema.json") -> Path:
    dataset = folder / "trees"
    dataset.mkdir(exist_ok=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (dataset / "dataset.yaml").write_text(HEAD + tables, "utf-8")
    (dataset / file).write_text(json.dumps(descriptor), "utf-8")
    return folder


def read(folder: Path, descriptor: object, tables: str = PLAIN, file: str = "schema.json") -> Table:
    return read_catalogue(write(folder, descriptor, tables, file)).datasets[0].tables[0]


def column(folder: Path, **described: Any) -> tuple[Column, list[str]]:
    """The column of a field, and what is not kept of it."""
    table = read(folder, {"fields": [{"name": "x", **described}]})
    return table.columns[0], [each.reason["en"] for each in table.losses]


@pytest.mark.parametrize(
    ("described", "base", "pattern"),
    [
        ({}, "string", None),
        ({"type": "number"}, "decimal", None),
        ({"type": "integer"}, "integer", None),
        ({"type": "boolean"}, "boolean", None),
        ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "boolean", "oui|non"),
        ({"type": "date"}, "date", None),
        ({"type": "date", "format": "%d/%m/%Y"}, "date", "dd/MM/yyyy"),
        ({"type": "time", "format": "%H:%M"}, "time", "HH:mm"),
        ({"type": "datetime", "format": "%Y-%m-%dT%H:%M:%SZ"}, "dateTime", "yyyy-MM-ddTHH:mm:ssX"),
        ({"type": "year"}, "gYear", None),
        ({"type": "yearmonth"}, "gYearMonth", None),
        ({"type": "duration"}, "duration", None),
        ({"type": "string", "format": "uri"}, "anyURI", None),
        ({"type": "string", "constraints": {"enum": ["a.b", "c"]}}, "string", r"a\.b|c"),
        ({"type": "string", "constraints": {"pattern": "^[A-Z]{2}$"}}, "string", "^[A-Z]{2}$"),
        ({"type": "any", "categories": [{"value": "1", "label": "one"}]}, "string", "1"),
        ({"constraints": {"enum": ["ab", "cd"], "pattern": "a."}}, "string", "ab"),
        ({"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S.%f"}, "dateTime", "yyyy-MM-ddTHH:mm:ss.SSSSSS"),
    ],
)
def test_types_become_datatypes(tmp_path: Path, described: dict[str, Any], base: str, pattern: str | None) -> None:
    found, lost = column(tmp_path, **described)
    assert (found.datatype.base, found.datatype.pattern, lost) == (base, pattern, [])


def test_constraints_become_facets(tmp_path: Path) -> None:
    found, lost = column(tmp_path, type="integer", constraints={"required": True, "minimum": 1, "maximum": 9})
    assert (found.required, found.datatype.minimum, found.datatype.maximum, lost) == (True, "1", "9", [])
    found, lost = column(tmp_path, type="string", constraints={"minLength": 2, "maxLength": 5})
    assert (found.datatype.min_length, found.datatype.max_length, lost) == (2, 5, [])
    found, lost = column(tmp_path, type="number", decimalChar=",", groupChar=" ")
    assert (found.datatype.decimal_char, found.datatype.group_char, lost) == (",", " ", [])
    found, lost = column(tmp_path, type="year", constraints={"minimum": 1900})
    assert (found.datatype.minimum, lost) == ("1900", [])
    found, lost = column(tmp_path, type="date", format="%d/%m/%Y", constraints={"minimum": "01/02/2020"})
    assert (found.datatype.minimum, lost) == ("2020-02-01", [])
    found, lost = column(tmp_path, type="number", constraints={"minimum": 1e-7})
    assert (found.datatype.minimum, lost) == ("0.0000001", [])
    found, lost = column(tmp_path, type="list", delimiter=";", itemType="integer")
    assert (found.separator, found.datatype.base, lost) == (";", "integer", [])


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"type": "geopoint"}, "its type geopoint becomes plain text"),
        ({"rdfType": "https://schema.org/name"}, "its key rdfType is not kept"),
        ({"type": "date", "format": "%d/%m/%y"}, "its format %d/%m/%y cannot be read, so that it becomes plain text"),
        ({"type": "date", "format": "any"}, "its format any cannot be read, so that it becomes plain text"),
        ({"type": "integer", "constraints": {"enum": [1, 2]}}, "its constraint enum is not kept"),
        ({"type": "integer", "constraints": {"pattern": "[0-9]"}}, "its constraint pattern is not kept"),
        ({"constraints": {"unique": True}}, "its constraint unique is not kept"),
        ({"constraints": {"jsonSchema": {}}}, "its constraint jsonSchema is not kept"),
        ({"constraints": {"minimum": 1}}, "its constraint minimum is not kept"),
        ({"type": "integer", "categories": [{"value": 1, "label": "A"}]}, "its constraint categories is not kept"),
        ({"type": "object"}, "its JSON is not read: only the outer brackets are checked"),
        ({"type": "boolean", "trueValues": ["V", "1"], "falseValues": ["F"]}, "cells may also have true, false, 0"),
        (
            {"constraints": {"minLength": 2.5}},
            'its constraint minLength is not kept: "2.5" is not a whole number',
        ),
        ({"type": "integer", "bareNumber": False}, "numbers with a unit or currency (bareNumber: false) are refused"),
    ],
)
def test_what_is_not_kept_is_named(tmp_path: Path, described: dict[str, Any], expected: str) -> None:
    assert column(tmp_path, **described)[1] == [expected]


def test_a_pattern_that_is_no_expression_is_named_with_the_reason(tmp_path: Path) -> None:
    found, (lost,) = column(tmp_path, constraints={"pattern": "[a-"})
    assert found.datatype.pattern is None
    assert lost.startswith("its constraint pattern is not kept: ")


def test_losses_are_findings_at_the_field(tmp_path: Path) -> None:
    folder = write(tmp_path, {"fields": []})
    (folder / "trees" / "schema.json").write_text(
        '{"fields": [\n{"name": "id"},\n{"name": "place", "type": "geopoint"}]}'
    )
    (found,) = schema_findings(read_catalogue(folder))
    assert (found.code, found.severity, found.places[0].file, found.places[0].line) == (
        "schema-not-kept", "info", "trees/schema.json", 3,
    )  # fmt: skip


def test_a_key_that_many_fields_have_is_one_finding(tmp_path: Path) -> None:
    fields = [{"name": each, "x-entity": "station"} for each in ("id", "name", "place")]
    table = read(tmp_path, {"fields": fields})
    assert [(each.field, each.reason["en"]) for each in table.losses] == [
        ("schema.json", "the key x-entity of 3 fields is not kept")
    ]


@pytest.mark.parametrize(
    ("described", "taken", "refused"),
    [
        ({"constraints": {"pattern": r"[\w\s-]+"}}, ["élan vital", "Saint-Étienne", "日本"], ["a.b", "(a)", "×"]),
        ({"constraints": {"pattern": r"\w+\W\w+"}}, ["été,hiver"], ["étés"]),
        ({"constraints": {"pattern": r"^(FR\d{3}|[a-z\]]+)$"}}, ["FR123", "a]"], ["FR12", "x FR123"]),
        ({"constraints": {"pattern": r"[a[]\w[\]\w]"}}, ["aé]", "[éé"], ["éé]", "aé["]),
        ({"type": "geopoint"}, ["2.3,48.8", "-180, 90"], ["2.3", "200,48", "2.3,91.5", "[2.3,48.8]"]),
        ({"type": "geopoint", "format": "array"}, ["[2.3,48.8]", "[ 2, -4.5 ]"], ["2.3,48.8", "[2]", "[2,91]"]),
        ({"type": "array"}, ["[]", ' ["a",\n "b"]'], ["a", "{}"]),
        ({"type": "object"}, ['{"a": 1}'], ["[]", "null"]),
        ({"type": "year", "constraints": {"minimum": 2000}}, ["2000", "2024"], ["1999", "24"]),
    ],
)
def test_cells_are_taken_as_the_field_says(
    tmp_path: Path, described: dict[str, Any], taken: list[str], refused: list[str]
) -> None:
    folder = write(tmp_path, {"fields": [{"name": "id"}, {"name": "x", **described}]})
    with (folder / "trees" / "trees.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("id", "x"), *enumerate(taken + refused)])
    rows = [each.places[0].row or 0 for each in check(Job(folder)).findings if each.severity == "violation"]
    assert sorted(rows) == [*range(len(taken) + 2, len(taken) + len(refused) + 2)]


def test_a_dialect_is_kept_or_named(tmp_path: Path) -> None:
    dialect = {"csv": {"delimiter": "|"}, "headerRows": [1], "commentRows": [3], "skipInitialSpace": False}
    resource = {"name": "trees", "path": "trees.csv", "dialect": dialect, "schema": {"fields": [{"name": "id"}]}}
    table = read(tmp_path, {"resources": [resource]})
    assert table.dialect.delimiter == "|"
    assert [each.reason["en"] for each in table.losses] == ["its key dialect.commentRows is not kept"]


def test_names_that_csvw_refuses_stay_titles(tmp_path: Path) -> None:
    table = read(tmp_path, {"fields": [{"name": "nom de l'arbre", "title": "Nom", "description": "Le nom."}]})
    found = table.columns[0]
    assert (found.name, found.titles, found.description) == (
        "nom_de_l_arbre", {"und": "nom de l'arbre"}, {"und": "Nom. Le nom."},
    )  # fmt: skip


def test_keys_become_keys(tmp_path: Path) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "the id"},
        {"name": "parent"},
        {"name": "code", "constraints": {"unique": True, "required": 1}},
    ]
    keys = {"foreignKeys": [{"fields": "parent", "reference": {"resource": "", "fields": "the id"}}]}
    table = read(tmp_path, {"fields": fields, "primaryKey": "the id", **keys, "uniqueKeys": [["parent"]]})
    assert table.primary_key == ("the_id",)
    (reference,) = table.foreign_keys
    assert (reference.columns, reference.table, reference.reference) == (("parent",), "trees", ("the_id",))
    assert len(table.losses) == 2
    fields[2]["constraints"] = {"unique": True, "required": True}
    assert read(tmp_path, {"fields": fields}).primary_key == ("code",)


def test_what_dataset_yaml_states_wins(tmp_path: Path) -> None:
    fields = [
        {"name": "id", "type": "integer"},
        {"name": "old"},
        {"name": "name", "title": "Name", "type": "geopoint", "constraints": {"required": True}},
    ]
    table = read(
        tmp_path,
        {"title": "Theirs", "fields": fields, "primaryKey": "id", "missingValues": ["", "-"]},
        """\
tables:
  - url: trees.csv
    title: {en: Ours}
    schema: {path: schema.json, without: [old]}
    tableSchema:
      aboutUrl: "tree/{id}"
      columns:
        - {name: extra, datatype: date}
        - {name: name, datatype: string, propertyUrl: "rdfs:label", lang: fr}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "schema:Thing"}
""",
    )
    assert [each.name for each in table.columns] == ["id", "name", "extra", "type"]
    assert (table.titles, table.primary_key, table.losses) == ({"en": "Ours"}, ("id",), ())
    name = table.column("name")
    assert (name.datatype.base, name.required, name.lang, name.titles) == ("string", True, "fr", {"und": "Name"})
    assert name.null == ("", "-")
    assert name.about_url == "https://town.example/tree/{id}"


def test_a_data_package_gives_the_dialect_and_the_schema_of_its_resource(tmp_path: Path) -> None:
    package = {
        "licenses": [{"name": "CC0-1.0"}],
        "resources": [
            {"name": "other", "path": "other.csv"},
            {
                "name": "trees",
                "path": "data/trees.csv",
                "title": "The trees",
                "encoding": "windows-1252",
                "dialect": {"delimiter": ";", "escapeChar": "\\"},
                "schema": "parts.json",
            },
        ],
    }
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "parts.json").write_text('{"fields": [{"name": "id"}]}')
    table = read(tmp_path, package, PLAIN.replace("schema.json", "datapackage.json"), "datapackage.json")
    assert (table.titles, table.dialect.delimiter, table.dialect.encoding) == (
        {"und": "The trees"}, ";", "windows-1252",
    )  # fmt: skip
    assert [each.reason["en"] for each in table.losses] == [
        "its key dialect.escapeChar is not kept",
        "its licenses are not taken over; state them in dataset.yaml",
    ]


@pytest.mark.parametrize(
    ("schema", "descriptor", "expected"),
    [
        ("https://schemas.example/schema.json", {}, "st-opendata fetch https://schemas.example/schema.json"),
        ("../catalogue.yaml", {}, "leaves the catalogue"),
        ("schema.json", {"type": "object"}, "neither a Table Schema"),
        ("schema.json", {"resources": [{"path": "other.csv"}]}, "no resource with the path trees.csv: other.csv"),
        ("schema.json", {"resources": [{"path": "trees.csv"}]}, "has no schema"),
        (
            "schema.json",
            {"resources": [{"path": "trees.csv", "schema": "https://s.example/a"}]},
            "a URL, which",
        ),
        ("{path: schema.json, without: [none]}", {"fields": [{"name": "id"}]}, 'no column "none"'),
    ],
)
def test_a_wrong_schema_is_one_clear_message(tmp_path: Path, schema: str, descriptor: object, expected: str) -> None:
    tables = f"tables:\n  - url: trees.csv\n    schema: {schema}\n"
    with pytest.raises(ConfigurationError, match=expected) as error:
        read(tmp_path, descriptor, tables)
    assert str(error.value.place).startswith("trees/dataset.yaml, line 5")


def test_a_missing_schema_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path, {}, PLAIN.replace("schema.json", "other.json"))


def test_cells_are_checked_by_the_schema(tmp_path: Path) -> None:
    fields = [
        {"name": "id", "constraints": {"required": True, "unique": True}},
        {"name": "alive", "type": "boolean"},
        {"name": "height", "type": "number", "constraints": {"minimum": 0}},
    ]
    folder = write(tmp_path, {"fields": fields, "missingValues": ["", "NC"]})
    (folder / "trees" / "trees.csv").write_text("height,id,alive\n1.5,a,TRUE\nNC,b,0\n-1,a,perhaps\n")
    outcome = check(Job(folder))
    assert {(each.code, each.places[0].row) for each in outcome.findings if each.severity == "violation"} == {
        ("cell-range", 4),
        ("cell-datatype", 4),
        ("key-duplicate", 2),
    }
