"""The release of the real catalogue, and a folder like a reader's."""

from __future__ import annotations

import io
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
def release(smarter_release: Path) -> Path:
    """The release of the real catalogue, only to be read."""
    return smarter_release


@pytest.fixture
def demo_folder(root: Path, release: Path, tmp_path: Path) -> Path:
    """A folder as the demo leaves a checkout: datasets/ and a copy of the release."""
    (tmp_path / "datasets").symlink_to(root / "datasets")
    shutil.copytree(release, tmp_path / "release")
    return tmp_path
