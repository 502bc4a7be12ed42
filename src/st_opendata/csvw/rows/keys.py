"""Keys of a described group: primary keys are unique, foreign keys lead to one row (CSVW metadata §5.5.2)."""

from __future__ import annotations

from collections.abc import Sequence

from st_opendata.csvw.rows.checks import LISTED
from st_opendata.csvw.rows.row_selection import RowSelection
from st_opendata.facts.checks import quote_cell
from st_opendata.facts.keys import key_findings
from st_opendata.facts.loading import LoadedTable
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import ForeignKey
from st_opendata.place import Place
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine


def group_keys(engine: Engine, queries: Sequence[RowSelection], wrong: Sequence[Finding]) -> list[Finding]:
    """The findings of all keys; columns of `wrong` cells are not judged as targets."""
    keyed = [query for query in queries if _concerned(query, queries)]
    loaded = {query.described.table.name: _loaded(engine, query) for query in keyed}
    cells = {(place.file, place.column) for one in wrong for place in one.places}
    found = key_findings(engine, list(loaded.values()), cells, LISTED)
    for query in keyed:
        for key in query.described.table.foreign_keys:
            found += _none(engine, loaded[query.described.table.name], loaded[key.table], key)
            found += _several(engine, loaded[query.described.table.name], loaded[key.table], key)
    return [one for one in found if one.code != "key-case"]


def _concerned(query: RowSelection, queries: Sequence[RowSelection]) -> bool:
    table = query.described.table
    targets = {key.table for other in queries for key in other.described.table.foreign_keys}
    return bool(table.primary_key or table.foreign_keys or table.name in targets)


def _loaded(engine: Engine, query: RowSelection) -> LoadedTable:
    """The table's columns that keys need, stored."""
    table = query.described.table
    values = ", ".join(f"c{number}" for number, column in query.columns if not column.virtual)
    engine.create(table.name, f"SELECT record, {values} FROM ({query.cells})")
    ((count,),) = engine.rows(f"SELECT count(*) FROM {table.name}")
    return LoadedTable(query.described.number, table.name, query.source, (), count)


def _none(engine: Engine, loaded: LoadedTable, target: LoadedTable, key: ForeignKey) -> list[Finding]:
    """Rows whose key is null: CSVW requires a referenced row for each row, without exception."""
    columns = [loaded.table.column(name).number for name in key.columns]
    empty = sql.any_of([f"c{number} IS NULL" for number in columns])
    title = loaded.source.title(columns[0])
    return [
        finding("key-null", (Place(loaded.table.file, row=record, column=title),), title=title, table=target.table.file)
        for (record,) in engine.rows(f"SELECT record FROM {loaded.name} WHERE {empty} ORDER BY 1 LIMIT {LISTED}")
    ]


def _several(engine: Engine, loaded: LoadedTable, target: LoadedTable, key: ForeignKey) -> list[Finding]:
    """Rows whose key leads to several rows."""
    columns = [f"c{loaded.table.column(name).number}" for name in key.columns]
    others = [f"c{target.table.column(name).number}" for name in key.reference]
    repeated = f"({sql.duplicates(others, target.name)})"
    rows = sql.semi_join(loaded.name, repeated, sql.equal_columns(columns, others))
    shown = sql.join_not_null(", ", columns)
    title = loaded.source.title(loaded.table.column(key.columns[0]).number)
    return [
        finding(
            "key-ambiguous",
            (Place(loaded.table.file, row=record, column=title),),
            value=quote_cell(value),
            table=target.table.file,
        )
        for record, value in engine.rows(f"SELECT record, {shown} FROM ({rows}) ORDER BY 1 LIMIT {LISTED}")
    ]
