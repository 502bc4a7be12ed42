"""Releases that tests only read: each is built once for all processes of a run of tests.

As a program, `python once.py FOLDER`, it builds Smarter Together there in the background of a run.
"""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from st_opendata.__main__ import main


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run share."""
    return factory.getbasetemp() if "PYTEST_XDIST_WORKER" not in os.environ else factory.getbasetemp().parent


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """The release that `make` makes in a separate folder; a second caller waits for it."""
    return once_in(shared_folder(factory), name, make)


def once_in(base: Path, name: str, make: Callable[[Path], Path]) -> Path:
    """The same, in this folder."""
    made = base / f"{name}.path"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder = base / name
            shutil.rmtree(folder, ignore_errors=True)  # what a process left that was ended meanwhile
            folder.mkdir()
            made.write_text(str(make(folder)), "utf-8")
    return Path(made.read_text("utf-8"))


def build(catalogue: Path, release: Path) -> Path:
    """The release of a catalogue, built as the command line builds it, in a plain environment."""
    _run("build", str(catalogue), "--output", str(release))
    return release


SMARTER = "smarter-together"
SHOWN = "shown.txt"


def demonstrate(folder: Path) -> Path:
    """The folder in which `st-opendata demo` has built Smarter Together, with what it showed in a file."""
    with chdir(folder):
        (folder / SHOWN).write_text(_run("demo"), "utf-8")
    return folder


def _run(*arguments: str) -> str:
    """The output of one of our commands at a terminal; it succeeds."""
    terminal = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(terminal), redirect_stderr(terminal):
        plain_environment(patch)
        code = main(list(arguments))
    shown = terminal.buffer.getvalue().decode()
    assert code == 0, shown
    return shown


def plain_environment(patch: pytest.MonkeyPatch) -> None:
    """Settings come from nowhere but the command line."""
    patch.setenv("LC_ALL", "C.UTF-8")
    for name in ("ST_LANG", "ST_SETTINGS", "ST_MEMORY", "ST_THREADS", "ST_DEBUG", "SOURCE_DATE_EPOCH"):
        patch.delenv(name, raising=False)


if __name__ == "__main__":
    once_in(Path(sys.argv[1]), SMARTER, demonstrate)
