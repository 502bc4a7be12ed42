"""Stores on disk, one for each release that is too large for memory, kept from one start to the next.

In the cache folder there are `DIGEST/` for a store that is whole, `DIGEST.building/` for one that is being filled,
`DIGEST.columns-VERSION` for its columns, and `DIGEST.lock`, which whoever fills or uses the store holds (flock). What
nobody uses is removed when another store is opened.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.release import read_release, release_digest
from st_opendata.sparql.query import ReleaseStore, fill
from st_opendata.sparql.workers.columns import VERSION
from st_opendata.system.child import ChildEndedError, Report, start


def open_on_disk(folder: Path, cache: Path) -> Callable[[], ReleaseStore]:
    """What opens the store of a release, each process for itself; it is filled first where there is none yet.

    Raises:
        InputError: the release cannot be read, or the cache folder cannot be written to.
    """
    digest = release_digest(folder)
    target = cache / digest
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = _locked(cache / f"{digest}.lock", fcntl.LOCK_EX)
        if not target.is_dir():
            _fill_apart(folder, target)
        fcntl.flock(lock, fcntl.LOCK_SH)  # held until the process ends
        _drop_unused(cache)
    except OSError as error:
        raise InputError(
            f"the store cannot be kept in {cache}: {error.strerror or error}",
            remedy="Name another folder for it, or allow more memory.",
        ) from error
    return lambda: ReleaseStore(ox.Store.read_only(str(target)))


def columns_on_disk(folder: Path, cache: Path) -> Path:
    """Where the columns of a release are kept beside its store."""
    return cache / f"{release_digest(folder)}.columns-{VERSION}"


def _fill_apart(folder: Path, target: Path) -> None:
    """Fill the store in a process of its own, since its threads would not live in the workers."""
    building = target.with_name(f"{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)

    def work(_report: Report) -> None:
        store = ox.Store(str(building))
        fill(store, folder, read_release(folder))
        store.optimize()
        store.flush()

    try:
        with start(work) as child:
            child.receive()
    except (InputError, ChildEndedError) as error:
        shutil.rmtree(building, ignore_errors=True)
        raise InputError(
            f"the store on disk cannot be filled: {error}",
            remedy="Free some space, or name another folder for the store.",
        ) from error
    building.rename(target)


def _drop_unused(cache: Path) -> None:
    for path in cache.glob("*.lock"):
        with suppress(BlockingIOError):
            lock = _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for name in (path.stem, f"{path.stem}.building"):
                shutil.rmtree(cache / name, ignore_errors=True)
            for columns in cache.glob(f"{path.stem}.columns-*"):
                columns.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            os.close(lock)


def _locked(path: Path, how: int) -> int:
    """A descriptor that holds the lock; BlockingIOError where `how` does not wait and another process holds it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        held = False
        try:
            fcntl.flock(descriptor, how)
            # Whoever dropped the store between our open and our lock has removed the file: then take the new one.
            held = path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())
        finally:
            if not held:
                os.close(descriptor)
        if held:
            return descriptor
