"""A tiny good catalogue, and the command line run in this process."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from once import once, plain_environment
from tiny import build_tiny, write_tiny

from st_opendata.__main__ import main
from st_opendata.system.limits import STOP_SIGNALS


@dataclass(frozen=True)
class Ran:
    """A command that was run: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def run_in_process(*arguments: object) -> Ran:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


@pytest.fixture(scope="session", autouse=True)
def heed_signals() -> None:
    """Processes of the tests end by a signal, also under nohup, which makes them ignore it."""
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line; no settings come from the environment of the tests."""
    plain_environment(monkeypatch)
    return run_in_process


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """The tiny catalogue, to be broken."""
    return write_tiny(tmp_path / "tiny")


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the tiny catalogue, only to be read."""
    return once(tmp_path_factory, "tiny", build_tiny)
