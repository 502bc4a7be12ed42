"""Folders for temporary files: removed when done with, and by the next process where theirs was killed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = ".st-opendata-facts-"
_NAME = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")


class Scratch:
    """An empty folder in `parent` (default: the system's folder for temporary files) until `close`.

    As long as its process lives, the folder is locked (flock); making another removes those that nobody locks.
    """

    def __init__(self, parent: Path | None = None) -> None:
        root = parent or Path(tempfile.gettempdir())
        clear(root)
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
            # Until it is locked, another process may take it for left over: then it is gone, and the next one is tried.
            with suppress(FileNotFoundError):
                self._lock = os.open(self.folder, os.O_RDONLY)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if self.folder.exists():
                    return
                os.close(self._lock)

    def close(self) -> None:
        """Remove the folder; does nothing the second time."""
        if self._lock >= 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def clear(root: Path) -> None:
    """Remove the folders in `root` that processes of this user left behind when they were killed, as far as it can."""
    found: list[Path] = []
    with suppress(OSError):  # a folder in which anyone may write need not be readable
        found = [path for path in root.iterdir() if _NAME.fullmatch(path.name)]
    for path in found:
        with suppress(OSError):
            _remove_if_left(path)


def _remove_if_left(path: Path) -> None:
    """Remove the folder, unless it is a link, someone else's or in use (OSError)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)
