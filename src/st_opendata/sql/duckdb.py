"""The embedded engine: an on-disk database in a folder of its own, bounded in memory, closed to everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from st_opendata.errors import InputError
from st_opendata.system.scratch import Scratch

Row = tuple[Any, ...]


class Engine:
    """A connection that reads the given files and its own temporary folder, and nothing else.

    Nothing is installed or loaded, settings are locked. `folder` is removed by `close`.
    """

    def __init__(self, parent: Path | None, memory: str, threads: int) -> None:
        self._scratch = Scratch(parent)
        self.folder = self._scratch.folder
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": str(self.folder / "spill"),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        try:
            self._connection = duckdb.connect(str(self.folder / "facts.duckdb"), config=settings)
        except duckdb.Error as error:
            self._scratch.close()
            raise InputError(f"the fact base cannot be opened: {_first_line(error)}", remedy=_ROOM) from None

    def lock(self, files: Iterable[Path]) -> None:
        """Allow these files and the own folder, then nothing more; settings cannot be changed after this."""
        self.run("SET allowed_paths = $1", [[str(path) for path in files]])
        self.run("SET allowed_directories = $1", [[str(self.folder)]])
        self.run("SET enable_external_access = false")
        self.run("SET lock_configuration = true")

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run a statement without a result.

        Raises:
            RefusedInput: the engine's reader refuses a file.
            InputError: the disk is full or memory does not suffice.
        """
        with _told():
            self._connection.execute(statement, list(values))

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows of a small result."""
        self.run(statement, values)
        return self._connection.fetchall()

    def batches(self, statement: str, size: int) -> Iterator[list[Row]]:
        """The rows in batches; other statements may run between them."""
        with _told(), closing(self._connection.cursor()) as cursor:
            cursor.execute(statement)
            while batch := cursor.fetchmany(size):
                yield batch

    def understands(self, pattern: str) -> bool:
        """True when the engine can compile the regular expression (RE2 knows no look-around and no back references)."""
        try:
            self._connection.execute("SELECT regexp_matches('', $1)", [pattern]).fetchall()
        except duckdb.InvalidInputException:
            return False
        return True

    def close(self) -> None:
        """Close the database and remove its folder."""
        with suppress(duckdb.Error):  # a full disk; what it holds is thrown away
            self._connection.close()
        self._scratch.close()


RefusedInput = duckdb.InvalidInputException
_ROOM = "Free space in the folder for temporary files (TMPDIR), or raise the memory limit in the settings."


@contextmanager
def _told() -> Iterator[None]:
    """Tell what the engine reports in the terms of the program; a file that its reader refuses is the caller's."""
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except duckdb.InvalidInputException:
        raise
    except duckdb.Error as error:
        raise InputError(f"the fact base cannot go on: {_first_line(error)}", remedy=_ROOM) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
