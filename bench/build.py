"""Measure what a dataset costs to build, in catalogues of more and more of them.

usage: python bench/build.py [--datasets 50,100,200,400] [--folder FOLDER]

The datasets are those of bench/publish.py: two tables of 320 rows, 13 files. Prints CPU seconds a dataset and peak
memory for each number of datasets; each build is a separate process. The cost of a dataset is not to depend on how
many others there are: 1 where a dataset of the largest catalogue costs more than `GOAL` times one of the smallest.
FOLDER (a temporary one) takes catalogues and releases.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from publishing.catalogue import make_catalogue

GOAL = 1.25


def main() -> int:
    """Read the arguments, build each catalogue, print the table and whether the goal is held."""
    parser = argparse.ArgumentParser(description="Measure what a dataset costs to build.")
    parser.add_argument("--datasets", default="50,100,200,400", help="sizes of the catalogues, the smallest first")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    sizes = list(map(int, given.datasets.split(",")))
    print(f"{'datasets':>8} {'CPU s':>8} {'CPU ms a dataset':>17} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        costs = [measure(given.folder or Path(folder), datasets) for datasets in sizes]
    growth = costs[-1] / costs[0]
    held = growth <= GOAL
    print(f"{'held  ' if held else 'MISSED'} a dataset of {sizes[-1]} costs {growth:.2f} of one of {sizes[0]}", end="")
    print(f"; at most {GOAL} is wanted")
    return 0 if held else 1


def measure(folder: Path, datasets: int) -> float:
    """Build a catalogue of this many datasets and print its line; CPU seconds a dataset."""
    source = make_catalogue(folder / f"{datasets}-source", datasets)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "st_opendata", "build", str(source), "--output", str(folder / str(datasets))]
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The largest child so far: sizes ascend.
    print(f"{datasets:8} {seconds:8.1f} {1000 * seconds / datasets:17.0f} {after.ru_maxrss / 1024:8.0f}", flush=True)
    return seconds / datasets


if __name__ == "__main__":
    sys.exit(main())
