"""Files are the same whatever the number of processes that write them, and so are errors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from drawn import write_drawn
from tiny import write_tiny

ROOT = Path(__file__).parents[3]
WRITE = """
import json, sys
from hashlib import sha256
from pathlib import Path
from st_opendata.build import writing
from st_opendata.build.reuse import Reuse
from st_opendata.catalogue import read_catalogue
from st_opendata.facts import base, load_facts
from st_opendata.system import tasks

least, shard, processes, *catalogues = sys.argv[1:]
forked = []
def do_in_processes(*arguments):
    forked.append(arguments[1])
    return tasks.do_in_processes(*arguments)
writing.do_in_processes, writing._WORTH = do_in_processes, 0
tasks._LEAST, tasks._TURNS = int(least), 1_000_000
base._SHARD_TRIPLES, base._SORTED_ROWS = int(shard), int(shard)

def nothing(_task):
    pass

def write(catalogue, folder, threads):
    folder.mkdir()
    with load_facts(read_catalogue(catalogue), threads=threads) as facts:
        written = writing.write_files(writing.plan_files(Reuse(facts, folder, None)), facts, threads, nothing, nothing)
        assert facts.triples() == sum(file.triples for file in written.facts.files)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [repr(written), *((str(path.relative_to(folder)), sha256(path.read_bytes()).hexdigest()) for path in files)]

found = []
for place, catalogue in enumerate(map(Path, catalogues)):
    found.append([write(catalogue, Path(f"{place}-{threads}"), threads) for threads in json.loads(processes)])
print(json.dumps([forked, found]))
"""
BUILD = """
import os, signal, sys, time
from pathlib import Path
import pyoxigraph as ox
from st_opendata.__main__ import main
from st_opendata.build import writing
from st_opendata.exports import registry
from st_opendata.messages.message import verbatim
from st_opendata.rdf.writing import UnwritableTripleError
from st_opendata.system import tasks

mode, catalogue, output, threads = sys.argv[1:]
writing._WORTH, tasks._LEAST = 0, 1

def write(source, path):
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if mode == "wait":
        print("begun", os.getpid(), flush=True)
        time.sleep(60)
    if mode == "full":
        raise OSError(28, "No space left on device", "/disk/towns.json")
    [[line, *_], *_] = source.facts.lines(source.dataset.id)
    quad = next(iter(ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES)))
    raise UnwritableTripleError(quad.triple, verbatim("no way"), verbatim("Mend it."))

object.__setattr__(registry.TABLE_EXPORTS[1], "write", write)
sys.exit(main(["build", catalogue, "--output", output, "--threads", threads]))
"""


def compare(folder: Path, catalogues: list[Path], least: int, shard: int, processes: list[int]) -> None:
    """The files of each catalogue are the same by one process and by each number of processes."""
    numbers = json.dumps([1, *processes])
    command = [sys.executable, "-c", WRITE, str(least), str(shard), numbers, *map(str, catalogues)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=280)
    assert ran.returncode == 0, ran.stderr
    forked, found = json.loads(ran.stdout)
    assert forked == processes * len(catalogues)
    for alone, *others in found:
        assert len(alone) > 10
        assert all(other == alone for other in others)


def test_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    compare(tmp_path, [write_drawn(tmp_path / "drawn", 1, datasets=1)], 50_000, 40, [3])


@pytest.mark.slow
@pytest.mark.parametrize(("least", "shard"), [(1, 40), (200_000, 50_000)])
def test_bytes_of_random_catalogues_do_not_depend_on_the_number_of_processes(
    tmp_path: Path, least: int, shard: int
) -> None:
    catalogues = [write_drawn(tmp_path / f"drawn{seed}", seed, datasets=1 + seed % 3, rows=60) for seed in range(2, 6)]
    compare(tmp_path, [*catalogues, write_tiny(tmp_path / "tiny")], least, shard, [2, 4])


@pytest.mark.slow
def test_bytes_of_smarter_together_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    compare(tmp_path, [ROOT / "datasets"], 200_000, 50_000, [3])


def build(folder: Path, mode: str, threads: int) -> subprocess.CompletedProcess[str]:
    catalogue = write_tiny(folder / "catalogue")
    command = [sys.executable, "-c", BUILD, mode, str(catalogue), str(folder / "release"), str(threads)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fail", "full"])
def test_an_error_in_a_process_is_that_of_one_process(tmp_path: Path, mode: str) -> None:
    alone, several = (build(tmp_path / str(threads), mode, threads) for threads in (1, 3))
    assert alone.returncode == several.returncode == 3
    assert alone.stderr == several.stderr
    assert {"fail": "no way", "full": "/disk/towns.json: No space left on device"}[mode] in several.stderr
    assert (".csv, line 2" in several.stderr or ".csv, row 2" in several.stderr) == (mode == "fail")
    assert not (tmp_path / "3/release").exists()


@pytest.mark.slow
def test_a_process_that_is_killed_is_told(tmp_path: Path) -> None:
    ran = build(tmp_path, "kill", 3)
    assert ran.returncode == 3
    assert "a process of the build was ended by SIGKILL" in ran.stderr
    assert "--memory" in ran.stderr
    assert not (tmp_path / "release").exists()


@pytest.mark.slow
def test_an_interrupt_ends_all_processes_within_a_second(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, "wait", str(write_tiny(tmp_path / "catalogue")), str(tmp_path / "out"), "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout
        begun = ran.stdout.readline().split()
        child = int(begun[1])
        assert child != ran.pid
        os.kill(ran.pid, signal.SIGINT)
        asked = time.monotonic()
        assert ran.wait(20) == 130
        assert time.monotonic() - asked < 10
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    assert not (tmp_path / "out").exists()
