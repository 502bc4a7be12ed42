"""The store and the columns of a release in one process, for a single query.

A large release has both in the user's cache, where a portal of the release uses them too; a small one is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from st_opendata.messages.message import message
from st_opendata.release import read_release
from st_opendata.release.cache import LEAST_TRIPLES, ReleaseCache
from st_opendata.sparql.store import ReleaseStore, load

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns

STEPS = {
    "store": message("Filling the store of the release. Later queries use it too."),
    "columns": message("Writing the columns of the release. Later queries use them too."),
    "unkept": message("The cache folder cannot be written to, so each query loads the whole release."),
}
"""The steps before the answer to a query, by name."""


def open_release(folder: Path, memory: int, on_step: Callable[[str], None]) -> tuple[ReleaseStore, Columns | None]:
    """The store of a release, and its columns if it has any; they take at most `memory` bytes while they are made.

    Raises:
        InputError: the folder is not a release or cannot be read, or there is no space for the store.
    """
    release = read_release(folder)
    if release.triples < LEAST_TRIPLES:
        return load(folder), None
    try:
        cache = ReleaseCache.open(folder)
    except OSError:
        on_step("unkept")
        return load(folder), None
    from st_opendata.sparql.workers.columns import facts_of, make_columns, open_columns
    from st_opendata.sparql.workers.disk import open_on_disk, refuse_changed

    def make(step: str) -> None:
        refuse_changed(folder, release)
        on_step(step)

    open_store = open_on_disk(folder, cache, lambda: make("store"))
    facts = facts_of(folder, release)
    columns = make_columns(open_store, release.triples, memory, cache, facts, lambda: make("columns"))
    return open_store(), open_columns(columns, memory)
