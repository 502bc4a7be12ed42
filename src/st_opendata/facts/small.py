"""The rows of small tables in memory: an engine takes longer to compile a question about them than Python to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from st_opendata.model.tables import Table
from st_opendata.sql.engine import Engine

_KEPT_TABLES, _MOST_CELLS = 4, 50_000
"""The tables whose rows are kept for the next writer, as a dataset has several, and the most cells of one."""

Cell = str | list[str] | None
Rows = Sequence[tuple[Cell, ...]]
Columns = Sequence[Sequence[Cell]]


def _select_rows(table: Table, name: str) -> str:
    """The canonical values of the table that is loaded under that name, in the order of its file."""
    columns = ", ".join(f"c{column.number}" for column in table.source_columns)
    return f"SELECT {columns} FROM {name} ORDER BY record"


def small_rows(engine: Engine, table: Table, name: str, rows: int) -> Rows | None:
    """Its rows if they are few; None if it has none, or more cells than are worth the memory."""
    if not 0 < rows * len(table.source_columns) <= _MOST_CELLS:
        return None
    return engine.rows(_select_rows(table, name))


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
        """As `small_rows`."""
        rows = self._kept.pop(loaded.name, None) or small_rows(self._engine, loaded.table, loaded.name, loaded.rows)
        if rows is not None:
            self._kept[loaded.name] = rows  # as the latest
        while len(self._kept) > _KEPT_TABLES:
            del self._kept[next(iter(self._kept))]
        return rows

    def columns(self, loaded: Loaded) -> Columns | None:
        """The same by column."""
        rows = self.rows(loaded)
        return None if rows is None else by_column(rows)
