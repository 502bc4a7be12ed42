"""Compare the questions of an analyst with their plain forms and with the SPARQL engine.

usage: python bench/analyst.py [--projects 3500] [--rounds 3] [--seed N] [--folder FOLDER] [--release RELEASE]

A release of CORDIS-like projects is built (or RELEASE is used), its store and columns are made in FOLDER, and each form
of bench/questions.py is asked, with other parameters each time. Prints processor milliseconds of the columns, for the
form and for its plain form, and of the engine (pyoxigraph, store on disk) for the same question; each answer must be
equal, unless the engine needs more than 30 s. The exit status is 1 if an answer differs, or if a goal is missed: the
engine takes at least 5 times as long for all forms together, and a form at most twice as long as its plain form, or
20 ms.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

import pyoxigraph as ox

from questions import Form, forms
from sparql import PREFIX, prepare
from st_opendata.release import read_release
from st_opendata.sparql.aggregates import Columns, write_columns
from st_opendata.sparql.standard import Results
from st_opendata.sparql.store import ReleaseStore, fill

GOAL, PLAIN, FLOOR = 5.0, 2.0, 20.0
"""Times the engine; times the plain form; milliseconds that are always allowed."""
LIMIT = 30
"""Seconds of the processor that the engine has for a question, as in `serve`."""


def main() -> int:
    """Read the arguments, ask all questions, print the table and whether the goals are held."""
    parser = argparse.ArgumentParser(description="Compare the questions of an analyst with the engine.")
    parser.add_argument("--projects", type=int, default=3500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--release", type=Path)
    parser.add_argument("--engine", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        ask_engine(*given.engine)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        release = given.release or prepare(folder, given.projects).release
        store = open_store(folder, release)
        with closing(Columns(str(folder / "columns.db"), memory=1 << 28)) as columns:
            return compare(store, columns, random.Random(given.seed), given.rounds, folder)


def open_store(folder: Path, release: Path) -> ReleaseStore:
    """The release in a store on disk, with its columns next to it, made if they are missing."""
    place, path = folder / "store", folder / "columns.db"
    if not path.is_file():
        writable = ox.Store(str(place))
        fill(writable, release, read_release(release))
        writable.flush()
        del writable
        write_columns(ReleaseStore(ox.Store.read_only(str(place))), path, memory=1 << 30, threads=1)
    return ReleaseStore(ox.Store.read_only(str(place)))


def compare(store: ReleaseStore, columns: Columns, chance: random.Random, rounds: int, folder: Path) -> int:
    """Print a line for each form; 1 if a goal is missed."""
    held, ours, engines = True, 0.0, 0.0
    print(f"{'form':24} {'columns ms':>10} {'plain ms':>9} {'engine ms':>10} {'ratio':>6}")
    for name, (form, plain) in forms().items():
        spent = [ask(lambda query: columns.answer(query, {}, store), form, chance) for _ in range(rounds)]
        plain_spent = [ask(lambda query: columns.answer(query, {}, store), plain, chance)[1] for _ in range(rounds)]
        query, _, rows = spent[-1]
        engine, expected = run_engine(folder, query)
        cost, plain_cost = median(each for _, each, _ in spent), median(plain_spent)
        ours, engines = ours + cost, engines + engine
        verdict = judge(query, rows, expected)
        if cost > max(PLAIN * plain_cost, FLOOR):
            verdict += f" {cost / plain_cost:.1f} times the plain form"
        held &= not verdict
        verdict += " answered by the engine, as few triples match" * (rows is None)
        verdict += f" engine stopped after {LIMIT} s" * (expected is None)
        print(f"{name:24} {cost:10.1f} {plain_cost:9.1f} {engine:10.0f} {engine / cost:6.0f} {verdict}", flush=True)
    held &= engines >= GOAL * ours
    print(f"{'held' if held else 'MISSED'}: the engine takes {engines / ours:.0f} times as long, goal {GOAL:g}")
    return 0 if held else 1


def ask(
    answer: Callable[[str], Results | None], form: Form, chance: random.Random
) -> tuple[str, float, list[tuple[str, ...]] | None]:
    """A question, the milliseconds that its answer takes, and its rows."""
    query = PREFIX + form(chance)
    begin = time.process_time()
    found = answer(query)
    rows = None if found is None else rows_of(found)
    return query, (time.process_time() - begin) * 1000, rows


def run_engine(folder: Path, query: str) -> tuple[float, list[tuple[str, ...]] | None]:
    """The milliseconds that the engine takes in a separate process, and its rows, None beyond the limit."""
    command = [sys.executable, __file__, "--engine", str(folder / "store"), query]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return LIMIT * 1000.0, None
    spent, rows = json.loads(done.stdout)
    return spent, [tuple(row) for row in rows]


def ask_engine(place: str, query: str) -> None:
    """Print the milliseconds and the rows of the engine, for the process that started this one."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    store = ReleaseStore(ox.Store.read_only(place))
    begin = time.process_time()
    rows = rows_of(store.query(query, {}))
    print(json.dumps([(time.process_time() - begin) * 1000, rows]))


def rows_of(results: Results) -> list[tuple[str, ...]]:
    """The rows of a result as texts."""
    assert isinstance(results, ox.QuerySolutions)
    return [tuple(map(str, row)) for row in results]


def judge(query: str, rows: list[tuple[str, ...]] | None, expected: list[tuple[str, ...]] | None) -> str:
    """Why an answer is not that of the engine, empty if it is; of equal rows LIMIT may keep any."""
    if rows is None or expected is None:
        return ""
    if "LIMIT" in query:
        return "" if [row[-1] for row in rows] == [row[-1] for row in expected] else "DIFFERENT"
    return "" if Counter(rows) == Counter(expected) else "DIFFERENT"


if __name__ == "__main__":
    sys.exit(main())
