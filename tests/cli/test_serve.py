"""`st-opendata serve` as a person runs it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

COMMAND = [sys.executable, "-m", "st_opendata", "serve"]


@contextmanager
def serving(release: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, and the address at which it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, str(release), "--port", str(port), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        try:
            for line in program.stderr:
                if "The portal answers at" in line:
                    break
            else:
                pytest.fail("it never said that it answers")
            yield program, f"http://127.0.0.1:{port}"
        finally:
            program.kill()


def children(pid: int) -> list[str]:
    return [child for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def test_it_answers_until_ctrl_c(release: Path) -> None:
    with serving(release, "--workers", "2", "--base-url", "https://data.example.org") as (program, url):
        assert requests.get(f"{url}/healthz", timeout=9).text.startswith("ok tiny ")
        answer = requests.get(f"{url}/sparql", {"query": "ASK { ?c a schema:City }"}, timeout=9)
        assert answer.json()["boolean"] is True
        described = requests.get(f"{url}/sparql", timeout=9).text
        assert "<https://data.example.org/sparql> a sd:Service" in described
        assert re.search(r"void:triples \d+", described)
        [nursery] = children(program.pid)
        workers = children(int(nursery))
        assert len(workers) == 2
        program.send_signal(signal.SIGINT)
        assert program.wait(20) == 0
        assert not [pid for pid in (nursery, *workers) if Path(f"/proc/{pid}").exists()]


def test_nothing_is_left_of_a_server_that_was_killed(release: Path) -> None:
    with serving(release, "--workers", "2") as (program, url):
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with pytest.raises(requests.Timeout):
            requests.get(f"{url}/sparql", {"query": query}, timeout=0.5)
        [nursery] = children(program.pid)
        workers = children(int(nursery))
        program.kill()
        program.wait()
        for _ in range(200):
            if not Path(f"/proc/{nursery}").exists() and not any(Path(f"/proc/{pid}").exists() for pid in workers):
                break
            signal.sigtimedwait([], 0.05)
        else:
            pytest.fail("processes are left")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--port", "PORT"], 3, "cannot listen on 127.0.0.1:"),
        (["--memory", "10MB"], 2, "less than one worker may take"),
        (["--memory", "much"], 2, '"much" is not a size'),
        (["--query-seconds", "0"], 2, "more than 0 seconds"),
        (["--workers", "0"], 2, "too small"),
    ],
)
def test_what_cannot_be_served(options: list[str], code: int, said: str, release: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = [option.replace("PORT", str(taken.getsockname()[1])) for option in options]
        done = subprocess.run(
            [*COMMAND, str(release), *options], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_release(tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "is not a release" in done.stderr) == (3, True)
    assert not list(tmp_path.iterdir())
