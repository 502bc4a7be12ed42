"""Digests of a release's files: listing them when it is written, re-reading every one when it is verified."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from st_opendata.messages.message import Message, message
from st_opendata.model.release import File, Release
from st_opendata.release.layout import MANIFEST


class FileChange(StrEnum):
    """How a file differs from what `release.json` says."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that differs from its entry in `release.json`; `detail` is for people."""

    path: str
    change: FileChange
    detail: Message


def list_files(folder: Path, known: Iterable[File] = ()) -> tuple[File, ...]:
    """Every file below the folder but `release.json`, sorted by path; those that are known are not read again."""
    measured = {file.path: file for file in known}
    paths = (path for path in sorted(_paths(folder)) if path != MANIFEST)
    return tuple(measured.get(path) or File.of(folder, path) for path in paths)


def find_extra(folder: Path, release: Release) -> list[str]:
    """Paths in the folder that `release.json` does not list, sorted."""
    return sorted(_paths(folder) - {MANIFEST, *(file.path for file in release.files)})


def find_special(folder: Path) -> list[str]:
    """Paths in the folder that are neither a regular file nor a folder, links among them, sorted."""
    return sorted(path for path in _paths(folder) if not is_plain(folder / path))


def verify_files(folder: Path, release: Release) -> list[Difference]:
    """Every file that is missing, changed or not listed, sorted by path; empty for a complete release.

    Raises:
        OSError: a file cannot be read.
    """
    present = _paths(folder)
    extra = message("not in {file}", file=MANIFEST)
    differences = [Difference(path, FileChange.EXTRA, extra) for path in find_extra(folder, release)]
    for file in release.files:
        if detail := compare_file(folder, file):
            change = FileChange.CHANGED if file.path in present else FileChange.MISSING
            differences.append(Difference(file.path, change, detail))
    return sorted(differences, key=lambda difference: difference.path)


def compare_file(folder: Path, file: File) -> Message | None:
    """How the file in the folder differs from its entry, None if it does not; raises OSError."""
    path = folder / file.path
    if not os.path.lexists(path):
        return message("listed in {file}, but not there", file=MANIFEST)
    if not is_plain(path):
        return message("a link or a pipe; a release has only files")
    actual = File.of(folder, file.path)
    return None if actual == file else _changed(actual, file)


def is_plain(path: Path) -> bool:
    """True for a regular file: reading one neither leaves the folder nor waits without end."""
    return stat.S_ISREG(path.lstat().st_mode)


def _changed(actual: File, listed: File) -> Message:
    if actual.size != listed.size:
        return message("it has {found} bytes instead of {listed}", found=f"{actual.size:,}", listed=f"{listed.size:,}")
    return message("its SHA-256 is {found} instead of {listed}", found=actual.sha256, listed=listed.sha256)


def _paths(folder: Path) -> set[str]:
    """Paths of all files below the folder, and of links, which a release never has."""
    return {
        Path(root, name).relative_to(folder).as_posix()
        for root, folders, files in os.walk(folder)
        for name in (*files, *(name for name in folders if Path(root, name).is_symlink()))
    }
