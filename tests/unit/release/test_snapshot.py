"""A snapshot stays as long as its process lives, independent of other processes, and no longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_opendata.release.layout import MANIFEST
from st_opendata.release.snapshot import take_snapshot

PORTAL = (
    "import pathlib, sys, time\n"
    "from st_opendata.release.snapshot import take_snapshot\n"
    "snapshot, release = take_snapshot(pathlib.Path(sys.argv[1]))\n"
    "print(snapshot.folder, flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def release(tmp_path: Path, write_release: Callable[..., Path]) -> Path:
    graphs = {"http://e/dataset/x": "<http://e/a> <http://e/b> <http://e/c> .\n"}
    return write_release(tmp_path / "place" / "release", graphs)


@contextmanager
def portal(release: Path, *namespace: str) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A process with its own snapshot, until a message ends it."""
    command = [*namespace, sys.executable, "-c", PORTAL, str(release)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Path(process.stdout.readline().strip()), process


def snapshots(release: Path) -> set[Path]:
    return set(release.parent.glob(".release.serving-*"))


def test_another_portal_leaves_it(release: Path) -> None:
    with portal(release) as (first, _), portal(release) as (second, _):
        assert snapshots(release) == {first, second}
        snapshot, _ = take_snapshot(release)
        assert snapshots(release) == {first, second, snapshot.folder}
        snapshot.close()
        assert (first / MANIFEST).read_bytes() == (second / MANIFEST).read_bytes() == (release / MANIFEST).read_bytes()
    assert snapshots(release) == set()


def test_one_in_another_container_leaves_it(release: Path) -> None:
    namespace = ("unshare", "--pid", "--fork")
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespace can be made here")
    with portal(release) as (outside, _), portal(release, *namespace) as (inside, _):
        assert snapshots(release) == {outside, inside}
        with portal(release, *namespace):
            assert snapshots(release) >= {outside, inside}
        assert snapshots(release) == {outside, inside}


def test_that_of_a_killed_portal_is_removed_by_the_next(release: Path) -> None:
    with portal(release) as (killed, process):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert snapshots(release) == {killed}
    with portal(release) as (next_one, _):
        assert snapshots(release) == {next_one}
