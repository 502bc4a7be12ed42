"""A query in its own process: what it may take, and that nothing of it is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?d))) < 0) }"
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


def ask(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "st_opendata", "query", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_query_that_takes_too_long(release: Path) -> None:
    done = ask(release, RUNAWAY, "--timeout", "0.2")
    assert done.returncode == 3
    assert "took longer than 0.2 seconds" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "form"),
    [
        (f"{PAIRS} ORDER BY ?c ?f", "csv"),
        (PAIRS, "table"),
        (PAIRS, "json"),
        ("CONSTRUCT { ?a ?b ?f } " + PAIRS[9:], "nt"),
    ],
)
def test_query_that_needs_too_much_memory(release: Path, query: str, form: str) -> None:
    done = ask(release, query, "--memory", "60MB", "--format", form)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "Error: the query needs more than 60 MB of memory in addition to the data",
        "  Make it more selective (ORDER BY, DISTINCT and GROUP BY hold all rows that they see), or raise --memory.",
    ]


@pytest.mark.slow
def test_memory_is_a_setting(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ST_MEMORY", "60MB")
    assert "more than 60 MB" in ask(release, PAIRS).stderr
    assert ask(release, "ASK {}").returncode == 0
    assert "is not a size of memory" in ask(release, "ASK {}", "--memory", "0MB").stderr


def test_interrupted_query(release: Path) -> None:
    with running(release) as (process, child):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "Interrupted. Nothing is lost: run the command again."
    assert not child.exists()


@pytest.mark.slow
def test_killed_query(release: Path) -> None:
    with running(release) as (process, child):
        process.kill()
        process.communicate(timeout=10)
        wait_until(lambda: not child.exists())


@contextmanager
def running(release: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The command in the middle of a query, and the folder of its child in /proc."""
    command = [sys.executable, "-m", "st_opendata", "query", str(release), RUNAWAY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            wait_until(lambda: bool(children.read_text()))
            child = Path("/proc", children.read_text().strip())
            wait_until(lambda: "unlimited" not in (child / "limits").read_text().split("Max address space")[1][:30])
            yield process, child
        finally:
            process.kill()


def wait_until(done: Callable[[], bool]) -> None:
    """Look again and again, for as long as a slow machine may need."""
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)
