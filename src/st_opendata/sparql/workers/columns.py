"""Columns of a store, for aggregates: the fork server makes them once, and each worker opens them for itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.store import ReleaseStore
from st_opendata.system.child import ChildEndedError, start
from st_opendata.system.scratch import Scratch

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns

VERSION = 2
"""The version of the file's tables and values: files of other versions are not read."""
_LEAST_TRIPLES = 100_000
"""The fewest triples for which columns are made: with fewer, the store also answers aggregates in milliseconds."""


def make_columns(
    open_store: Callable[[], ReleaseStore], triples: int, limits: Limits, folder: Path, cache: Path | None = None
) -> int | None:
    """A descriptor of their file, None without columns. It is that of `cache`, or loses its name at once.

    If `cache` has none, a separate process makes them in `folder`: it opens the store, takes as much memory as a worker
    may and has threads. If that fails, the log gives the reason and the store answers all queries.
    """
    if triples < _LEAST_TRIPLES or not limits.columns:
        return None
    from st_opendata.sparql.aggregates import NoColumnsError, write_columns  # here, so that all workers inherit it

    try:
        if cache and _can_be_opened(cache, limits):
            return _open(cache)
        folder.mkdir(parents=True, exist_ok=True)
        with Scratch(folder) as scratch:
            path = scratch / "columns.db"
            _run_in_child(lambda: write_columns(open_store(), path, limits.worker_memory, os.cpu_count() or 1))
            if cache:
                path = path.replace(cache)
            return _open(path)
    except (OSError, NoColumnsError, ChildEndedError) as error:
        sys.stderr.write(f"Aggregates are answered by the store alone: {error}\n")
        sys.stderr.flush()
        return None


def open_columns(descriptor: int | None, limits: Limits) -> Columns | None:
    """The columns in the file of `make_columns`, if there is one; they open their own files and threads."""
    if descriptor is None:
        return None
    from st_opendata.sparql.aggregates import Columns

    return Columns(f"/proc/self/fd/{descriptor}", limits.columns)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _can_be_opened(path: Path, limits: Limits) -> bool:
    """Whether the file has columns: a power failure may have truncated it, or another engine version wrote it."""
    from st_opendata.sparql.aggregates import Columns

    try:
        _run_in_child(lambda: Columns(str(path), limits.columns).close())
    except ChildEndedError:
        return False
    return True


def _run_in_child(work: Callable[[], None]) -> None:
    """Do the work in a separate process, whose threads end with it; raises ChildEndedError, or the work's StError."""
    with start(lambda _report: work()) as child:
        child.receive()
