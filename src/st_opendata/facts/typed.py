"""The types of a Parquet file's columns: those that store every value of a column unchanged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from st_opendata.facts.loading import LoadedTable
from st_opendata.facts.parts import in_order, part_rows
from st_opendata.facts.small import Cell, Columns
from st_opendata.model.numeric import FLOATS, INTEGER_BOUNDS
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import EXPONENT

_FORMS: dict[str, list[tuple[str, str]]] = {
    "boolean": [("BOOLEAN", "true|false")],
    "date": [("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}")],
    "dateTime": [("TIMESTAMP", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")],
    "time": [("TIME", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")],
    **{base: [("DOUBLE", rf"-?[0-9.]{{1,24}}(?:E[+-]?{EXPONENT})?|-?INF|NaN")] for base in FLOATS},
    **{base: [("BIGINT", "-?[0-9]{1,18}")] for base in INTEGER_BOUNDS},
}
"""Parquet types for a datatype's values, with the text that they store unchanged.

A type is used if it can store every value of the column: an amount with three decimals gets three, a date with a time
zone stays text, and so does a number beyond a double.
"""


def write_typed(engine: Engine, loaded: LoadedTable, cells: Columns | None, path: Path) -> None:
    """Write the table as Parquet, each source column by its name and with its type.

    `cells` are the columns of a small table.
    """
    sources = loaded.table.source_columns
    found: Sequence[Sequence[Cell] | None] = cells or [None] * len(sources)
    columns = {column.name: _typed(engine, loaded, column, own) for column, own in zip(sources, found, strict=True)}
    queries = in_order(engine, loaded, [f"{value} AS {sql.name(name)}" for name, (value, _) in columns.items()])
    if len(queries) == 1:
        engine.write(queries, path)
    else:
        kinds = {name: kind for name, (_, kind) in columns.items()}
        engine.write(queries, path, kinds, row_group=part_rows(loaded))


def all_match(engine: Engine, rows: str, value: str, cells: Sequence[Cell] | None, pattern: str) -> bool:
    """Whether each value that is not null matches wholly: a pattern of digits, which means the same in any engine."""
    if cells is not None:
        matches = re.compile(pattern).fullmatch
        return all(matches(cell) for cell in cells if isinstance(cell, str))
    unfit = f"{value} IS NOT NULL AND NOT {sql.full_match(value, pattern)}"
    return not engine.rows(f"SELECT 1 FROM {rows} WHERE {unfit} LIMIT 1")


def _typed(engine: Engine, loaded: LoadedTable, column: Column, cells: Sequence[Cell] | None) -> tuple[str, str]:
    """The value of a column, converted to its type, and the type."""
    value = f"c{column.number}"
    if column.separator:
        return value, sql.TEXTS
    forms = (
        _decimal(engine, loaded, value, cells)
        if column.datatype.base == "decimal"
        else _FORMS.get(column.datatype.base, [])
    )
    for kind, form in forms:
        if all_match(engine, loaded.name, value, cells, form):
            number = sql.replace(value, "INF", "Infinity") if kind == "DOUBLE" else value
            return sql.cast(number, kind), kind
    return value, sql.TEXT


def _decimal(engine: Engine, loaded: LoadedTable, value: str, cells: Sequence[Cell] | None) -> list[tuple[str, str]]:
    """Decimals with as many digits after the point as the column has, of 18 or 38 digits in total."""
    if cells is None:
        ((scale,),) = engine.rows(f"SELECT coalesce(max({sql.decimal_places(value)}), 0) FROM {loaded.name}")
    else:
        scale = max((len(cell.partition(".")[2]) for cell in cells if isinstance(cell, str)), default=0)
    return [
        (f"DECIMAL({width}, {scale})", rf"-?[0-9]{{1,{width - scale}}}(?:\.[0-9]*)?")
        for width in (18, 38)
        if scale < width
    ]
