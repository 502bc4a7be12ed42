"""Measure what a dataset costs to check and to build, in catalogues of more and more of them.

usage: python bench/build.py [--datasets 50,100,200,400] [--seed 0] [--own] [--wrong 0.3] [--folder FOLDER]

The datasets are those of bench/publish.py: two tables of 320 rows, 13 files. With `--own` each has a separate property;
with `--wrong` this share of them has a wrong date, so that `build` ends after the check. Prints CPU seconds a
dataset and peak memory for each number of datasets; each command is a separate process. The cost of a dataset is not
to depend on how many others there are: 1 where a dataset of the largest catalogue costs more than `GOAL` times one of
the smallest. FOLDER (a temporary one) takes catalogues and releases.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from publishing.catalogue import Kind, make_catalogue

GOAL = 1.25
COMMANDS = ("check", "build")


def main() -> int:
    """Read the arguments, run the commands for each size, print the table and whether the goal is held."""
    parser = argparse.ArgumentParser(description="Measure what a dataset costs to check and to build.")
    parser.add_argument("--datasets", default="50,100,200,400", help="sizes of the catalogues, the smallest first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--own", action="store_true", help="a property of its own for each dataset")
    parser.add_argument("--wrong", type=float, default=0, help="the share of datasets with a wrong cell")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    sizes = list(map(int, given.datasets.split(",")))
    print(f"{'command':8} {'datasets':>8} {'CPU s':>8} {'CPU ms a dataset':>17} {'peak MB':>8}")
    costs: dict[str, list[float]] = {command: [] for command in COMMANDS}
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        for datasets in sizes:
            wrong = random.Random(given.seed).sample(range(datasets), round(datasets * given.wrong))
            kind = Kind(given.seed, given.own, frozenset(wrong))
            source = make_catalogue(folder / f"{datasets}-source", datasets, kind=kind)
            for command in COMMANDS:
                output = ["--output", str(folder / str(datasets))] if command == "build" else []
                costs[command].append(measure([command, str(source), *output], datasets, fails=bool(wrong)))
    held = [_judge(command, found, sizes) for command, found in costs.items()]
    return 0 if all(held) else 1


def _judge(command: str, costs: list[float], sizes: list[int]) -> bool:
    growth = costs[-1] / costs[0]
    held = growth <= GOAL
    print(f"{'held  ' if held else 'MISSED'} {command}: a dataset of {sizes[-1]} costs {growth:.2f} of one of ", end="")
    print(f"{sizes[0]}; at most {GOAL} is wanted")
    return held


def measure(command: list[str], datasets: int, *, fails: bool) -> float:
    """Run a command on this many datasets and print its line; CPU seconds a dataset."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "st_opendata", *command], check=False, capture_output=True)
    if done.returncode != int(fails):
        raise RuntimeError(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # The largest child so far: sizes ascend.
    cost = f"{1000 * seconds / datasets:17.0f} {after.ru_maxrss / 1024:8.0f}"
    print(f"{command[0]:8} {datasets:8} {seconds:8.1f} {cost}", flush=True)
    return seconds / datasets


if __name__ == "__main__":
    sys.exit(main())
