"""The raw text of a file's cells as the engine reads it, and cells that only Python can parse, by distinct value."""

from __future__ import annotations

from collections.abc import Callable

from st_opendata.facts.unpivot import long_rows, made_cell
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import CsvFile, Engine
from st_opendata.tables.datatypes import BLANKS, Text, beyond_sql, lexical
from st_opendata.tables.numbers import Number
from st_opendata.tables.table_file import TableFile

_BATCH = 50_000


def text_file(source: TableFile) -> CsvFile:
    """The file of a table in the form that the engine reads."""
    width = len(source.header)
    if source.numbered:  # lines end with line feeds, independent of line breaks in cells
        return CsvFile(source.path, width, header=False, skip=source.skip, line_end="\n")
    dialect = source.table.dialect
    quote = dialect.quote or ""
    escape = quote if dialect.double_quote else "\\"
    return CsvFile(source.path, width, dialect.header, source.skip, dialect.delimiter, quote, escape)


def raw_rows(source: TableFile, file: str) -> str:
    """Raw text of each row's cells, r1 …, in the order of the description, with the record's number.

    `file` is the engine's table of `text_file`.
    """
    if source.wide:
        cells = [
            f"{made_cell(source, n)} AS r{n}" if source.is_made(n) else _raw_cell(source, n, f"f{place}")
            for n, place in enumerate(source.order, 1)
        ]
        numbers = ["record", *(["row"] if source.numbered else [])]
        return f"SELECT {', '.join([*numbers, *cells])} FROM ({long_rows(source, file)})"
    cells = [_raw_cell(source, n, f"coalesce(f{place}, '')") for n, place in enumerate(source.order, 1)]
    numbers = [f"position + {source.first - 1} AS record"]
    if source.numbered:
        numbers = [f"{sql.cast('f0', sql.LONG)} AS record", "position AS row"]
    return f"SELECT {', '.join([*numbers, *cells])} FROM {file}"


def _raw_cell(source: TableFile, number: int, cell: str) -> str:
    """The cell as r<number>; for a part of a cell, that part, and the whole cell as x<number>."""
    column = source.table.columns[number - 1]
    if column.part is None:
        return f"{cell} AS r{number}"
    nulls = f"{sql.trim(cell, BLANKS)} IN {sql.texts(['', *column.null])}"
    part = sql.trim_costly(sql.capture(cell, column.part.accept, column.part.group), BLANKS)
    return f"{sql.when([(nulls, cell)], part)} AS r{number}, {cell} AS x{number}"


def row_of_data(source: TableFile) -> str:
    """The number of a row among those of data, over the columns of `raw_rows`."""
    if source.wide and not source.numbered:
        return f"record - {source.first * len(source.wide) - 1}"
    return "row" if source.numbered else f"record - {source.first - 1}"


def needs_python(engine: Engine, column: Column) -> bool:
    """True for a column whose cells the engine's expressions cannot read."""
    way = lexical(column.datatype)
    if isinstance(way, Text):
        return beyond_sql(column.datatype) or not all(engine.understands(pattern) for pattern in way.accept)
    if isinstance(way, Number) and way.digits:  # a pattern may ask for more digits than the engine counts
        return beyond_sql(column.datatype) or not (engine.understands(way.accept) and engine.understands(way.digits))
    return beyond_sql(column.datatype)


Parse = Callable[[Column, str], str | list[str | None] | None]


def parse_cells(engine: Engine, target: str, column: Column, rows: str, parse: Parse) -> str:
    """Parse distinct cells in Python into the table `target`; the expression over `text` that finds their values.

    `rows` selects the cells as `text`.
    """
    engine.define(target, {"raw": sql.TEXT, "value": sql.TEXTS if column.separator else sql.TEXT})
    for batch in engine.batches(f"SELECT DISTINCT text FROM ({rows})", _BATCH):
        cells = [text for (text,) in batch]
        engine.fill(target, [cells, [parse(column, text) for text in cells]])
    return f"SELECT {sql.any_value('value')} FROM {target} WHERE raw = "
