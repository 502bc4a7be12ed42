"""Columns of a release: the fork server makes them once, and each worker opens them for itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.messages.message import message
from st_opendata.model.release import Release
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache
from st_opendata.release.layout import CATALOGUE, FACTS, ONTOLOGY, is_in
from st_opendata.sparql.store import ONTOLOGY_GRAPH, ReleaseStore, catalogue_graph_of, load_described
from st_opendata.sparql.workers.disk import unchanged
from st_opendata.system.child import ChildEndedError, start

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns

_LEAST = 64 << 20
_VERSION = 2
"""The version of the file's tables and values: files of other versions are not read."""


def columns_part(memory: int) -> int:
    """The part of the memory of a process that columns may take; 0 if it is too little for them."""
    part = memory // 4
    return part if part >= _LEAST else 0


@dataclass(frozen=True, slots=True)
class Room:
    """Where the files of a release are kept, and the memory (in bytes) and threads with which they are made."""

    cache: ReleaseCache
    memory: int
    threads: int


def make_columns(
    folder: Path,
    release: Release,
    room: Room,
    open_store: Callable[[], ReleaseStore] | None = None,
    on_make: Callable[[], None] = lambda: None,
) -> int | None:
    """A descriptor of their file in the cache, None without columns.

    If the cache has none, `on_make` is called, and a separate process makes them. If that fails, the log gives the
    reason and the store answers all queries. `open_store` opens the whole store. Without it they are made from files,
    None without a word if these do not suffice: then ask again with the store.

    Raises:
        InputError: a file is not the one that the release lists.
    """
    if release.triples < LEAST_TRIPLES or not (open_store or release.facts):
        return None
    from st_opendata.sparql.aggregates import NoColumnsError  # here, so that all workers inherit it
    from st_opendata.sql.duckdb import VERSION as ENGINE

    def make(path: Path) -> None:
        on_make()
        with unchanged(folder, release, is_source_of_columns):
            _run_in_child(lambda: _write(folder, release, room, open_store, path))

    try:
        path = room.cache.keep("columns", f"{_VERSION}-{ENGINE}", make)
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, NoColumnsError, ChildEndedError) as error:
        if open_store:
            sys.stderr.write(f"Aggregates are answered by the store alone: {error}\n")
            sys.stderr.flush()
        return None


def is_source_of_columns(path: str) -> bool:
    """Whether columns are made from the file of that path."""
    return is_in(FACTS, path) or path == CATALOGUE or is_in(ONTOLOGY, path)


def _write(
    folder: Path, release: Release, room: Room, open_store: Callable[[], ReleaseStore] | None, path: Path
) -> None:
    """Write the columns from the files of the facts, if the release has them, else from the store."""
    from st_opendata.sparql.aggregates import FactFiles, NoColumnsError, write_columns

    store = open_store() if open_store else load_described(folder, release)
    if not open_store and store.has_blank_nodes():
        raise NoColumnsError(message("the graph has blank nodes, which only the store names"))
    facts = None
    if release.facts:
        files = {file.predicate: folder / file.path for file in release.facts.files}
        facts = FactFiles(files, (catalogue_graph_of(release), ONTOLOGY_GRAPH))
    write_columns(store, path, room.memory, room.threads, facts=facts)


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
