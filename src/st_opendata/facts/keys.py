"""Checks across rows: primary keys are unique, foreign keys refer to existing rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from st_opendata.facts.checks import count_rest, quote_cell
from st_opendata.facts.lenient import eased, empty_cells, remove_repeated, remove_without_key, rows_left_out
from st_opendata.facts.loading import LoadedTable
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import ForeignKey
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import TEXTS

_LISTED_ROWS = 20
_BATCH = 10_000
_ALIKE = 0.8
"""The lowest Jaro-Winkler similarity of a value that a finding suggests."""


def key_findings(
    engine: Engine, tables: Sequence[LoadedTable], wrong: Container[tuple[str, str | None]], limit: int
) -> list[Finding]:
    """Findings of the keys of all tables.

    A key is not checked if it refers to a table that could not be loaded, or to a column in `wrong` (file and title),
    whose values are not all known.
    """
    found: list[Finding] = []
    by_name = {(loaded.table.dataset, loaded.table.name): loaded for loaded in tables}
    for loaded in tables:
        if not (loaded.keys_differ or _all_differ(engine, loaded)):
            found += eased(loaded.table, _duplicates(engine, loaded, limit))
            found += _case_only(engine, loaded, limit)
        for key in loaded.table.foreign_keys:
            target = by_name.get((key.dataset, key.table))
            if target is not None and not any(
                (target.table.file, _title(target, name)) in wrong for name in key.reference
            ):
                found += eased(loaded.table, _dangling(engine, loaded, target, key, limit))
    return found


def _columns(loaded: LoadedTable, names: Sequence[str]) -> list[str]:
    return [f"c{loaded.table.column(name).number}" for name in names]


def _title(loaded: LoadedTable, name: str) -> str:
    return loaded.source.title(loaded.table.column(name).number)


def _all_differ(engine: Engine, loaded: LoadedTable) -> bool:
    """Whether the primary keys differ by more than capitals: one cheap question, enough for most tables."""
    if not loaded.table.primary_key:
        return True
    shown = sql.join_not_null(", ", _columns(loaded, loaded.table.primary_key))
    ((rows, texts),) = engine.rows(f"SELECT count(*), count(DISTINCT {sql.lower(shown)}) FROM {loaded.name}")
    return bool(rows == texts)


def known_to_differ(loaded: LoadedTable) -> bool:
    """The same for a small table in memory, whose keys are ASCII: engines fold other letters by their own rules."""
    names = loaded.table.primary_key
    if loaded.cells is None:
        return False
    cells = [loaded.cells[loaded.table.column(name).number - 1] for name in names]
    keys = [", ".join(cell for cell in row if isinstance(cell, str)) for row in zip(*cells, strict=True)]
    return all(map(str.isascii, keys)) and len({key.lower() for key in keys}) == len(keys) > 0


def _duplicates(engine: Engine, loaded: LoadedTable, limit: int) -> list[Finding]:
    table = loaded.table
    if not table.primary_key:
        return []
    columns = _columns(loaded, table.primary_key)
    shown = sql.join_not_null(", ", [f"r.{column}" for column in columns])
    keys = f"({sql.duplicates(columns, loaded.name)})"
    same = sql.semi_join(loaded.name, keys, sql.equal_columns(columns, columns))
    rows = f"SELECT record, {shown} AS shown FROM ({same}) AS r"
    grouped: dict[str, list[int]] = {}
    repeated = engine.rows(f"{rows} ORDER BY record LIMIT {limit}")
    for record, value in repeated:
        grouped.setdefault(value, []).append(record)
    ((count,),) = engine.rows(f"SELECT count(*) FROM ({rows})") if len(repeated) == limit else ((len(repeated),),)
    first = table.column(table.primary_key[0]).number
    found = []
    for value, records in grouped.items():
        places = tuple(loaded.source.place(record, first) for record in records[:_LISTED_ROWS])
        rows_listed = dict.fromkeys(map(loaded.source.row, records))
        listed = ", ".join(map(str, [*rows_listed][:_LISTED_ROWS])) + (" …" if len(rows_listed) > _LISTED_ROWS else "")
        found.append(finding("key-duplicate", places, dataset=table.dataset, value=quote_cell(value), rows=listed))
    return found + count_rest(table, "key-duplicate", count - limit)


def _case_only(engine: Engine, loaded: LoadedTable, limit: int) -> list[Finding]:
    """Keys that differ from another only by capitals."""
    table = loaded.table
    if all(table.column(name).datatype.base not in TEXTS for name in table.primary_key):
        return []
    shown = sql.join_not_null(", ", _columns(loaded, table.primary_key))
    keys = f"SELECT record, {shown} AS shown, {sql.lower(shown)} AS folded FROM {loaded.name}"
    groups = f"SELECT folded, min(record) AS first FROM ({keys}) GROUP BY folded HAVING count(DISTINCT shown) > 1"
    listed = f"SELECT folded, first FROM ({groups}) ORDER BY first LIMIT {limit}"
    forms = (
        f"SELECT k.first AS first, min(r.record) AS record, r.shown AS shown FROM ({keys}) AS r JOIN ({listed}) AS k "
        "ON r.folded = k.folded GROUP BY k.first, r.shown"
    )
    grouped: dict[int, dict[str, int]] = {}
    for rows in engine.batches(f"SELECT first, record, shown FROM ({forms}) ORDER BY first, record", _BATCH):
        for first, record, value in rows:
            values = grouped.setdefault(first, {})
            if len(values) <= _LISTED_ROWS:
                values[value] = record
    ((count,),) = engine.rows(f"SELECT count(*) FROM ({groups})") if len(grouped) == limit else ((len(grouped),),)
    column = table.column(table.primary_key[0]).number
    found = []
    for values in grouped.values():
        shown_values, more = list(values)[:_LISTED_ROWS], " …" if len(values) > _LISTED_ROWS else ""
        places = tuple(loaded.source.place(values[value], column) for value in shown_values)
        text = ", ".join(map(quote_cell, shown_values)) + more
        found.append(finding("key-case", places, dataset=table.dataset, values=text))
    return found + count_rest(table, "key-case", count - len(grouped))


def _dangling(engine: Engine, loaded: LoadedTable, target: LoadedTable, key: ForeignKey, limit: int) -> list[Finding]:
    table, columns, others = loaded.table, _columns(loaded, key.columns), _columns(target, key.reference)
    lost = _lost(loaded, target, key)
    shown = sql.join_not_null(", ", columns)
    listed = engine.rows(f"SELECT record, {shown} FROM ({lost}) ORDER BY 1, 2 LIMIT {limit}")
    ((count,),) = engine.rows(f"SELECT count(*) FROM ({lost})") if len(listed) == limit else ((len(listed),),)
    values = sorted({value for _, value in listed})
    if table.lenient:  # a number that looks like another one is not a hint worth its time among 35,000
        values = [value for value in values if not value.isdigit()]
    near = _nearest(engine, target, others, values[:_LISTED_ROWS])
    first = table.column(key.columns[0]).number
    reference = ", ".join(_title(target, name) for name in key.reference)
    return [
        finding(
            "key-twin" if _looks_like(value, near.get(value)) else "key-dangling",
            (loaded.source.place(record, first),),
            dataset=table.dataset,
            value=quote_cell(value),
            reference=reference,
            table=target.table.file,
            near=near.get(value),
        )
        for record, value in listed
    ] + count_rest(table, "key-dangling", count - limit)


def _lost(loaded: LoadedTable, target: LoadedTable, key: ForeignKey) -> str:
    """The records and cells of the key that refer to no row."""
    columns, others = _columns(loaded, key.columns), _columns(target, key.reference)
    picked = [
        f"{sql.unnest(column)} AS {column}" if loaded.table.column(name).separator else column
        for name, column in zip(key.columns, columns, strict=True)
    ]
    known = sql.all_of([f"{column} IS NOT NULL" for column in columns])
    rows = f"(SELECT * FROM (SELECT record, {', '.join(picked)} FROM {loaded.name}) WHERE {known})"
    return sql.anti_join(rows, target.name, sql.equal_columns(columns, others))


def leave_out_keys(
    engine: Engine, tables: Sequence[LoadedTable], limit: int
) -> tuple[list[LoadedTable], list[Finding]]:
    """Remove rows with repeated keys from lenient tables, then empty their cells that refer to no row.

    The tables with the rows that are left, and the findings of what this does. A row that is removed because such a
    cell is part of its key may be one that other rows refer to, so this continues until nothing changes.
    """
    rows = {loaded.id: loaded.rows for loaded in tables}
    lenient = [loaded for loaded in tables if loaded.table.lenient]
    by_name = {(loaded.table.dataset, loaded.table.name): loaded for loaded in tables}
    found: list[Finding] = []
    for loaded in lenient:
        rows[loaded.id] -= remove_repeated(engine, loaded.name, loaded.table)
    first, changed = True, bool(lenient)
    while changed:
        changed = False
        for loaded in lenient:
            for key in loaded.table.foreign_keys:
                target = by_name.get((key.dataset, key.table))
                dangling = _dangling(engine, loaded, target, key, limit) if target and not first else []
                found += eased(loaded.table, dangling)
                if target is not None:
                    removed = _leave_out(engine, loaded, target, key)
                    rows[loaded.id] -= removed
                    changed = changed or removed > 0
        first = False
    for loaded in lenient:
        found += rows_left_out(loaded.table, loaded.rows - rows[loaded.id])
    return [replace(loaded, rows=rows[loaded.id]) for loaded in tables], found


def _leave_out(engine: Engine, loaded: LoadedTable, target: LoadedTable, key: ForeignKey) -> int:
    """Empty the cells of the key that refer to no row; the number of rows that this removes."""
    lost = f"SELECT record FROM ({_lost(loaded, target, key)})"
    if not engine.rows(f"{lost} LIMIT 1"):
        return 0
    wrong: Mapping[int, list[str]] = {loaded.table.column(name).number: [lost] for name in key.columns}
    empty_cells(engine, loaded.name, loaded.source, loaded.subjects, wrong)
    return remove_without_key(engine, loaded.name, loaded.table)


def _looks_like(value: str, near: str | None) -> bool:
    """True for texts of different characters that look alike."""
    return near is not None and unicodedata.normalize("NFC", value) == unicodedata.normalize("NFC", near)


def _nearest(engine: Engine, target: LoadedTable, columns: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """For each value the most similar existing one, or that whose row has the value as another text, such as a name."""
    shown = sql.join_not_null(", ", columns)
    known = f"(SELECT DISTINCT {shown} AS v FROM {target.name})"
    alike = sql.similarity("v", "$1")
    query = f"SELECT v FROM {known} WHERE {alike} >= {_ALIKE} ORDER BY {alike} DESC, v LIMIT 1"
    texts = [
        f"c{column.number}"
        for column in target.table.source_columns
        if column.datatype.base in TEXTS and not column.separator and f"c{column.number}" not in columns
    ]
    named = sql.any_of([f"{sql.lower(column)} = {sql.lower('$1')}" for column in texts])
    by_name = f"SELECT DISTINCT {shown} AS v FROM {target.name} WHERE {named} ORDER BY v LIMIT 2"
    twin = f"SELECT v FROM {known} WHERE {sql.normalize('v')} = {sql.normalize('$1')} LIMIT 1"
    found = {}
    for value in values:
        rows = engine.rows(twin, [value]) or (engine.rows(by_name, [value]) if texts else [])
        if len(rows) != 1:  # a name of several rows is ambiguous
            rows = engine.rows(query, [value])
        if rows:
            found[value] = rows[0][0]
    return found
