"""Stores on disk, for releases that are too large for memory; they are kept from one start to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.formats import N_QUADS, N_TRIPLES, TURTLE
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.release import Release
from st_opendata.release import compare_file, read_release
from st_opendata.release.cache import ReleaseCache
from st_opendata.sparql.store import ReleaseStore, fill
from st_opendata.system.child import ChildEndedError, Send, start

_SOURCES = (N_QUADS.extension, N_TRIPLES.extension, TURTLE.extension)
"""Ends of the paths of files that a store is made from."""
_VERSION = f"1-{ox.__version__}"


def is_kept(cache: ReleaseCache) -> bool:
    """Whether the store is in the cache."""
    return cache.has("store", _VERSION)


def open_on_disk(
    folder: Path, cache: ReleaseCache, on_make: Callable[[], None] = lambda: None
) -> Callable[[], ReleaseStore]:
    """A function with which each process opens the store of a release; the store is filled first if there is none.

    `on_make` is called before that.

    Raises:
        InputError: the release cannot be read, or the store cannot be written.
    """
    try:
        path = cache.keep("store", _VERSION, lambda path: _fill(folder, path, on_make))
    except OSError as error:
        raise _unfilled(error) from error
    return lambda: ReleaseStore(ox.Store.read_only(str(path)))


def refuse_changed(folder: Path, release: Release, is_source: Callable[[str], bool]) -> None:
    """Raise InputError if one of the files that match is not the one that the release lists."""
    for file in release.files:
        if is_source(file.path) and (difference := compare_file(folder, file)):
            raise InputError(
                message(
                    "{path} is not the file that the release lists: {difference}", path=file.path, difference=difference
                ),
                remedy=message("Run `st-opendata verify release` to see what changed, or build the release again."),
            )


def _fill(folder: Path, path: Path, on_make: Callable[[], None]) -> None:
    """Fill the store in a separate process, since its threads would not survive a fork."""
    on_make()
    release = read_release(folder)

    def work(_send: Send) -> None:
        store = ox.Store(str(path))
        fill(store, folder, release)
        store.optimize()
        store.flush()

    with unchanged(folder, release, is_source_of_store):
        try:
            with start(work) as child:
                child.receive()
        except (InputError, ChildEndedError) as error:
            raise _unfilled(error) from error


def is_source_of_store(path: str) -> bool:
    """Whether a store is made from the file of that path."""
    return path.endswith(_SOURCES)


@contextmanager
def unchanged(folder: Path, release: Release, is_source: Callable[[str], bool]) -> Iterator[None]:
    """Raise InputError if a file that matches changes while the block reads it, and is no longer the one listed."""

    def marks() -> list[tuple[int, int, int]]:
        """Numbers that change when a file is replaced or written to."""
        found = [(folder / file.path).stat() for file in release.files if is_source(file.path)]
        return [(each.st_ino, each.st_size, each.st_mtime_ns) for each in found]

    before = marks()
    yield
    if marks() != before:  # the files that were read may be others than those that were checked
        refuse_changed(folder, release, is_source)


def _unfilled(error: InputError | ChildEndedError | OSError) -> InputError:
    reason = system_reason(error) if isinstance(error, OSError) else error.message
    return InputError(
        message("the store on disk cannot be filled: {reason}", reason=reason),
        remedy=message("Free some space, or name another folder for the store."),
    )
