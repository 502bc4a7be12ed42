"""Tables with `lenient: true`: what is wrong in their rows is left out of the facts and reported, and stops no build.

A row with more or fewer cells than the header is not read (`tables.scan.without_ragged_rows`). A cell that a check
refuses, or that refers to no row, becomes empty. A row without its key, and one that repeats the key of an earlier row,
is removed. A template with an empty cell states nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from st_opendata.facts.cleaning import touched_columns
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.tables import Table
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.templates import parse_template, variable_names

EMPTIED = frozenset(
    {
        *("cell-control-character", "cell-long", "cell-iri", "cell-property", "cell-relative", "cell-scheme"),
        *("key-dangling", "key-twin"),
    }
)
"""Codes of cells that have a value in the loaded table although a check refuses it."""
_EASED = EMPTIED | {
    *("cell-datatype", "cell-range", "cell-required", "cell-split", "cell-template", "key-duplicate", "row-blank"),
    "row-ragged",
}


def eased(table: Table, found: Iterable[Finding]) -> list[Finding]:
    """The findings of a table's rows: those that the program leaves out are warnings in a lenient table."""
    if not table.lenient:
        return list(found)
    return [
        replace(one, severity=Severity.WARNING) if one.code in _EASED and one.severity is Severity.VIOLATION else one
        for one in found
    ]


def empty_cells(
    engine: Engine, name: str, source: TableFile, subjects: Sequence[str], wrong: Mapping[int, Sequence[str]]
) -> None:
    """Make cells null in the table that is loaded under `name`, and the subjects that are made of them.

    `wrong` has the source columns by number, each with SELECTs of the records whose cell is wrong.
    """
    table = source.table
    if not wrong:
        return
    gone = {
        number: sql.any_of([f"record IN ({query})" for query in dict.fromkeys(queries)])
        for number, queries in wrong.items()
    }
    numbers = {column.name: column.number for column in table.source_columns}
    kept = ["record", *(["row"] if source.numbered else [])]
    for number, _ in enumerate(table.source_columns, 1):
        cell = f"c{number}"
        kept.append(f"CASE WHEN {gone[number]} THEN NULL ELSE {cell} END AS {cell}" if number in gone else cell)
    kept += touched_columns(table)
    for number, url in enumerate(subjects, 1):
        uses = {numbers.get(variable, 0) for variable in variable_names(parse_template(url))} & gone.keys()
        lost = sql.any_of([gone[use] for use in sorted(uses)]) if uses else "FALSE"
        kept += [f"CASE WHEN {lost} THEN NULL ELSE s{number} END AS s{number}", f"h{number}"]
    kept += ["bad", "breaks", "delimiters"]
    engine.create("mended", f"SELECT {', '.join(kept)} FROM {name} WHERE {sql.any_of(list(gone.values()))}")
    engine.remove(name, "record IN (SELECT record FROM mended)")
    engine.append(name, "SELECT * FROM mended")
    engine.drop("mended")


def remove_without_key(engine: Engine, name: str, table: Table) -> int:
    """Remove rows in which a cell of the key is empty; their number."""
    key = _key(table)
    return _remove(engine, name, sql.any_of([f"{column} IS NULL OR {column} = ''" for column in key])) if key else 0


def remove_repeated(engine: Engine, name: str, table: Table) -> int:
    """Remove rows that repeat the key of an earlier row; their number."""
    key = ", ".join(_key(table))
    return _remove(engine, name, f"record NOT IN (SELECT min(record) FROM {name} GROUP BY {key})") if key else 0


def _key(table: Table) -> list[str]:
    return [f"c{table.column(part).number}" for part in table.primary_key]


def _remove(engine: Engine, name: str, condition: str) -> int:
    ((count,),) = engine.rows(f"SELECT count(*) FROM {name} WHERE {condition}")
    if count:
        engine.remove(name, condition)
    return int(count)


def rows_left_out(table: Table, count: int) -> list[Finding]:
    """The finding with the number of removed rows, if any."""
    if not count:
        return []
    return [finding("rows-left-out", (table.place(),), dataset=table.dataset, count=count)]
