"""Time to answer what needs no work, against a bare interpreter. Target: 150 ms on an idle machine with two cores."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

RUNS = 15
TARGET = 150.0
COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "--version": ["-m", "st_opendata", "--version"],
    "--help": ["-m", "st_opendata", "--help"],
    "check, no catalogue": ["-m", "st_opendata", "check"],
}


def milliseconds(arguments: list[str], folder: str) -> float:
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=False)
    return (perf_counter() - start) * 1000


def main() -> int:
    with TemporaryDirectory() as folder:
        # In turns, so that what else the machine does falls on all alike; the first turn only warms the caches.
        turns = [[milliseconds(arguments, folder) for arguments in COMMANDS.values()] for _ in range(RUNS + 1)][1:]
    medians = dict(zip(COMMANDS, map(median, zip(*turns, strict=True)), strict=True))
    bare = medians["bare interpreter"]
    print(f"median of {RUNS} runs, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    for name, time in medians.items():
        print(f"{name:20} {time:6.1f} ms  {time / bare:5.1f} x")
    slowest = max(medians.values())
    print(f"target {TARGET:.0f} ms: {'held' if slowest <= TARGET else 'missed'}")
    return 0 if slowest <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
