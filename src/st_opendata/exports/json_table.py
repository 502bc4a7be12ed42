"""JSON: a table as an array with one object a row, one line each.

Every object has every column, by its name, in the order of the table; a null cell is `null`, a list an array.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from st_opendata.exports.sources import TableSource
from st_opendata.model.tables import Column
from st_opendata.tables.json_text import json_array, json_object, json_value


def write_json(source: TableSource, path: Path) -> None:
    """Write the table's rows."""
    columns = source.table.source_columns
    names = [column.name for column in columns]
    encoders = [_encoder(column) for column in columns]
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("[")
        comma = "\n"
        for batch in source.facts.records(source.table.name):
            for row in batch:
                tokens = (encode(cell) for encode, cell in zip(encoders, row, strict=True))
                out.write(comma + json_object(zip(names, tokens, strict=True)))
                comma = ",\n"
        out.write("\n]\n")


def _encoder(column: Column) -> Callable[[str | list[str] | None], str]:
    base = column.datatype.base

    def encode(cell: str | list[str] | None) -> str:
        if cell is None:
            return "null"
        if isinstance(cell, str):
            return json_value(cell, base)
        return json_array(json_value(item, base) for item in cell)

    return encode
