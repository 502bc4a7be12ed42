"""Differences between two versions of tables and triples: set differences on disk, within the engine's memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import CsvFile, ParquetFiles
from st_opendata.sql.reading import readable_release

_BATCH = 1000
_TRIPLE = "subject, predicate, object"
Cells = dict[str, str]


class RowChange(NamedTuple):
    """A row by its key. `old` and `new` are its cells: all of a removed or an added row, else those that differ."""

    key: Cells
    old: Cells
    new: Cells


class KeyedTable(NamedTuple):
    """A published table: its CSV file (RFC 4180, UTF-8, one header) and the columns of its primary key."""

    path: Path
    key: tuple[str, ...]


View = Callable[[tuple[Path, ...]], str]
"""Gives the engine's name of the rows of Parquet files."""


class WholeFacts(NamedTuple):
    """Facts to compare: files with those of a dataset (`facts.parquet`) each."""

    files: Sequence[Path]
    shards: int = 0

    def query(self, _shard: str, view: View) -> str:
        """The triples; empty without any."""
        return f"SELECT {_TRIPLE} FROM {view(tuple(self.files))}" if self.files else ""


class DividedFacts(NamedTuple):
    """Facts to compare: the files of predicates under `facts/`, by N-Triples term, of which these datasets count."""

    files: Mapping[str, Path]
    datasets: Sequence[str]
    digits: int
    """The hexadecimal digits of their column `h`."""
    shards: int
    """Those that divide the facts into shards."""

    def query(self, shard: str, view: View) -> str:
        """The triples whose `h` begins with these digits; empty without any."""
        where = [f"dataset IN {sql.texts(self.datasets)}"]
        if shard:
            first, last = (sql.text(shard.ljust(self.digits, digit)) for digit in "0f")
            where.append(f"h BETWEEN {first} AND {last}")
        return " UNION ALL ".join(
            f"SELECT s AS subject, {sql.text(predicate)} AS predicate, o AS object "
            f"FROM {view((path,))} WHERE {sql.all_of(where)}"
            for predicate, path in self.files.items()
            if self.datasets
        )


Facts = WholeFacts | DividedFacts


class Changes:
    """Compares files with its own engine; use it as a context manager.

    Every method raises InputError if a file cannot be read, or memory or disk space does not suffice.
    """

    def __init__(self, files: Sequence[Path], memory: str, threads: int) -> None:
        self._engine = DuckDBEngine(None, memory, threads)
        self._engine.lock(files)
        self._views: dict[tuple[Path, ...], str] = {}

    def __enter__(self) -> Changes:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    def compare_triples(self, old: Facts, new: Facts) -> tuple[int, int]:
        """How many triples the facts lost and gained; `removed` and `added` then give them.

        One shard after the other, so that memory is bounded by a shard.
        """
        return self._only("removed", old, new), self._only("added", new, old)

    def removed(self) -> Iterator[str]:
        """The triples of the last comparison that only the old facts have, as sorted lines of N-Triples."""
        return self._lines("removed")

    def added(self) -> Iterator[str]:
        """The triples of the last comparison that only the new facts have, as sorted lines of N-Triples."""
        return self._lines("added")

    def _only(self, name: str, first: Facts, second: Facts) -> int:
        self._engine.define(name, dict.fromkeys(_TRIPLE.split(", "), sql.TEXT))
        digits = min(first.shards, second.shards)
        for shard in [format(number, f"0{digits}x") for number in range(16**digits)] if digits else [""]:
            with readable_release():
                if stated := first.query(shard, self._view):
                    others = second.query(shard, self._view)
                    without = f" EXCEPT SELECT {_TRIPLE} FROM ({others})" if others else ""
                    self._engine.append(name, f"SELECT DISTINCT {_TRIPLE} FROM ({stated}){without}")
        return self._count(f"FROM {name}")

    def _view(self, files: tuple[Path, ...]) -> str:
        if files not in self._views:
            self._engine.read(f"facts_{len(self._views)}", ParquetFiles(files))
            self._views[files] = f"facts_{len(self._views)}"
        return self._views[files]

    def _lines(self, name: str) -> Iterator[str]:
        for batch in self._engine.batches(f"SELECT {_TRIPLE} FROM {name} ORDER BY {_TRIPLE}", _BATCH):
            yield from (f"{' '.join(triple)} .\n" for triple in batch)

    def compare_rows(self, old: KeyedTable | None, new: KeyedTable | None) -> RowCounts:
        """How many rows a table lost, gained and changed; `rows` then gives them.

        Rows are the same row if the key of the new table, which both must have, has the same values; without a key, or
        if the keys differ, rows are compared by their shared cells, and none counts as changed.
        """
        old_columns = self._load("old_rows", old)
        new_columns = self._load("new_rows", new)
        shared = [column for column in new_columns if column in old_columns] if old and new else []
        same_key = bool(new and old and new.key and new.key == old.key and set(new.key) <= set(shared))
        known = (new or old or KeyedTable(Path(), ())).key
        key = list(known) if same_key or not (old and new) else shared
        self._rows = _Rows(key or new_columns or old_columns, old_columns, new_columns, shared)
        removed, added, changed = (self._count(f"FROM ({query})") for query in self._rows.queries())
        gone = tuple(column for column in old_columns if new and column not in new_columns)
        come = tuple(column for column in new_columns if old and column not in old_columns)
        return RowCounts(removed, added, changed, known if same_key or not (old and new) else (), gone, come)

    def rows(self) -> Iterator[RowChange]:
        """The changes of the last comparison: removed rows, added rows, changed rows, each sorted by key."""
        rows = self._rows
        removed, added, changed = rows.queries()
        for each in self._dicts(removed, rows.old):
            yield RowChange({name: each[name] for name in rows.key}, each, {})
        for each in self._dicts(added, rows.new):
            yield RowChange({name: each[name] for name in rows.key}, {}, each)
        width = len(rows.shared)
        for values in self._tuples(changed):
            old, new = dict(zip(rows.shared, values, strict=False)), dict(zip(rows.shared, values[width:], strict=True))
            differing = [name for name in rows.shared if old[name] != new[name]]
            yield RowChange(
                {name: new[name] for name in rows.key},
                {name: old[name] for name in differing},
                {name: new[name] for name in differing},
            )

    def _load(self, name: str, table: KeyedTable | None) -> list[str]:
        """Make a table of the rows of a CSV file, all cells as text; its columns, empty without a file."""
        if table is None:
            self._engine.define(name, {"nothing": sql.TEXT})
            return []
        with table.path.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream), [])
        if not columns:
            raise InputError(
                message("the table has no header"),
                place=Place(str(table.path)),
                remedy=message("Build the release again."),
            )
        cells = ", ".join(f"coalesce(f{place}, '') AS {sql.name(column)}" for place, column in enumerate(columns))
        with readable_release():
            self._engine.read(f"{name}_file", CsvFile(table.path, len(columns)))
            self._engine.create(name, f"SELECT {cells} FROM {name}_file")
        return columns

    def _dicts(self, query: str, columns: Sequence[str]) -> Iterator[Cells]:
        return (dict(zip(columns, values, strict=True)) for values in self._tuples(query))

    def _tuples(self, query: str) -> Iterator[tuple[str, ...]]:
        for batch in self._engine.batches(query, _BATCH):
            yield from batch

    def _count(self, source: str) -> int:
        return int(self._engine.rows(f"SELECT count(*) {source}")[0][0])


class RowCounts(NamedTuple):
    """How the rows of two versions of a table differ, by which key, and which columns were removed and added."""

    removed: int
    added: int
    changed: int
    key: tuple[str, ...]
    columns_removed: tuple[str, ...]
    columns_added: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.removed, self.added, self.changed, self.columns_removed, self.columns_added))


class _Rows(NamedTuple):
    """The two loaded tables: columns that identify rows, all columns of each, and those of both."""

    key: Sequence[str]
    old: Sequence[str]
    new: Sequence[str]
    shared: Sequence[str]

    def queries(self) -> tuple[str, str, str]:
        """Rows that only the old table has, that only the new one has, and pairs whose other cells differ."""
        removed = self._only("old_rows", self.old, "new_rows" if self.shared else None)
        added = self._only("new_rows", self.new, "old_rows" if self.shared else None)
        pairs = ", ".join(f"{side}.{sql.name(column)}" for side in ("o", "n") for column in self.shared)
        same = sql.all_of([f"o.{sql.name(column)} = n.{sql.name(column)}" for column in self.key])
        others = [column for column in self.shared if column not in self.key]
        differ = sql.any_of([f"o.{sql.name(column)} <> n.{sql.name(column)}" for column in others])
        order = ", ".join(f"n.{sql.name(column)}" for column in self.key)
        if not self.shared:
            return removed, added, "SELECT 1 WHERE FALSE"
        changed = f"SELECT {pairs} FROM old_rows o JOIN new_rows n ON {same} WHERE {differ} ORDER BY {order}"
        return removed, added, changed

    def _only(self, table: str, columns: Sequence[str], other: str | None) -> str:
        if not columns:
            return f"SELECT 1 FROM {table} WHERE FALSE"
        same = sql.all_of([f"r.{sql.name(column)} = k.{sql.name(column)}" for column in self.key])
        rows = sql.anti_join(table, other, same) if other else f"SELECT * FROM {table} AS r"
        return f"{rows} ORDER BY " + ", ".join(f"r.{sql.name(column)}" for column in self.key)
