"""A CSVW metadata document, read property by property (CSVW metadata §5.2 to §5.7)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.datatypes import datatype
from st_opendata.csvw.metadata.dialects import dialect
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import absolute
from st_opendata.csvw.metadata.values import (
    DocumentContext,
    InvalidError,
    MetadataObject,
    Reader,
    boolean,
    language,
    link,
    list_of,
    notes,
    nulls,
    one_of,
    read_object,
    references,
    separator,
    template,
    text,
    titles,
)
from st_opendata.documents import MAX_DEPTH
from st_opendata.errors import MessageError, reason_of
from st_opendata.messages.message import message
from st_opendata.model.groups import Json
from st_opendata.model.tables import Dialect

CONTEXT = "http://www.w3.org/ns/csvw"
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME = re.compile(r"(?:[A-Za-z0-9]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9_.]|%[0-9A-Fa-f]{2})*\Z")
INHERITED: dict[str, Reader] = {
    "aboutUrl": template,
    "datatype": datatype,
    "default": text,
    "lang": language,
    "null": nulls,
    "ordered": boolean,
    "propertyUrl": template,
    "required": boolean,
    "separator": separator,
    "textDirection": one_of("ltr", "rtl", "auto", "inherit"),
    "valueUrl": template,
}


def read_metadata(iri: str, loader: DocumentLoader, notices: Notices) -> MetadataObject:
    """The group of tables that the document at `iri` describes; one table makes a group.

    Raises:
        ConfigurationError: it is not CSVW metadata, or has an error by CSVW metadata.
        InputError: it cannot be read, or a schema or dialect that it names.
    """
    with notices.document(loader.label(iri)):
        data, context = _opened(iri, loader, notices)
        properties = _Properties(loader)
        if "tables" in data or data.get("@type") == "TableGroup":
            group = properties.group(data, context)
            if not group.objects("tables"):
                raise notices.refused(message('"tables" must list at least one table'))
            return group
        if "url" in data or data.get("@type") == "Table":
            return MetadataObject(context, {"tables": (properties.table(data, context),)})
        raise notices.refused(message("the document describes neither a group of tables nor a table"))


def _opened(iri: str, loader: DocumentLoader, notices: Notices) -> tuple[dict[str, Json], DocumentContext]:
    """The object of a document with what its `@context` says."""
    try:
        data = json.loads(loader.read(iri).decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise notices.refused(message("the document is not JSON: {reason}", reason=reason_of(error))) from None
    if not isinstance(data, dict):
        raise notices.refused(message("the document must be an object"))
    _bounded(data, notices)
    with notices.at("@context"):
        return data, _context(data.get("@context"), iri, notices, loader.label(iri))


def _no_constant(name: str) -> Json:
    raise MessageError(message("{name} is not a value of JSON", name=name))


def _bounded(data: Json, notices: Notices) -> None:
    """Refuse deep nesting, which no description needs, and halves of characters, which no file can contain."""
    level = [data]
    for _ in range(MAX_DEPTH):
        below: list[Json] = []
        for item in level:
            if isinstance(item, dict):
                below += [*item, *item.values()]
            elif isinstance(item, list):
                below += item
            elif isinstance(item, str) and _SURROGATE.search(item):
                raise notices.refused(message("a text contains half of a character (a lone surrogate)"))
        level = below
    if level:
        raise notices.refused(message("the document is nested more than {most} times", most=MAX_DEPTH))


def _context(value: Json, iri: str, notices: Notices, shown: str) -> DocumentContext:
    local: Json = {}
    if isinstance(value, list) and len(value) == 2:
        value, local = value
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    if value != CONTEXT or not isinstance(local, dict):
        raise notices.refused(message('must be "{context}", or a list of it and an object', context=CONTEXT))
    extra = set(local) - {"@base", "@language"}
    if extra:
        raise notices.refused(message('can have only "@base" and "@language", not "{name}"', name=min(extra)))
    base, tag = local.get("@base", ""), local.get("@language")
    if not isinstance(base, str):
        raise notices.refused(message('"@base" must be a URL'))
    try:
        context = DocumentContext(absolute(base, iri), None, notices, shown)
    except ValueError:
        raise notices.refused(message('"@base" must be a URL')) from None
    if tag is None:
        return context
    try:
        return replace(context, language=language(tag, context))
    except InvalidError as error:
        notices.warn(message('"@language": {problem}; it is ignored', problem=error.message))
        return context


class _Properties:
    """The properties of each kind of object; schemas and dialects may be in separate documents."""

    def __init__(self, loader: DocumentLoader) -> None:
        self._loader = loader
        direction = one_of("ltr", "rtl", "auto")
        shared: dict[str, Reader] = {
            "dialect": self._dialect,
            "notes": notes,
            "tableDirection": direction,
            "tableSchema": self._schema,
            "transformations": list_of(_transformation),
            **INHERITED,
        }
        self._of_group = {"tables": list_of(self.table), **shared}
        self._of_table = {"url": link, "suppressOutput": boolean, **shared}
        self._of_schema: dict[str, Reader] = {
            "columns": list_of(_column),
            "foreignKeys": list_of(_foreign_key),
            "primaryKey": references,
            "rowTitles": references,
            **INHERITED,
        }

    def group(self, data: Mapping[str, Json], context: DocumentContext) -> MetadataObject:
        return read_object(data, self._of_group, context, kind="TableGroup")

    def table(self, data: Mapping[str, Json], context: DocumentContext) -> MetadataObject:
        table = read_object(data, self._of_table, context, kind="Table")
        if "url" not in table.properties:
            raise context.notices.refused(message('a table needs the "url" of its file'))
        return table

    def _schema(self, value: Json, context: DocumentContext) -> MetadataObject:
        if not isinstance(value, (dict, str)):
            context.notices.warn(message("must be an object or a URL; a schema without columns is used"))
            return MetadataObject(context, {"columns": ()})
        data, context = self._linked(value, context)
        return read_object(data, self._of_schema, context, kind="Schema")

    def _dialect(self, value: Json, context: DocumentContext) -> Dialect:
        return dialect(*self._linked(value, context))

    def _linked(self, value: Json, context: DocumentContext) -> tuple[dict[str, Json], DocumentContext]:
        """The object, or that of the document that a URL names, which has its own `@context`."""
        if isinstance(value, dict):
            return value, context
        iri = link(value, context)
        data, inner = _opened(iri, self._loader, context.notices)
        return {"@id": iri} | data, inner


def _column(data: dict[str, Json], context: DocumentContext) -> MetadataObject:
    readers: dict[str, Reader] = {
        "name": _name,
        "suppressOutput": boolean,
        "titles": titles,
        "virtual": boolean,
        **INHERITED,
    }
    return read_object(data, readers, context, kind="Column")


def _name(value: Json, context: DocumentContext) -> str:
    if not _NAME.match(text(value, context)):
        raise InvalidError(message('"{value}" cannot be the name of a column', value=value))
    return str(value)


def _transformation(data: dict[str, Json], context: DocumentContext) -> MetadataObject:
    readers: dict[str, Reader] = {
        "url": link,
        "scriptFormat": link,
        "targetFormat": link,
        "source": one_of("json", "rdf"),
        "titles": titles,
    }
    found = read_object(data, readers, context, kind="Template")
    for name in ("url", "scriptFormat", "targetFormat"):
        if name not in found.properties:
            raise context.notices.refused(message('a transformation needs "{name}"', name=name))
    return found


def _foreign_key(data: dict[str, Json], context: DocumentContext) -> MetadataObject:
    _only(data, ("columnReference", "reference"), context)
    readers: dict[str, Any] = {"columnReference": references, "reference": _reference}
    return read_object(data, readers, context, kind="ForeignKey")


def _reference(value: Json, context: DocumentContext) -> MetadataObject:
    if not isinstance(value, dict):
        raise InvalidError(message("must have columnReference and resource or schemaReference"))
    _only(value, ("resource", "schemaReference", "columnReference"), context)
    if "resource" in value and "schemaReference" in value:
        raise context.notices.refused(message("can have resource or schemaReference, but not both"))
    readers: dict[str, Reader] = {"resource": link, "schemaReference": link, "columnReference": references}
    return read_object(value, readers, context, kind="TableReference")


def _only(data: Mapping[str, Json], names: tuple[str, ...], context: DocumentContext) -> None:
    for name in data:
        if name not in names and name not in ("@id", "@type"):
            raise context.notices.refused(message('a foreign key cannot have "{name}"', name=name))
