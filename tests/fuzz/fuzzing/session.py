"""One process that takes inputs of one target until it has enough, or dies of one.

    python -m fuzzing.session TARGET ENGINE COUNT SEED FOLDER

The input in hand is in FOLDER/input, so that the parent process knows which one killed it. Each input that was
taken is a line of FOLDER/log: outcome, seconds of a processor, megabytes at the peak; a failure has its text and input
in FOLDER/failures.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import st_opendata.build.stages  # noqa: F401 (a library of its writers starts a program when it is imported)
from fuzzing.found import FOUND
from fuzzing.guard import MEGABYTES, SECONDS, Guard, bound_memory, bound_time, peak, reset_peak
from fuzzing.mutations import mutated
from fuzzing.targets import Target, find_target

RETIRED = 75
"""Exit code of a process with running work that would affect the next input; another process continues."""


class Session:
    """Takes inputs of a target in a sandbox and writes down what came of them."""

    def __init__(self, target: Target, folder: Path, count: int) -> None:
        self._folder, self._left = folder, count
        (folder / "failures").mkdir(parents=True, exist_ok=True)
        self._log = (folder / "log").open("a", encoding="utf-8", buffering=1)
        shutil.rmtree(folder / "sandbox", ignore_errors=True)
        self._guard = Guard(folder / "sandbox", target.allowed)
        os.environ["TMPDIR"] = tempfile.tempdir = str(self._guard.inside)
        os.environ["XDG_CACHE_HOME"] = str(self._guard.inside / "cache")
        work = self._guard.inside / "work"
        work.mkdir(exist_ok=True)
        os.chdir(work)
        self._take = target.prepare(work)
        self._guard.touched()
        self._input = os.open(folder / "input", os.O_RDWR | os.O_CREAT)

    def take(self, data: bytes) -> None:
        """Take one input; leaves the process when there are enough."""
        data = self._guard.aimed(data)
        os.pwrite(self._input, data, 0)
        os.ftruncate(self._input, len(data))
        self._guard.touched()  # by the code that draws the inputs
        reset_peak()
        bound_time(SECONDS)
        before = time.process_time()
        try:
            outcome: str = self._take(data)
            text = ""
        except Exception:  # noqa: BLE001 (whatever it is, it is a failure)
            outcome, text = "failure", traceback.format_exc()
        seconds, top = time.process_time() - before, peak()
        bound_time(0)
        if touched := self._guard.touched():
            outcome, text = "failure", "touched: " + "; ".join(touched)
        elif top > MEGABYTES:
            outcome, text = "failure", f"memory: {top:.0f} MB"
        if outcome == "failure":
            self._keep(data, text)
        self._log.write(f"{outcome} {seconds:.3f} {top:.0f}\n")
        self._left -= 1
        if self._left <= 0:
            self._leave(0)
        if any(thread.name.endswith("(work)") for thread in threading.enumerate()):
            self._leave(RETIRED)  # a query continues after its time-out

    def _keep(self, data: bytes, text: str) -> None:
        """Keep one input of each kind of failure."""
        kind = hashlib.sha256(_signature(text).encode()).hexdigest()[:12]
        path = self._folder / "failures" / kind
        if not path.with_suffix(".txt").exists():
            path.with_suffix(".bin").write_bytes(data)
            path.with_suffix(".txt").write_text(text, "utf-8", errors="backslashreplace")

    def _leave(self, code: int) -> None:
        self._log.close()
        os._exit(code)  # nothing is waited for that still runs


def _signature(text: str) -> str:
    """What failures of one kind have in common: the files and lines of their traceback, or the first words."""
    frames = [line.strip() for line in text.splitlines() if line.lstrip().startswith("File ")]
    ours = [frame for frame in frames if "/st_opendata/" in frame]
    return "\n".join([*ours[-2:], *frames[-1:]]) or re.sub(r"[^a-z]+|/\S*", " ", text)[:80]


def draw_by_hypothesis(target: Target, take: Callable[[bytes], None], seed: int) -> None:
    """Draw what was found before, then inputs without end."""
    for data in FOUND.get(target.name, {}).values():
        take(data)
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    strategy = mutated(target.seeds(), target.words)
    options = settings(
        max_examples=1_000_000, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=HealthCheck
    )
    for number in range(1000):
        seeded(seed * 1000 + number)(options(given(strategy)(take)))()


def draw_by_atheris(target: Target, take: Callable[[bytes], None], seed: int, folder: Path) -> None:
    """Draw inputs by what parts of the program they reach (libFuzzer), from the seeds on."""
    import atheris

    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, data in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(data)
    words = folder / "words"
    listed = dict.fromkeys((*target.words,))
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in listed if 0 < len(word) < 64), "ascii")
    flags = [f"-seed={seed + 1}", f"-dict={words}", "-max_len=20000", "-timeout=0", "-rss_limit_mb=0", "-verbosity=0",
             "-close_fd_mask=3", f"-artifact_prefix={folder}/", "-reload=0"]  # fmt: skip
    atheris.Setup([sys.argv[0], *flags, str(corpus)], take)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main(arguments: list[str]) -> None:
    """Run as the module says."""
    name, engine, count, seed, folder = arguments
    if engine == "atheris":
        import atheris

        with atheris.instrument_imports(include=["st_opendata"], enable_loader_override=False):
            pass
    target = find_target(name)
    session = Session(target, Path(folder).resolve(), int(count))
    bound_memory()
    if engine == "atheris":
        draw_by_atheris(target, session.take, int(seed), Path(folder).resolve())
    else:
        draw_by_hypothesis(target, session.take, int(seed))


if __name__ == "__main__":
    main(sys.argv[1:])
