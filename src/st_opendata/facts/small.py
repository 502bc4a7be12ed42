"""The rows of small tables in memory: an engine takes longer to compile a question about them than Python to answer."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any, Protocol

from st_opendata.model.tables import Table
from st_opendata.sql.engine import Engine

_KEPT_TABLES, _MOST_CELLS = 4, 50_000
"""The tables whose rows are kept for the next writer, as a dataset has several, and the most cells of one."""

Cell = str | list[str] | None
Rows = Sequence[tuple[Any, ...]]
Columns = Sequence[Sequence[Cell]]


def small_rows(engine: Engine, table: Table, name: str, rows: int, before: Sequence[str] = ("record",)) -> Rows | None:
    """The rows of the table that is loaded under that name, in the order of its file; None if they may be many.

    It has at most `rows`; none, or more cells than are worth the memory, give None. A row has the columns `before`, the
    first of which is `record`, then the canonical values.
    """
    if not 0 < rows * len(table.source_columns) <= _MOST_CELLS:
        return None
    columns = [*before, *(f"c{column.number}" for column in table.source_columns)]
    found = engine.rows(f"SELECT {', '.join(columns)} FROM {name}")
    found.sort(key=itemgetter(0))  # an engine takes longer to compile the order
    return found


def without_record(rows: Rows) -> Rows:
    """The canonical values alone."""
    return [row[1:] for row in rows]


def digest_of_rows(rows: Rows) -> str:
    """The SHA-256 of texts, numbers, lists of them and None."""
    return sha256(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()


def by_column(rows: Rows) -> Columns:
    """The cells of each column."""
    return list(zip(*rows, strict=True))


class Loaded(Protocol):
    """A table in the engine under `name`."""

    @property
    def name(self) -> str:
        """The engine's name."""

    @property
    def rows(self) -> int:
        """The number of its rows."""

    @property
    def table(self) -> Table:
        """Its description."""


class SmallTables:
    """The rows of the small tables that were used last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[str, Rows] = {}

    def rows(self, loaded: Loaded) -> Rows | None:
        """The canonical values of its rows, as `small_rows`."""
        rows = self._kept.pop(loaded.name, None)
        if rows is None and (found := small_rows(self._engine, loaded.table, loaded.name, loaded.rows)) is not None:
            rows = without_record(found)
        if rows is not None:
            self._kept[loaded.name] = rows  # as the latest
        while len(self._kept) > _KEPT_TABLES:
            del self._kept[next(iter(self._kept))]
        return rows

    def columns(self, loaded: Loaded) -> Columns | None:
        """The same by column."""
        rows = self.rows(loaded)
        return None if rows is None else by_column(rows)
