"""A copy of a release that remains while the release itself is replaced: hard links if possible, else copies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.release import Release
from st_opendata.release import read_release
from st_opendata.release.layout import MANIFEST
from st_opendata.system.scratch import Scratch

_ATTEMPTS = 5


def take_snapshot(release: Path) -> tuple[Scratch, Release]:
    """A folder with every file of the release in its present state, and the release; the caller closes the folder.

    Snapshots that killed portals left behind are removed first.

    Raises:
        InputError: the folder is not a release, lacks files, or is replaced faster than it can be read; or there is no
            space for a copy.
    """
    for _ in range(_ATTEMPTS):
        content = read_release(release)
        scratch = _new_folder(release)
        whole = False
        try:
            whole = _fill(scratch.folder, release, content)
        except OSError as error:
            text = message("{file} cannot be read: {reason}", file=error.filename, reason=system_reason(error))
            raise InputError(text) from error
        finally:
            if not whole:
                scratch.close()
        if whole:
            return scratch, content
    raise InputError(
        message('the release in "{folder}" lacks files that it lists', folder=release),
        remedy=message("Find them with `st-opendata verify release`, or build the release again."),
    )


def _fill(folder: Path, release: Path, content: Release) -> bool:
    """Put the files into the folder; False where the release was replaced meanwhile."""
    try:
        manifest = (release / MANIFEST).read_bytes()
        for path in (MANIFEST, *(file.path for file in content.files)):
            _link(release / path, folder / path)
        return (folder / MANIFEST).read_bytes() == manifest == (release / MANIFEST).read_bytes()
    except FileNotFoundError:
        return False


def _new_folder(release: Path) -> Scratch:
    """A folder next to the release, so that links are possible; else one for temporary files."""
    place = release.resolve()
    prefix = f".{place.name}.serving-"
    try:
        return Scratch(place.parent, prefix)
    except OSError:
        return Scratch(prefix=prefix)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)
