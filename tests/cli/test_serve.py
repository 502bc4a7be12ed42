"""`st-opendata serve` as a person runs it."""

from __future__ import annotations

import http.client
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hostile import list_anew

from st_opendata.release import release_digest

INHABITANTS = "SELECT ?n { <https://example.org/tiny/city/lyon> schema:value ?n }"
PATHS = (
    "/en/",
    "/fr/dataset/places",
    "/de/dataset/places/table/cities?sort=-inhabitants",
    "/en/thing/city/lyon",
    "/id/city/lyon",
    "/catalog.ttl",
    "/places/places.nt",
    "/data?default",
    f"/en/query?query={quote(INHABITANTS)}",
    f"/sparql?format=csv&query={quote(INHABITANTS)}",
)
LARGE = "SELECT * { ?s ?p ?o . ?x ?y ?z } LIMIT 60000"
"""More than the buffer holds, so that it streams."""
SLOW = "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a ?b ?c } LIMIT 800 } ?d ?e ?f FILTER (?c != ?f) }"
SWAPS = 3

COMMAND = [sys.executable, "-m", "st_opendata", "serve"]


APART = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
"""As in another container: with processes of its own, whose numbers are those of others elsewhere."""


@contextmanager
def serving(release: Path, *options: str, within: tuple[str, ...] = ()) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, and the address at which it answers."""
    command = [*within, *COMMAND, str(release), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        try:
            for line in program.stderr:
                if found := re.search(r"The portal answers at (http://[0-9.:]+)/", line):
                    break
            else:
                pytest.fail("it never said that it answers")
            # Continue to read its log: otherwise it would wait without end once the pipe is full.
            threading.Thread(target=program.stderr.read).start()
            yield program, found[1]
        finally:
            program.kill()


def children(pid: int) -> list[str]:
    return [child for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


@pytest.mark.slow
def test_it_answers_until_ctrl_c(release: Path) -> None:
    with serving(release, "--workers", "2", "--base-url", "https://data.example.org") as (program, url):
        assert requests.get(f"{url}/healthz", timeout=60).text.startswith("ok tiny ")
        answer = requests.get(f"{url}/sparql", {"query": "ASK { ?c a schema:City }"}, timeout=60)
        assert answer.json()["boolean"] is True
        described = requests.get(f"{url}/sparql", timeout=60).text
        assert "<https://data.example.org/sparql> a sd:Service" in described
        assert re.search(r"void:triples \d+", described)
        [fork_server] = children(program.pid)
        workers = children(int(fork_server))
        assert len(workers) == 2
        program.send_signal(signal.SIGINT)
        assert program.wait(60) == 0
        assert not [pid for pid in (fork_server, *workers) if Path(f"/proc/{pid}").exists()]


@pytest.mark.slow
def test_nothing_is_left_of_a_server_that_was_killed(release: Path) -> None:
    with serving(release, "--workers", "2") as (program, url):
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        with pytest.raises(requests.Timeout):
            requests.get(f"{url}/sparql", {"query": query}, timeout=0.5)
        [fork_server] = children(program.pid)
        workers = children(int(fork_server))
        program.kill()
        program.wait()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (fork_server, *workers)), "no process is left")


@pytest.fixture
def place(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the release in a separate folder, with one for temporary files next to it."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return shutil.copytree(release, tmp_path / "place" / "release")


def left(place: Path) -> list[str]:
    """Folders that portals have made, next to the release and for temporary files."""
    temporary = place.parent.parent / "temporary"
    return sorted(path.name for path in (*place.parent.iterdir(), *temporary.iterdir()) if path != place)


@pytest.mark.slow
def test_portals_in_other_process_namespaces_leave_each_others_files(place: Path) -> None:
    """As in containers that share a volume: what was killed is removed by the next, what is served stays."""
    tried = subprocess.run([*APART, "true"], capture_output=True, check=False) if shutil.which("unshare") else None
    if not tried or tried.returncode:
        pytest.skip("this machine makes no process namespaces")
    paths = ("/en/", "/catalog.ttl", "/places/places.nt", "/en/dataset/places/table/cities")
    with serving(place, "--workers", "1") as (_, url):
        for _ in range(2):
            with serving(place, "--workers", "1", within=APART) as (_, other):
                for path in paths:
                    assert [requests.get(at + path, timeout=60).status_code for at in (url, other)] == [200, 200]
                assert len(left(place)) == 4  # each its files, and room for its tables
        assert len(left(place)) == 4  # those of the second of them stay until the next begins


@pytest.mark.slow
def test_a_closed_terminal_ends_it_tidily(place: Path) -> None:
    with serving(place, "--workers", "1") as (program, url):
        assert requests.get(f"{url}/en/dataset/places/table/cities", timeout=60).status_code == 200
        assert len(left(place)) == 2
        program.send_signal(signal.SIGHUP)
        assert program.wait(60) == 0
    assert left(place) == []


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_before_it_answers_leaves_nothing(number: signal.Signals, code: int, place: Path) -> None:
    command = [*COMMAND, str(place), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        until(lambda: len(left(place)) == 1, "its files are there")
        program.send_signal(number)
        said = program.communicate(timeout=60)[1].strip().splitlines()
        assert (program.returncode, len(said)) == (code, 1), said
        assert "Nothing is lost" in said[0]
    assert left(place) == []


@pytest.mark.slow
@pytest.mark.parametrize(("path", "is_listed"), [("void.ttl", True), ("void.ttl", False), ("catalog.ttl", True)])
def test_a_damaged_file_is_told_at_the_start(path: str, is_listed: bool, place: Path) -> None:
    (place / path).write_text("no RDF {", "utf-8")
    if is_listed:
        list_anew(place)
    command = [*COMMAND, str(place), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "defect" in done.stderr, "Traceback" in done.stderr) == (3, False, False), done.stderr
    assert path in done.stderr
    assert left(place) == []


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--port", "PORT"], 3, "cannot listen on 127.0.0.1:"),
        (["--memory", "10MB"], 2, "less than the memory of one worker"),
        (["--memory", "much"], 2, '"much" is not a size'),
        (["--query-seconds", "0"], 2, "more than 0 seconds"),
        (["--workers", "0"], 2, "too small"),
    ],
)
def test_what_cannot_be_served(
    options: list[str], code: int, said: str, release: Path, run: Callable[..., Any]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        options = [option.replace("PORT", str(taken.getsockname()[1])) for option in options]
        ran = run("serve", release, *options)
    assert ran.code == code, ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_what_is_no_release(tmp_path: Path, run: Callable[..., Any]) -> None:
    ran = run("serve", tmp_path)
    assert (ran.code, "is not a release" in ran.err) == (3, True)
    assert not list(tmp_path.iterdir())


@contextmanager
def asking(url: str) -> Iterator[list[tuple[str, str]]]:
    """Clients that ask without pause on connections that stay open: path, and what came, of each request."""
    seen: list[tuple[str, str]] = []
    done = threading.Event()

    def work(number: int) -> None:
        with requests.Session() as session:
            turn = number
            while not done.is_set():
                path = PATHS[turn % len(PATHS)]
                turn += 1
                try:
                    answer = session.get(url + path, timeout=60)
                except requests.RequestException as error:
                    seen.append((path, repr(error)))
                else:
                    numbers = answer.text.split()[1:] if "format=csv" in path else []
                    seen.append((path, " ".join([str(answer.status_code), *numbers])))

    threads = [threading.Thread(target=work, args=(3 * number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds, a minute at most."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail(f"it never came to be that {what}")


@pytest.mark.slow
def test_a_release_is_replaced_under_load_without_a_failed_request(
    run: Callable[..., Any], catalogue: Path, tmp_path: Path
) -> None:
    release, cities = tmp_path / "release", catalogue / "places" / "cities.csv"
    text = cities.read_text("utf-8")

    def build(inhabitants: int) -> None:
        cities.write_text(text.replace("522250", str(inhabitants)), "utf-8")
        ran = run("build", catalogue, "--output", release)
        assert ran.code == 0, ran.out + ran.err

    build(1)
    with serving(release, "--workers", "2", "--requests", "1000000") as (_, url), asking(url) as seen:
        for inhabitants in range(2, 2 + SWAPS):
            large = requests.get(f"{url}/sparql", {"query": LARGE, "format": "tsv"}, timeout=60, stream=True)
            body = large.iter_content(10_000)
            received = [next(body)]
            build(inhabitants)
            digest = release_digest(release)
            until(lambda digest=digest: requests.get(f"{url}/healthz", timeout=60).text.split()[2] == digest, "served")
            received += body  # of the release before, which is gone from its folder
            assert b"".join(received).count(b"\n") == 60_001
            answer = requests.get(f"{url}/sparql", {"query": INHABITANTS, "format": "csv"}, timeout=60)
            assert answer.text.split() == ["n", str(inhabitants)]
            asked = len(seen)
            until(lambda asked=asked: {path for path, _ in seen[asked:]} == set(PATHS), "all was asked again")
        until(lambda: len(list(tmp_path.glob(".release.serving-*"))) == 1, "editions that nobody uses are given up")
    assert [each for each in seen if not each[1].startswith("200")] == []
    assert {came for path, came in seen if "format=csv" in path} == {f"200 {n}" for n in range(1, 2 + SWAPS)}


@pytest.mark.slow
def test_what_was_asked_is_answered_before_the_server_ends(place: Path) -> None:
    with serving(place, "--workers", "2") as (program, url), ExitStack() as open_ones:
        large = requests.get(f"{url}/sparql", {"query": LARGE, "format": "tsv"}, timeout=60, stream=True)
        body = large.iter_content(10_000)
        received = [next(body)]
        [fork_server] = children(program.pid)
        workers = children(int(fork_server))
        asked = [http.client.HTTPConnection(url.partition("//")[2], timeout=60) for _ in range(4)]  # two of them wait
        for number, connection in enumerate(asked):
            open_ones.callback(connection.close)
            connection.request("GET", f"/sparql?format=csv&query={quote(f'{SLOW} # {number}')}")
        until(lambda: has_read(url, len(asked) + 1), "the server has read what was asked")
        assert not select.select([connection.sock for connection in asked], [], [], 0)[0]
        program.send_signal(signal.SIGTERM)
        until(lambda: not listens(url), "nothing listens any more")
        received += body
        assert b"".join(received).count(b"\n") == 60_001
        answers = [connection.getresponse() for connection in asked]
        assert [(answer.status, len(answer.read().splitlines())) for answer in answers] == [(200, 2)] * 4
        assert program.wait(60) == 0
        assert not [pid for pid in (fork_server, *workers) if Path(f"/proc/{pid}").exists()]
    assert left(place) == []


def has_read(url: str, number: int) -> bool:
    """True when this many connections are accepted, and all their bytes are read (proc(5), /proc/net/tcp)."""
    port = f":{int(url.rpartition(':')[2]):04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text("utf-8").splitlines()[1:]]
    ours = [line for line in lines if line[1].endswith(port) and line[3] == "01"]  # established
    return len(ours) == number and all(line[9] != "0" and line[4].endswith(":00000000") for line in ours)


def listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0
