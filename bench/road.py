"""Measure the road of a publisher and of a visitor: tables, check, build, build again, serve, query.

usage: python bench/road.py [--projects 3500] [--seed 1] [--folder FOLDER] [--only STEP,STEP] [--slack 1]

CORDIS-like tables of this many projects and a catalogue over them are written (35,000 projects make 2.3 million
triples), and every step is the command that a user runs, in a separate process. Caches of answers are off and no
query is asked twice. Prints seconds of the processor, of the clock, and the most MB of each step with all its
processes, next to its goal. The goals are those of 35,000 projects; for another number the part that grows with the
data is in proportion. Seconds of the clock are not a goal, since others may use the machine. 1 where a goal is missed.

- again: nothing has changed, so nothing is written.
- one cell: the title of one project is another; the release is compared, byte by byte, with one built from nothing.
- first start: from the command to the first answer of the portal and of its endpoint, with nothing kept from before.
- first query: a question on the folder, which nothing serves and of which nothing is kept.
- query: the mean of five others after it.
- one of several: one cell in the catalogue of several datasets that `import cordis` makes of the tables; the datasets
  that the title does not concern are copied. Its build from nothing is not measured.

SLACK multiplies the goals, for machines that are slower or that others use: what does not work still fails.
FOLDER keeps the data from run to run.
"""

from __future__ import annotations

import argparse
import csv
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.parse import urlencode

from costs import Cost, Watch, ended, free_port, run, seconds_of
from mapping import BASE, EURIO, describe, generate
from publishing.catalogue import DESCRIPTION

FULL = 35_000
"""The projects that the goals are for."""


@dataclass(frozen=True)
class Goal:
    """The most seconds of the processor and MB at 35,000 projects, and the parts of them that no data need."""

    cpu: float
    memory: float
    fixed: float = 2.0
    base: float = 400.0

    def at(self, projects: int) -> tuple[float, float]:
        """Seconds and MB for this many projects."""
        share = projects / FULL
        return self.fixed + (self.cpu - self.fixed) * share, self.base + (self.memory - self.base) * share


GOALS = {
    "check": Goal(30.0, 1000.0),
    "build": Goal(90.0, 1500.0, fixed=4.0),
    "again": Goal(1.0, 300.0, fixed=1.0, base=300.0),
    "one cell": Goal(15.0, 1500.0, fixed=4.0),
    "first start": Goal(30.0, 1500.0, fixed=4.0),
    "next start": Goal(2.0, 1500.0, fixed=2.0),
    "first query": Goal(60.0, 1500.0, fixed=1.0),
    "query": Goal(0.5, 300.0, fixed=0.5, base=300.0),
    "one of several": Goal(15.0, 1500.0, fixed=4.0),
}


def main() -> int:
    """Read the arguments, walk the road, print each step and whether its goals are met."""
    parser = argparse.ArgumentParser(description="Measure the road from tables to answers.")
    parser.add_argument("--projects", type=int, default=3500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--slack", type=float, default=1.0)
    parser.add_argument("--only", default=",".join(GOALS))
    given = parser.parse_args()
    chosen, met = given.only.split(","), True
    with TemporaryDirectory() as temporary:
        road = Road(given.folder or Path(temporary), given.projects, random.Random(given.seed))
        print(f"{given.projects:,} projects, seed {given.seed}")
        print(f"{'step':14} {'CPU s':>8} {'goal':>7} {'wall s':>8} {'MB':>7} {'goal':>7}")
        for name, cost in road.steps():
            if name not in chosen:
                continue
            cpu, memory = (given.slack * goal for goal in GOALS[name].at(given.projects))
            good = cost.cpu <= cpu and cost.peak <= memory and not cost.exit
            met &= good
            print(
                f"{name:14} {cost.cpu:8.2f} {cpu:7.1f} {cost.wall:8.1f} {cost.peak:7.0f} {memory:7.0f}  "
                f"{'met' if good else 'MISSED'}{f' {cost.output}' if cost.output else ''}",
                flush=True,
            )
    return 0 if met else 1


class Road:
    """The steps over one catalogue, in their order: each needs those before it."""

    def __init__(self, folder: Path, projects: int, chance: random.Random) -> None:
        self._tables = folder / f"tables-{projects}"
        self._catalogue = folder / f"catalogue-{projects}"
        self._release = folder / f"release-{projects}"
        self._projects = projects
        self._chance = chance

    def steps(self) -> Iterator[tuple[str, Cost]]:
        """The name of each step and its cost; the output is that of a step that failed."""
        self._prepare()
        yield "check", self._run("check", self._catalogue)
        build = ("build", self._catalogue, "--output", self._release)
        yield "build", self._run(*build)
        before = stamps(self._release)
        again = self._run(*build)
        yield "again", again if stamps(self._release) == before else failed(again, "files were written")
        table = self._catalogue / "cordis" / "project.csv"
        yield "one cell", self._changed(table, self._catalogue, "--output", self._release)
        with TemporaryDirectory() as cache, kept_in(cache):
            yield "first start", self._serve()
            yield "next start", self._serve()
        with TemporaryDirectory() as cache, kept_in(cache):
            yield "first query", self._ask(_QUESTIONS[0](f"<{BASE}project/600000>", 0))
            yield "query", self._query()
        yield "one of several", self._several()

    def _prepare(self) -> None:
        """Write the tables and their catalogue; what an earlier run left of them is taken away."""
        for folder in (self._tables, self._catalogue, self._release):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self._release.rmdir()
        generate(self._tables, self._projects, self._chance.randrange(1 << 30))
        describe(self._tables, self._catalogue)
        head = {**DESCRIPTION, "id": "cordis", "base": BASE, "profiles": [], "datasets": ["cordis"]}
        (self._catalogue / "catalogue.yaml").write_text(json.dumps(head), "utf-8")

    def _run(self, *words: str | Path) -> Cost:
        cost = run(program(*words))
        return replace(cost, output=cost.output[-2000:] if cost.exit else "")

    def _several(self) -> Cost:
        """One cell of a catalogue with several datasets."""
        catalogue, release = (self._release.with_name(f"{name}-{self._projects}") for name in ("imported", "several"))
        for folder in (catalogue, release):
            shutil.rmtree(folder, ignore_errors=True)
        for words in (
            ("import", "cordis", self._tables, "--output", catalogue),
            ("build", catalogue, "--output", release),
        ):
            before = self._run(*words)
            if before.exit:
                return before
        return self._changed(catalogue / "projects" / "project.csv", catalogue, "--output", release)

    def _changed(self, table: Path, catalogue: Path, option: str, release: Path) -> Cost:
        """Another title in the table and a build, failed where one of the same tables from nothing has other bytes."""
        self._change_a_title(table)
        changed = self._run("build", catalogue, option, release)
        if changed.exit:
            return changed
        other = release.with_name(f"{release.name}-full")
        shutil.rmtree(other, ignore_errors=True)
        self._run("build", catalogue, option, other)
        differing = differences(release, other)
        shutil.rmtree(other)
        return failed(changed, f"other bytes than a full build: {differing[:5]}") if differing else changed

    def _change_a_title(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter=";"))
        path.unlink()  # it is also the file of the generated tables
        row = rows[self._chance.randrange(1, len(rows))]
        row[rows[0].index("title")] += " changed"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)

    def _serve(self) -> Cost:
        """From the command to the first answers: of the portal, and of the endpoint to a question over everything."""
        port = free_port()
        begin = time.perf_counter()
        server = subprocess.Popen(
            program("serve", self._release, "--port", str(port), "--query-cache", "0B"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        query = f"SELECT ?role (COUNT(*) AS ?n) {{ ?part <{EURIO}role> ?role }} GROUP BY ?role"
        site = f"http://127.0.0.1:{port}"
        with ended(server), Watch(server.pid) as watch:
            problem = first_answer(f"{site}/", server) or first_answer(
                f"{site}/sparql?{urlencode({'query': query})}", server
            )
            cpu = seconds_of(server.pid)
        cost = Cost(cpu, time.perf_counter() - begin, watch.peak, 0)
        return failed(cost, problem) if problem else cost

    def _query(self) -> Cost:
        costs = [self._ask(question) for question in self._questions()]
        bad = next((cost for cost in costs if cost.exit), None)
        cpu, wall = (sum(times) / len(costs) for times in zip(*((cost.cpu, cost.wall) for cost in costs), strict=True))
        return bad or Cost(cpu, wall, max(cost.peak for cost in costs), 0)

    def _ask(self, question: str) -> Cost:
        return self._run("query", self._release, "--format", "csv", question)

    def _questions(self) -> Iterator[str]:
        for form in _QUESTIONS:
            number = self._chance.randrange(1, self._projects)
            yield form(f"<{BASE}project/{600_000 + number * 3}>", number)


_QUESTIONS: tuple[Callable[[str, int], str], ...] = (
    lambda project, _: f"SELECT ?p ?o {{ {project} ?p ?o }}",
    lambda project, _: (
        f"SELECT ?name {{ ?part <{EURIO}projectID> {project} ; <{EURIO}organisationID> ?who . "
        f"?who <{EURIO}name> ?name }}"
    ),
    lambda _, number: (
        f"SELECT ?call (SUM(?money) AS ?sum) {{ ?project <{EURIO}masterCall> ?call ; "
        f"<{EURIO}ecMaxContribution> ?money }} GROUP BY ?call ORDER BY DESC(?sum) LIMIT {number % 20 + 5}"
    ),
    lambda _, number: f'SELECT ?project {{ ?project <{EURIO}acronym> "P{number}" }}',
    lambda _, number: (
        f"SELECT ?country (COUNT(DISTINCT ?who) AS ?n) {{ ?part <{EURIO}organisationID> ?who . "
        f"?who <{EURIO}country> ?country }} GROUP BY ?country HAVING (COUNT(DISTINCT ?who) > {number % 50})"
    ),
)


@contextmanager
def kept_in(folder: str) -> Iterator[None]:
    """Let programs keep what they compute in this folder (XDG Base Directory Specification)."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = folder
    try:
        yield
    finally:
        del os.environ["XDG_CACHE_HOME"]
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before


def program(*words: str | Path) -> list[str]:
    """The command line of st-opendata."""
    return [sys.executable, "-m", "st_opendata", *map(str, words)]


def failed(cost: Cost, problem: str) -> Cost:
    """The same cost, as that of a step that failed."""
    return replace(cost, exit=cost.exit or 1, output=problem)


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """The inode and the time of the last change of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def differences(folder: Path, other: Path) -> list[str]:
    """The files that only one folder has, or whose bytes differ."""
    names = [
        {path.relative_to(each).as_posix() for path in each.rglob("*") if path.is_file()} for each in (folder, other)
    ]
    both = sorted(names[0] & names[1])
    _, mismatch, errors = filecmp.cmpfiles(folder, other, both, shallow=False)
    return sorted([*(names[0] ^ names[1]), *mismatch, *errors])


def first_answer(address: str, server: subprocess.Popen[bytes]) -> str:
    """Ask until there is an answer; the problem if the server ends before."""
    while server.poll() is None:
        with suppress(URLError, ConnectionError), urllib.request.urlopen(address, timeout=600) as response:
            response.read()
            return ""
        time.sleep(0.05)
    return f"serve ended with {server.returncode}"


if __name__ == "__main__":
    sys.exit(main())
