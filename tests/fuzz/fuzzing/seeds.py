"""Real files to start from: the repository's own, and those of the W3C suites where the reference material is there."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("ST_SHARED", ROOT.parent / "shared"))
_LARGEST = 20_000


def files(folder: Path, *patterns: str, largest: int = _LARGEST, most: int = 60) -> list[bytes]:
    """Contents of the files below a folder that match, sorted by path, evenly thinned out; none without the folder."""
    found = sorted({path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()})
    small = [path for path in found if 0 < path.stat().st_size <= largest]
    step = max(1, len(small) // most)
    return [path.read_bytes() for path in small[::step][:most]]


def own(*patterns: str, **bounds: int) -> list[bytes]:
    """Files of the Smarter Together catalogue."""
    return files(ROOT / "datasets", *patterns, **bounds)


def suite(name: str, *patterns: str, **bounds: int) -> list[bytes]:
    """Files of a W3C suite: csvw, shacl or sparql11."""
    return files(SHARED / "conformance" / name, *patterns, **bounds)
