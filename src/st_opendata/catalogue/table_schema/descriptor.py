"""The JSON file that `schema:` names: a Table Schema, or a Data Package with that of one of its resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from st_opendata.documents import Document, Steps, read_document
from st_opendata.errors import MessageError
from st_opendata.http.urls import web_url
from st_opendata.messages.message import Message, message


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A Table Schema at `loc` of a document; `resource` and `package` are those of a Data Package, else empty.

    `files` are the names of the files of all resources, by the names of the resources.
    """

    document: Document
    schema: Mapping[str, Any]
    loc: Steps = ()
    resource: Mapping[str, Any] = field(default_factory=dict)
    package: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def find_descriptor(path: Path, shown: str, table: str) -> Descriptor | None:
    """The Table Schema in a file for the table with this file name; None if it has none. Raises as `read_document`."""
    try:
        return read_descriptor(path, shown, table)
    except MessageError:
        return None


def read_descriptor(path: Path, shown: str, table: str) -> Descriptor:
    """The Table Schema in a file for the table with this file name.

    Raises:
        InputError, ConfigurationError: the file cannot be read or is not JSON.
        MessageError: it has no Table Schema for the table.
    """
    document = read_document(path, shown)
    data = document.data if isinstance(document.data, dict) else {}
    if _mappings(data.get("fields")):  # schemas of data.gouv.fr have `resources` too: examples
        return Descriptor(document, data)
    resources = _mappings(data.get("resources"))
    if not resources:
        raise MessageError(
            message(
                "{file} is neither a Table Schema (with `fields`) nor a Data Package (with `resources`)", file=path.name
            )
        )
    files = {str(each.get("name", "")): file for each in resources for file in resource_files(each)[:1]}
    for number, resource in enumerate(resources):
        if table in (PurePosixPath(each).name for each in resource_files(resource)):
            return _of_resource(document, number, resource, files)
    listed = ", ".join(dict.fromkeys(files.values()))
    raise MessageError(message("{file} has no resource with the path {table}: {files}", file=path.name, table=table,
                               files=listed))  # fmt: skip


def resource_files(resource: Mapping[str, Any]) -> list[str]:
    """The paths of a resource, which may have its content in several files."""
    stated = resource.get("path")
    listed = stated if isinstance(stated, list) else [stated]
    return [each for each in listed if isinstance(each, str)]


def _of_resource(document: Document, number: int, resource: dict[str, Any], files: Mapping[str, str]) -> Descriptor:
    assert isinstance(document.data, dict)
    package, schema = document.data, resource.get("schema")
    loc: Steps = ("resources", number, "schema")
    if isinstance(schema, str):
        document, schema, loc = _read_elsewhere(document, schema)
    if not isinstance(schema, dict) or not _mappings(schema.get("fields")):
        name = resource.get("name", number)
        raise MessageError(message("the resource {name} has no schema with `fields`", name=name))
    return Descriptor(document, schema, loc, resource, package, files)


def _read_elsewhere(document: Document, name: str) -> tuple[Document, Any, Steps]:
    """The schema that a Data Package names by its path, from its own folder only."""
    if web_url(name):
        raise MessageError(fetch_first(name))
    folder = document.path.parent
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise MessageError(
            message('"{file}" leaves the catalogue; name a file in the folder of the dataset', file=name)
        )
    found = read_document(path, str(PurePosixPath(document.label).with_name(name)))
    return found, found.data, ()


def fetch_first(url: str) -> Message:
    """The advice for a schema on the web, which neither check nor build opens."""
    return message(
        "the schema is a URL, which check and build do not open; store it with `st-opendata fetch {url}`, and name the "
        "file here",
        url=url,
    )


def _mappings(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
