"""Table Schemas and Data Packages next to the files of a draft: they describe its tables, in place of guesses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from st_opendata.catalogue.init.columns import DraftSchema, DraftTable
from st_opendata.catalogue.table_schema import Descriptor, column_of, find_descriptor, resource_files
from st_opendata.documents import read_document
from st_opendata.errors import InputError
from st_opendata.http.urls import web_url
from st_opendata.messages.message import message
from st_opendata.place import Place

_PACKAGE, _SCHEMA = "datapackage.json", "schema.json"
_FITTING = 0.5
"""The share of the columns of a table that a schema has to describe."""


@dataclass(frozen=True, slots=True)
class DraftSources:
    """The tables to read, and the descriptors that the user named."""

    tables: tuple[Path, ...]
    descriptors: tuple[Path, ...] = ()


def split_sources(files: Sequence[Path]) -> DraftSources:
    """The tables and descriptors among files; a Data Package stands for the files of its resources.

    Raises:
        InputError: a descriptor cannot be read, or a file of a package is missing or on the web.
    """
    tables: dict[Path, None] = {}
    descriptors = [path for path in files if path.suffix.lower() == ".json"]
    for path in files:
        found = _resources(path) if path in descriptors else [path]
        tables |= dict.fromkeys(found)
    if not tables:
        raise InputError(
            message("a schema alone is not a table"),
            place=Place(str(descriptors[0])),
            remedy=message("Name the file of the table too."),
        )
    return DraftSources(tuple(tables), tuple(descriptors))


def _resources(path: Path) -> list[Path]:
    data = read_document(path, str(path)).data
    listed = data.get("resources") if isinstance(data, dict) and "fields" not in data else None
    found = []
    for resource in listed if isinstance(listed, list) else ():
        for name in resource_files(resource) if isinstance(resource, dict) else ():
            if web_url(name) or ".." in PurePosixPath(name).parts or name.startswith("/"):
                raise InputError(
                    message("the resource {name} is not a file of the package", name=name),
                    place=Place(str(path)),
                    remedy=message("Store it with `st-opendata fetch`, and write its name under `path`."),
                )
            found.append(path.parent / name)
    return found


def add_schemas(tables: Sequence[DraftTable], named: Sequence[Path], copies: dict[str, str]) -> None:
    """Give each table the schema that describes it; `copies` are the files of the dataset by the tables' names."""
    for table in tables:
        source = table.source.path
        beside = (source.with_name(f"{source.stem}.schema.json"), *map(source.with_name, (_PACKAGE, _SCHEMA)))
        for path in (*named, *(each for each in beside if each.is_file() and each not in named)):
            found = find_descriptor(path, str(path), source.name)
            if found and _describe(table, found, path in named, copies):
                break


def _describe(table: DraftTable, found: Descriptor, is_named: bool, copies: dict[str, str]) -> bool:  # noqa: FBT001
    """Take the schema over where its fields are those of the table."""
    fields = {str(each["name"]): column_of(each) for each in found.schema["fields"] if each.get("name")}
    known = [column for column in table.columns if column.title in fields]
    if len(known) < _FITTING * len(table.columns) or not known:
        return False
    without = tuple(name for name in fields if name not in {column.title for column in known})
    for column in known:
        column.name, column.described, column.remarks = fields[column.title].name, True, []
    file = f"{PurePosixPath(copies[table.name]).stem}.schema.json"
    table.schema = DraftSchema(file, _content(found, copies), without)
    origin = found.document.label if is_named else found.document.path.name
    table.remarks.append(message("described by the schema in {file}", file=origin))
    key = found.schema.get("primaryKey") or any(
        each.unique and "required" in each.entry for name, each in fields.items() if name not in without
    )
    table.schema.has_key = bool(key)
    return True


def _content(found: Descriptor, copies: dict[str, str]) -> str:
    """The schema alone, which refers to resources by the names of their copies; a plain schema is copied unchanged."""
    if not found.resource:
        return found.document.path.read_text("utf-8-sig")
    schema: dict[str, Any] = json.loads(json.dumps(found.schema))
    kept = []
    for each in _references(schema):
        file = found.files.get(str(each["reference"].get("resource")), "")
        copy = copies.get(PurePosixPath(file).stem)
        if copy or not each["reference"].get("resource"):
            each["reference"]["resource"] = copy or ""
            kept.append(each)
    if "foreignKeys" in schema:
        schema["foreignKeys"] = kept
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _references(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    listed = schema.get("foreignKeys")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("reference"), dict):
            yield each
