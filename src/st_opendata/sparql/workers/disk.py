"""Stores on disk, one for each release that is too large for memory, kept from one start to the next.

The cache folder has `DIGEST/` for a complete store, `DIGEST.columns-VERSION` for its columns, and `DIGEST.lock`: a
process that fills the store holds the lock exclusively, processes that use it share the lock. Opening another store
removes those that are not in use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.release import read_release, release_digest
from st_opendata.sparql.store import ReleaseStore, fill
from st_opendata.sparql.workers.columns import VERSION
from st_opendata.system.child import ChildEndedError, Send, start
from st_opendata.system.scratch import Scratch, remove_unlocked, take_lock

_LOCK = re.compile(r"[0-9a-f]{64}\.lock")


def open_on_disk(folder: Path, cache: Path) -> Callable[[], ReleaseStore]:
    """A function with which each process opens the store of a release; the store is filled first if there is none.

    Raises:
        InputError: the release cannot be read, or the cache folder cannot be written to.
    """
    digest = release_digest(folder)
    target = cache / digest
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _share(folder, target)
        _remove_unused(columns_on_disk(folder, cache))
    except OSError as error:
        raise InputError(
            message(
                "the store cannot be written to the folder {folder}: {reason}",
                folder=cache,
                reason=system_reason(error),
            ),
            remedy=message("Name another folder for it, or allow more memory."),
        ) from error
    return lambda: ReleaseStore(ox.Store.read_only(str(target)))


def columns_on_disk(folder: Path, cache: Path) -> Path:
    """The path of a release's columns, next to its store."""
    return cache / f"{release_digest(folder)}.columns-{VERSION}"


def _remove_unused(columns: Path) -> None:
    """Remove the stores that no process uses, and other versions' columns of the store of this process."""
    cache = columns.parent
    for path in cache.glob(f"{columns.stem}.columns-*"):
        if path != columns:
            path.unlink(missing_ok=True)
    for path in cache.iterdir():
        if _LOCK.fullmatch(path.name):
            remove_unlocked(path)


def _share(folder: Path, target: Path) -> None:
    """Share the lock of a store until the process ends; fill the store first if it is missing."""
    path = target.with_name(f"{target.name}.lock")
    while True:
        shared = take_lock(path, shared=True)
        if target.is_dir():
            return
        shared.close()
        filling = take_lock(path)
        try:
            if not target.is_dir():
                _fill(folder, target)
        finally:
            filling.close()


def _fill(folder: Path, target: Path) -> None:
    """Fill the store in a separate process, since its threads would not survive a fork."""
    with Scratch(target.parent) as scratch:
        path = scratch / "store"

        def work(_send: Send) -> None:
            store = ox.Store(str(path))
            fill(store, folder, read_release(folder))
            store.optimize()
            store.flush()

        try:
            with start(work) as child:
                child.receive()
        except (InputError, ChildEndedError) as error:
            reason = error.message if isinstance(error, InputError) else str(error)
            raise InputError(
                message("the store on disk cannot be filled: {reason}", reason=reason),
                remedy=message("Free some space, or name another folder for the store."),
            ) from error
        path.rename(target)
