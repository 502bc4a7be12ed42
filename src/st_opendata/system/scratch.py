"""Temporary folders and locks between processes (flock(2)), by one rule: a folder belongs to the holder of its lock.

A left-over is removed only by a process that could take its lock. The kernel releases a lock when its process ends,
however it ends, and keeps it for all containers of the machine that share the file system, while a process number
means nothing in another container.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import weakref
from contextlib import suppress
from glob import escape
from pathlib import Path
from types import TracebackType

from st_opendata.system.limits import signals_held

_PREFIX = ".st-opendata-"
_RANDOM = "[a-z0-9_]{8}"
"""The part that `tempfile.mkdtemp` puts after a prefix."""
_UNLOCKED = "-unlocked"
"""The part that follows it if the file system has no locks: no process treats such a folder as a left-over."""


class Scratch:
    """An empty folder in `parent` (default: the system's folder for temporary files) until `close`.

    As long as its process lives, the folder itself is locked. Making another removes those that no process has locked.
    `prefix` begins its name.
    """

    def __init__(self, parent: Path | None = None, prefix: str = _PREFIX) -> None:
        remove_leftovers(parent, prefix)
        # Until it is locked, another process may remove it as a left-over: then the next one is tried.
        while not self._lock(parent, prefix):
            pass

    def _lock(self, parent: Path | None, prefix: str) -> bool:
        """Make a folder and lock it; false if it was removed in between."""
        with signals_held():
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            try:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                return False
            self._own(folder, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            self._remove.detach()
            with suppress(FileNotFoundError):
                self._own(folder.rename(folder.with_name(folder.name + _UNLOCKED)), descriptor)
        if _is_at(self.folder, descriptor):
            return True
        self._remove()
        return False

    def _own(self, folder: Path, descriptor: int) -> None:
        """Have it removed at the latest at the end of the process, even if an interrupt comes next."""
        self.folder = folder
        self._remove = weakref.finalize(self, _remove, folder, descriptor, os.getpid())

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder; does nothing the second time."""
        self._remove()


def remove_leftovers(parent: Path | None = None, prefix: str = _PREFIX) -> None:
    """Remove folders that killed processes of this user left behind, as far as possible."""
    own = re.compile(re.escape(prefix) + _RANDOM)
    root, found = parent or Path(tempfile.gettempdir()), list[Path]()
    with suppress(OSError):  # a folder in which anyone may write need not be readable
        found = [path for path in root.iterdir() if own.fullmatch(path.name)]
    for path in found:
        with suppress(OSError):
            _remove_unlocked(path)


class Lock:
    """A lock file whose lock this process holds until `close`, and at the longest until it ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Use `take_lock` or `try_lock`."""
        self._path = path
        self._descriptor = descriptor

    def close(self) -> None:
        """Give up the lock; the file stays."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Remove the file and give up its lock."""
        self._path.unlink(missing_ok=True)  # while it is locked, so that it is not another process's
        self.close()


def take_lock(path: Path, *, shared: bool = False) -> Lock:
    """Wait for the lock of a file, which is made if it is missing; several processes may hold a shared lock."""
    return _lock(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def try_lock(path: Path) -> Lock | None:
    """The lock of a file, None where another process holds it."""
    try:
        return _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def remove_unlocked(path: Path) -> None:
    """Remove a lock file and all that is named like it, unless another process holds its lock.

    The files lose their names first, so that a process that is killed here leaves nothing half removed.
    """
    lock = try_lock(path)
    if lock is None:
        return
    try:
        with Scratch(path.parent) as scratch:
            for each in list(path.parent.glob(f"{escape(path.stem)}*")):
                if each != path:
                    each.rename(scratch / each.name)
        path.unlink(missing_ok=True)
    finally:
        lock.close()


def _lock(path: Path, operation: int) -> Lock:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        is_current = False
        try:
            fcntl.flock(descriptor, operation)
            # A process that removed the file between our open and our lock had the lock of no file: take the new one.
            is_current = _is_at(path, descriptor)
        finally:
            if not is_current:
                os.close(descriptor)
        if is_current:
            return Lock(path, descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the path still leads to that file."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _remove(folder: Path, descriptor: int, owner: int) -> None:
    if os.getpid() == owner:  # and not a process that was forked
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _remove_unlocked(path: Path) -> None:
    """Remove the folder, unless it is a link, another user's or in use (OSError)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
