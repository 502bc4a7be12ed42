"""Tables whose rows are columns of their file (`unpivot`), in SQL: one scan of the file gives a row for each cell.

`tables.table_file` says how such a row is numbered: by the record of the file and the place of the column.
"""

from __future__ import annotations

from st_opendata.facts.cells import cell_text
from st_opendata.sql import dialect as sql
from st_opendata.tables.datatypes import BLANKS
from st_opendata.tables.table_file import TableFile


def file_rows(source: TableFile, file: str) -> str:
    """The records of the file, with raw cells f0 …: `row` is the number of one among those of data.

    `whole` is its text, with the numbers of `breaks` and `delimiters` in it.
    """
    cells = [f"f{place}" for place in range(int(source.numbered), len(source.header))]
    known = ", ".join(f"coalesce({cell}, '') AS {cell}" for cell in cells)
    record = sql.cast("f0", sql.LONG) if source.numbered else f"position + {source.first - 1}"
    cells_of = f"SELECT {record} AS record, position AS row, {known} FROM {file}"
    whole = f"SELECT *, {sql.concat_known(cells)} AS whole FROM ({cells_of})"
    delimiter = sql.occurrences("whole", source.table.dialect.delimiter)
    return f"SELECT *, {sql.occurrences('whole', chr(10))} AS breaks, {delimiter} AS delimiters FROM ({whole})"


def long_rows(source: TableFile, file: str, *, skipped: bool = False) -> str:
    """A row for each cell of the wide columns: `record`, `row`, the cells of the columns that stay, `slot` and `cell`.

    With `skipped` those that the rule leaves out, else all others.
    """
    gone, count = {column.place for column in source.wide}, len(source.wide)
    stay = [f"f{place}" for place in range(int(source.numbered), len(source.header)) if place not in gone]
    pairs = ", ".join(f"['{slot}', f{column.place}]" for slot, column in enumerate(source.wide))
    kept = ", ".join(["record", "row", *stay])
    rows = f"SELECT {kept}, {sql.unnest(f'[{pairs}]')} AS pair FROM ({file_rows(source, file)}) WHERE whole <> ''"
    slot = sql.cast(sql.item("pair", "1"), sql.LONG)
    rows = f"SELECT {kept}, {slot} AS slot, {sql.item('pair', '2')} AS cell FROM ({rows})"
    if empty := empty_cell(source):
        rows += f" WHERE {empty if skipped else f'NOT {empty}'}"
    listed = ", ".join([*stay, "slot", "cell"])
    numbers = f"record * {count} + slot AS record, (row - 1) * {count} + slot + 1 AS row"
    return f"SELECT {numbers}, {listed} FROM ({rows})"


def made_cell(source: TableFile, number: int) -> str:
    """The raw cell of a column that the rule makes, over `long_rows`."""
    rule = source.table.unpivot
    name = source.table.source_columns[number - 1].name
    if rule is None or name == rule.value:
        return "cell"
    place = rule.names.index(name)
    return sql.item(f"[{', '.join(sql.text(column.says[place]) for column in source.wide)}]", "slot + 1")


def empty_cell(source: TableFile) -> str | None:
    """The condition on which a cell is not a row."""
    rule = source.table.unpivot
    if rule is None or not rule.skip_empty:
        return None
    value = source.table.column(rule.value)
    text = cell_text(value, "cell", trim=True)
    return f"({sql.trim_costly(text, BLANKS)} IN {sql.texts(dict.fromkeys(['', *value.null]))})"


def row_in_file(source: TableFile) -> str:
    """The number of the row in the file, over the loaded table."""
    return sql.divide("record", len(source.wide)) if source.wide else "record"


def rows_in_file(source: TableFile) -> str:
    """How many rows of the file there are, as an aggregate."""
    return f"count(DISTINCT {row_in_file(source)})" if source.wide else "count(*)"


def _slot(source: TableFile) -> str:
    count = len(source.wide)
    return f"(record - {sql.divide('record', count)} * {count})"


def own_cell(source: TableFile, number: int) -> str:
    """What tells the cells of the column apart, over the loaded table: several rows may have one cell of the file."""
    rule, column = source.table.unpivot, source.table.source_columns[number - 1]
    if rule is None or not source.wide or column.name == rule.value:
        return "record"
    return _slot(source) if column.name in rule.names else row_in_file(source)


def cells_meeting(source: TableFile, number: int, condition: str) -> str:
    """The number of cells of the column that meet the condition, as an aggregate."""
    own = own_cell(source, number)
    return f"count({'*' if own == 'record' else f'DISTINCT {own}'}) FILTER (WHERE {condition})"


def first_cells(source: TableFile, number: int, shown: str, rows: str, limit: int) -> str:
    """The query for the record and the shown text of the first cells of the column in these rows."""
    own = own_cell(source, number) if number else "record"
    if own == "record":
        return f"SELECT record, {shown} FROM {rows} ORDER BY record LIMIT {limit}"
    return f"SELECT min(record) AS record, min({shown}) FROM {rows} GROUP BY {own} ORDER BY record LIMIT {limit}"
