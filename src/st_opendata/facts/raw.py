"""The raw text of a file's cells as the engine reads it, and cells that only Python can parse, by distinct value."""

from __future__ import annotations

from collections.abc import Callable

from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Engine
from st_opendata.tables.datatypes import BLANKS, Text, beyond_sql, lexical
from st_opendata.tables.numbers import Number
from st_opendata.tables.scan import Source

LONGEST_LINE = 4_000_000
_BUFFER = 8_000_000
_BATCH = 50_000


def raw_rows(source: Source) -> str:
    """Raw text of each row's cells, r1 …, in the order of the description, with the record's number."""
    dialect = source.table.dialect
    files = ", ".join(f"{sql.text(f'f{number}')}: 'VARCHAR'" for number in range(len(source.header)))
    cells = ", ".join(_raw_cell(source, n, f"coalesce(f{place}, '')") for n, place in enumerate(source.order, 1))
    if source.numbered:
        number, header, delimiter, quote, escape = "CAST(f0 AS BIGINT)", False, "','", "'\"'", "'\"'"
        cells = ", ".join(filter(None, ("row_number() OVER () AS row", cells)))
        ends = r", new_line = '\n'"  # whatever the first cell with a line break has
    else:
        number, header = f"row_number() OVER () + {source.first - 1}", dialect.header
        delimiter, quote = sql.text(dialect.delimiter), sql.text(dialect.quote or "")
        escape, ends = quote if dialect.double_quote else sql.text("\\"), ""
    return (
        f"SELECT {number} AS record, {cells} FROM read_csv("
        f"{sql.text(str(source.path))}, auto_detect = false, columns = {{{files}}}, header = {header}, "
        f"skip = {source.skip}, delim = {delimiter}, quote = {quote}, escape = {escape}, "
        f"strict_mode = true, null_padding = false, max_line_size = {LONGEST_LINE}, buffer_size = {_BUFFER}{ends})"
    )


def _raw_cell(source: Source, number: int, cell: str) -> str:
    """The cell as r<number>: of a part, that part of the cell, and the whole cell as x<number>."""
    column = source.table.columns[number - 1]
    if column.part is None:
        return f"{cell} AS r{number}"
    nulls = f"{sql.trimmed(cell, BLANKS)} IN {sql.texts(['', *column.null])}"
    part = f"trim({sql.captured(cell, column.part.accept, column.part.group)}, {sql.text(BLANKS)})"
    return f"{sql.when([(nulls, cell)], part)} AS r{number}, {cell} AS x{number}"


def row_of_data(source: Source) -> str:
    """The number of a row among those of data, over the columns of `raw_rows`."""
    return "row" if source.numbered else f"record - {source.first - 1}"


def needs_python(engine: Engine, column: Column) -> bool:
    """True for a column whose cells the engine's expressions cannot read."""
    way = lexical(column.datatype)
    if isinstance(way, Text):
        return not all(engine.understands(pattern) for pattern in way.accept)
    if isinstance(way, Number) and way.digits:  # a pattern may ask for more digits than the engine counts
        return beyond_sql(column.datatype) or not (engine.understands(way.accept) and engine.understands(way.digits))
    return beyond_sql(column.datatype)


Parse = Callable[[Column, str], str | list[str | None] | None]


def parsed_cells(engine: Engine, target: str, column: Column, rows: str, parse: Parse) -> str:
    """Parse distinct cells in Python into the table `target`; the expression over `text` that finds their values.

    `rows` selects the cells as `text`.
    """
    kind = "VARCHAR[]" if column.separator else "VARCHAR"
    engine.run(f"CREATE TABLE {target} (raw VARCHAR, value {kind})")
    for batch in engine.batches(f"SELECT DISTINCT text FROM ({rows})", _BATCH):
        cells = [text for (text,) in batch]
        values = [parse(column, text) for text in cells]
        engine.run(f"INSERT INTO {target} SELECT unnest($1::VARCHAR[]), unnest($2::{kind}[])", [cells, values])
    return f"SELECT any_value(value) FROM {target} WHERE raw = "
