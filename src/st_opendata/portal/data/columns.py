"""The tables of a dataset and the meaning of their columns, as the CSVW metadata of the release states them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from st_opendata.errors import InputError
from st_opendata.formats import CSV, PARQUET
from st_opendata.model.release import DatasetRelease, Distribution
from st_opendata.model.text import Text
from st_opendata.place import Place
from st_opendata.portal.data.edition import Edition


@dataclass(frozen=True, slots=True)
class Reference:
    """The table whose rows a column names."""

    dataset: str
    table: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title and meaning, its CSVW datatype, and what its cells state."""

    name: str
    title: Text
    description: Text
    datatype: str
    required: bool
    separator: str | None
    property: str | None
    """IRI of the property; None where cells state nothing, or where each row has its own."""
    reference: Reference | None = None
    language: str | None = None
    about: str | None = None
    """URI template of the thing that its cells are about (CSVW `aboutUrl`)."""
    value: str | None = None
    """URI template of the thing that a cell names (CSVW `valueUrl`); None where it states none."""
    key: bool = False
    """Whether its cells tell rows apart or name others: part of a key of the table, or of the IRIs of its things."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its number of rows, and its files."""

    name: str
    title: Text
    description: Text
    columns: tuple[Column, ...]
    rows: int
    files: tuple[Distribution, ...]

    @property
    def parquet(self) -> Distribution | None:
        """The file that the preview reads."""
        return next((file for file in self.files if file.format == PARQUET), None)


def tables_of(edition: Edition, dataset: DatasetRelease) -> tuple[Table, ...]:
    """The tables of a dataset in the order of the release; raises InputError where their metadata are damaged."""
    return tuple(_table(edition, dataset, name, rows) for name, rows in dataset.rows.items())


def _table(edition: Edition, dataset: DatasetRelease, name: str, rows: int) -> Table:
    files = tuple(each for each in dataset.distributions if each.table == name)
    described = next((each.described_by for each in files if each.format == CSV and each.described_by), None)
    stated = _read(edition, described, name) if described else {}
    schema = stated.get("tableSchema", {})
    keys = schema.get("foreignKeys", [])
    references = dict(pair for key in keys for pair in _references(key, dataset.id))
    inherited = {"aboutUrl": stated.get("aboutUrl")} | schema
    named = _key_columns(stated, schema)
    columns = tuple(
        replace(column, key=column.name in named)
        for each in schema.get("columns", [])
        if not each.get("virtual") and (column := _column(inherited | each, references))
    )
    return Table(name, _text(stated.get("dc:title")), _text(stated.get("dc:description")), columns, rows, files)


def _key_columns(stated: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """The columns of the primary key, of the foreign keys, and of the templates of what rows are about."""
    keys = [schema.get("primaryKey", []), *(key.get("columnReference", []) for key in schema.get("foreignKeys", []))]
    templates = [each.get("aboutUrl") or "" for each in (stated, schema, *schema.get("columns", []))]
    expressions = [name for template in templates for name in re.findall(r"\{[+#./;?&]?([^}]*)\}", template)]
    return {
        *(name for key in keys for name in ([key] if isinstance(key, str) else key)),
        *(re.sub(r"(\*|:[0-9]+)$", "", name) for expression in expressions for name in expression.split(",")),
    }


def _read(edition: Edition, path: str, name: str) -> dict[str, Any]:
    if path not in edition.files:
        return {}
    file = edition.path(path)
    try:
        group = json.loads(file.read_text("utf-8"))
        found: dict[str, Any] = next(table for table in group["tables"] if table["url"] == f"{name}.csv")
    except (OSError, ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
        raise InputError(
            "the metadata of a table are damaged", place=Place(str(file)), remedy="Build the release again."
        ) from error
    return found


def _column(stated: Mapping[str, Any], references: Mapping[str, Reference]) -> Column:
    titles = {tag: text for tag, text in _titles(stated.get("titles")).items() if tag != "und"}
    name = stated.get("name") or _titles(stated.get("titles")).get("und", "")
    datatype = stated.get("datatype", "string")
    states = stated.get("propertyUrl", "{")
    return Column(
        name=name,
        title=titles or {"und": name},
        description=_text(stated.get("dc:description")),
        datatype=datatype.get("base", "string") if isinstance(datatype, dict) else datatype,
        required=bool(stated.get("required")),
        separator=stated.get("separator"),
        property=None if "{" in states or stated.get("suppressOutput") else states,
        reference=references.get(name),
        language=stated.get("lang"),
        about=stated.get("aboutUrl"),
        value=None if stated.get("suppressOutput") else stated.get("valueUrl"),
    )


def _references(key: Mapping[str, Any], dataset: str) -> list[tuple[str, Reference]]:
    """A foreign key of one column as that column's reference."""
    own = key.get("columnReference", [])
    names = [own] if isinstance(own, str) else own
    found = re.fullmatch(r"(?:\.\./([^/]+)/)?([^/]+)\.csv", key.get("reference", {}).get("resource", ""))
    return [(names[0], Reference(found[1] or dataset, found[2]))] if found and len(names) == 1 else []


def _text(stated: object) -> Text:
    """A natural language property of CSVW (JSON-LD values)."""
    values = stated if isinstance(stated, list) else [stated] if stated else []
    return {
        each.get("@language", "und") if isinstance(each, dict) else "und": each["@value"]
        if isinstance(each, dict)
        else str(each)
        for each in values
    }


def _titles(stated: object) -> dict[str, str]:
    if isinstance(stated, dict):
        return {tag: text[0] if isinstance(text, list) else text for tag, text in stated.items()}
    first = stated[0] if isinstance(stated, list) and stated else stated
    return {"und": first} if isinstance(first, str) else {}
