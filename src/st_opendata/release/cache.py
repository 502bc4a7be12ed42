"""Files that are computed from a release, kept from one start to the next.

They are its store, its columns, its index, the descriptions of its datasets and the index of their words.

The cache folder has for each release, by its digest: `DIGEST.lock`, whose text is the folder of the release, and which
all processes that use the files share; `DIGEST.KIND.making`, whose lock the process has that makes a file of the kind;
and the files, `DIGEST.KIND-VERSION`, each with its size in `DIGEST.KIND-VERSION.size`. A file gets its name when it is
complete and on the disk. A process that opens the cache removes the files of releases that are no longer in their
folders, unless another process uses them.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.release import release_digest
from st_opendata.system.cache import cache_folder
from st_opendata.system.scratch import Lock, Scratch, remove_unlocked, take_lock

_log = logging.getLogger(__name__)
LEAST_TRIPLES = 100_000
"""The fewest triples of a release whose files are kept: those of a smaller one are computed in less than a second."""


_NAME = "stores"
"""Of the folder in the user's cache."""


class ReleaseCache:
    """The files of one release, which no other process removes before `close`."""

    def __init__(self, folder: Path, digest: str, lock: Lock, scratch: Scratch | None = None) -> None:
        """Use `open` or `open_temporary`."""
        self.folder = folder
        self._digest = digest
        self._lock = lock
        self._scratch = scratch

    @classmethod
    def open(cls, release: Path, home: Path | None = None, folder: Path | None = None) -> Self:
        """The cache for a release, in `folder` or the user's; raises OSError where it cannot be written to.

        `home` is the folder in which the release will be found, if `release` is a copy.
        """
        folder, digest = folder or cache_folder(_NAME), release_digest(release)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{digest}.lock"
        with ExitStack() as stack:
            lock = take_lock(path, shared=True)
            stack.callback(lock.close)
            path.write_text(str((home or release).resolve()), "utf-8")
            _remove_stale(folder, path)
            stack.pop_all()
        return cls(folder, digest, lock)

    @classmethod
    def open_temporary(cls, release: Path) -> Self:
        """A cache in the folder for temporary files, which `close` removes."""
        scratch, digest = Scratch(), release_digest(release)
        return cls(scratch.folder, digest, take_lock(scratch.folder / f"{digest}.lock"), scratch)

    def close(self) -> None:
        """Let other processes remove the files."""
        self._lock.close()
        if self._scratch:
            self._scratch.close()

    def has(self, kind: str, version: str) -> bool:
        """Whether there is a file or folder of this version."""
        return _is_complete(self._path(f"{kind}-{version}"))

    def keep(self, kind: str, version: str, make: Callable[[Path], None]) -> Path:
        """The path of a file or folder of this version; `make` writes it if there is none, in one process at a time.

        Raises what `make` raises, and OSError.
        """
        path = self._path(f"{kind}-{version}")
        if _is_complete(path):
            return path
        making = take_lock(self._path(f"{kind}.making"))
        try:
            if not _is_complete(path):
                for old in self.folder.glob(f"{self._digest}.{kind}-*.size"):
                    old.unlink()
                with Scratch(self.folder) as scratch:
                    new = scratch / path.name
                    make(new)
                    for place, old in enumerate(self.folder.glob(f"{self._digest}.{kind}-*")):
                        old.rename(scratch / f"old-{place}")
                    _sync(new)
                    size = _size(new)
                    new.rename(path)
                _write(_size_file(path), str(size))
        finally:
            making.close()
        return path

    def read_note(self, kind: str) -> Mapping[str, list[int]]:
        """The content that `write_note` wrote; empty without it."""
        try:
            found = json.loads(self._path(kind).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_note(self, kind: str, content: Mapping[str, list[int]]) -> None:
        """Keep lists of numbers by text, as far as the disk allows."""
        with suppress(OSError):
            _write(self._path(kind), json.dumps(content))

    def _path(self, name: str) -> Path:
        return self.folder / f"{self._digest}.{name}"


def open_cache(release: Path, home: Path | None = None, folder: Path | None = None) -> ReleaseCache:
    """As `ReleaseCache.open`; a temporary one, with a warning in the log, if the user's folder cannot be written to.

    Raises:
        InputError: `folder` cannot be written to.
    """
    try:
        return ReleaseCache.open(release, home, folder)
    except OSError as error:
        if folder is None:
            _log.warning("The store is made again at each start: %s: %s", cache_folder(_NAME), error.strerror)
            return ReleaseCache.open_temporary(release)
        raise InputError(
            message(
                "the store cannot be written to the folder {folder}: {reason}",
                folder=folder,
                reason=system_reason(error),
            ),
            remedy=message("Name another folder for it, or allow more memory."),
        ) from error


def _remove_stale(folder: Path, own: Path) -> None:
    """Remove what belongs to releases that other ones have replaced in their folders."""
    for path in folder.glob("*.lock"):
        if path != own and not _is_current(path):
            with suppress(OSError):
                remove_unlocked(path)


def _is_current(lock: Path) -> bool:
    try:
        return release_digest(Path(lock.read_text("utf-8"))) == lock.stem
    except (OSError, ValueError):
        return False


def _is_complete(path: Path) -> bool:
    try:
        return int(_size_file(path).read_text()) == _size(path)
    except (OSError, ValueError):
        return False


def _size_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.size")


def _files(path: Path) -> list[Path]:
    return [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]


def _size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    return sum(each.stat().st_size for each in _files(path))


def _write(path: Path, text: str) -> None:
    """Write a small file whose content is complete whenever it has its name."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(text, "utf-8")
    new.replace(path)


def _sync(path: Path) -> None:
    for each in (path, *_files(path)) if path.is_dir() else (path,):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
