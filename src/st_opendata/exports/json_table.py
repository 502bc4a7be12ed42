"""JSON: a table as an array with one object a row, one line each.

Every object has every column, by its name, in the order of the table; a null cell is `null`, a list an array.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from st_opendata.exports.sources import TableSource
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Column
from st_opendata.tables.json_text import json_array, json_value, quote


def write_json(source: TableSource, path: Path) -> None:
    """Write the table's rows."""
    columns = source.table.source_columns
    members = [(f"{quote(column.name)}: ", _encoder(column)) for column in columns]
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("[")
        comma = "\n"
        for batch in source.facts.records(source.table.name):
            for row in batch:
                tokens = [name + encode(cell) for (name, encode), cell in zip(members, row, strict=True)]
                out.write(f"{comma}{{{', '.join(tokens)}}}")
                comma = ",\n"
        out.write("\n]\n")


def _encoder(column: Column) -> Callable[[str | list[str] | None], str]:
    base = column.datatype.base
    if not column.separator and base != "boolean" and base not in NUMBERS:
        return _text

    def encode(cell: str | list[str] | None) -> str:
        if cell is None:
            return "null"
        if isinstance(cell, str):
            return json_value(cell, base)
        return json_array(json_value(item, base) for item in cell)

    return encode


def _text(cell: str | list[str] | None) -> str:
    return quote(cell) if isinstance(cell, str) else "null"
