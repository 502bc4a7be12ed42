"""Releases that tests only read: each is built once for all processes of a run of tests."""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from st_opendata.__main__ import main


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """The release that `make` makes in a folder of its own; who comes second waits for it."""
    base = factory.getbasetemp() if "PYTEST_XDIST_WORKER" not in os.environ else factory.getbasetemp().parent
    made = base / f"{name}.path"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder = base / name
            folder.mkdir()
            made.write_text(str(make(folder)), "utf-8")
    return Path(made.read_text("utf-8"))


def build(catalogue: Path, release: Path) -> Path:
    """The release of a catalogue, built as the command line builds it, in a plain environment."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(out):
        patch.setenv("LC_ALL", "C.UTF-8")
        for name in ("ST_LANG", "ST_SETTINGS", "ST_MEMORY", "ST_THREADS", "ST_DEBUG", "SOURCE_DATE_EPOCH"):
            patch.delenv(name, raising=False)
        code = main(["build", str(catalogue), "--output", str(release)])
    assert code == 0, out.getvalue()
    return release
