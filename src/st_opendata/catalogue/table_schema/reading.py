"""`schema:` of a table in dataset.yaml: what the table does not state itself comes from a Table Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from st_opendata.catalogue.resources import file_path
from st_opendata.catalogue.table_schema.columns import (
    SchemaColumn,
    column_name,
    column_of,
    labelled_values,
    text_at,
)
from st_opendata.catalogue.table_schema.descriptor import Descriptor, fetch_first, read_descriptor
from st_opendata.documents import Fields, Problems, Steps
from st_opendata.errors import MessageError
from st_opendata.http.urls import web_url
from st_opendata.messages.message import Message, message
from st_opendata.model.tables import SchemaLoss

_DIALECT = {
    "delimiter": "delimiter", "quoteChar": "quoteChar", "doubleQuote": "doubleQuote", "header": "header",
    "commentChar": "commentPrefix",
}  # fmt: skip
_OTHERWISE = {"$schema", "csv", "csvddfVersion", "type", "lineTerminator", "caseSensitiveHeader"}
"""Keys of a dialect that change no cell."""
_OF_DATASET = ("licenses", "contributors", "sources", "keywords")


@dataclass(slots=True)
class SchemaTable:
    """The keys that a Table Schema gives a table (`data`), its columns, and what is not kept of it."""

    file: str
    descriptor: Descriptor
    data: dict[str, Any]
    found: list[tuple[Steps, SchemaColumn]]
    problems: Problems
    losses: list[SchemaLoss] = field(default_factory=list)

    def columns(self, own: list[Fields], inherited: Mapping[str, Fields]) -> list[Fields]:
        """All columns: the schema's in its order, then those that only dataset.yaml has, the virtual ones last.

        Keys that a column of dataset.yaml or the table itself states (`inherited`) win over those of the schema.
        """
        named = {each.text("name", required=False): each for each in own}
        listed: list[Fields] = []
        for loc, column in self.found:
            entry = {key: value for key, value in column.entry.items() if key not in inherited}
            stated = named.pop(column.name, None)
            listed.append(stated.filled(entry) if stated else Fields(entry, loc, self.problems))
            if not (stated and "datatype" in stated):
                self.losses += self._losses(loc, column)
        return listed + [each for each in own if each in named.values()]

    def _losses(self, loc: Steps, column: SchemaColumn) -> Iterator[SchemaLoss]:
        place = self.descriptor.document.place(loc)
        return (SchemaLoss(place, column.source, each) for each in column.lost)


def read_schema(fields: Fields, folder: Path, dataset: str, table: str) -> SchemaTable | None:
    """The schema that a table of the dataset names; None if there is none, or one with a problem, which is noted."""
    if "schema" not in fields:
        return None
    name, without = _stated(fields)
    if not name:
        return None
    if web_url(name):
        fields.problem(fetch_first(name), "schema")
        return None
    path = file_path(fields, name, folder, "schema")
    if path is None:
        return None
    try:
        descriptor = read_descriptor(path, f"{dataset}/{name}", table)
    except MessageError as error:
        fields.problem(error.message, "schema")
        return None
    found = list(_columns(descriptor, without))
    for each in without - {column.source for _, column in _columns(descriptor, frozenset())}:
        fields.problem(message('there is no column "{column}"{hint}', column=each, hint=""), "schema")
    schema = SchemaTable(f"{dataset}/{name}", descriptor, {}, found, Problems(descriptor.document))
    for _, column in found:
        if column.name in _typed(fields):
            column.replace = []
    schema.data = _table(schema, table)
    return schema


def with_schema(fields: Fields, schema: SchemaTable | None) -> Fields:
    """The table with the keys of the schema that it does not state, also within `tableSchema` and `dialect`."""
    if schema is None:
        return fields
    for key, given in schema.data.items():
        own = fields.value(key)
        if isinstance(own, dict) and key in ("tableSchema", "dialect", "cleaning"):
            rules = own.get("replace")
            both = {"replace": [*rules, *given["replace"]]} if key == "cleaning" and isinstance(rules, list) else {}
            fields = fields.replaced(key, {**given, **own, **both})
    return fields.filled(schema.data)


def _typed(fields: Fields) -> set[str]:
    """The columns whose datatype dataset.yaml states."""
    schema = fields.value("tableSchema")
    columns = schema.get("columns") if isinstance(schema, dict) else None
    listed = columns if isinstance(columns, list) else []
    return {str(each.get("name")) for each in listed if isinstance(each, dict) and "datatype" in each}


def _stated(fields: Fields) -> tuple[str, frozenset[str]]:
    """The path of the schema, and the fields of it that the table does not have."""
    if fields.is_text("schema"):
        return fields.text("schema") or "", frozenset()
    inner = fields.below("schema")
    if inner is None:
        return "", frozenset()
    inner.only(("path", "without"))
    return inner.text("path") or "", frozenset(inner.texts("without"))


def _columns(descriptor: Descriptor, without: frozenset[str]) -> Iterator[tuple[Steps, SchemaColumn]]:
    missing = labelled_values(descriptor.schema["missingValues"]) if "missingValues" in descriptor.schema else ("",)
    for number, each in enumerate(descriptor.schema["fields"]):
        if isinstance(each, dict) and text_at(each, "name") and each["name"] not in without:
            yield (*descriptor.loc, "fields", number), column_of(each, missing)


def _table(schema: SchemaTable, table: str) -> dict[str, Any]:
    """The keys of the table; the columns are added when those of dataset.yaml are known."""
    stated, resource = schema.descriptor.schema, schema.descriptor.resource
    data: dict[str, Any] = {}
    for key in ("title", "description"):
        if text := text_at(resource, key) or text_at(stated, key):
            data[key] = {"und": text}
    if dialect := _dialect(schema, resource):
        data["dialect"] = dialect
    if rules := [rule for _, column in schema.found for rule in column.replace]:
        data["cleaning"] = {"replace": rules}
    keys: dict[str, Any] = {}
    if primary := _primary_key(schema, stated):
        keys["primaryKey"] = primary
    if references := list(_references(schema, stated, table)):
        keys["foreignKeys"] = references
    data["tableSchema"] = keys
    _lose_unknown(schema)
    if "uniqueKeys" in stated:
        _lose(schema, message("its key {key} is not kept", key="uniqueKeys"), "uniqueKeys")
    for each in _OF_DATASET:
        if resource and (each in resource or each in schema.descriptor.package):
            _lose(schema, message("its {key} are not taken over; state them in dataset.yaml", key=each))
    return data


def _lose_unknown(schema: SchemaTable) -> None:
    """Name the keys that are not kept: once where many fields have the same, as extensions of a schema."""
    for key in sorted({each for _, column in schema.found for each in column.unknown}):
        having = [(loc, column) for loc, column in schema.found if key in column.unknown]
        loc, first = having[0]
        if len(having) == 1:
            first.lost.append(message("its key {key} is not kept", key=key))
            continue
        reason = message("the key {key} of {number} fields is not kept", key=key, number=len(having))
        place = schema.descriptor.document.place(loc)
        schema.losses.append(SchemaLoss(place, PurePosixPath(schema.file).name, reason))


def _lose(schema: SchemaTable, reason: Message, *steps: str) -> None:
    place = schema.descriptor.document.place((*schema.descriptor.loc, *steps))
    schema.losses.append(SchemaLoss(place, PurePosixPath(schema.file).name, reason))


def _dialect(schema: SchemaTable, resource: Mapping[str, Any]) -> dict[str, Any]:
    stated = resource.get("dialect")
    given = stated if isinstance(stated, dict) else {}
    if isinstance(within := given.get("csv"), dict):  # as frictionless-py writes it
        given = {**given, **within}
    dialect = {name: given[key] for key, name in _DIALECT.items() if key in given}
    for key in sorted(given.keys() - _DIALECT.keys() - _OTHERWISE):
        if given[key] not in ("false", ["1"]):  # the first row has the titles
            _lose(schema, message("its key {key} is not kept", key=f"dialect.{key}"))
    if encoding := text_at(resource, "encoding"):
        dialect["encoding"] = encoding
    return dialect


def _primary_key(schema: SchemaTable, stated: Mapping[str, Any]) -> list[str]:
    """The primary key; without one, the first field that is unique and required, since CSVW has no other uniqueness."""
    names = {column.source: column for _, column in schema.found}
    listed = stated.get("primaryKey") or []
    key: list[str] = [listed] if isinstance(listed, str) else [each for each in listed if isinstance(each, str)]
    if any(each not in names for each in key):
        _lose(schema, message("its key {key} is not kept", key="primaryKey"), "primaryKey")
        key = []
    if not key:
        key = [each for each, column in names.items() if column.unique and "required" in column.entry][:1]
    for each, column in names.items():
        if column.unique and key != [each]:
            column.lost.append(message("its constraint {key} is not kept", key="unique"))
    return [names[each].name for each in key]


def _references(schema: SchemaTable, stated: Mapping[str, Any], table: str) -> Iterator[dict[str, Any]]:
    listed = stated.get("foreignKeys")
    for each in listed if isinstance(listed, list) else ():
        reference = each.get("reference") if isinstance(each, dict) else None
        if not isinstance(reference, dict):
            continue
        resource = text_at(reference, "resource")
        file = PurePosixPath(schema.descriptor.files.get(resource, resource)).name if resource else table
        yield {
            "columnReference": _names(each.get("fields")),
            "reference": {"resource": file, "columnReference": _names(reference.get("fields"))},
        }


def _names(value: object) -> list[str]:
    listed: object = [value] if isinstance(value, str) else value
    return [column_name(each) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
