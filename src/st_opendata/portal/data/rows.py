"""Rows of a table from its Parquet file, read with DuckDB: sorted, filtered, a page at a time, within bounds.

The engine reads the files of the edition and nothing else, its settings are locked, and a query that takes too long is
interrupted. Identifiers are quoted, values are parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from typing import Literal

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.portal.data.edition import Edition
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import LimitError, SqlError
from st_opendata.system.scratch import Scratch

SECONDS = 5.0
"""Seconds that a query may take."""
_MEMORY = "256MB"
_SPILL = "1GB"
"""Bytes on disk, for sorts that do not fit into memory."""
_AT_ONCE = 2
_WAIT = 5.0
"""Seconds that a query waits for a connection."""
_LONGEST_CELL = 1000
"""Characters of a cell that a page shows."""
_PLACE = "file_row_number"
"""DuckDB's name for the position of a row in its file."""
_FILE = native.parquet_of("$1")
FURTHEST = 10_000_000
"""The most rows that a question may skip."""

Kind = Literal["text", "number", "moment", "other"]
Test = Literal["contains", "equals", "least", "most", "empty"]
TESTS: dict[Kind, tuple[Test, ...]] = {
    "text": ("contains", "equals", "empty"),
    "number": ("equals", "least", "most", "empty"),
    "moment": ("equals", "least", "most", "empty"),
    "other": ("contains", "empty"),
}
"""The conditions that a column of each kind allows."""
_SIGNS: dict[Test, str] = {"equals": "=", "least": ">=", "most": "<="}


class RowsError(Exception):
    """A question that is not answered: `reason` is `value`, `busy` or `slow`."""

    def __init__(self, reason: Literal["value", "busy", "slow"], column: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column; `value` is as the visitor typed it."""

    column: str
    test: Test
    value: str = ""


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows of a file, in which order: at most `limit` after `offset`."""

    filters: tuple[Filter, ...] = ()
    sort: str | None = None
    descending: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RowPage:
    """The rows, each cell as text or None, and the total number of rows that pass the filters.

    `numbers` are the positions of the rows in the file, from 0; empty if a column of the table has the same name.
    """

    columns: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RowReader:
    """The rows of all tables of an edition; safe to call from any thread."""

    folder: Path
    file: Callable[[str], Path]
    """Gives the location of the release's file with that path, as `Edition.path` does."""
    spill: Scratch
    database: Database
    seconds: float = SECONDS
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    def kinds(self, path: str) -> dict[str, Kind]:
        """The columns of a file, with the kind of their values."""
        with self._asking() as database:
            return {name: _kind(kind) for name, kind in self._columns(database, path).items()}

    def ask(self, path: str, question: RowQuery) -> RowPage:
        """The answer to a question on a file of the release.

        Raises:
            KeyError: the file has no column of that name.
            RowsError: a value does not have its column's type, the question takes too long, or there are too many.
            InputError: the file cannot be read.
        """
        with self._asking() as database:
            types = self._columns(database, path)
            where, values = _where(question.filters, types)
            source = f"{_FILE} {where}"
            file = str(self.file(path))
            self._check(database, question.filters, types)
            ((total,),) = database.rows(f"SELECT count(*) FROM {source}", [file, *values])  # noqa: S608
            # DuckDB writes lists and moments as text; it also truncates cells that are longer than a page shows.
            shown = ", ".join(sql.substring(sql.as_text(sql.name(name)), 1, _LONGEST_CELL + 1) for name in types)
            place = "-1" if _PLACE in map(str.lower, types) else _PLACE
            order = f"ORDER BY {_order(question, types)}" if question.sort else ""
            offset = min(question.offset, FURTHEST)
            rows = database.rows(
                f"SELECT {place}, {shown} FROM {source} {order} LIMIT {question.limit:d} OFFSET {offset:d}",  # noqa: S608
                [file, *values],
            )
            numbers = tuple(row[0] for row in rows if row[0] >= 0)
            return RowPage(tuple(types), [tuple(map(_cut, row[1:])) for row in rows], numbers, total)

    def whole_cells(self, path: str, column: str, rows: int, letters: int) -> list[str | None]:
        """The texts of a column, uncut; none if there are more rows, or letters in all, than that; raises as `ask`."""
        with self._asking() as database:
            name, file = sql.as_text(sql.name(column)), [str(self.file(path))]
            size = f"SELECT count(*), coalesce(sum({sql.length(name)}), 0) FROM {_FILE}"  # noqa: S608 (a quoted name)
            ((count, length),) = database.rows(size, file)
            if count > rows or length > letters:
                return []
            return [cell for (cell,) in database.rows(f"SELECT {name} FROM {_FILE}", file)]  # noqa: S608

    def spans(self, path: str) -> dict[str, tuple[int, int]]:
        """By table, the first and the last row of its source that a file of facts names; raises as `ask`."""
        with self._asking() as database:
            spans = f'SELECT "table", min("row"), max("row") FROM {_FILE} GROUP BY 1'  # noqa: S608 (no value in it)
            return {table: (first, last) for table, first, last in database.rows(spans, [str(self.file(path))])}

    def years(self, path: str, column: str) -> list[tuple[int, int]]:
        """The years of a column of dates or moments, each with its number of rows; raises as `ask`."""
        with self._asking() as database:
            if _kind(self._columns(database, path)[column]) != "moment":
                return []
            name = sql.name(column)
            known = f"FROM {_FILE} WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1"
            return database.rows(f"SELECT {native.year(name)}, count(*) {known}", [str(self.file(path))])

    def close(self) -> None:
        """Close the engine and remove its temporary files."""
        self.database.close()
        self.spill.close()

    def _columns(self, database: Database, path: str) -> dict[str, str]:
        """The type of each column; reads only the end of the file."""
        return database.types(f"SELECT * FROM {_FILE}", [str(self.file(path))])  # noqa: S608 (no value in it)

    def _check(self, database: Database, filters: Sequence[Filter], types: dict[str, str]) -> None:
        """Raise RowsError for a value that does not have its column's type."""
        for each in filters:
            if each.test in _SIGNS:
                ((fitting,),) = database.rows(f"SELECT {sql.try_cast('$1', types[each.column])}", [each.value])
                if fitting is None:
                    raise RowsError("value", each.column)

    @contextmanager
    def _asking(self) -> Iterator[Database]:
        """A free connection; its queries are interrupted if they take too long."""
        if not self._turns.acquire(timeout=_WAIT):
            raise RowsError("busy")
        try:
            with self.database.session() as database, _limited(database, self.seconds):
                yield database
        except LimitError:
            raise RowsError("slow") from None
        except SqlError as error:
            raise InputError(
                message("a table cannot be read: {reason}", reason=str(error)),
                place=Place(str(self.folder)),
                remedy=message("Build the release again."),
            ) from None
        finally:
            self._turns.release()


def open_rows(edition: Edition) -> RowReader:
    """The rows of an edition; a part of it (`Edition.part`)."""
    spill = Scratch()
    settings = {
        "memory_limit": _MEMORY,
        "threads": 2,
        "temp_directory": str(spill.folder),
        "max_temp_directory_size": _SPILL,
    }
    database = Database(None, settings)
    database.restrict(folders=[edition.folder, spill.folder])
    return RowReader(edition.folder, edition.path, spill, database)


@contextmanager
def _limited(database: Database, seconds: float) -> Iterator[None]:
    """Interrupt the connection's statement after `seconds`, repeatedly: between statements that has no effect."""
    done = Event()

    def interrupt() -> None:
        wait = seconds
        while not done.wait(wait):
            database.interrupt()
            wait = 0.02

    watch = Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _where(filters: Sequence[Filter], types: dict[str, str]) -> tuple[str, list[str]]:
    """The condition, and the values of $2, $3 … in it."""
    conditions, values = list[str](), list[str]()
    for each in filters:
        values += [] if each.test == "empty" else [each.value]
        conditions.append(_condition(each, types[each.column], f"${len(values) + 1}"))
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _condition(test: Filter, kind: str, value: str) -> str:
    column = sql.name(test.column)
    if test.test == "empty":
        return f"{column} IS NULL"
    if test.test == "contains":  # folded on both sides, so that visitors need not type accents
        asked = f"(SELECT {native.fold('asked')} FROM (SELECT {sql.as_text(value)} AS asked))"  # noqa: S608
        return native.contains_value(native.fold(sql.as_text(column)), asked)
    return f"{column} {_SIGNS[test.test]} {sql.cast(value, kind)}"


def _order(question: RowQuery, types: dict[str, str]) -> str:
    assert question.sort
    if question.sort not in types:
        raise KeyError(question.sort)
    return f"{sql.name(question.sort)} {'DESC' if question.descending else 'ASC'} NULLS LAST"


def _kind(kind: str) -> Kind:
    if kind == "VARCHAR":
        return "text"
    if re.match(r"DECIMAL|[U]?(TINY|SMALL|BIG|HUGE)?INT|FLOAT|DOUBLE", kind) and not kind.endswith("]"):
        return "number"
    return "moment" if kind in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE") else "other"


def _cut(cell: str | None) -> str | None:
    return cell if cell is None or len(cell) <= _LONGEST_CELL else f"{cell[:_LONGEST_CELL]}…"
