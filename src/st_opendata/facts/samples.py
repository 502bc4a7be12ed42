"""The first rows of a table that was read."""

from __future__ import annotations

from st_opendata.facts.loading import LoadedTable
from st_opendata.model.samples import Sample, SampleColumn, kind_of, value_of
from st_opendata.sql.engine import Engine


def sample_of(engine: Engine, loaded: LoadedTable, count: int) -> Sample:
    """The first `count` rows of a table, or all of them."""
    columns = loaded.table.source_columns
    cells = ", ".join(f"c{column.number}" for column in columns)
    rows = engine.rows(f"SELECT record, {cells} FROM {loaded.name} ORDER BY record LIMIT {count}")
    sampled = (
        SampleColumn(
            column.name if column.part else loaded.source.title(column.number),
            kind_of(column.datatype, column.separator, column.lang),
            tuple(value_of(row[number]) for row in rows),
        )
        for number, column in enumerate(columns, 1)
    )
    records = tuple(loaded.source.row(row[0]) for row in rows)
    return Sample(loaded.table.name, records, tuple(sampled))
