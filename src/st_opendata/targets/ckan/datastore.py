"""Whether a portal's DataStore tables are those of the files: columns, number of rows, and rows cell by cell.

CKAN shows an edited row nowhere, neither in the dataset nor in its search, so tables have to be read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.targets.base import FieldDifference
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.tables import ROWS, DataTable

TABLE = "table"
"""What differences of tables are fields of."""


def compare_tables(client: CkanClient, tables: Mapping[str, DataTable], *, whole: bool) -> dict[str, FieldDifference]:
    """What of these tables is not as in their files, by resource id: of each the first difference.

    Of a table the columns, the number of rows and the first `ROWS` rows are compared, or all where `whole` is given.

    Raises:
        RemoteError: the portal fails or does not answer.
        OSError: a file cannot be read.
    """
    found = (
        (identifier, _compare_table(client, identifier, table, whole=whole)) for identifier, table in tables.items()
    )
    return {identifier: difference for identifier, difference in found if difference}


def _compare_table(client: CkanClient, identifier: str, table: DataTable, *, whole: bool) -> FieldDifference | None:
    resource = table.path.name
    try:
        page = _page(client, identifier, 0)
    except RemoteError as error:
        if error.status != 404:
            raise
        return FieldDifference(TABLE, None, "a table in the DataStore", resource)
    if columns := _columns(page["fields"], table, resource):
        return columns
    if table.rows is not None and page["total"] != table.rows:
        return FieldDifference(f"{TABLE}, number of rows", page["total"], table.rows, resource)
    kinds = [field["type"] for field in page["fields"][1:]]
    rows, start = _rows(table), 0
    while True:
        there = [row[1:] for row in csv.reader(StringIO(page["records"], newline=""))]
        for row, before in enumerate(there, start + 1):
            for field, kind, one, other in zip(table.fields, kinds, before, next(rows, ()), strict=False):
                if not _same(kind, one, other):
                    return FieldDifference(f"{TABLE}, row {row}, {field['id']}", one or None, other or None, resource)
        start += len(there)
        if not there or start >= page["total"] or not whole:
            return None
        page = _page(client, identifier, start)


def _page(client: CkanClient, identifier: str, start: int) -> Any:  # noqa: ANN401 (JSON)
    question = {"resource_id": identifier, "limit": ROWS, "offset": start, "sort": "_id", "records_format": "csv"}
    return client.read("datastore_search", question)


def _columns(fields: Sequence[Mapping[str, Any]], table: DataTable, resource: str) -> FieldDifference | None:
    """Columns that are not there, added, renamed or moved, of another type, or described otherwise."""
    there, here = [field["id"] for field in fields[1:]], [field["id"] for field in table.fields]
    if there != here:
        return FieldDifference(f"{TABLE}, columns", ", ".join(there), ", ".join(here), resource)
    as_text = all(field["type"] == "text" for field in fields[1:])  # what `create_views` loads where values do not fit
    for before, after in zip(fields[1:], table.fields, strict=True):
        if before["type"] != after["type"] and not as_text:
            return FieldDifference(f"{TABLE}, type of {after['id']}", before["type"], after["type"], resource)
        for key in ("label", "notes"):
            was, will = ((side.get("info") or {}).get(key) or "" for side in (before, after))
            if was.strip() != will.strip():
                return FieldDifference(f"{TABLE}, {key} of {after['id']}", was or None, will or None, resource)
    return None


def _rows(table: DataTable) -> Iterator[list[str]]:
    with table.path.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows, None)
        yield from (row for row in rows if row)


def _same(kind: str, there: str, here: str) -> bool:
    """Whether a value as PostgreSQL writes it is that of the file."""
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
