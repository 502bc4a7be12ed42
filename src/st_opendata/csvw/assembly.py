"""Descriptions and files put together: the records of a group of tables, and sources that the engine reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.header import Titles, embedded_titles
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.metadata.tables import TableDescription, with_foreign_keys
from st_opendata.csvw.metadata.values import MetadataObject
from st_opendata.csvw.rows.dialect_rows import DialectRows, rewrite
from st_opendata.errors import InputError
from st_opendata.messages.message import counted, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.groups import Annotations, DescribedTable, TableGroup
from st_opendata.model.tables import Table
from st_opendata.namespaces import RDFS
from st_opendata.place import Place
from st_opendata.tables.kinds import is_empty, other_format
from st_opendata.tables.quotes import swallowed_findings
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.workbooks import EXTENSIONS

_SHOWN_ROWS = 10
_LISTED = 100
_START = 4096


@dataclass(frozen=True, slots=True)
class Assembly:
    """A group with the sources of its tables, in its order."""

    group: TableGroup
    sources: tuple[TableFile, ...]


def assemble(group: MetadataObject, loader: DocumentLoader, notices: Notices, folder: Path) -> Assembly:
    """Read the files of the group's tables into copies in `folder`, and put them together with their descriptions.

    Raises:
        ConfigurationError: names or keys of the columns are wrong by CSVW metadata.
        InputError: a file is missing or cannot be read.
    """
    tables, sources = [], []
    for number, described in enumerate(group.objects("tables"), 1):
        url = str(described.get("url"))
        with notices.document(loader.label(url)):
            table, source = _Assembler(group, described, loader, notices).assembled(number, folder)
        tables.append(table)
        sources.append(source)
    tables = with_foreign_keys(group, tables, notices)
    filled = tuple(replace(source, table=each.table) for source, each in zip(sources, tables, strict=True))
    return Assembly(TableGroup(tuple(tables), group.annotations), filled)


class _Assembler:
    """One table of a group."""

    def __init__(
        self, group: MetadataObject, described: MetadataObject, loader: DocumentLoader, notices: Notices
    ) -> None:
        self._described = described
        self._description = TableDescription(group, described, notices)
        self._loader = loader
        self._notices = notices
        self._url = str(described.get("url"))

    def assembled(self, number: int, folder: Path) -> tuple[DescribedTable, TableFile]:
        shown = self._loader.label(self._url)
        path = self._loader.table(self._url)
        nothing = _is_empty(path, shown)
        dialect = self._description.dialect
        rows = DialectRows(path, shown, dialect)
        embedded = embedded_titles(rows.titles(), rows.width(), self._description.language)
        columns = self._description.columns(embedded)
        self._description.check_templates(columns)
        table = Table(
            name=f"t{number}",
            dataset="",
            path=path,
            file=shown,
            titles={"und": shown},
            columns=columns,
            dialect=dialect,
            primary_key=self._description.names("primaryKey"),
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
            self._notices.object(
                counted(
                    "these rows do not have {count} cell: {rows}",
                    "these rows do not have {count} cells: {rows}",
                    number="count",
                    count=len(table.source_columns),
                    rows=numbers,
                )
            )
        said = self._described.annotations
        if rows.comments:
            comments = [{"@value": comment} for comment in rows.comments]
            said = Annotations(said.id, _with_comments(said.properties, comments), said.notes)
        found = DescribedTable(
            number=number,
            url=self._url,
            table=table,
            annotations=said,
            row_titles=self._description.names("rowTitles"),
            suppress_output=bool(self._described.get("suppressOutput", False)),
            described_in=self._described.context.label,
        )
        return found, _source(table, target, shown_titles)


def _is_empty(path: Path, shown: str) -> bool:
    """Whether a file is empty, by its start.

    Raises:
        InputError: it is of another format than CSV, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise InputError(
            message("the file cannot be read: {reason}", reason=system_reason(error)), place=Place(shown)
        ) from None
    if kind := other_format(start):
        workbook = path.suffix.lower() in EXTENSIONS
        remedy = (
            message("Draft a catalogue: st-opendata init FOLDER --from {file}", file=shown)
            if workbook
            else message("Save it as CSV (UTF-8).")
        )
        raise InputError(message("this is not a CSV file but {kind}", kind=kind), place=Place(shown), remedy=remedy)
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


def _source(table: Table, path: Path, titles: tuple[str, ...]) -> TableFile:
    """The copy as the engine reads it: the row's number comes first, then the cells."""
    return TableFile(
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
