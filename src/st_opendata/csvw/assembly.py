"""Descriptions and files put together: the records of a group of tables, and sources that the engine reads.

Inherited properties go down from group to table, schema and column (CSVW metadata §5.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.dialects import PLAIN
from st_opendata.csvw.metadata.documents import INHERITED
from st_opendata.csvw.metadata.header import (
    Titles,
    described_name,
    embedded_name,
    embedded_titles,
    incompatibility,
    titles_of,
)
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.urls import placed_template, same_document
from st_opendata.csvw.metadata.values import MetadataObject
from st_opendata.csvw.rows.dialect_rows import DialectRows, rewrite
from st_opendata.errors import InputError
from st_opendata.model.groups import Annotations, DescribedTable, TableGroup
from st_opendata.model.tables import Column, Datatype, Dialect, ForeignKey, Table
from st_opendata.model.text import Counted
from st_opendata.namespaces import RDFS
from st_opendata.place import Place
from st_opendata.tables.kinds import is_empty, other_format
from st_opendata.tables.problems import nearest
from st_opendata.tables.scan import Source
from st_opendata.tables.swallowing import swallowed_findings
from st_opendata.tables.templates import ROW_VARIABLES, parse_template, variable_names
from st_opendata.tables.workbooks.sheets import EXTENSIONS

_VARIABLES = (*ROW_VARIABLES, "_column", "_sourceColumn", "_name")
"""What CSVW defines beside the columns (metadata §5.1.3)."""
_SHOWN_ROWS = 10
_LISTED = 100
_START = 4096


@dataclass(frozen=True, slots=True)
class Assembly:
    """A group with the sources of its tables, in its order."""

    group: TableGroup
    sources: tuple[Source, ...]


def assemble(group: MetadataObject, loader: DocumentLoader, notices: Notices, folder: Path) -> Assembly:
    """Read the files of the group's tables into copies in `folder`, and put them together with their descriptions.

    Raises:
        ConfigurationError: names or keys of the columns are wrong by CSVW metadata.
        InputError: a file is missing or cannot be read.
    """
    tables, sources = [], []
    for number, described in enumerate(group.objects("tables"), 1):
        url = str(described.get("url"))
        with notices.document(loader.shown(url)):
            table, source = _Assembler(group, described, loader, notices).assembled(number, folder)
        tables.append(table)
        sources.append(source)
    with notices.document("foreignKeys"):
        keys = [_foreign_keys(described, group, tables, notices) for described in group.objects("tables")]
    tables = [
        replace(each, table=replace(each.table, foreign_keys=key)) for each, key in zip(tables, keys, strict=True)
    ]
    filled = tuple(replace(source, table=each.table) for source, each in zip(sources, tables, strict=True))
    return Assembly(TableGroup(tuple(tables), group.annotations), filled)


class _Assembler:
    """One table of a group."""

    def __init__(
        self, group: MetadataObject, described: MetadataObject, loader: DocumentLoader, notices: Notices
    ) -> None:
        self._group = group
        self._described = described
        self._loader = loader
        self._notices = notices
        self._url = str(described.get("url"))
        self._schema = described.object("tableSchema") or group.object("tableSchema")
        dialect = described.get("dialect") or group.get("dialect") or PLAIN
        assert isinstance(dialect, Dialect)
        self._dialect = dialect

    def assembled(self, number: int, folder: Path) -> tuple[DescribedTable, Source]:
        shown = self._loader.shown(self._url)
        path = self._loader.table(self._url)
        nothing = _is_empty(path, shown)
        rows = DialectRows(path, shown, self._dialect)
        embedded = embedded_titles(rows.titles(), rows.width(), str(self._inherited(None).get("lang", "und")))
        columns = self._columns(embedded)
        self._check_templates(columns)
        schema = self._schema
        key = self._known(schema, "primaryKey") if schema else ()
        table = Table(
            name=f"t{number}",
            dataset="",
            path=path,
            file=shown,
            titles={"und": shown},
            columns=columns,
            dialect=self._dialect,
            primary_key=key,
        )
        target = folder / f"t{number}.csv"
        shown_titles = _shown_titles(table, embedded)

        def look(row: int, cells: list[str]) -> None:
            if len(self._notices.rows) < _LISTED:
                self._notices.rows += swallowed_findings(table, shown_titles, row, cells)

        ragged = rewrite(rows, len(table.source_columns), target, _SHOWN_ROWS + 1, look)
        if nothing:
            self._notices.nothing()
        elif ragged:
            numbers = ", ".join(map(str, ragged[:_SHOWN_ROWS])) + (" …" if len(ragged) > _SHOWN_ROWS else "")
            self._notices.object(f"rows have not {Counted(len(table.source_columns)):cell|cells}: {numbers}")
        said = self._described.annotations
        if rows.comments:
            comments = [{"@value": comment} for comment in rows.comments]
            said = Annotations(said.id, _with_comments(said.properties, comments), said.notes)
        found = DescribedTable(
            number=number,
            url=self._url,
            table=table,
            annotations=said,
            row_titles=self._known(schema, "rowTitles") if schema else (),
            suppress_output=bool(self._described.get("suppressOutput", False)),
            described_in=self._described.context.shown,
        )
        return found, _source(table, target, shown_titles)

    def _columns(self, embedded: Sequence[Titles]) -> tuple[Column, ...]:
        """The columns of the schema, virtual ones last; without one, or beyond it, those of the file."""
        schema = self._schema
        if schema is None or "columns" not in schema.properties:
            own, extra = list[MetadataObject](), [embedded_name(titles, n) for n, titles in enumerate(embedded, 1)]
        else:
            own = list(schema.objects("columns"))
            real = [column for column in own if not column.get("virtual")]
            if any(column.get("virtual") for column in own[: len(real)]):
                raise self._notices.refused("virtual columns come after all others")
            reason = incompatibility(real, embedded)
            if reason:
                self._notices.object(reason)
            extra = [f"_col.{number}" for number in range(len(real) + 1, len(embedded) + 1)]
        first = sum(not column.get("virtual") for column in own)
        found = [(column, described_name(column, number)) for number, column in enumerate(own, 1)]
        listed = [*found[:first], *((None, name) for name in extra), *found[first:]]
        self._once([name for _, name in listed])
        titles = [*embedded, *([{}] * (len(listed) - len(embedded)))]
        return tuple(
            self._column(column, name, number, titles[number - 1]) for number, (column, name) in enumerate(listed, 1)
        )

    def _check_templates(self, columns: Sequence[Column]) -> None:
        """Note templates with a variable that is no column: it is empty in each row, so that all make one IRI."""
        known = [column.name for column in columns]
        for column in columns:
            urls = {"aboutUrl": column.about_url, "propertyUrl": column.property_url, "valueUrl": column.value_url}
            for key, url in urls.items():
                for name in variable_names(parse_template(url)) if url else ():
                    if name not in (*known, *_VARIABLES):
                        near = nearest(name, known)
                        said = f' (most like it: "{near}")' if near else ""
                        self._notices.object(f'{key} names "{name}", which is no column of the table{said}')

    def _once(self, names: Sequence[str]) -> None:
        seen = set[str]()
        for name in names:
            if name in seen:
                raise self._notices.refused(f'two columns are named "{name}"')
            seen.add(name)

    def _inherited(self, description: MetadataObject | None) -> dict[str, Any]:
        """The inherited properties where they are set last: group, table, schema, column."""
        levels = [self._group, self._described, *filter(None, (self._schema, description))]
        return {key: level.get(key) for level in levels for key in INHERITED if key in level.properties}

    def _column(self, description: MetadataObject | None, name: str, number: int, embedded: Titles) -> Column:
        at = self._inherited(description)
        titles = titles_of(description) if description else {}
        datatype = at.get("datatype", Datatype())
        assert isinstance(datatype, Datatype)

        def template(key: str) -> str | None:
            try:
                return placed_template(at[key], urldefrag(self._url).url) if key in at else None
            except ValueError:
                raise self._notices.refused(f'{key}: "{at[key]}" is not a URL') from None

        return Column(
            name=name,
            number=0 if description and description.get("virtual") else number,
            titles={tag: listed[0] for tag, listed in (titles or embedded).items() if listed},
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

    def _known(self, schema: MetadataObject, key: str) -> tuple[str, ...]:
        """Names of columns under `key`; ignored with a warning where one is not the `name` of a column."""
        names = schema.texts(key)
        described = {column.get("name") for column in schema.objects("columns")}
        for name in names:
            if name not in described:
                self._notices.warn(f'{key}: no column has the name "{name}"; it is ignored')
                return ()
        return names


def _is_empty(path: Path, shown: str) -> bool:
    """Whether a file has nothing in it, by its start.

    Raises:
        InputError: it is of another format than CSV, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=Place(shown)) from None
    if kind := other_format(start):
        workbook = path.suffix.lower() in EXTENSIONS
        remedy = f"Draft a catalogue: st-opendata init FOLDER --from {shown}" if workbook else "Save it as CSV (UTF-8)."
        raise InputError(f"this is not a CSV file but {kind}", place=Place(shown), remedy=remedy)
    return is_empty(start)


def _with_comments(properties: Mapping[str, Any], comments: list[dict[str, str]]) -> dict[str, Any]:
    said = properties.get(f"{RDFS}comment", [])
    every = (said if isinstance(said, list) else [said]) + comments
    return {**properties, f"{RDFS}comment": every if len(every) > 1 else every[0]}


def _shown_titles(table: Table, embedded: Sequence[Titles]) -> tuple[str, ...]:
    """For each column of the file the title in its header, else the column's name."""
    titles = [next(iter(next(iter(found.values()), ())), "") for found in embedded]
    width = len(table.source_columns)
    names = [*titles, *("" for _ in range(width - len(titles)))][:width]
    return tuple(title or column.name for title, column in zip(names, table.source_columns, strict=True))


def _source(table: Table, path: Path, titles: tuple[str, ...]) -> Source:
    """The copy as the engine reads it: the row's number comes first, then the cells."""
    return Source(
        table=table,
        path=path.resolve(),
        header=("", *titles),
        order=tuple(range(1, len(titles) + 1)),
        skip=0,
        first=1,
        lines=0,
        delimiters=0,
        numbered=True,
    )


def _foreign_keys(
    described: MetadataObject, group: MetadataObject, tables: Sequence[DescribedTable], notices: Notices
) -> tuple[ForeignKey, ...]:
    schema = described.object("tableSchema") or group.object("tableSchema")
    found = []
    for key in schema.objects("foreignKeys") if schema else ():
        reference = key.object("reference")
        columns = key.texts("columnReference")
        if reference is None or not columns:
            raise notices.refused("a foreign key needs columnReference and reference")
        target = _target(reference, group, tables)
        if target is None:
            raise notices.refused(f"there is no table {reference.get('resource') or reference.get('schemaReference')}")
        named = reference.texts("columnReference")
        assert schema is not None
        _check_names(schema, columns, notices)
        _check_names(_schema_of(target, group), named, notices)
        if len(named) != len(columns):
            raise notices.refused("a foreign key needs as many columns here as in its reference")
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
            raise notices.refused(f'a foreign key names the column "{name}", which is not described')
