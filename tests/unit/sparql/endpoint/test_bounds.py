"""Limits hold, errors name them, and other queries are not affected."""

from __future__ import annotations

import asyncio
import http.client
import os
import resource
import select
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from st_opendata.sparql.endpoint import Endpoint, Limits, QueryError
from st_opendata.sparql.endpoint.endpoint import StreamedAnswer

Ask = Callable[..., requests.Response]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f } ORDER BY STR(?c) STR(?f)"
LARGE = "SELECT * { ?s ?p ?o . ?x ?y ?z }"
DEEP = "SELECT * {" + "{" * 20_000 + "?s ?p ?o" + "}" * 20_000 + "}"
QUICK = "SELECT ?label { <http://e/thing/7> rdfs:label ?label }"
MB = 1 << 20


@pytest.fixture(scope="module")
def hasty(things: Path, serve: Any) -> Iterator[Any]:
    """An endpoint that lets no query run for long."""
    with serve(things, Limits(seconds=3, worker_memory=300 * MB, workers=3)) as running:
        yield running


@contextmanager
def neighbours(served: Any) -> Iterator[list[int]]:
    """Quick questions all the while, one after another: the status of each."""
    statuses: list[int] = []
    done = threading.Event()

    def work() -> None:
        number = 0
        while not done.is_set():
            number += 1
            query = f"{QUICK} # {number}"
            statuses.append(requests.get(f"{served.url}/sparql", {"query": query}, timeout=60).status_code)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield statuses
    finally:
        done.set()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "parameters", "told"),
    [
        (ENDLESS, {}, (504, "seconds", 3)),
        (ENDLESS, {"timeout": "0.5"}, (504, "seconds", 0.5)),
        (ENDLESS, {"timeout": "60"}, (504, "seconds", 3)),
        (GREEDY, {}, (422, "worker_memory", 100 * MB)),
    ],
)
def test_a_runaway_is_ended_and_its_neighbours_go_on(
    query: str, parameters: dict[str, str], told: tuple[int, str, float], served: Any, hasty: Any
) -> None:
    server = hasty if told[1] == "seconds" else served
    with neighbours(server) as statuses:
        answer = requests.get(f"{server.url}/sparql", {"query": query, **parameters}, timeout=60)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["limit"], problem["value"]) == told
    assert "which is the limit" in problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(statuses) > 3
    assert set(statuses) == {200}


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "query",
    [
        DEEP,
        "SELECT * {" + " UNION ".join(["{ ?s ?p ?o }"] * 8_000) + "}",
        "ASK { FILTER(" + "!" * 100_000 + "true) }",
        "SELECT (" + "- -1" * 20_000 + " AS ?x) {}",
        "ASK { ?s " + "(" * 20_000 + "<http://e/p>" + ")" * 20_000 + " ?o }",
        "ASK { ?s " + "^" * 100_000 + "<http://e/p> ?o }",
        "ASK { FILTER(" + "COALESCE(" * 10_000 + "1" + ")" * 10_000 + ") }",
        "ASK { ?s ?p " + "[ ?p " * 10_000 + "1" + " ]" * 10_000 + " }",
        "ASK {" + "OPTIONAL { ?s ?p ?o FILTER NOT EXISTS {" * 4_000 + "}}" * 4_000 + "}",
    ],
    ids=["groups", "unions", "not", "minus", "paths", "inverse", "calls", "nodes", "optional"],
)
def test_a_query_that_is_more_than_the_engine_can_take_is_the_clients(query: str, ask: Ask, served: Any) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    answer = requests.post(f"{served.url}/sparql", query, headers=headers, timeout=60)
    assert answer.status_code in (400, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["title"] == "query-too-deep"
        assert "nests deeper" in answer.json()["detail"]
    assert ask(QUICK + " # after the crash").status_code == 200


@pytest.mark.slow
def test_all_workers_are_replaced(ask: Ask, served: Any) -> None:
    for _ in range(served.endpoint.pool.size + 1):
        assert requests.post(f"{served.url}/sparql", {"query": DEEP}, timeout=60).status_code == 422
    assert ask(QUICK + " # after the crashes").status_code == 200


@contextmanager
def small(things: Path, serve: Any, **limits: Any) -> Iterator[Any]:
    with serve(things, Limits(**{"seconds": 60, "workers": 1, "worker_memory": 300 * MB} | limits)) as served:
        yield served


@pytest.mark.parametrize(
    "form",
    ["json", *(pytest.param(form, marks=pytest.mark.slow) for form in ("xml", "csv", "tsv", "ntriples", "turtle"))],
)
def test_rows_and_bytes(form: str, things: Path, serve: Any) -> None:
    is_graph = form in ("ntriples", "turtle")
    template = "CONSTRUCT WHERE {{ ?s ?p ?o }} LIMIT {0}" if is_graph else "SELECT * {{ ?s ?p ?o }} LIMIT {0}"
    with small(things, serve, rows=100, bytes=50_000) as served:

        def get(query: str) -> requests.Response:
            return requests.get(f"{served.url}/sparql", {"query": query, "format": form}, timeout=60)

        assert get(template.format(100)).status_code == 200
        more = get(template.format(101))
        assert (more.status_code, more.json()["limit"], more.json()["value"]) == (422, "rows", 100)
    with small(things, serve, bytes=50_000) as served:
        large = get(template.format(3000))
        assert (large.status_code, large.json()["limit"], large.json()["value"]) == (422, "bytes", 50_000)


def test_a_long_query_text(served: Any) -> None:
    answer = requests.post(f"{served.url}/sparql", {"query": f"ASK {{}} #{'x' * 300_000}"}, timeout=60)
    assert (answer.status_code, answer.json()["limit"]) == (413, "query")


def raw(served: Any, query: str, version: str = "1.1", **parameters: str) -> socket.socket:
    """A connection over which a query was sent by hand."""
    host, port = served.url.removeprefix("http://").split(":")
    more = "".join(f"&{key}={value}" for key, value in parameters.items())
    connection = socket.create_connection((host, int(port)), timeout=60)
    path = f"/sparql?query={quote(query)}{more}"
    connection.sendall(f"GET {path} HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return connection


def read_all(connection: socket.socket) -> bytes:
    with connection:
        pieces = list(iter(lambda: connection.recv(1 << 20), b""))
    return b"".join(pieces)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [{"rows": 50_000}, {"seconds": 3.0}])
def test_a_stream_that_meets_a_limit_is_aborted(limit: dict[str, Any], things: Path, serve: Any) -> None:
    """Never a 200 that looks whole: the last chunk of a chunked body is missing (RFC 9112 §8)."""
    with small(things, serve, buffer=100_000, bytes=2000 * MB, **({"rows": 10**9} | limit)) as served:
        answer = read_all(raw(served, LARGE, format="tsv"))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert b"transfer-encoding: chunked" in head.lower()
        assert len(body) > 100_000
        assert not body.endswith(b"0\r\n\r\n")
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            _ = requests.get(f"{served.url}/sparql", {"query": LARGE, "format": "tsv"}, timeout=60).content
        # HTTP/1.0 has no chunks, its end of the connection looks like the end of the body: so nothing goes too early.
        old = read_all(raw(served, LARGE, "1.0", format="tsv"))
        assert old.startswith((b"HTTP/1.1 422", b"HTTP/1.1 504", b"HTTP/1.0 422", b"HTTP/1.0 504"))


@pytest.mark.slow
def test_a_stream_that_meets_none_is_whole(things: Path, serve: Any) -> None:
    with small(things, serve, buffer=100_000) as served:
        parameters = {"query": f"{LARGE} LIMIT 100000", "format": "tsv"}
        answer = requests.get(f"{served.url}/sparql", parameters, timeout=60)
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.text.count("\n") == 100_001
        old = read_all(raw(served, f"{LARGE} LIMIT 100000", "1.0", format="tsv"))
        assert old.count(b"\n", old.index(b"\r\n\r\n") + 4) == 100_001


@pytest.mark.slow
def test_slow_clients_hold_no_worker(things: Path, serve: Any) -> None:
    """The one worker is free although three clients have read nothing of their long answers."""
    with small(things, serve, buffer=100_000) as served:
        slow = [raw(served, f"{LARGE} LIMIT 10000{number}", format="tsv") for number in range(3)]
        for number in range(5):
            answer = requests.get(f"{served.url}/sparql", {"query": f"{QUICK} # {number}"}, timeout=60)
            assert answer.status_code == 200
        for number, connection in enumerate(slow):
            whole = read_all(connection)
            assert whole.endswith(b"0\r\n\r\n")
            assert whole.count(b"\n", whole.index(b"\r\n\r\n") + 4) > 100_000 + number


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, a minute at most."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it never came to be")


@pytest.mark.slow
def test_clients_that_stop_reading_are_left(things: Path, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    left, close = threading.Event(), StreamedAnswer.close

    def leave(answer: StreamedAnswer) -> None:
        close(answer)
        left.set()

    monkeypatch.setattr(StreamedAnswer, "close", leave)
    with (
        small(things, serve, buffer=100_000, stall=0.3) as served,
        raw(served, f"{LARGE} LIMIT 100000", format="tsv") as connection,
    ):
        assert left.wait(60)
        assert not read_all(connection).endswith(b"0\r\n\r\n")


@pytest.mark.slow
def test_clients_that_leave_free_their_worker(things: Path, serve: Any) -> None:
    with small(things, serve, seconds=60) as served:
        for query in (ENDLESS, LARGE):
            raw(served, query, format="tsv").close()
            assert requests.get(f"{served.url}/sparql", {"query": f"{QUICK} # {query}"}, timeout=60).status_code == 200


@pytest.mark.slow
def test_long_queries_take_second_place(things: Path, serve: Any) -> None:
    with small(things, serve, seconds=60, workers=2) as served:
        connection = raw(served, ENDLESS)
        workers, fork_server = served.endpoint.pool._workers, served.endpoint.pool._fork_server.pid
        for pid in (fork_server, *workers):  # as under `nice`, with which a server may be started
            os.setpriority(os.PRIO_PROCESS, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5))

        def priorities() -> list[int]:
            own = os.getpriority(os.PRIO_PROCESS, fork_server)
            return sorted(os.getpriority(os.PRIO_PROCESS, pid) - own for pid in workers)

        while priorities() == [0, 0]:
            assert not select.select([connection], [], [], 0.05)[0], "it was answered before it was long"
        first, second = priorities()
        assert first == 0 < second
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code == 200
        connection.close()  # which ends its worker
        while (
            served.endpoint.pool.idle < 2
            or len(workers) < 2
            or not all(Path(f"/proc/{pid}").exists() for pid in list(workers))
        ):
            time.sleep(0.05)
        assert priorities() == [0, 0]


@pytest.mark.slow
def test_the_queue_is_bounded(things: Path, serve: Any) -> None:
    with small(things, serve, seconds=4, queue=2) as served, ThreadPoolExecutor(6) as clients:

        def get(number: int) -> requests.Response:
            return requests.get(f"{served.url}/sparql", {"query": f"{ENDLESS} # {number}"}, timeout=30)

        answers = list(clients.map(get, range(6)))
        refused = [answer for answer in answers if answer.status_code == 503 and answer.json()["limit"] == "queue"]
        assert len(refused) == 3
        assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code == 200


def test_answers_are_kept_within_bounds(things: Path, serve: Any) -> None:
    with small(things, serve) as served:
        parameters = {"query": QUICK}
        first = requests.get(f"{served.url}/sparql", parameters, timeout=60)
        assert first.status_code == 200
        os.kill(served.endpoint.pool._fork_server.pid, signal.SIGSTOP)  # no worker could answer again
        try:
            [worker] = served.endpoint.pool._workers
            os.kill(worker, signal.SIGSTOP)
            assert requests.get(f"{served.url}/sparql", parameters, timeout=60).content == first.content
            os.kill(worker, signal.SIGCONT)
        finally:
            os.kill(served.endpoint.pool._fork_server.pid, signal.SIGCONT)


@pytest.mark.slow
def test_a_lost_nursery_is_replaced(things: Path, serve: Any) -> None:
    with small(things, serve, cache=0) as served:
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code == 200
        lost = served.endpoint.pool._fork_server
        os.kill(lost.pid, signal.SIGKILL)
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code in (200, 500)
        until(lambda: served.endpoint.pool._fork_server is not lost)
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code == 200


@pytest.mark.slow
def test_a_nursery_that_cannot_be_started_is_tried_again(things: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        endpoint = await Endpoint.open(things, Limits(workers=1, seconds=20, cache=0))
        files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))  # none can be opened any more
        try:
            os.kill(endpoint.pool._fork_server.pid, signal.SIGKILL)
            while "cannot be loaded again" not in caplog.text:
                await asyncio.sleep(0.05)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
        assert len((await endpoint.select(QUICK)).rows) == 1
        await endpoint.close()

    asyncio.run(asyncio.wait_for(work(), 40))


@pytest.mark.slow
def test_a_nursery_does_not_load_files_that_were_changed(
    things: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    release = shutil.copytree(things, tmp_path / "release")
    dump = release / "tiny.nq"
    right = dump.read_bytes()

    async def work() -> None:
        endpoint = await Endpoint.open(release, Limits(workers=1, seconds=20, cache=0))
        dump.write_bytes(right.replace(b"Thing 7", b"Wrong 7"))
        os.kill(endpoint.pool._fork_server.pid, signal.SIGKILL)
        while "tiny.nq is not the file that the release lists" not in caplog.text:
            await asyncio.sleep(0.05)
        dump.write_bytes(right)
        [[label]] = (await endpoint.select(QUICK)).rows
        assert "Thing 7" in str(label)
        await endpoint.close()

    asyncio.run(asyncio.wait_for(work(), 60))


@pytest.mark.slow
def test_an_endpoint_is_closed_while_its_nursery_is_replaced(things: Path) -> None:
    async def work() -> None:
        endpoint = await Endpoint.open(things, Limits(workers=1))
        lost = endpoint.pool._fork_server
        os.kill(lost.pid, signal.SIGKILL)
        while endpoint.pool._fork_server is lost:
            await asyncio.sleep(0.01)
        await endpoint.close()
        assert endpoint.pool._fork_server.poll() is not None
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())


@pytest.mark.slow
def test_an_answer_that_cannot_be_kept(things: Path, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that is full."""
    with small(things, serve, buffer=100_000) as served:
        monkeypatch.setattr(tempfile, "tempdir", str(things / "missing"))
        parameters = {"query": f"{LARGE} LIMIT 100000", "format": "tsv"}
        answer = requests.get(f"{served.url}/sparql", parameters, timeout=60)
        assert (answer.status_code, answer.json()["title"]) == (507, "no-room")
        assert requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=60).status_code == 200


@pytest.mark.slow
def test_running_queries_end_before_the_server_does(things: Path, serve: Any) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with small(things, serve) as served, ThreadPoolExecutor(1) as clients:
        running = clients.submit(requests.get, f"{served.url}/sparql", {"query": query}, timeout=60)
        while served.endpoint.pool.idle:
            time.sleep(0.01)
        pid = served.endpoint.pool._fork_server.pid
        served.stop()
        assert running.result().json()["results"]["bindings"][0]["n"]["value"] == str(3002**2)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises((requests.ConnectionError, http.client.HTTPException)):
        requests.get(f"{served.url}/sparql", {"query": QUICK}, timeout=5)


@pytest.mark.slow
def test_a_closed_endpoint_refuses(things: Path) -> None:
    async def work() -> None:
        one, other = await asyncio.gather(*(Endpoint.open(things, Limits(workers=1)) for _ in range(2)))
        await one.close()
        with pytest.raises(QueryError, match="closed"):
            await one.select(QUICK)
        assert len((await other.select(QUICK)).rows) == 1
        await other.close()
        await other.close()

    asyncio.run(work())
