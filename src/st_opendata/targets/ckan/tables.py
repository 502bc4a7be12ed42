"""A published CSV file as a DataStore table: types, labels and notes of its columns, and its rows in parts."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from st_opendata.model.numeric import FLOATS, NUMBERS
from st_opendata.model.text import pick
from st_opendata.release.layout import METADATA_SUFFIX

ROWS = 2000
"""Rows of one request."""
_TYPES = {
    **dict.fromkeys(NUMBERS - FLOATS, "numeric"),
    **dict.fromkeys(FLOATS, "float8"),
    "boolean": "bool",
    "date": "date",
}
"""PostgreSQL's types of CSVW's (XML Schema's) datatypes; all others are text."""
_NAME = re.compile(r'[^_"\s\x00-\x1f][^"\x00-\x1f]*')
Row = dict[str, str | bool | None]


@dataclass(frozen=True, slots=True)
class DataTable:
    """A CSV file, its columns as `datastore_create` takes them (id, type, label and notes), and its number of rows."""

    path: Path
    fields: tuple[dict[str, Any], ...]
    rows: int | None = None

    def parts(self) -> Iterator[list[Row]]:
        """The rows in parts of `ROWS`, at least one part; empty cells are None. Raises OSError."""
        with self.path.open(encoding="utf-8", newline="") as text:
            reader = csv.DictReader(text)
            types = {field["id"]: field["type"] for field in self.fields}
            rows = ({name: _value(types[name], value) for name, value in row.items()} for row in reader)
            yield list(islice(rows, ROWS))
            while part := list(islice(rows, ROWS)):
                yield part


def description_of(path: Path) -> Path:
    """The path of a published CSV file's CSVW metadata (Tabular Data Model, section 5.3: the standard path)."""
    return path.with_name(path.name + METADATA_SUFFIX)


def data_table(path: Path, language: str) -> DataTable | None:
    """The table of a CSV file that the release describes; None without a description or legal names of columns.

    Raises:
        OSError: a file cannot be read.
    """
    described = description_of(path)
    if path.suffix != ".csv" or not described.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as text:
        header = next(csv.reader(text), [])
    metadata = json.loads(described.read_text("utf-8"))
    table = next(each for each in metadata.get("tables", [metadata]) if each["url"] == path.name)
    columns = {column["name"]: column for column in table["tableSchema"]["columns"]}
    if not header or any(len(name.encode()) > 63 or not _NAME.fullmatch(name) for name in header):
        return None
    return DataTable(path, tuple(_field(name, columns.get(name, {}), language) for name in header))


def as_text(table: DataTable) -> DataTable:
    """The table with text columns only, for values that the database does not accept in their type."""
    return replace(table, fields=tuple({**field, "type": "text"} for field in table.fields))


def _field(name: str, column: Mapping[str, Any], language: str) -> dict[str, Any]:
    datatype = column.get("datatype", "string")
    base = datatype.get("base", "string") if isinstance(datatype, Mapping) else datatype
    kind = "text" if column.get("separator") else _TYPES.get(base, "text")
    labels = column.get("titles") or {}
    label = pick({key: text for key, text in labels.items() if key != "und"}, language) if labels else ""
    notes = pick(texts_by_language(column.get("dc:description")), language)
    return {"id": name, "type": kind, "info": {"label": label or name, "notes": notes or ""}}


def texts_by_language(values: object) -> dict[str, str]:
    """Texts by language of a natural-language property in its normal form."""
    return {each["@language"]: each["@value"] for each in values} if isinstance(values, list) else {}


def _value(kind: str, text: str) -> str | bool | None:
    if text == "":
        return None
    return text in ("true", "1") if kind == "bool" else text
