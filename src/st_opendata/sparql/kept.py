"""The store and the columns of a release in one process, for a single query.

A large release has both in the user's cache, where a portal of the release uses them too; a small one is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.messages.message import message
from st_opendata.release import read_release
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache
from st_opendata.sparql.store import ReleaseStore, load

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns

STEPS = {
    "store": message("Filling the store of the release, which this query needs. Later queries use it too."),
    "columns": message("Writing the columns of the release. Later queries use them too."),
    "unkept": message("The cache folder cannot be written to, so each query loads the whole release."),
}
"""The steps before the answer to a query, by name."""


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """The store of a release, None if the columns shall do without; and its columns if it has any."""

    store: ReleaseStore | None
    columns: Columns | None = None


def open_release(
    folder: Path, memory: int, threads: int, on_step: Callable[[str], None], *, whole: bool = False
) -> OpenRelease:
    """Open a release; its columns take at most `memory` bytes and `threads` while they are made.

    If the store is not kept yet, it is only filled if `whole` is set or there are no columns without it.

    Raises:
        InputError: the folder is not a release or cannot be read, or there is no space for the store.
    """
    release = read_release(folder)
    if release.triples < LEAST_TRIPLES:
        return OpenRelease(load(folder))
    try:
        cache = ReleaseCache.open(folder)
    except OSError:
        on_step("unkept")
        return OpenRelease(load(folder))
    from st_opendata.sparql.workers.columns import Room, columns_part, is_source_of_columns, make_columns, open_columns
    from st_opendata.sparql.workers.disk import is_kept, is_source_of_store, open_on_disk, refuse_changed

    def make(step: str, is_source: Callable[[str], bool]) -> None:
        refuse_changed(folder, release, is_source)
        on_step(step)

    def columns_of(open_store: Callable[[], ReleaseStore] | None) -> int | None:
        if not columns_part(memory):
            return None
        room = Room(cache, memory, threads)
        return make_columns(folder, release, room, open_store, lambda: make("columns", is_source_of_columns))

    columns = columns_of(None)
    if columns is not None and not whole and not is_kept(cache):
        return OpenRelease(None, open_columns(columns, memory))
    open_store = open_on_disk(folder, cache, lambda: make("store", is_source_of_store))
    columns = columns_of(open_store) if columns is None else columns
    return OpenRelease(open_store(), open_columns(columns, memory))
