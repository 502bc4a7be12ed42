"""A copy of a release that stays while the release itself is replaced: hard links where possible, else copies."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.model.release import Release
from st_opendata.release import MANIFEST, read_release

_ATTEMPTS = 5


def take_snapshot(release: Path) -> tuple[Path, Release]:
    """A folder with every file of the release as it is now, and what it is; the caller removes it (`drop_snapshot`).

    Raises:
        InputError: the folder is no release, lacks files, or is replaced faster than it can be read.
    """
    _drop_orphans(release)
    for _ in range(_ATTEMPTS):
        content = read_release(release)
        folder = _new_folder(release)
        try:
            manifest = (release / MANIFEST).read_bytes()
            for path in (MANIFEST, *(file.path for file in content.files)):
                _link(release / path, folder / path)
            if (folder / MANIFEST).read_bytes() == manifest == (release / MANIFEST).read_bytes():
                return folder, content
        except FileNotFoundError:
            pass  # it was replaced meanwhile: look again
        except OSError as error:
            drop_snapshot(folder)
            raise InputError(f"the release cannot be read: {error.strerror}: {error.filename}") from error
        drop_snapshot(folder)
    raise InputError(
        f"the release in {release} lacks files that it lists",
        remedy="Ask `st-opendata verify release` which, or build the release again.",
    )


def drop_snapshot(folder: Path) -> None:
    """Remove a snapshot."""
    shutil.rmtree(folder, ignore_errors=True)


def _prefix(release: Path) -> str:
    return f".{release.resolve().name}.serving-"


def _new_folder(release: Path) -> Path:
    """Beside the release, where links are possible; else where temporary files are."""
    prefix = f"{_prefix(release)}{os.getpid()}-"
    with suppress(OSError):
        return Path(tempfile.mkdtemp(prefix=prefix, dir=release.resolve().parent))
    return Path(tempfile.mkdtemp(prefix=prefix))


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)


def _drop_orphans(release: Path) -> None:
    """Remove what portals that were killed have left."""
    for parent in {release.resolve().parent, Path(tempfile.gettempdir())}:
        for folder in parent.glob(f"{_prefix(release)}*"):
            number = folder.name.removeprefix(_prefix(release)).partition("-")[0]
            if number.isdecimal() and not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
                drop_snapshot(folder)
