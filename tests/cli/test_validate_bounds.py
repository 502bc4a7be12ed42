"""The time limit of a validation, and equal findings in a separate process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:Shape a sh:NodeShape ; sh:targetSubjectsOf ex:of ; sh:nodeKind sh:Literal ; sh:sparql [
  sh:select "SELECT $this { $this ?a ?b . %s FILTER (STRLEN(STR(?b)) < 0) }" ] .
"""
RUNAWAY = SHAPES % "?c ?d ?e . ?f ?g ?h . ?i ?j ?k . ?l ?m ?n ."
ENDLESS = [f"<urn:{number}> <https://example.org/of> <urn:{number + 1}> ." for number in range(60)]


def command(folder: Path, shapes: str, *options: str) -> list[str]:
    (folder / "shapes.ttl").write_text(shapes, "utf-8")
    (folder / "data.nt").write_text("\n".join(ENDLESS), "utf-8")
    files = [str(folder / "data.nt"), "--shapes", str(folder / "shapes.ttl")]
    return [sys.executable, "-m", "st_opendata", "validate", *files, *options]


def run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_a_validation_that_takes_too_long(tmp_path: Path) -> None:
    done = run(command(tmp_path, RUNAWAY, "--timeout", "0.5"))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "Error: the validation took longer than 0.5 seconds",
        "  Simplify the queries (sh:sparql) of the shapes, validate less at once, or raise --timeout.",
    ]
    assert (
        "dauerte länger als 0,5 Sekunden" in run(command(tmp_path, RUNAWAY, "--timeout", "0.5", "--lang", "de")).stderr
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_same_is_found_within_a_time(tmp_path: Path, form: str) -> None:
    alone = run(command(tmp_path, SHAPES % "", "--format", form))
    timed = run(command(tmp_path, SHAPES % "", "--format", form, "--timeout", "50"))
    assert alone.returncode == timed.returncode == 1
    assert (alone.stdout, alone.stderr) == (timed.stdout, timed.stderr)


@pytest.mark.slow
def test_errors_are_the_same_within_a_time(tmp_path: Path) -> None:
    alone, timed = (run(command(tmp_path, "no Turtle", *options)) for options in ([], ["--timeout", "50"]))
    assert alone.returncode == timed.returncode == 3
    assert alone.stderr == timed.stderr


@pytest.mark.slow
def test_no_process_is_left_of_an_interrupted_validation(tmp_path: Path) -> None:
    process = subprocess.Popen(command(tmp_path, RUNAWAY, "--timeout", "500"), stderr=subprocess.PIPE, text=True)
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (found := children.read_text().split()):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        with pytest.raises(ProcessLookupError):
            os.kill(int(found[0]), 0)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.quick(2)
@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e10"])
def test_a_time_that_cannot_be_waited_for(seconds: str, tmp_path: Path) -> None:
    done = run(command(tmp_path, SHAPES % "", "--timeout", seconds))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--timeout" in done.stderr


@pytest.mark.slow
def test_the_longest_time(tmp_path: Path) -> None:
    assert run(command(tmp_path, SHAPES % "", "--timeout", "1000000")).returncode in (0, 1)
