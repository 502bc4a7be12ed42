"""DuckDB: the engine of facts, and the databases that read and index releases.

DuckDB's exceptions become errors of `engine` here. Extensions are never installed or loaded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import Any, Self

import duckdb

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.place import Place
from st_opendata.settings import read_size
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.engine import CsvFile, LimitError, ParquetFiles, ReadError, Row, SqlError
from st_opendata.system.scratch import Scratch

VERSION = duckdb.__version__
"""The version of the engine, which may not read the database files of another."""
LONGEST_LINE = 4_000_000
_BUFFER = 8_000_000
_OTHER_MEMORY = 300_000_000
"""The most bytes of a process in addition to DuckDB's buffers."""
_CLOSED = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
_NEVER = "1TB"
"""The threshold of checkpoints of a database in memory, which copy all its tables again and again to no use."""
_FACTS = "facts.duckdb"
"""The file of the engine's tables."""
_VIEWS = "views.duckdb"
"""The file with a view of each of them."""
_STAGED = "engine_staged"
"""A table of the engine's own."""
_ROOM = message("Free space in the folder for temporary files (TMPDIR), or raise the memory limit in the settings.")

Settings = Mapping[str, Any]
"""DuckDB's settings by name."""


class Database:
    """A connection to a database; every method raises SqlError, unless its text says otherwise."""

    def __init__(self, path: Path | None, settings: Settings, *, read_only: bool = False) -> None:
        """Open the file, or a database in memory."""
        config = {**_CLOSED, **settings}
        try:
            self._connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
        except duckdb.Error as error:
            raise SqlError(_first_line(error)) from error
        self._kinds: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        with suppress(duckdb.Error):  # a full disk; the content is discarded
            self._connection.close()

    def session(self) -> Database:
        """Another connection to the same database, for another thread."""
        other = copy(self)
        other._connection = self._connection.cursor()
        return other

    def interrupt(self) -> None:
        """Interrupt the statement of this connection, from another thread."""
        with self._errors():
            self._connection.interrupt()

    def restrict(self, files: Iterable[Path] = (), folders: Iterable[Path] = ()) -> None:
        """Read only these files and the files in these folders; settings are fixed."""
        for setting, paths in (("allowed_paths", files), ("allowed_directories", folders)):
            if listed := [str(path) for path in paths]:
                self._run(f"SET {setting} = $1", [listed])
        self._run("SET enable_external_access = false")
        self._run("SET lock_configuration = true")

    def attach(self, name: str, path: Path, *, row_group: int) -> None:
        """Add a database file under a name that prefixes those of its tables; `row_group` rows are read at once."""
        self._run(f"ATTACH {sql.text(str(path))} AS {name} (ROW_GROUP_SIZE {row_group})")

    def view(self, name: str, query: str, *, temporary: bool = False) -> None:
        """Name a query; it replaces one of that name. A temporary one is not part of the database's file."""
        self._run(f"CREATE OR REPLACE {'TEMP ' if temporary else ''}VIEW {name} AS {query}")

    def create(self, name: str, query: str, *, temporary: bool = False) -> None:
        """Make a table of the rows of a query; it replaces one of that name.

        A temporary table is not part of the database's file.
        """
        self._run(f"CREATE OR REPLACE {'TEMP ' if temporary else ''}TABLE {name} AS {query}")

    def define(self, name: str, columns: Mapping[str, str], *, temporary: bool = False) -> None:
        """Make a table without rows, with columns of these types; it replaces one of that name.

        A temporary table is not part of the database's file.
        """
        self._kinds[name] = list(columns.values())
        listed = ", ".join(f"{sql.name(column)} {kind}" for column, kind in columns.items())
        self._run(f"CREATE OR REPLACE {'TEMP ' if temporary else ''}TABLE {name} ({listed})")

    def append(self, name: str, query: str) -> None:
        """Add the rows of a query, in their order, to a table."""
        self._run(f"INSERT INTO {name} {query}")

    def fill(self, name: str, columns: Sequence[Sequence[object]]) -> None:
        """Add rows to a defined table: one list of values for each of its columns, all of the same length."""
        values = ", ".join(f"unnest(${place}::{kind}[])" for place, kind in enumerate(self._kinds[name], 1))
        self._run(f"INSERT INTO {name} SELECT {values}", columns)

    def insert(self, name: str, rows: Iterable[Sequence[object]]) -> None:
        """Add any number of rows one by one to a table."""
        with self._errors(), self._connection.appender(name) as appender:
            appender.append_rows(rows)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a small result; `values` are those of $1, $2 … in it."""
        with self._errors():
            return self._connection.execute(query, list(values)).fetchall()

    def batches(self, query: str, size: int) -> Iterator[list[Row]]:
        """The rows in batches; other statements may run between them."""
        with self._errors(), closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            while batch := cursor.fetchmany(size):
                yield batch

    def types(self, query: str, values: Sequence[object] = ()) -> dict[str, str]:
        """The columns of a query with their types, in order; only the end of a file is read."""
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE {query}", values)}

    def _run(self, statement: str, values: Sequence[object] = ()) -> None:
        with self._errors():
            self._connection.execute(statement, list(values))

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
            raise LimitError(_first_line(error)) from error
        except duckdb.InvalidInputException as error:
            raise ReadError(_first_line(error)) from error
        except duckdb.Error as error:
            raise SqlError(_first_line(error)) from error


class DuckDBEngine(Database):
    """The engine of facts (`engine.Engine`): a database in memory, which spills to its own folder.

    Tables are not compressed, not in a file either, which would take longer than to make them. Files become views, so
    that a table is read while another is made from it, and no data are stored twice.
    """

    def __init__(self, parent: Path | None, memory: str, threads: int) -> None:
        self._scratch = Scratch(parent)
        self.folder = self._scratch.folder
        self._memory, self._threads = memory, threads
        self._readable: list[Path] | None = None
        try:
            self._open(None)
        except InputError:
            self._scratch.close()
            raise
        self._inside = self.folder / "written.parquet"

    def _open(self, name: str | None, processes: int = 1) -> None:
        """Open a database of that name in the own folder, or one in memory."""
        settings: dict[str, Any] = {
            "memory_limit": _buffers(self._memory, processes),
            "threads": max(1, self._threads // processes),
            "temp_directory": str(self.folder / f"{name or 'memory'}.spill"),
            "preserve_insertion_order": True,
            "force_compression": "uncompressed",
        }
        if name is None:
            settings["checkpoint_threshold"] = _NEVER
        try:
            super().__init__(self.folder / name if name else None, settings)
        except SqlError as error:
            raise _unopened(str(error)) from None

    def suspend(self) -> None:
        """Close the tables; the first time, those in memory move to a file that other processes can open too."""
        path = self.folder / _FACTS
        if not path.exists():
            self._run(f"ATTACH {sql.text(str(path))} AS facts")
            for (table,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'memory'"):
                self._run(f"CREATE TABLE facts.main.{table} AS FROM {table}")
                self.drop(table)
            self._run("DETACH facts")
        super().close()
        self._write_views()

    def _write_views(self) -> None:
        """Write a database with a view of each table, which each process copies: thousands take long to define."""
        kinds = self._kinds
        (self.folder / _VIEWS).unlink(missing_ok=True)
        self._open(_VIEWS)
        self._run(f"ATTACH {sql.text(str(self.folder / _FACTS))} AS facts (READ_ONLY)")
        for (table,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'facts'"):
            self.view(table, f"SELECT * FROM facts.main.{table}")
        super().close()
        self._kinds = kinds

    def resume(self, processes: int = 1) -> None:
        """Open the tables again: to read only, with a database for own tables, if several processes do."""
        kinds = self._kinds
        if processes == 1:
            self._open(_FACTS)
        else:
            own = f"own{os.getpid()}"
            try:
                shutil.copyfile(self.folder / _VIEWS, self.folder / f"{own}.duckdb")
            except OSError as error:
                raise _unopened(system_reason(error)) from None
            self._open(f"{own}.duckdb", processes)
            self._inside = self.folder / f"{own}.written"
            self._run(f"ATTACH {sql.text(str(self.folder / _FACTS))} AS facts (READ_ONLY)")
        self._kinds = kinds
        if self._readable is not None:
            self.lock(self._readable)

    def close(self) -> None:
        """Remove the tables and the folder."""
        super().close()
        self._scratch.close()

    def lock(self, files: Iterable[Path]) -> None:
        """Read only these files and the own folder from now on."""
        self._readable = list(files)
        self.restrict(self._readable, [self.folder])

    def read(self, name: str, source: CsvFile | ParquetFiles) -> None:
        """Make a table from the content of files; errors of the reader are raised when the table is used."""
        if isinstance(source, ParquetFiles):
            self.view(name, f"SELECT * FROM {native.parquet(source.paths)}")
        else:
            self.view(name, f"SELECT row_number() OVER () AS position, * FROM {_read_csv(source)}")

    def remove(self, name: str, condition: str) -> None:
        """Delete the rows of a table that meet a condition."""
        self._run(f"DELETE FROM {name} WHERE {condition}")

    def drop(self, name: str) -> None:
        """Drop a table."""
        self._run(f"DROP TABLE {name}")

    def write(
        self,
        queries: Sequence[str],
        path: Path,
        columns: Mapping[str, str] | None = None,
        *,
        row_group: int | None = None,
        newer: bool = False,
    ) -> None:
        """Write the rows of the queries as one Parquet file: into the own folder, then moved to its place."""
        if columns is None:
            (rows,) = queries
        else:
            rows = f"SELECT * FROM {_STAGED}"
            self.define(_STAGED, columns)
            for query in queries:
                self.append(_STAGED, query)
        groups = f", ROW_GROUP_SIZE {row_group}" if row_group else ""
        groups += ", PARQUET_VERSION v2" if newer else ""
        self._run(f"COPY ({rows}) TO {sql.text(str(self._inside))} (FORMAT parquet, COMPRESSION zstd{groups})")
        if columns is not None:
            self.drop(_STAGED)
        try:
            shutil.move(self._inside, path)
        except OSError as error:
            text = message("the file cannot be written: {reason}", reason=system_reason(error))
            remedy = message("Free space, or choose another folder.")
            raise InputError(text, place=Place(str(path)), remedy=remedy) from None

    def understands(self, pattern: str) -> bool:
        """True when the engine can compile the regular expression (RE2 knows no look-around and no back references)."""
        try:
            self.rows("SELECT regexp_matches('', $1)", [pattern])
        except ReadError:
            return False
        return True

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """An interrupt is the user's, an error of a reader is the caller's, and the rest is the machine's."""
        try:
            yield
        except duckdb.InterruptException:
            raise KeyboardInterrupt from None
        except duckdb.InvalidInputException as error:
            raise ReadError(_first_line(error)) from None
        except duckdb.Error as error:
            text = message("the fact base failed: {reason}", reason=_first_line(error))
            raise InputError(text, remedy=_ROOM) from None


def _unopened(reason: Message | str) -> InputError:
    return InputError(message("the fact base cannot be opened: {reason}", reason=reason), remedy=_ROOM)


def _buffers(memory: str, processes: int) -> str:
    """DuckDB's limit for its buffers, so that the process stays within its share of `memory`.

    The limit does not cover the interpreter, regular expressions, the results in Python and some of the vectors.
    """
    size = (read_size(memory) or 0) // processes
    return f"{size - min(size // 4, _OTHER_MEMORY)}B" if size else memory


def _read_csv(file: CsvFile) -> str:
    """The cells of a file as text, f0, f1 …; all options are set, and DuckDB guesses nothing."""
    columns = ", ".join(f"{sql.text(f'f{number}')}: 'VARCHAR'" for number in range(file.width))
    ends = f", new_line = {sql.text(file.line_end.encode('unicode_escape').decode())}" if file.line_end else ""
    return (
        f"read_csv({sql.text(str(file.path))}, auto_detect = false, columns = {{{columns}}}, header = {file.header}, "
        f"skip = {file.skip}, delim = {sql.text(file.delimiter)}, quote = {sql.text(file.quote)}, "
        f"escape = {sql.text(file.escape)}, strict_mode = true, null_padding = false, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {_BUFFER}{ends})"
    )


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
