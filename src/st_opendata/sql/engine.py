"""The protocol of an engine: the methods that facts, comparisons and CSVW tables need from a database, and its errors.

An engine gets SELECTs, conditions and types in the terms of `dialect`, never a whole statement: it decides how a table
is made, filled or written. Another engine is one class with these methods (`load_facts(engine=…)`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

Row = tuple[Any, ...]


class SqlError(Exception):
    """An engine cannot run a statement; the text is the engine's, in one line."""


class ReadError(SqlError):
    """The engine's reader refuses a file, or a regular expression is invalid."""


class LimitError(SqlError):
    """The engine has reached its limit of time or memory."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file of delimited text in UTF-8, with `width` cells in each record.

    `skip` lines come before the header or the first record; without `line_end` it is found by the engine.
    """

    path: Path
    width: int
    header: bool = True
    skip: int = 0
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    line_end: str | None = None


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """Files of the same columns, one after the other."""

    paths: tuple[Path, ...]


class Engine(Protocol):
    """A separate database, bounded in memory and closed to everything else.

    `folder` is its own, removed by `close`. Every method raises InputError if disk or memory does not suffice.
    """

    folder: Path

    def lock(self, files: Iterable[Path]) -> None:
        """Read only these files and the own folder from now on."""

    def read(self, name: str, source: CsvFile | ParquetFiles) -> None:
        """Make a table from the content of files; ReadError for unreadable ones, no later than the table's first use.

        The cells of text are the columns f0, f1 … (NULL or text), and `position` is the number of the record, from 1.
        It replaces one of that name that was read too.
        """

    def create(self, name: str, query: str) -> None:
        """Make a table of the rows of a query; it replaces one of that name that was not read."""

    def define(self, name: str, columns: Mapping[str, str]) -> None:
        """Make a table without rows, with columns of these types; it replaces one of that name that was not read."""

    def append(self, name: str, query: str) -> None:
        """Add the rows of a query, in their order, to a table."""

    def fill(self, name: str, columns: Sequence[Sequence[object]]) -> None:
        """Add rows to a defined table: one list of values for each of its columns, all of the same length."""

    def remove(self, name: str, condition: str) -> None:
        """Delete the rows of a table that meet a condition."""

    def drop(self, name: str) -> None:
        """Drop a table."""

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a small result; `values` are those of $1, $2 … in it."""

    def batches(self, query: str, size: int) -> Iterator[list[Row]]:
        """The rows in batches; other statements may run between them."""

    def write(
        self,
        queries: Sequence[str],
        path: Path,
        columns: Mapping[str, str] | None = None,
        *,
        row_group: int | None = None,
        newer: bool = False,
    ) -> None:
        """Write the rows of the queries, one after the other, as one Parquet file.

        `columns` are the names and types of its columns; without them there is one query, which names them. A reader
        reads `row_group` rows at once. `newer` encodings are for files that the program itself reads.
        """

    def understands(self, pattern: str) -> bool:
        """True when `dialect.full_match` can use the regular expression."""

    def close(self) -> None:
        """Remove the tables and the folder."""


@runtime_checkable
class SharedEngine(Engine, Protocol):
    """An engine whose tables several processes can read at once."""

    def suspend(self) -> None:
        """Close the tables: no other method may be called before `resume`, here or in a forked process."""

    def resume(self, processes: int = 1) -> None:
        """Open the tables again, of which there are no others then, unless this is one of several forked processes.

        Those only read them, and make tables of their own; each has its share of memory and threads.
        """


OpenEngine = Callable[[Path | None, str, int], Engine]
"""Makes an engine: the parent of its folder (None for the system's), memory (such as `1GB`) and threads."""
