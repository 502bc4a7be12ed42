"""A release of the real catalogue, built once for all tests of the documents."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from st_opendata.__main__ import main

Run = Callable[[Sequence[str]], tuple[int, str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the command line in this process: its exit code, and all that a terminal would show."""

    def run_in_process(arguments: Sequence[str]) -> tuple[int, str]:
        terminal = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        with redirect_stdout(terminal), redirect_stderr(terminal):
            code = main(list(arguments))
        return code, terminal.buffer.getvalue().decode()

    return run_in_process


@pytest.fixture(scope="session")
def demonstration(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which `st-opendata demo` has built the real catalogue, and what it showed; one for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "documents"
    folder.mkdir(exist_ok=True)
    shown = folder / "shown.txt"
    with (folder / "lock").open("w") as lock, chdir(folder):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shown.exists():
            code, text = run(["demo"])
            assert code == 0, text
            shown.write_text(text, "utf-8")
    return folder, shown.read_text("utf-8")


@pytest.fixture(scope="session")
def release(demonstration: tuple[Path, str]) -> Path:
    """The release of the real catalogue, only to be read."""
    return demonstration[0] / "release"


@pytest.fixture
def demo_folder(root: Path, release: Path, tmp_path: Path) -> Path:
    """A folder as the demo leaves a checkout: datasets/ and a copy of the release."""
    (tmp_path / "datasets").symlink_to(root / "datasets")
    shutil.copytree(release, tmp_path / "release")
    return tmp_path
