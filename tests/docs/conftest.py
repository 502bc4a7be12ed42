"""A release of the real catalogue, built once for all tests of the documents ; they share the xdist group "release"."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
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
def release(root: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release that `st-opendata build` makes of datasets/."""
    folder = tmp_path_factory.mktemp("documents") / "release"
    code, shown = run(["build", str(root / "datasets"), "--output", str(folder)])
    assert code == 0, shown
    return folder


@pytest.fixture
def demo_folder(root: Path, release: Path, tmp_path: Path) -> Path:
    """A folder as `make demo` leaves it: datasets/ and release/."""
    shutil.copytree(root / "datasets", tmp_path / "datasets")
    shutil.copytree(release, tmp_path / "release", copy_function=os.link)
    return tmp_path
