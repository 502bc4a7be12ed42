"""The guard sees what it must: a guard that sees nothing would let every target pass."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, threading
from pathlib import Path
from fuzzing.guard import Guard, bound_memory, bound_time, peak, reset_peak
guard = Guard(Path(sys.argv[1]))
(guard.inside / "mine.txt").write_text("x")
assert guard.touched() == [], "a file inside"
reset_peak()
{work}
print(len(guard.touched()), round(peak()), flush=True)
os._exit(0)
"""
WORK = {
    "a file outside": 'open("/etc/hostname").close() if Path("/etc/hostname").exists() else open("/etc/passwd").close()',
    "a canary by an engine": 'import pyoxigraph as ox; ox.Store().load(path=str(guard.outside / "secret.nq"), format=ox.RdfFormat.N_QUADS)',
    "a canary by a database": "import duckdb; duckdb.sql(f\"SELECT content FROM read_text({str(guard.outside / 'secret.csv')!r})\").fetchall()",
    "a link out": '(guard.inside / "link").symlink_to(guard.outside); open(guard.inside / "link" / "secret.csv").close()',
    "a name that is looked up": 'import socket\ntry: socket.getaddrinfo("example.invalid", 80)\nexcept OSError: pass',
    "a request by an engine": """
import pyoxigraph as ox
query = guard.aimed(b"SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }").decode()
asking = threading.Thread(target=lambda: list(ox.Store().query(query)), daemon=True)  # nobody answers
asking.start()
asking.join(3)""",
    "a program": 'import subprocess; subprocess.run(["true"])',
}


def run(folder: Path, work: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    program = PROGRAM.replace("{work}", work)
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.quick(3)
@pytest.mark.parametrize("case", WORK)
def test_guard_sees(case: str, tmp_path: Path) -> None:
    done = run(tmp_path, WORK[case])
    if case == "a canary by an engine":  # which then finds that the file is not RDF
        done = run(tmp_path, f"try: {WORK[case]}\nexcept SyntaxError: pass")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 1


@pytest.mark.slow
def test_hang_ends_the_process(tmp_path: Path) -> None:
    assert run(tmp_path, "bound_time(1)\nwhile True: pass").returncode < 0


def test_memory_is_bounded_and_measured(tmp_path: Path) -> None:
    done = run(tmp_path, "bound_memory()\ntry: bytearray(2_000_000_000)\nexcept MemoryError: pass\nbytes(300_000_000)")
    assert done.returncode == 0, done.stderr
    done = run(tmp_path, "data = b'x' * 300_000_000; del data")
    assert int(done.stdout.split()[1]) > 300
