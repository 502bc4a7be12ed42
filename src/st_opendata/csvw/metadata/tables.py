"""Tables of a metadata document as records: their columns, keys and templates (CSVW metadata §5.3 to §5.7).

Inherited properties go down from group to table, schema and column (§5.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.dialects import PLAIN
from st_opendata.csvw.metadata.documents import INHERITED, read_metadata
from st_opendata.csvw.metadata.header import Titles, described_name, embedded_name, incompatibility, titles_of
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import placed_template, same_document
from st_opendata.csvw.metadata.values import MetadataObject
from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import message
from st_opendata.model.groups import DESCRIPTION, DescribedTable, TableGroup
from st_opendata.model.tables import Column, Datatype, Dialect, ForeignKey, Table
from st_opendata.spelling import hint
from st_opendata.tables.templates import ROW_VARIABLES, parse_template, variable_names

_VARIABLES = (*ROW_VARIABLES, "_column", "_sourceColumn", "_name")
"""Variables that CSVW defines in addition to the columns (metadata §5.1.3)."""


def read_group(path: Path, base: str, *, strict: bool = False) -> TableGroup:
    """The tables that the document in a file describes, whose files it does not read; `base` is the IRI of its folder.

    Raises:
        ConfigurationError: it is not CSVW metadata, or has an error by it; `strict` also refuses what CSVW ignores.
        InputError: it cannot be read.
    """
    loader, notices = DocumentLoader(base, path.parent), Notices()
    group = read_metadata(loader.iri(path), loader, notices)
    tables = []
    for number, described in enumerate(group.objects("tables"), 1):
        description = TableDescription(group, described, notices)
        url = str(described.get("url"))
        table = Table(
            name=f"t{number}",
            dataset="",
            path=path,
            file=loader.label(url),
            titles={},
            columns=description.columns(None),
            dialect=description.dialect,
            primary_key=description.names("primaryKey"),
        )
        suppressed = bool(described.get("suppressOutput", False))
        tables.append(DescribedTable(number, url, table, described.annotations, suppress_output=suppressed))
    tables = with_foreign_keys(group, tables, notices)
    if strict and notices.warnings:
        place, reason = notices.warnings[0]
        raise ConfigurationError(reason, place=place)
    return TableGroup(tuple(tables), group.annotations)


class TableDescription:
    """The description of one table of a group."""

    def __init__(self, group: MetadataObject, described: MetadataObject, notices: Notices) -> None:
        self._group = group
        self._described = described
        self._notices = notices
        self._document = urldefrag(str(described.get("url"))).url
        self._schema = described.object("tableSchema") or group.object("tableSchema")
        dialect = described.get("dialect") or group.get("dialect") or PLAIN
        assert isinstance(dialect, Dialect)
        self.dialect = dialect

    @property
    def language(self) -> str:
        """The language of the table's titles and cells."""
        return str(self._inherited(None).get("lang", "und"))

    def columns(self, embedded: Sequence[Titles] | None) -> tuple[Column, ...]:
        """The columns of the schema, virtual ones last; without one, or beyond it, those of the file.

        `embedded` are the titles of the columns of the file. Without a file, None, templates stay as they are written.
        """
        schema = self._schema
        if schema is None or "columns" not in schema.properties:
            own, extra = (
                list[MetadataObject](),
                [embedded_name(titles, n) for n, titles in enumerate(embedded or (), 1)],
            )
        else:
            own = list(schema.objects("columns"))
            real = [column for column in own if not column.get("virtual")]
            if any(column.get("virtual") for column in own[: len(real)]):
                raise self._notices.refused(message("virtual columns must come after all others"))
            reason = None if embedded is None else incompatibility(real, embedded)
            if reason:
                self._notices.object(reason)
            extra = [f"_col.{number}" for number in range(len(real) + 1, len(embedded or ()) + 1)]
        first = sum(not column.get("virtual") for column in own)
        found = [(column, described_name(column, number)) for number, column in enumerate(own, 1)]
        listed = [*found[:first], *((None, name) for name in extra), *found[first:]]
        self._once([name for _, name in listed])
        titles = [*(embedded or ()), *([{}] * (len(listed) - len(embedded or ())))]
        return tuple(
            self._column(column, name, number, titles[number - 1], placed=embedded is not None)
            for number, (column, name) in enumerate(listed, 1)
        )

    def check_templates(self, columns: Sequence[Column]) -> None:
        """Note templates with a variable that is not a column: it is empty, so that all rows make the same IRI."""
        known = [column.name for column in columns]
        for column in columns:
            urls = {"aboutUrl": column.about_url, "propertyUrl": column.property_url, "valueUrl": column.value_url}
            for key, url in urls.items():
                for name in variable_names(parse_template(url)) if url else ():
                    if name not in (*known, *_VARIABLES):
                        self._notices.object(
                            message(
                                '{key} names "{name}", which is not a column of the table{hint}',
                                key=key,
                                name=name,
                                hint=hint(name, known),
                            )
                        )

    def _once(self, names: Sequence[str]) -> None:
        seen = set[str]()
        for name in names:
            if name in seen:
                raise self._notices.refused(message('two columns have the name "{name}"', name=name))
            seen.add(name)

    def _inherited(self, description: MetadataObject | None) -> dict[str, Any]:
        """The inherited properties where they are set last: group, table, schema, column."""
        levels = [self._group, self._described, *filter(None, (self._schema, description))]
        return {key: level.get(key) for level in levels for key in INHERITED if key in level.properties}

    def _column(
        self, description: MetadataObject | None, name: str, number: int, embedded: Titles, *, placed: bool
    ) -> Column:
        at = self._inherited(description)
        titles = titles_of(description) if description else {}
        datatype = at.get("datatype", Datatype())
        assert isinstance(datatype, Datatype)

        def template(key: str) -> str | None:
            written = at.get(key)
            try:
                return written if written is None or not placed else placed_template(written, self._document)
            except ValueError:
                raise self._notices.refused(message('{key}: "{url}" is not a URL', key=key, url=at[key])) from None

        return Column(
            name=name,
            number=0 if description and description.get("virtual") else number,
            titles={tag: listed[0] for tag, listed in (titles or embedded).items() if listed},
            description=description.annotations.texts(DESCRIPTION) if description else {},
            datatype=datatype,
            required=at.get("required", False),
            null=at.get("null", ("",)),
            default=at.get("default", ""),
            separator=at.get("separator"),
            ordered=at.get("ordered", False),
            lang=at.get("lang", "und"),
            about_url=template("aboutUrl"),
            property_url=template("propertyUrl"),
            value_url=template("valueUrl"),
            suppress_output=bool(description.get("suppressOutput", False)) if description else False,
        )

    def names(self, key: str) -> tuple[str, ...]:
        """The columns that the schema names under `key`; none, with a warning, where one is not described."""
        schema = self._schema
        if schema is None:
            return ()
        names = schema.texts(key)
        described = {column.get("name") for column in schema.objects("columns")}
        for name in names:
            if name not in described:
                self._notices.warn(message('{key}: no column has the name "{name}"; it is ignored', key=key, name=name))
                return ()
        return names


def with_foreign_keys(
    group: MetadataObject, tables: Sequence[DescribedTable], notices: Notices
) -> list[DescribedTable]:
    """The tables of a group with the keys that lead from one to another.

    Raises:
        ConfigurationError: a key leads nowhere.
    """
    with notices.document("foreignKeys"):
        keys = [_foreign_keys(described, group, tables, notices) for described in group.objects("tables")]
    return [replace(each, table=replace(each.table, foreign_keys=key)) for each, key in zip(tables, keys, strict=True)]


def _foreign_keys(
    described: MetadataObject, group: MetadataObject, tables: Sequence[DescribedTable], notices: Notices
) -> tuple[ForeignKey, ...]:
    schema = described.object("tableSchema") or group.object("tableSchema")
    found = []
    for key in schema.objects("foreignKeys") if schema else ():
        reference = key.object("reference")
        columns = key.texts("columnReference")
        if reference is None or not columns:
            raise notices.refused(message("a foreign key needs columnReference and reference"))
        target = _target(reference, group, tables)
        if target is None:
            name = reference.get("resource") or reference.get("schemaReference")
            raise notices.refused(message('there is no table "{name}"', name=name))
        named = reference.texts("columnReference")
        assert schema is not None
        _check_names(schema, columns, notices)
        _check_names(_schema_of(target, group), named, notices)
        if len(named) != len(columns):
            raise notices.refused(message("a foreign key needs the same number of columns here and in its reference"))
        found.append(ForeignKey(columns, "", target.table.name, named))
    return tuple(found)


def _target(
    reference: MetadataObject, group: MetadataObject, tables: Sequence[DescribedTable]
) -> DescribedTable | None:
    resource, schema = reference.get("resource"), reference.get("schemaReference")
    for table in tables:
        own = _schema_of(table, group)
        if isinstance(resource, str) and same_document(table.url, resource):
            return table
        if schema is not None and own is not None and own.annotations.id == schema:
            return table
    return None


def _schema_of(table: DescribedTable, group: MetadataObject) -> MetadataObject | None:
    described = group.objects("tables")[table.number - 1]
    return described.object("tableSchema") or group.object("tableSchema")


def _check_names(schema: MetadataObject | None, names: Sequence[str], notices: Notices) -> None:
    known = {column.get("name") for column in schema.objects("columns")} if schema else set()
    for name in names:
        if name not in known:
            raise notices.refused(message('a foreign key names the column "{name}", which is not described', name=name))
