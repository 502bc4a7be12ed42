"""Fuzz every target and print what came of it.

    make fuzz                                                      # 10,000 inputs of each kind and engine
    python tests/fuzz/run.py csv yaml --inputs 500 --engine atheris --seed 7

Exit code 1 tells that there were failures; each has its input (.bin) and what happened (.txt) in the folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from pathlib import Path

from fuzzing.session import RETIRED
from fuzzing.targets import NAMES

ENGINES = ("hypothesis", "atheris")
_PARTS = {"csv": 4, "templates": 3, "yaml": 3, "csvw": 2}
"""The slow targets, each with the number of its parts, which run at the same time."""
_DEATHS = 40
"""The most processes that may die of inputs of one target before the run stops it."""


@dataclass
class Result:
    """The outcomes of a target's inputs."""

    target: str
    engine: str
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    peak: float = 0.0
    deaths: list[str] = field(default_factory=list)
    folder: Path = Path()

    def __add__(self, other: Result) -> Result:
        """The outcomes of both parts."""
        slowest, peak = max(self.slowest, other.slowest), max(self.peak, other.peak)
        outcomes, deaths = self.outcomes + other.outcomes, self.deaths + other.deaths
        return Result(self.target, self.engine, outcomes, slowest, peak, deaths, self.folder.parent)

    @property
    def inputs(self) -> int:
        """How many were taken."""
        return self.outcomes.total() + len(self.deaths)

    @property
    def failures(self) -> int:
        """How many the program failed at."""
        return self.outcomes["failure"] + len(self.deaths)

    def line(self) -> tuple[str, ...]:
        """As the table shows it."""
        counts = (self.inputs, *(self.outcomes[kind] for kind in ("taken", "findings", "errors")), self.failures)
        return (self.target, self.engine, *(f"{each:,}" for each in counts), f"{self.slowest:.1f}", f"{self.peak:.0f}")


HEADINGS = ("target", "engine", "inputs", "taken", "findings", "errors told", "failures", "slowest s", "peak MB")


def fuzz(target: str, engine: str, inputs: int, seed: int, folder: Path) -> Result:
    """Let processes take inputs until there are enough."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result = Result(target, engine, folder=folder)
    round_ = 0
    while result.inputs < inputs and len(result.deaths) < _DEATHS:
        code, said = _session(target, engine, inputs - result.inputs, seed + round_, folder)
        _read_log(result)
        round_ += 1
        if code in (0, RETIRED, -signal.SIGTERM):  # the last one comes from outside, independent of the input
            continue
        if not (folder / "input").exists():
            raise SystemExit(f"{target}: the session did not begin\n{said}")
        result.deaths.append(_death(code, said, folder, len(result.deaths)))
    return result


def _session(target: str, engine: str, count: int, seed: int, folder: Path) -> tuple[int, str]:
    path = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path, "MALLOC_ARENA_MAX": "2", "ST_DEBUG": "1", "LC_ALL": "C.UTF-8"}
    arguments = [target, engine, str(count), str(seed), str(folder)]
    command = [sys.executable, "-P", "-X", "faulthandler", "-m", "fuzzing.session", *arguments]
    with (folder / "stderr").open("w+b") as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=said, cwd=folder, start_new_session=True
        )
        code = process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the workers of the portal
        said.seek(0)
        return code, said.read()[-4000:].decode("utf-8", "replace")


def _read_log(result: Result) -> None:
    """Count anew all that the sessions have written down."""
    result.outcomes.clear()
    for line in (result.folder / "log").read_text("utf-8").splitlines() if (result.folder / "log").exists() else ():
        outcome, seconds, top = line.split()
        result.outcomes[outcome] += 1
        result.slowest, result.peak = max(result.slowest, float(seconds)), max(result.peak, float(top))


def _death(code: int, said: str, folder: Path, number: int) -> str:
    """Keep the input that a process died of."""
    why = "hang" if -code in (signal.SIGPROF, signal.SIGALRM) else f"exit {code}"
    path = folder / "failures" / f"death-{number}"
    shutil.copyfile(folder / "input", path.with_suffix(".bin"))
    path.with_suffix(".txt").write_text(f"{why}\n{said}", "utf-8")
    return why


def table(results: list[Result]) -> str:
    """The results as a table."""
    lines = [HEADINGS, *(result.line() for result in results)]
    widths = [max(len(line[number]) for line in lines) for number in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) if number < 2 else cell.rjust(width) for number, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )  # fmt: skip


def main() -> int:
    """Run as the module says."""
    known = NAMES
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"Of {', '.join(known)}.  [default: all]")
    parser.add_argument("--inputs", type=int, default=10_000, help="Of each target and engine.  [default: 10000]")
    parser.add_argument("--engine", choices=ENGINES, help="One alone.  [default: both, as far as installed]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"))
    given = parser.parse_args()
    if unknown := set(given.targets) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    engines = [given.engine] if given.engine else [each for each in ENGINES if importlib.util.find_spec(each)]
    kinds = [(name, engine) for engine in engines for name in given.targets or known]
    jobs = [(name, engine, part) for name, engine in kinds for part in range(_PARTS.get(name, 1))]

    def work(job: tuple[str, str, int]) -> Result:
        name, engine, part = job
        folder = (given.folder / f"{name}-{engine}" / str(part)).resolve()
        return fuzz(name, engine, -(-given.inputs // _PARTS.get(name, 1)), given.seed + 1000 * part, folder)

    with ThreadPoolExecutor(given.jobs) as pool:
        done = list(pool.map(work, jobs))
    results = [reduce(add, (result for result in done if (result.target, result.engine) == kind)) for kind in kinds]
    print(table(results))  # noqa: T201 (this is a program)
    for result in results:
        for path in sorted(result.folder.rglob("failures/*.txt")):
            lines = path.read_text("utf-8").strip().splitlines() or [""]
            print(f"{path}: {lines[0] if path.name.startswith('death') else lines[-1]:.200}")  # noqa: T201
    return 1 if any(result.failures for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
