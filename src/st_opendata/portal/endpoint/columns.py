"""Columns beside a store in memory, for aggregates: made once by the nursery, opened by each worker for itself."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.facts.scratch import Scratch
from st_opendata.portal.endpoint.limits import Limits
from st_opendata.query import ReleaseStore

if TYPE_CHECKING:
    from st_opendata.query.columns import Columns

_WORTH = 100_000
"""Triples from which on columns are made: with fewer the store needs milliseconds for an aggregate too."""


def make_columns(store: ReleaseStore, triples: int, limits: Limits, folder: Path) -> int | None:
    """A descriptor of their file, which has no name any more; None where there are none.

    They are made in `folder`, by a process of its own, which takes as much memory as a worker may and has threads.
    Where that fails, the reason goes to the log and the store answers all.
    """
    if triples < _WORTH or not limits.columns:
        return None
    import st_opendata.query.columns  # noqa: F401 (here, so that each worker has it already)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(Scratch(folder)) as scratch:
            path = scratch.folder / "columns.db"
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC) if _written_apart(store, path, limits) else None
    except OSError as error:
        _tell(str(error))
        return None


def open_columns(descriptor: int | None, limits: Limits) -> Columns | None:
    """The columns in the file that `make_columns` has made, if it has; they take files and threads of their own."""
    if descriptor is None:
        return None
    from st_opendata.query.columns import Columns

    return Columns(f"/proc/self/fd/{descriptor}", limits.columns)


def _written_apart(store: ReleaseStore, path: Path, limits: Limits) -> bool:
    from st_opendata.query.columns import NoColumnsError, write_columns

    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == 0
    code = 1
    try:
        write_columns(store, path, limits.worker_memory, os.cpu_count() or 1)
        code = 0
    except NoColumnsError as error:
        _tell(str(error))
    finally:
        os._exit(code)


def _tell(reason: str) -> None:
    sys.stderr.write(f"Aggregates are answered by the store alone: {reason}\n")
    sys.stderr.flush()
