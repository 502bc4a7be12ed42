"""Metadata documents: what is read, passed over with a warning, and refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.documents import read_metadata
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.values import MetadataObject
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.model.tables import Datatype, Dialect

BASE = "https://example.org/data/"


def read(folder: Path, document: object, **files: object) -> tuple[MetadataObject, list[str]]:
    for name, content in {"metadata": document, **files}.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(text, "utf-8")
    notices = Notices()
    group = read_metadata(f"{BASE}metadata.json", DocumentLoader(BASE, folder), notices)
    return group, [text["en"] for _, text in notices.warnings]


def table(**properties: Any) -> dict[str, Any]:
    return {"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", **properties}


def column(**properties: Any) -> dict[str, Any]:
    return table(tableSchema={"columns": [{"titles": "a", **properties}]})


def first_column(group: MetadataObject) -> MetadataObject:
    schema = group.objects("tables")[0].object("tableSchema")
    assert schema is not None
    return schema.objects("columns")[0]


def test_a_table_makes_a_group(tmp_path: Path) -> None:
    group, warnings = read(tmp_path, table(**{"dc:title": "A"}))
    (described,) = group.objects("tables")
    assert described.get("url") == f"{BASE}a.csv"
    assert described.annotations.properties == {"http://purl.org/dc/terms/title": {"@value": "A"}}
    assert warnings == []


def test_base_and_language_of_the_context(tmp_path: Path) -> None:
    context = ["http://www.w3.org/ns/csvw", {"@base": "deep/", "@language": "FR"}]
    group, _ = read(tmp_path, column(titles="Ville") | {"@context": context, "rdfs:label": "Villes"})
    (described,) = group.objects("tables")
    assert described.get("url") == f"{BASE}deep/a.csv"
    assert list(described.annotations.properties.values()) == [{"@value": "Villes", "@language": "fr"}]
    assert first_column(group).get("titles") == {"fr": ("Ville",)}


def test_schemas_and_dialects_in_documents_of_their_own(tmp_path: Path) -> None:
    context = {"@context": "http://www.w3.org/ns/csvw"}
    group, _ = read(
        tmp_path,
        table(tableSchema="schema.json", dialect="dialect.json"),
        schema=context | {"columns": [{"titles": "a"}]},
        dialect=context | {"delimiter": ";"},
    )
    (described,) = group.objects("tables")
    assert described.get("dialect") == Dialect(delimiter=";")
    schema = described.object("tableSchema")
    assert schema is not None
    assert schema.annotations.id == f"{BASE}schema.json"


@pytest.mark.parametrize(
    ("document", "warning"),
    [
        (column(separator=1), r"tableSchema\.columns\[0\]\.separator: must be a text; it is ignored"),
        (column(name="_x"), '"_x" cannot be the name of a column'),
        (column(titles={"x y": "a"}), '"x y" is not a language tag'),
        (column(null=["NA", 0]), "must contain only texts"),
        (column(datatype="nothing"), '"nothing" is not a datatype of CSVW'),
        (column(datatype={"base": "decimal", "format": "0x"}), '"0x" is not a number pattern'),
        (column(datatype={"base": "boolean", "format": {"pattern": "Y|N"}}), "the format of boolean must be a text"),
        (column(aboutUrl=1), "an empty template is used"),
        (column(aboutUrl="{a"), "an empty template is used"),
        (
            column(datatype={"base": "decimal", "format": {"decimalChar": "1"}}),
            "must be one character that is not a letter",
        ),
        (table(dialect={"delimiter": ""}), "dialect.delimiter: must be one or more characters"),
        (table(dialect={"quoteChar": ","}), "quoteChar and delimiter are the same character"),
        (table(dialect={"encoding": "rot13"}), '"rot13" is not an encoding'),
        (table(dialect={"headerRowCount": 10**9}), "must be 100 at most"),
        (table(surprise=1), "surprise: the property is unknown here"),
        (table(tableSchema=1), "a schema without columns is used"),
        (table(**{"@id": 1}), "the URL of the document is used"),
    ],
)
def test_what_is_passed_over(tmp_path: Path, document: object, warning: str) -> None:
    _, warnings = read(tmp_path, document)
    assert len(warnings) == 1
    assert re.search(warning, warnings[0]), warnings


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 3000, "is not JSON|nested"),
        ([], "must be an object"),
        ('{"a": NaN}', "NaN is not a value of JSON"),
        ({"url": "a.csv"}, "@context: must be"),
        ({"@context": ["http://www.w3.org/ns/csvw", {"x": 1}], "url": "a.csv"}, 'only "@base" and "@language"'),
        ({"@context": "http://www.w3.org/ns/csvw", "tables": []}, "at least one table"),
        ({"@context": "http://www.w3.org/ns/csvw"}, "neither a group of tables nor a table"),
        (table(url=1), 'needs the "url"'),
        (table(**{"@type": "Schema"}), '"@type" must be "Table"'),
        (table(**{"@id": "_:a"}), "cannot be a blank node"),
        (table(**{"dc:title": {"@value": "a", "x:y": 1}}), 'cannot have "x:y"'),
        (table(**{"dc:title": {"@list": []}}), '"@list" is not allowed'),
        (table(**{"dc:title": {"@value": "a", "@language": "x y"}}), "must be a language tag"),
        (table(**{"dc:title": "\ud800"}), "half of a character"),
        (column(datatype={"base": "string", "minimum": 1}), "fits numbers and dates"),
        (column(datatype={"base": "integer", "minimum": 2, "maximum": 1}), "there is no value between"),
        (column(datatype={"base": "string", "length": 1, "minLength": 2}), "length is not between minLength"),
        (column(datatype={"@id": "http://www.w3.org/2001/XMLSchema#date"}), "cannot be the built-in"),
        (table(transformations=[{"url": "a"}]), 'needs "scriptFormat"'),
        (table(tableSchema={"foreignKeys": [{"x": 1}]}), 'cannot have "x"'),
        (table(**{"dc:title": json.loads("[" * 70 + "]" * 70)}), "nested more than 60 times"),
    ],
)
def test_what_is_refused(tmp_path: Path, document: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as error:
        read(tmp_path, document)
    assert error.value.place is not None
    assert error.value.place.file == "metadata.json"


def test_a_datatype_in_full(tmp_path: Path) -> None:
    described = {"@id": "https://example.org/t", "base": "decimal", "format": {"decimalChar": ","}, "minimum": 0}
    group, warnings = read(tmp_path, column(datatype=described))
    assert first_column(group).get("datatype") == Datatype(
        "decimal", "https://example.org/t", decimal_char=",", percent=True, minimum="0"
    )
    assert warnings == []


def test_a_missing_schema_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^schema\.json: there is no such file"):
        read(tmp_path, table(tableSchema="schema.json"))


@pytest.mark.parametrize("schema", ["../schema.json", "https://elsewhere.example/s.json", "link.json", "%00"])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, schema: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "schema.json").write_text('{"@context": "http://www.w3.org/ns/csvw"}')
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "schema.json")
    with pytest.raises(InputError, match=r"is not in the folder|a link that leaves the folder|no such file"):
        read(tmp_path / "in", table(tableSchema=schema))
