"""Whether a portal's DataStore tables are those of the files: columns, number of rows, and rows cell by cell.

CKAN shows an edited row nowhere, neither in the dataset nor in its search, so tables have to be read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.targets.base import FieldDifference
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.tables import ROWS, DataTable

ROW_COUNT = message("number of rows")
"""The place of a difference in the number of rows."""


@dataclass(frozen=True, slots=True)
class TableDifference(FieldDifference):
    """A difference between a table and its file; `place` is where it is in the table, None for a missing table."""

    place: Message | None = None


def compare_tables(client: CkanClient, tables: Mapping[str, DataTable], *, whole: bool) -> dict[str, TableDifference]:
    """The first difference between each of these tables and its file, by resource id.

    The comparison reads the columns, the number of rows and the first `ROWS` rows of a table; with `whole`, all rows.

    Raises:
        RemoteError: the portal fails or does not answer.
        OSError: a file cannot be read.
    """
    found = (
        (identifier, _compare_table(client, identifier, table, whole=whole)) for identifier, table in tables.items()
    )
    return {identifier: difference for identifier, difference in found if difference}


def _compare_table(client: CkanClient, identifier: str, table: DataTable, *, whole: bool) -> TableDifference | None:
    resource = table.path.name
    try:
        page = _page(client, identifier, 0)
    except RemoteError as error:
        if error.status != 404:
            raise
        return TableDifference(message("table"), None, message("a table in the DataStore"), resource)
    if columns := _columns(page["fields"], table, resource):
        return columns
    if table.rows is not None and page["total"] != table.rows:
        return _difference(ROW_COUNT, page["total"], table.rows, resource)
    kinds = [field["type"] for field in page["fields"][1:]]
    rows, start = _rows(table), 0
    while True:
        there = [row[1:] for row in csv.reader(StringIO(page["records"], newline=""))]
        for row, before in enumerate(there, start + 1):
            for field, kind, one, other in zip(table.fields, kinds, before, next(rows, ()), strict=False):
                if not _same(kind, one, other):
                    cell = message("row {row}, {column}", row=row, column=field["id"])
                    return _difference(cell, one or None, other or None, resource)
        start += len(there)
        if not there or start >= page["total"] or not whole:
            return None
        page = _page(client, identifier, start)


def _page(client: CkanClient, identifier: str, start: int) -> Any:  # noqa: ANN401 (JSON)
    question = {"resource_id": identifier, "limit": ROWS, "offset": start, "sort": "_id", "records_format": "csv"}
    return client.read("datastore_search", question)


def _difference(place: Message, before: object, after: object, resource: str) -> TableDifference:
    return TableDifference(message("table, {place}", place=place), before, after, resource, place)


def _columns(fields: Sequence[Mapping[str, Any]], table: DataTable, resource: str) -> TableDifference | None:
    """Columns that are missing, added, renamed or moved, of another type, or with another description."""
    there, here = [field["id"] for field in fields[1:]], [field["id"] for field in table.fields]
    if there != here:
        return _difference(message("columns"), ", ".join(there), ", ".join(here), resource)
    as_text = all(field["type"] == "text" for field in fields[1:])  # `create_views` fell back to text
    for before, after in zip(fields[1:], table.fields, strict=True):
        if before["type"] != after["type"] and not as_text:
            kind = message("type of {column}", column=after["id"])
            return _difference(kind, before["type"], after["type"], resource)
        label, notes = (
            message("label of {column}", column=after["id"]),
            message("notes of {column}", column=after["id"]),
        )
        for key, place in (("label", label), ("notes", notes)):
            was, will = ((side.get("info") or {}).get(key) or "" for side in (before, after))
            if was.strip() != will.strip():
                return _difference(place, was or None, will or None, resource)
    return None


def _rows(table: DataTable) -> Iterator[list[str]]:
    with table.path.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows, None)
        yield from (row for row in rows if row)


def _same(kind: str, there: str, here: str) -> bool:
    """Whether a value in PostgreSQL's notation equals that of the file."""
    if there == here or not (there and here):
        return there == here
    match kind:
        case "bool":
            return (there in ("t", "true")) == (here in ("true", "1"))
        case "date":
            return there == here[:10]  # XML Schema's dates may have a time zone
        case "float8":
            with suppress(ValueError):
                return float(there) == float(here)
        case "numeric":
            with suppress(InvalidOperation):
                return Decimal(there) == Decimal(here)
    return False
