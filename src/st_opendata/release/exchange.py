"""Writing a folder next to its target and putting it in place in one step: a crash leaves the old or the new one.

Next to a target `release` there may be, all hidden and all cleared by the next build:

    .release.lock       held (flock) by the one build that writes to this target
    .release.building   being written; after the exchange it holds the old release until that is removed
    .release.ready      whole and synced, waiting for its name: only where the system cannot exchange two folders
    .release.old        the release that `.release.ready` replaces

The names are the journal: a process that finds `.release.ready` completes the two renames (`complete`).

A folder in a lower layer of an overlay (an image of a container) cannot be renamed, as its layer is read-only. It is
removed in its place, and the new release gets its name.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.system.scratch import take_lock, try_lock

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV)
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
_MOUNTS = Path("/proc/self/mountinfo")
"""Linux's list of mounts: a mounted folder of the same disk looks like any other folder (proc(5))."""


@dataclass(frozen=True, slots=True)
class Staging:
    """A folder being written: `commit` gives it the name of the target; without that it is removed."""

    folder: Path
    target: Path

    def commit(self) -> None:
        """Sync the folder and put it in place of the target in one step; then remove the old content."""
        sync_tree(self.folder)
        _exchange(self.folder, self.target)


@contextmanager
def stage(target: Path, *, refuse: Callable[[Path], None]) -> Iterator[Staging]:
    """An empty folder next to the target, to be filled and committed, and the only one of its target at a time.

    `refuse` is called with a target that is a folder and not empty; it raises InputError to keep it unchanged.

    Raises:
        InputError: the target is a file or a folder that `refuse` keeps, or another process is writing to it.
        OSError: the disk is full, or a folder must not be written to.
    """
    target = Path(os.path.realpath(target))  # a link to a release keeps pointing to it
    _make_parent(target)
    with _hold_lock(target):
        _complete_renames(target)
        _refuse_other_content(target, refuse)
        building = _beside(target, "building")
        for litter in (building, _beside(target, "old")):
            if litter.exists():
                shutil.rmtree(litter)
        try:
            building.mkdir()
            yield Staging(building, target)
        except OSError as error:
            _name_target(error, building, target)
            raise
        finally:
            shutil.rmtree(building, ignore_errors=True)


def _name_target(error: OSError, building: Path, target: Path) -> None:
    """Make the error name the file by its place in the target; of two files, the written one."""
    if error.filename is None and error.errno in _OF_WRITING:
        error.filename = str(target)
    for name in (error.filename2, error.filename):
        if isinstance(name, str) and Path(name).is_relative_to(building):
            error.filename = str(target / Path(name).relative_to(building))
            return


def complete(target: Path) -> None:
    """Finish two renames that were interrupted, if there are any; does nothing if the parent is not writable."""
    target = Path(os.path.realpath(target))
    if _beside(target, "ready").is_dir() and os.access(target.parent, os.W_OK):
        with _hold_lock(target, wait=True):
            _complete_renames(target)


def _complete_renames(target: Path) -> None:
    """Put `.ready` in place of the target and remove what was there; the caller holds the lock."""
    ready, old = _beside(target, "ready"), _beside(target, "old")
    if not ready.is_dir():
        return
    if target.exists():
        if old.exists():
            shutil.rmtree(old)
        try:
            target.rename(old)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.rmtree(target)
    ready.rename(target)
    _sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def sync_tree(folder: Path) -> None:
    """Fsync every file and folder below and the folder itself, contents before names."""
    for root, _, files in os.walk(folder, topdown=False):
        for name in files:
            _sync(Path(root, name))
        _sync(Path(root))


def _beside(target: Path, role: str) -> Path:
    return target.with_name(f".{target.name}.{role}")


def _make_parent(target: Path) -> None:
    if not target.name:
        raise InputError(
            message('"{folder}" cannot be written in one step', folder=target),
            remedy=message("Name a folder in it with --output."),
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(
            message('"{path}" is not a folder; nothing was written', path=target.parent),
            remedy=message("Name another folder with --output."),
        ) from error


def _refuse_other_content(target: Path, refuse: Callable[[Path], None]) -> None:
    if target.is_mount() or str(target) in _mount_points():
        raise InputError(
            message('"{folder}" is a mount point, which cannot be exchanged; nothing was changed', folder=target),
            remedy=message("Name a folder in it: {option}", option=f"--output {target / 'release'}"),
        )
    if target.is_dir():
        if any(target.iterdir()):
            refuse(target)
    elif target.exists():
        raise InputError(
            message('"{path}" is a file, not a folder; nothing was changed', path=target),
            remedy=message("Name another folder with --output."),
        )


def _mount_points() -> set[str]:
    if not _MOUNTS.exists():
        return set()
    points = (line.split()[4] for line in os.fsdecode(_MOUNTS.read_bytes()).splitlines())
    return {re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point) for point in points}


@contextmanager
def _hold_lock(target: Path, *, wait: bool = False) -> Iterator[None]:
    path = _beside(target, "lock")
    try:
        lock = take_lock(path) if wait else try_lock(path)
    except OSError as error:
        error.filename = str(target)
        raise
    if lock is None:
        raise InputError(
            message('another command is writing to "{folder}"; nothing was changed', folder=target),
            remedy=message("Wait until it has ended, or name another folder with --output."),
        )
    try:
        yield
    finally:
        lock.remove()


def _exchange(building: Path, target: Path) -> None:
    """Give `building` the name of the target; afterwards `building` is gone or holds the old release."""
    if not target.exists():
        building.rename(target)
    elif not _exchange_names(building, target):
        building.rename(_beside(target, "ready"))
        _sync(target.parent)
        _complete_renames(target)
    _sync(target.parent)


def _exchange_names(one: Path, other: Path) -> bool:
    """Exchange two names in one step (Linux renameat2(2), RENAME_EXCHANGE); False where the system cannot."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
