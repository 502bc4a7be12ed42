"""Run programs and measure them with all their descendants: seconds of the processor, and memory (proc(5))."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Cost:
    """What a program took, with its descendants: seconds of the processor and of the clock, most MB, and its exit."""

    cpu: float
    wall: float
    peak: float
    exit: int
    output: str = ""


def run(command: Sequence[str | Path]) -> Cost:
    """Run a program to its end; its output is that of both streams."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        with Watch(process.pid) as watch:
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        cpu = used.ru_utime + used.ru_stime
        return Cost(cpu, time.perf_counter() - begin, watch.peak, process.returncode, output.read())


class Watch:
    """Looks at the memory of a process and its descendants until it is left; `peak` in MB."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak, memory_of(self._pid))
            self._done.wait(_PAUSE)


def seconds_of(pid: int) -> float:
    """Seconds of the processor that a process and its descendants have taken, the dead included (proc(5), stat)."""
    return sum(spent for _, spent in _family(pid)) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """MB of a process and its descendants; what they share counts once (proc(5), smaps_rollup: Pss)."""
    total = 0
    for each, _ in _family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _family(pid: int) -> Iterator[tuple[int, int]]:
    """The process and its descendants that live, each with its ticks and those of its children that ended."""
    parents, spent = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            each = int(path.parent.name)
            parents[each], spent[each] = int(fields[1]), sum(map(int, fields[11:15]))
    for each, ticks in spent.items():
        above = each
        while above not in (pid, 0):
            above = parents.get(above, 0)
        if above == pid:
            yield each, ticks


@contextmanager
def ended(server: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a server after the block, as Ctrl-C does, and by force after a minute."""
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port of this machine at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
