"""A copy of a release that stays while the release itself is replaced: hard links where possible, else copies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.model.release import Release
from st_opendata.release import read_release
from st_opendata.release.layout import MANIFEST
from st_opendata.system.scratch import Scratch

_ATTEMPTS = 5


def take_snapshot(release: Path) -> tuple[Scratch, Release]:
    """A folder with every file of the release as it is now, and what it is; the caller closes it.

    What portals that were killed have left of theirs is removed first.

    Raises:
        InputError: the folder is no release, lacks files, or is replaced faster than it can be read; or there is no
            room for a copy.
    """
    for _ in range(_ATTEMPTS):
        content = read_release(release)
        scratch = _new_folder(release)
        whole = False
        try:
            whole = _fill(scratch.folder, release, content)
        except OSError as error:
            raise InputError(f"the release cannot be read: {error.strerror}: {error.filename}") from error
        finally:
            if not whole:
                scratch.close()
        if whole:
            return scratch, content
    raise InputError(
        f"the release in {release} lacks files that it lists",
        remedy="Ask `st-opendata verify release` which, or build the release again.",
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
    """Beside the release, where links are possible; else where temporary files are."""
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
