"""The records of a file whose columns are rows of the table: their number, and what is found in them as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from st_opendata.facts.checks import count_rest
from st_opendata.facts.unpivot import empty_cell, file_rows, long_rows
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.sql.engine import Engine
from st_opendata.tables.table_file import TableFile


def file_counts(engine: Engine, source: TableFile, file: str) -> tuple[int, int, int]:
    """The numbers of records of the file, and of line ends and delimiters in their cells."""
    sums = "count(*), coalesce(sum(breaks), 0), coalesce(sum(delimiters), 0)"
    ((count, breaks, delimiters),) = engine.rows(f"SELECT {sums} FROM ({file_rows(source, file)})")
    return count, breaks, delimiters


def wide_findings(engine: Engine, source: TableFile, file: str, limit: int) -> list[Finding]:
    """The empty records of the file, and the number of cells that the rule leaves out."""
    return [*_blank(engine, source, file, limit), *_left_out(engine, source, file)]


def _blank(engine: Engine, source: TableFile, file: str, limit: int) -> Iterator[Finding]:
    table, rows = source.table, f"({file_rows(source, file)})"
    last = f"(SELECT coalesce(max(record), 0) FROM {rows} WHERE whole <> '')"
    blank = f"FROM {rows} WHERE whole = '' AND record"
    found = engine.rows(f"SELECT record {blank} < {last} ORDER BY record LIMIT {limit}")
    yield from (finding("row-blank", (table.place(record),), dataset=table.dataset) for (record,) in found)
    if len(found) == limit:
        ((count,),) = engine.rows(f"SELECT count(*) {blank} < {last}")
        yield from count_rest(table, "row-blank", count - limit)
    ((count, first),) = engine.rows(f"SELECT count(*), min(record) {blank} > {last}")
    if count:
        yield finding("rows-blank-end", (table.place(first),), dataset=table.dataset, count=count)


def _left_out(engine: Engine, source: TableFile, file: str) -> Iterator[Finding]:
    if empty_cell(source) is None:
        return
    table = source.table
    ((count, first),) = engine.rows(f"SELECT count(*), min(record) FROM ({long_rows(source, file, skipped=True)})")
    if count and table.unpivot:
        place = source.place(first, table.column(table.unpivot.value).number)
        yield finding("unpivot-skipped", (place,), dataset=table.dataset, count=count)
