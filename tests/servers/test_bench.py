"""The benchmark of the SPARQL endpoint ends what it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "sparql.py"


@pytest.mark.skipif(not Path("/proc/self/cmdline").is_file(), reason="processes are found in /proc")
def test_a_benchmark_that_is_told_to_end_leaves_no_server(tmp_path: Path) -> None:
    options = ["--projects", "24", "--only", "st-opendata", "--seconds", "600", "--folder", tmp_path]
    bench = subprocess.Popen([sys.executable, BENCH, *options], stdout=subprocess.DEVNULL)
    try:
        while not _servers(tmp_path):
            assert bench.poll() is None
            sleep(0.1)
        bench.send_signal(signal.SIGTERM)
        assert bench.wait(90) == 128 + signal.SIGTERM
        until = monotonic() + 10  # its workers follow it
        while _servers(tmp_path) and monotonic() < until:
            sleep(0.1)
        assert not _servers(tmp_path)
    finally:
        bench.kill()
        bench.wait()
        for pid in _servers(tmp_path):
            os.kill(pid, signal.SIGKILL)


def _servers(folder: Path) -> list[int]:
    """The processes that serve a release in the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        if b"serve" in words and any(word.startswith(bytes(folder)) for word in words):
            found.append(int(process.name))
    return found
