"""Columns of a store, for aggregates: the fork server makes them once, and each worker opens them for itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.model.release import Release
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache
from st_opendata.release.layout import facts_file
from st_opendata.sparql.store import ONTOLOGY_GRAPH, ReleaseStore, catalogue_graph_of
from st_opendata.system.child import ChildEndedError, start

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns, FactFiles

_LEAST = 64 << 20
_VERSION = 2
"""The version of the file's tables and values: files of other versions are not read."""


def columns_part(memory: int) -> int:
    """The part of the memory of a process that columns may take; 0 if it is too little for them."""
    part = memory // 4
    return part if part >= _LEAST else 0


def make_columns(
    open_store: Callable[[], ReleaseStore],
    triples: int,
    memory: int,
    cache: ReleaseCache,
    facts: FactFiles | None = None,
    on_make: Callable[[], None] = lambda: None,
) -> int | None:
    """A descriptor of their file in the cache, None without columns.

    If the cache has none, `on_make` is called, and a separate process makes them: it opens the store, takes at most
    `memory` bytes and has threads. If that fails, the log gives the reason and the store answers all queries.
    """
    if triples < LEAST_TRIPLES or not columns_part(memory):
        return None
    from st_opendata.sparql.aggregates import NoColumnsError  # here, so that all workers inherit it
    from st_opendata.sql.duckdb import VERSION as ENGINE

    def make(path: Path) -> None:
        on_make()
        _run_in_child(lambda: _write(open_store(), path, memory, facts))

    try:
        path = cache.keep("columns", f"{_VERSION}-{ENGINE}", make)
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, NoColumnsError, ChildEndedError) as error:
        sys.stderr.write(f"Aggregates are answered by the store alone: {error}\n")
        sys.stderr.flush()
        return None


def _write(store: ReleaseStore, path: Path, memory: int, facts: FactFiles | None) -> None:
    """Write the columns from the files of the facts; from the store if they are not the same or there are none."""
    from st_opendata.sparql.aggregates import NoColumnsError, write_columns

    threads = os.cpu_count() or 1
    if facts:
        try:
            write_columns(store, path, memory, threads, facts=facts)
        except NoColumnsError:
            path.unlink(missing_ok=True)
        else:
            return
    write_columns(store, path, memory, threads)


def facts_of(folder: Path, release: Release) -> FactFiles | None:
    """The Parquet files of a release's facts, None if a dataset has none."""
    from st_opendata.sparql.aggregates import FactFiles

    files = [folder / facts_file(dataset.id) for dataset in release.datasets]
    if not all(path.is_file() for path in files):
        return None
    return FactFiles(tuple(files), (catalogue_graph_of(release), ONTOLOGY_GRAPH))


def open_columns(descriptor: int | None, memory: int) -> Columns | None:
    """The columns in the file of `make_columns`, if there is one that can be opened, for a process with `memory`.

    They open their own files and threads.
    """
    if descriptor is None:
        return None
    from st_opendata.sparql.aggregates import Columns
    from st_opendata.sql.engine import SqlError

    try:
        return Columns(f"/proc/self/fd/{descriptor}", columns_part(memory))
    except SqlError as error:
        sys.stderr.write(f"Aggregates are answered by the store alone: {error}\n")
        return None


def _run_in_child(work: Callable[[], None]) -> None:
    """Do the work in a separate process, whose threads end with it; raises ChildEndedError, or the work's StError."""
    with start(lambda _report: work()) as child:
        child.receive()
