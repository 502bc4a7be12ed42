"""Folders for what is needed for a time: removed when done with, and by the next process where theirs was killed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_PREFIX = ".st-opendata-"
_RANDOM = "[a-z0-9_]{8}"
"""What `tempfile.mkdtemp` puts after a prefix."""


class Scratch:
    """An empty folder in `parent` (default: the system's folder for temporary files) until `close`.

    As long as its process lives, the folder is locked (flock), which all processes of the machine see, whatever their
    namespaces; making another removes those that nobody locks. `prefix` begins its name.
    """

    def __init__(self, parent: Path | None = None, prefix: str = _PREFIX) -> None:
        clear(parent, prefix)
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            # Until it is locked, another process may take it for left over: then it is gone, and the next one is tried.
            with suppress(FileNotFoundError):
                lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
                # At the latest at the end of the process, where an interrupt comes before the folder is anybody's.
                self._remove = weakref.finalize(self, _remove, self.folder, lock, os.getpid())
                with suppress(OSError):  # a file system without locks, where nobody else removes it either
                    fcntl.flock(lock, fcntl.LOCK_EX)
                if self.folder.exists():
                    return
                self._remove()

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder; does nothing the second time."""
        self._remove()


def clear(parent: Path | None = None, prefix: str = _PREFIX) -> None:
    """Remove such folders as processes of this user left behind when they were killed, as far as it can."""
    own = re.compile(re.escape(prefix) + _RANDOM)
    root, found = parent or Path(tempfile.gettempdir()), list[Path]()
    with suppress(OSError):  # a folder in which anyone may write need not be readable
        found = [path for path in root.iterdir() if own.fullmatch(path.name)]
    for path in found:
        with suppress(OSError):
            _remove_if_left(path)


def _remove(folder: Path, lock: int, owner: int) -> None:
    if os.getpid() == owner:  # and not a process that was forked
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_if_left(path: Path) -> None:
    """Remove the folder, unless it is a link, someone else's or in use (OSError)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
