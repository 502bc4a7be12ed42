"""Rows of a table from its Parquet file, asked of DuckDB: sorted, filtered, a page at a time, within bounds.

The engine reads the files of the edition and nothing else, its settings are locked, and a query that takes too long is
interrupted. Identifiers are quoted, values are parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from typing import Any, Literal

import duckdb

from st_opendata.errors import InputError
from st_opendata.folding import folded_sql
from st_opendata.place import Place
from st_opendata.portal.data.edition import Edition
from st_opendata.system.scratch import Scratch

SECONDS = 5.0
"""That a query may take."""
_MEMORY = "256MB"
_SPILL = "1GB"
"""On disk, for sorts that do not fit into memory."""
_AT_ONCE = 2
_WAIT = 5.0
"""Seconds that a query waits for its turn."""
_LONGEST_CELL = 1000
"""Characters of a cell that a page shows."""
_PLACE = "file_row_number"
"""What DuckDB calls the place of a row in its file."""
FURTHEST = 10_000_000
"""Rows that may be skipped."""

Kind = Literal["text", "number", "moment", "other"]
Test = Literal["contains", "equals", "least", "most", "empty"]
TESTS: dict[Kind, tuple[Test, ...]] = {
    "text": ("contains", "equals", "empty"),
    "number": ("equals", "least", "most", "empty"),
    "moment": ("equals", "least", "most", "empty"),
    "other": ("contains", "empty"),
}
"""What a column of each kind may be tested for."""
_ASKED = f"SELECT {folded_sql('asked')} FROM (SELECT CAST(? AS VARCHAR) AS asked)"  # noqa: S608 (no value in it)
_CONDITIONS: dict[Test, str] = {
    # Folded on both sides: a visitor need not type accents.
    "contains": f"contains({folded_sql('CAST({column} AS VARCHAR)')}, ({_ASKED}))",
    "equals": "{column} = CAST(? AS {type})",
    "least": "{column} >= CAST(? AS {type})",
    "most": "{column} <= CAST(? AS {type})",
    "empty": "{column} IS NULL",
}


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
class Question:
    """Which rows of a file, in which order: at most `limit` after `offset`."""

    filters: tuple[Filter, ...] = ()
    sort: str | None = None
    descending: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows, each cell as text or None, and how many there are in all that pass the filters.

    `numbers` are the places of the rows in the file, from 0; none where a column of the table hides them.
    """

    columns: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    numbers: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of all tables of an edition; safe to ask from any thread."""

    folder: Path
    file: Callable[[str], Path]
    """Where the file of the release with that path is, as `Edition.path` gives it."""
    spill: Scratch
    connection: duckdb.DuckDBPyConnection
    seconds: float = SECONDS
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    def kinds(self, path: str) -> dict[str, Kind]:
        """The columns of a file, with what kind of values they hold."""
        with self._asking() as cursor:
            return {name: _kind(kind) for name, kind in self._columns(cursor, path).items()}

    def ask(self, path: str, question: Question) -> Answer:
        """The answer to a question on a file of the release.

        Raises:
            KeyError: it has no column of that name.
            RowsError: a value does not fit its column, or the question takes too long, or too many are asked.
            InputError: the file cannot be read.
        """
        with self._asking() as cursor:
            types = self._columns(cursor, path)
            where, values = _where(question.filters, types)
            source = f"read_parquet(?) {where}"
            file = str(self.file(path))
            self._check(cursor, question.filters, types)
            total = cursor.execute(f"SELECT count(*) FROM {source}", [file, *values]).fetchone()  # noqa: S608
            # A list or a moment is text as DuckDB writes it; what is longer than a page shows is cut there already.
            shown = ", ".join(f"left(CAST({_name(name)} AS VARCHAR), {_LONGEST_CELL + 1})" for name in types)
            place = "-1" if _PLACE in map(str.lower, types) else _PLACE
            order = f"ORDER BY {_order(question, types)}" if question.sort else ""
            offset = min(question.offset, FURTHEST)
            rows = cursor.execute(
                f"SELECT {place}, {shown} FROM {source} {order} LIMIT {question.limit:d} OFFSET {offset:d}",  # noqa: S608
                [file, *values],
            ).fetchall()
            numbers = tuple(row[0] for row in rows if row[0] >= 0)
            return Answer(tuple(types), [tuple(map(_cut, row[1:])) for row in rows], numbers, total[0] if total else 0)

    def spans(self, path: str) -> dict[str, tuple[int, int]]:
        """By table, the first and the last row of its source that a file of facts names; raises as `ask`."""
        with self._asking() as cursor:
            spans = 'SELECT "table", min("row"), max("row") FROM read_parquet(?) GROUP BY 1'
            return {
                table: (first, last) for table, first, last in cursor.execute(spans, [str(self.file(path))]).fetchall()
            }

    def years(self, path: str, column: str) -> list[tuple[int, int]]:
        """The years of a column of dates or moments, each with its number of rows; raises as `ask`."""
        with self._asking() as cursor:
            if _kind(self._columns(cursor, path)[column]) != "moment":
                return []
            name = _name(column)
            known = f"FROM read_parquet(?) WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1"
            file = str(self.file(path))
            return cursor.execute(f"SELECT year({name}), count(*) {known}", [file]).fetchall()

    def close(self) -> None:
        """Close the engine and remove what it spilled."""
        self.connection.close()
        self.spill.close()

    def _columns(self, cursor: duckdb.DuckDBPyConnection, path: str) -> dict[str, str]:
        """The type of each column; asking for it reads no more than the end of the file."""
        found = cursor.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(self.file(path))]).fetchall()
        return {row[0]: row[1] for row in found}

    def _check(self, cursor: duckdb.DuckDBPyConnection, filters: Sequence[Filter], types: dict[str, str]) -> None:
        """Raise RowsError for a value that is none of its column's type."""
        for each in filters:
            if each.test in ("equals", "least", "most"):
                fits = cursor.execute(f"SELECT TRY_CAST(? AS {types[each.column]})", [each.value]).fetchone()
                if fits is None or fits[0] is None:
                    raise RowsError("value", each.column)

    @contextmanager
    def _asking(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor, when its turn has come; interrupted when it takes too long."""
        if not self._turns.acquire(timeout=_WAIT):
            raise RowsError("busy")
        try:
            with closing(self.connection.cursor()) as cursor, _limited(cursor, self.seconds):
                yield cursor
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise RowsError("slow") from None
        except duckdb.Error as error:
            raise InputError(
                f"a table cannot be read: {str(error).partition(chr(10))[0]}",
                place=Place(str(self.folder)),
                remedy="Build the release again.",
            ) from None
        finally:
            self._turns.release()


def open_rows(edition: Edition) -> Rows:
    """The rows of an edition; a part of it (`Edition.part`)."""
    spill = Scratch()
    settings: dict[str, Any] = {
        "memory_limit": _MEMORY,
        "threads": 2,
        "temp_directory": str(spill.folder),
        "max_temp_directory_size": _SPILL,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET allowed_directories = ?", [[str(edition.folder), str(spill.folder)]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return Rows(edition.folder, edition.path, spill, connection)


@contextmanager
def _limited(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what the cursor runs after so many seconds, again and again: between two statements it is not heard."""
    done = Event()

    def interrupt() -> None:
        wait = seconds
        while not done.wait(wait):
            cursor.interrupt()
            wait = 0.02

    watch = Thread(target=interrupt, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _where(filters: Sequence[Filter], types: dict[str, str]) -> tuple[str, list[str]]:
    conditions = [_CONDITIONS[each.test].format(column=_name(each.column), type=types[each.column]) for each in filters]
    values = [each.value for each in filters if each.test != "empty"]
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def _order(question: Question, types: dict[str, str]) -> str:
    assert question.sort
    if question.sort not in types:
        raise KeyError(question.sort)
    return f"{_name(question.sort)} {'DESC' if question.descending else 'ASC'} NULLS LAST"


def _name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def _kind(kind: str) -> Kind:
    if kind == "VARCHAR":
        return "text"
    if re.match(r"DECIMAL|[U]?(TINY|SMALL|BIG|HUGE)?INT|FLOAT|DOUBLE", kind) and not kind.endswith("]"):
        return "number"
    return "moment" if kind in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE") else "other"


def _cut(cell: str | None) -> str | None:
    return cell if cell is None or len(cell) <= _LONGEST_CELL else f"{cell[:_LONGEST_CELL]}…"
