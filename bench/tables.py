"""Measure `check` and `init` on one large table, by the commands that a user runs.

usage: python bench/tables.py [--rows 100000,300000,1000000] [--columns 12] [--seed 1] [--mapped 1] [--memory 1GB]
       [--encoding utf-8] [--delimiter ";"] [--error NAME] [--only check|init] [--folder FOLDER]

The table has ids, names with quotation marks and line breaks, decimals with comma and with groups of thousands, dates
in three forms, codes, booleans in words, texts for missing values and empty cells; `--error` plants one in every row
(see bigtables/generate.py). `--mapped` columns state facts. Prints CPU seconds and the peak of memory of the process
and its children for each size. 1 if the largest size misses a goal: for 1,000,000 rows, `check` of one mapped column
takes at most 20 CPU seconds; either command takes at most 1 GB; a row of the largest table costs at most 1.2 times one
of the smallest.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bigtables.generate import ERRORS, STRUCTURE, Form, write_catalogue

ROWS, SECONDS, MEGABYTES, GROWTH = 1_000_000, 20.0, 1000, 1.2
_PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Read the arguments, run the commands for each size, print the table and the goals."""
    parser = argparse.ArgumentParser(description="Measure check and init on one large table.")
    parser.add_argument("--rows", default="100000,300000,1000000", help="sizes, the smallest first")
    parser.add_argument("--columns", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mapped", type=int, default=1)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--delimiter", default=";")
    parser.add_argument("--error", default="", choices=["", *ERRORS, *STRUCTURE])
    parser.add_argument("--only", choices=["check", "init"])
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    form = Form(0, given.columns, given.seed, given.delimiter, given.encoding, given.error)
    found: dict[str, list[tuple[int, float, float]]] = {}
    print(f"{'command':8} {'rows':>10} {'CPU s':>8} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as temporary:
        for rows in map(int, given.rows.split(",")):
            folder = (given.folder or Path(temporary)) / f"catalogue-{rows}"
            write_catalogue(replace(form, rows=rows), folder, given.mapped)
            draft = folder.with_name(f"draft-{rows}")
            commands = {
                "check": ["check", str(folder), "--memory", given.memory],
                "init": ["init", str(draft), "--memory", given.memory, "--from", str(folder / "big" / "big.csv")],
            }
            for name, command in commands.items():
                if given.only in (None, name):
                    seconds, peak = run(command)
                    found.setdefault(name, []).append((rows, seconds, peak))
                    print(f"{name:8} {rows:10,} {seconds:8.1f} {peak:8.0f}", flush=True)
    held = [judge(*goal) for name, sizes in found.items() for goal in goals(name, sizes, plain=not given.error)]
    return 0 if all(held) else 1


def goals(name: str, sizes: list[tuple[int, float, float]], *, plain: bool) -> Iterator[tuple[str, float, float]]:
    """For the largest size, what each goal measures and the goal itself."""
    rows, seconds, peak = sizes[-1]
    if name == "check" and rows == ROWS and plain:
        yield f"{name}: CPU seconds of {rows:,} rows", seconds, SECONDS
    yield f"{name}: peak of {rows:,} rows in MB", peak, MEGABYTES
    first, least, _ = sizes[0]
    if len(sizes) > 1:
        yield f"{name}: cost of a row, {rows:,} rows to {first:,}", (seconds / rows) / (least / first), GROWTH


def judge(title: str, found: float, goal: float) -> bool:
    """Print whether a goal is held."""
    print(f"{'held  ' if found <= goal else 'MISSED'} {title}: {found:.2f}, at most {goal:g}")
    return found <= goal


def run(arguments: list[str]) -> tuple[float, float]:
    """CPU seconds and peak MB of a command, with all its child processes."""
    command = [sys.executable, "-m", "st_opendata", *arguments]
    before = os.times()
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process,
        watched(process.pid) as peak,
    ):
        _, errors = process.communicate()
    if process.returncode not in (0, 1):
        raise SystemExit(errors)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, peak[0] / 1e6


@contextmanager
def watched(process: int) -> Iterator[list[int]]:
    """The most bytes that the process and its descendants have at once, looked at twenty times a second."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], sum(map(resident, descendants(process))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def descendants(process: int) -> list[int]:
    """The process and all below it."""
    found = [process]
    for each in found:
        try:
            listed = Path(f"/proc/{each}/task/{each}/children").read_text("ascii")
        except OSError:
            continue
        found += map(int, listed.split())
    return found


def resident(process: int) -> int:
    """Bytes of the process in memory, 0 after its end."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * _PAGE
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
