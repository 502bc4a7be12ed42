"""SQLite: all tables of the catalogue in one file, with keys, indexes, and views in which codes have their labels.

A list column has a separate table (`cities.themes`), a row for each item. Integers and numbers are typed where SQLite
holds them unchanged (64 bits, 15 digits), truth values are 0 and 1, dates are ISO texts. `st_tables` and
`st_columns` describe the tables and columns.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from st_opendata.exports.naming import label_columns
from st_opendata.exports.published import iri_columns
from st_opendata.exports.sources import CatalogueSource, TableSource
from st_opendata.model.descriptions import Dataset
from st_opendata.model.numeric import INTEGER_BOUNDS, NUMBERS
from st_opendata.model.tables import Column, ForeignKey, Table
from st_opendata.model.text import pick
from st_opendata.tables.datatypes import EXPONENT
from st_opendata.tables.templates import full_iri

ROW = "row_number"
"""The column that a table with lists has in place of a key."""
_DIGITS = 15
_ABOUT = """
    CREATE TABLE st_tables (name TEXT PRIMARY KEY, dataset TEXT NOT NULL, title TEXT, description TEXT);
    CREATE TABLE st_columns (
        "table" TEXT NOT NULL REFERENCES st_tables (name), name TEXT NOT NULL, title TEXT, description TEXT,
        datatype TEXT NOT NULL, property TEXT, PRIMARY KEY ("table", name)
    );
"""

SqlValue = str | int | float | None
Cell = str | list[str] | None


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of tables and columns: SQLite ignores case."""

    tables: dict[str, str]
    columns: dict[tuple[str, str], str]


_ERRORS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO, sqlite3.SQLITE_CANTOPEN: errno.EACCES}
"""The error of the file system, for the number that SQLite gives it."""


def write_sqlite(source: CatalogueSource, path: Path) -> None:
    """Write the database to `path`, which must not exist.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        _write(source, path)
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF  # the primary one
        if code not in _ERRORS:
            raise
        raise OSError(_ERRORS[code], os.strerror(_ERRORS[code]), str(path)) from None


def _write(source: CatalogueSource, path: Path) -> None:
    tables = [(dataset, table) for dataset in source.catalogue.datasets for table in dataset.tables]
    names = _names([table for _, table in tables])
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for setting in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF"):
            database.execute(f"PRAGMA {setting}")
        database.executescript(_ABOUT)
        database.execute("BEGIN")
        for dataset, table in tables:
            _TableWriter(database, names, TableSource(source.catalogue, dataset, table, source.facts)).write()
            _describe(database, names, dataset, table)
        by_name = {table.name: table for _, table in tables}
        for _, table in tables:
            _create_view(database, names, table, by_name)
        database.execute("COMMIT")


def _names(tables: Sequence[Table]) -> _Names:
    taken = {"st_tables", "st_columns"}
    of_tables: dict[str, str] = {}
    of_columns: dict[tuple[str, str], str] = {}
    for table in tables:
        of_tables[table.name] = _free(table.name, taken)
        own: set[str] = {ROW}
        for column in table.source_columns:
            of_columns[table.name, column.name] = _free(column.name, own)
    return _Names(of_tables, of_columns)


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found.casefold() in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found.casefold())
    return found


def _quoted(*names: str) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


class _TableWriter:
    """Writes one table, and one more for each of its list columns."""

    def __init__(self, database: sqlite3.Connection, names: _Names, source: TableSource) -> None:
        self._database = database
        self._names = names
        self._source = source
        self._table = source.table
        self._plain = [column for column in self._table.source_columns if not column.separator]
        self._lists = [column for column in self._table.source_columns if column.separator]
        self._types = {column.name: self._type(column) for column in self._table.source_columns}
        plain_key = all(not self._table.column(name).separator for name in self._table.primary_key)
        self._key = self._table.primary_key if plain_key else ()
        self._numbered = bool(self._lists) and not self._key

    def write(self) -> None:
        self._create()
        for column in self._lists:
            self._create_list(column)
        insert = self._insert_lists if self._lists else self._insert_plain
        insert({column.name: self._encoder(column) for column in self._table.source_columns})
        for foreign in self._table.foreign_keys:
            self._index(foreign)

    def _insert_plain(self, encoders: dict[str, Callable[[str], SqlValue]]) -> None:
        """The rows of a table without lists, column by column."""
        for batch in self._source.facts.records(self._table.name):
            cells = zip(*batch, strict=True)
            values = [_encoded(encode, column) for encode, column in zip(encoders.values(), cells, strict=True)]
            self._insert(self._names.tables[self._table.name], zip(*values, strict=True), len(values))

    def _insert_lists(self, encoders: dict[str, Callable[[str], SqlValue]]) -> None:
        """The rows of a table with lists, and their items."""
        numbers = count(1)
        for batch in self._source.facts.records(self._table.name):
            rows, items = list[list[SqlValue]](), {column.name: list[list[SqlValue]]() for column in self._lists}
            for number, record in zip(numbers, batch, strict=False):
                cells: dict[str, Cell] = dict(zip(encoders, record, strict=True))
                row = {each.name: _encoded(encoders[each.name], [cells[each.name]])[0] for each in self._plain}
                rows.append([number, *row.values()] if self._numbered else list(row.values()))
                key = [row[name] for name in self._key] or [number]
                for name, found in items.items():
                    found += [[*key, place, encoders[name](item)] for place, item in enumerate(cells[name] or (), 1)]
            self._insert(self._names.tables[self._table.name], rows, len(rows[0]) if rows else 0)
            for name, found in items.items():
                self._insert(self._list_table(name), found, len(found[0]) if found else 0)

    def _insert(self, table: str, rows: Iterable[Sequence[SqlValue]], width: int) -> None:
        if width:
            places = ", ".join("?" * width)
            self._database.executemany(f"INSERT INTO {_quoted(table)} VALUES ({places})", rows)

    def _create(self) -> None:
        table = self._table
        lines = [f"{_quoted(ROW)} INTEGER PRIMARY KEY"] if self._numbered else []
        lines += [
            f"{_quoted(self._column(column.name))} {self._types[column.name]}"
            f"{' NOT NULL' if table.is_filled(column) else ''}"
            for column in self._plain
        ]
        if self._key:
            lines.append(f"PRIMARY KEY ({self._columns(self._key)})")
        lines += [
            f"FOREIGN KEY ({self._columns(key.columns)}) {self._references(key)}"
            for key in table.foreign_keys
            if self._followed(key) and all(not table.column(name).separator for name in key.columns)
        ]
        self._database.execute(f"CREATE TABLE {_quoted(self._names.tables[table.name])} ({', '.join(lines)})")

    def _create_list(self, column: Column) -> None:
        """Key of the row, place of the item, item."""
        parent = _quoted(self._names.tables[self._table.name])
        keys = self._columns(self._key) or _quoted(ROW)
        typed = [f"{_quoted(self._column(name))} {self._types[name]} NOT NULL" for name in self._key]
        lines = [*(typed or [f"{_quoted(ROW)} INTEGER NOT NULL"]), "item_number INTEGER NOT NULL"]
        lines.append(f"{_quoted(self._column(column.name))} {self._types[column.name]} NOT NULL")
        lines += [f"PRIMARY KEY ({keys}, item_number)", f"FOREIGN KEY ({keys}) REFERENCES {parent} ({keys})"]
        lines += [
            f"FOREIGN KEY ({_quoted(self._column(column.name))}) {self._references(key)}"
            for key in self._table.foreign_keys
            if key.columns == (column.name,) and self._followed(key)
        ]
        self._database.execute(f"CREATE TABLE {_quoted(self._list_table(column.name))} ({', '.join(lines)})")

    def _index(self, key: ForeignKey) -> None:
        lists = [name for name in key.columns if self._table.column(name).separator]
        if lists and len(key.columns) > 1:
            return
        table = self._list_table(lists[0]) if lists else self._names.tables[self._table.name]
        name = f"{table}.by_{'_'.join(key.columns)}"
        self._database.execute(
            f"CREATE INDEX IF NOT EXISTS {_quoted(name)} ON {_quoted(table)} ({self._columns(key.columns)})"
        )

    def _followed(self, key: ForeignKey) -> bool:
        """SQLite follows a key only to the primary key of a table."""
        target = next(
            each for dataset in self._source.catalogue.datasets for each in dataset.tables if each.name == key.table
        )
        return key.reference == target.primary_key and not any(target.column(n).separator for n in target.primary_key)

    def _references(self, key: ForeignKey) -> str:
        columns = _quoted(*(self._names.columns[key.table, name] for name in key.reference))
        return f"REFERENCES {_quoted(self._names.tables[key.table])} ({columns})"

    def _list_table(self, column: str) -> str:
        return f"{self._names.tables[self._table.name]}.{self._column(column)}"

    def _column(self, name: str) -> str:
        return self._names.columns[self._table.name, name]

    def _columns(self, names: Iterable[str]) -> str:
        return _quoted(*map(self._column, names))

    def _type(self, column: Column) -> str:
        base = column.datatype.base
        key = column.name in self._table.primary_key or any(column.name in k.columns for k in self._table.foreign_keys)

        def fits(pattern: str) -> bool:
            return self._source.facts.fits(self._table.name, column.name, pattern)

        if base == "boolean" or (base in INTEGER_BOUNDS and fits("-?[0-9]{1,18}")):
            return "INTEGER"
        if base in NUMBERS and not key and fits(rf"-?(?:[0-9]\.?){{1,{_DIGITS}}}(?:E[+-]?{EXPONENT})?"):
            return "REAL"
        return "TEXT"

    def _encoder(self, column: Column) -> Callable[[str], SqlValue]:
        if column.datatype.base == "boolean":
            return lambda text: int(text == "true")
        if self._types[column.name] == "INTEGER":
            return int
        if self._types[column.name] == "REAL":
            return float
        if column.name in iri_columns(self._table):
            catalogue = self._source.catalogue
            return lambda text: full_iri(text, catalogue.base, catalogue.prefixes)
        return str


def _encoded(encode: Callable[[str], SqlValue], cells: Sequence[Cell]) -> Sequence[SqlValue]:
    return [encode(cell) if isinstance(cell, str) else None for cell in cells]


def _describe(database: sqlite3.Connection, names: _Names, dataset: Dataset, table: Table) -> None:
    name = names.tables[table.name]
    row = (name, dataset.id, pick(table.titles, "en"), pick(table.description, "en") or None)
    database.execute("INSERT INTO st_tables VALUES (?, ?, ?, ?)", row)
    database.executemany(
        "INSERT INTO st_columns VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                name,
                names.columns[table.name, column.name],
                pick(column.titles, "en") or None,
                pick(column.description, "en") or None,
                column.datatype.base,
                column.property_url,
            )
            for column in table.source_columns
        ),
    )


def _create_view(database: sqlite3.Connection, names: _Names, table: Table, by_name: dict[str, Table]) -> None:
    """`<table>_labelled`: the table, with the labels of the rows that its foreign keys refer to."""
    plain = [column for column in table.source_columns if not column.separator]
    shown = [f"t.{_quoted(names.columns[table.name, column.name])}" for column in plain]
    taken = {names.columns[table.name, column.name].casefold() for column in plain}
    joins = []
    for number, key in enumerate(table.foreign_keys):
        labels = label_columns(by_name[key.table])
        if not labels or len(key.columns) > 1 or table.column(key.columns[0]).separator:
            continue
        here = names.columns[table.name, key.columns[0]]
        there = names.columns[key.table, key.reference[0]]
        for label in labels:
            name = names.columns[key.table, label.name]
            shown.append(f"j{number}.{_quoted(name)} AS {_quoted(_free(f'{here}_{name}', taken))}")
        joined = _quoted(names.tables[key.table])
        joins.append(f"LEFT JOIN {joined} AS j{number} ON j{number}.{_quoted(there)} = t.{_quoted(here)}")
    if joins:
        view, name = _quoted(f"{names.tables[table.name]}_labelled"), _quoted(names.tables[table.name])
        database.execute(f"CREATE VIEW {view} AS SELECT {', '.join(shown)} FROM {name} AS t {' '.join(joins)}")
