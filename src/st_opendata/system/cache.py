"""The user's cache folder (XDG Base Directory Specification): what it has may vanish at any time."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder of this name for this program; it may be missing."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root, "st-opendata", name)


def write_cached(path: Path, text: str) -> None:
    """Write a file of the cache in one step; if that fails, an older one stays, and the next run does more work."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
