"""The first rows of a draft, read as the draft says."""

from __future__ import annotations

from st_opendata.catalogue.init.columns import DraftColumn, DraftTable
from st_opendata.catalogue.init.numerals import datatype_of
from st_opendata.model.samples import Sample, SampleColumn, kind_of, value_of
from st_opendata.tables.datatypes import BLANKS, parse
from st_opendata.tables.splits import parts_of, split_cell


def sample(table: DraftTable) -> Sample:
    """The first rows of the table."""
    return Sample(
        table.name,
        tuple(line for line, _ in table.first_rows),
        tuple(_column(table, column) for column in table.columns),
    )


def _column(table: DraftTable, column: DraftColumn) -> SampleColumn:
    found = column.found
    kind = kind_of(datatype_of(found.base, found.form), found.separator, column.language or "und")
    cells = (cells[column.place] if column.place < len(cells) else "" for _, cells in table.first_rows)
    title = column.name if column.part_of else column.called()
    return SampleColumn(title, kind, tuple(_value(table, column, cell) for cell in cells))


def _value(table: DraftTable, column: DraftColumn, cell: str) -> str | None:
    found = column.found
    datatype = datatype_of(found.base, found.form)
    if not cell.strip(BLANKS) or cell.strip(BLANKS) in found.null:
        return None
    if column.part_of:
        part = split_cell(parts_of(column.part_of, table.splits[column.part_of])[column.name], cell)
        return parse(datatype, part) if part else None
    if found.separator:
        return value_of([parse(datatype, item) for item in cell.split(found.separator)])
    return parse(datatype, cell)
