"""A release on disk: written completely or not at all, read, verified."""

from __future__ import annotations

from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import message, verbatim
from st_opendata.model.release import Release
from st_opendata.release.digests import (
    Difference,
    FileChange,
    compare_file,
    find_extra,
    find_special,
    list_files,
    verify_files,
)
from st_opendata.release.exchange import Staging, complete, stage
from st_opendata.release.layout import MANIFEST
from st_opendata.release.manifest import read_manifest, write_manifest

__all__ = [
    "Difference",
    "FileChange",
    "Staging",
    "compare_file",
    "list_files",
    "new_release",
    "read_release",
    "release_digest",
    "verify_release",
    "write_manifest",
]


def new_release(target: Path) -> AbstractContextManager[Staging]:
    """A folder to write a release into; `commit` puts it in place of `target` (see `stage`)."""
    return stage(target, refuse=_refuse_to_lose)


def _refuse_to_lose(folder: Path) -> None:
    """Raise InputError for a folder that holds anything but a release's own files."""
    if not (folder / MANIFEST).is_file():
        raise InputError(
            message(
                '"{folder}" is not a release: it has files but no {file}; nothing was changed',
                folder=folder,
                file=MANIFEST,
            ),
            remedy=message("Name another folder with --output, or empty this one."),
        )
    try:
        extra = find_extra(folder, read_manifest(folder))
    except InputError as error:
        raise InputError(
            message(
                '"{folder}" is not a release that can be replaced: {problem}; nothing was changed',
                folder=folder,
                problem=error.message,
            ),
            remedy=message("Name another folder with --output, or remove this one."),
        ) from error
    if extra:
        names = verbatim(", ".join(extra[:5]))
        if len(extra) > 5:
            names = message("{names} and {number} more", names=names, number=f"{len(extra) - 5:,}")
        raise InputError(
            message(
                '"{folder}" has files that are not part of the release and would be lost: {names}; nothing was changed',
                folder=folder,
                names=names,
            ),
            remedy=message("Move them elsewhere, or name another folder with --output."),
        )


def read_release(folder: Path) -> Release:
    """The release in that folder; finishes an exchange that was interrupted.

    Raises:
        InputError: as `read_manifest`; or it has a link, a pipe or a device, which no release has: reading one could
            leave the folder, or never end.
    """
    complete(folder)
    release = read_manifest(folder)
    if found := find_special(folder):
        raise InputError(
            message('"{path}" is a link, a pipe or a device; a release has only files', path=folder / found[0]),
            remedy=message("Remove it, or build the release again."),
        )
    return release


def release_digest(folder: Path) -> str:
    """The digest of a release: the SHA-256 of its `release.json`, which has every file's; raises OSError."""
    return sha256((folder / MANIFEST).read_bytes()).hexdigest()


def verify_release(folder: Path) -> list[Difference]:
    """Re-read every digest of the release; raises as `read_manifest` and `verify_files` do."""
    complete(folder)
    return verify_files(folder, read_manifest(folder))
