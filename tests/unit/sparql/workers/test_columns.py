"""Aggregates at the endpoint come from columns, within its limits and in its formats."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest
import requests

from st_opendata.release import release_digest
from st_opendata.release.cache import ReleaseCache
from st_opendata.sparql.aggregates import Columns, FactFiles, write_columns
from st_opendata.sparql.endpoint import Limits
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.workers.columns import columns_part, make_columns, open_columns
from st_opendata.sparql.workers.frames import FRAME_HEAD, FrameType, QueryRequest, Serialization, read_head
from st_opendata.sparql.workers.worker import _Answerer

THINGS = 35_000
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://e/n> ?o }"
CSV = Serialization("csv", "text/csv")
MB = 1 << 20


def store_of(things: int) -> ReleaseStore:
    store = ox.Store()
    value, name = ox.Literal(1), ox.NamedNode("http://e/n")
    store.extend(ox.Quad(ox.NamedNode(f"http://e/{number}"), name, value) for number in range(things))
    return ReleaseStore(store)


def answer_to(question: QueryRequest, store: ReleaseStore, columns: Columns) -> bytes:
    """The body that a worker sends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        answerer = _Answerer(theirs, store, columns, {}, 100 * MB)
        assert answerer.answer(question) is None
        answerer.end({})
        theirs.shutdown(socket.SHUT_WR)
        sent = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    parts = {}
    while sent:
        part, size = read_head(sent[:FRAME_HEAD])
        parts[part], sent = sent[FRAME_HEAD : FRAME_HEAD + size], sent[FRAME_HEAD + size :]
    return parts[FrameType.DATA]


def test_who_answers(tmp_path: Path) -> None:
    """The columns of another store tell who it was."""
    write_columns(store_of(3), tmp_path / "columns.db", memory=256 * MB, threads=1)
    store = store_of(2)
    with closing(Columns(str(tmp_path / "columns.db"), memory=128 * MB, few=2)) as columns:
        check_who_answers(store, columns)


def check_who_answers(store: ReleaseStore, columns: Columns) -> None:
    question = QueryRequest(COUNT, CSV, rows=10, size=MB)
    assert answer_to(question, store, columns) == b"n\r\n3\r\n"
    for other in (
        QueryRequest(COUNT, CSV, default_graphs=(), named_graphs=("http://e/g",), rows=10, size=MB),
        QueryRequest(COUNT, CSV, named_graphs=("http://e/g",), default_graphs=("http://e/g",), rows=10, size=MB),
        QueryRequest("SELECT (COUNT(*) AS ?n) { ?s <http://e/n>+ ?o }", CSV, rows=10, size=MB),
    ):
        assert answer_to(other, store, columns).split()[1] in (b"0", b"2")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, write_release: Callable[..., Path]) -> Path:
    lines = "".join(
        f'<http://e/{number}> <http://e/name> "Thing {number}" .\n'
        f'<http://e/{number}> <http://e/n> "{number % 7}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        f"<http://e/{number}> <http://e/of> <http://e/{number % 2000}> .\n"
        for number in range(THINGS)
    )
    return write_release(tmp_path_factory.mktemp("many") / "release", {"http://e/dataset/many": lines})


@pytest.mark.slow
def test_at_the_endpoint(many: Path, serve: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serve(many, Limits(workers=2, rows=1000), tmp_path / "stores") as served:
        assert not served.endpoint.pool.on_disk
        assert not list((tmp_path / "stores").glob("*.store-*"))

        def get(query: str, form: str) -> requests.Response:
            return requests.get(f"{served.url}/sparql", {"query": query, "format": form}, timeout=30)

        grouped = "SELECT ?n (COUNT(*) AS ?all) { ?s <http://e/n> ?n } GROUP BY ?n ORDER BY ?n"
        expected = "".join(f"{n},{THINGS // 7}\r\n" for n in range(7))
        assert get(grouped, "csv").text == f"n,all\r\n{expected}"
        assert len(get(grouped, "json").json()["results"]["bindings"]) == 7
        assert get(COUNT, "xml").text.count(f">{THINGS}<") == 1
        assert get("SELECT ?o (COUNT(*) AS ?n) { ?s <http://e/of> ?o } GROUP BY ?o", "tsv").json()["limit"] == "rows"
        assert get("SELECT ?s (COUNT(*) AS ?n) { ?s <http://e/n> ?o }", "csv").status_code == 400
        for pid in served.endpoint.pool._workers:
            files = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
            assert sum(".columns-" in file for file in files) == 2  # the fork server's, and its own
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_those_of_a_store_on_disk_are_kept(many: Path, serve: Any, tmp_path: Path) -> None:
    """From one start to the next, until another release takes their place."""
    limits, cache = Limits(memory=300 * MB, worker_memory=260 * MB), tmp_path / "stores"
    cache.mkdir()
    of_older = cache / f"{release_digest(many)}.columns-1"
    of_older.touch()
    of_older.with_name(f"{of_older.name}.size").write_text("0")
    written = []
    for _ in range(2):
        with serve(many, limits, cache) as served:
            assert served.endpoint.pool.on_disk
            asked = {"query": COUNT, "format": "csv"}
            assert requests.get(f"{served.url}/sparql", asked, timeout=30).text.split() == ["n", str(THINGS)]
            [pid] = served.endpoint.pool._workers
            files = [path.readlink() for path in Path(f"/proc/{pid}/fd").iterdir()]
            assert sum(".columns-" in file.name for file in files) == 2  # the fork server's, and its own
        written += [path.stat().st_mtime_ns for path in cache.glob("*.columns-*[0-9]")]
    assert len(written) == 2
    assert not of_older.exists()
    assert written[0] == written[1]


@pytest.fixture
def cache(things: Path, tmp_path: Path) -> ReleaseCache:
    return ReleaseCache.open(things, folder=tmp_path / "stores")


@pytest.mark.parametrize("memory", [512 * MB, 100 * MB])
def test_there_are_none_where_they_are_not_worth_it(memory: int, cache: ReleaseCache) -> None:
    triples = 99_999 if columns_part(memory) else 10**6
    assert make_columns(lambda: ReleaseStore(ox.Store()), triples, memory, cache) is None


def test_there_are_none_where_they_cannot_be_written(cache: ReleaseCache, capfd: pytest.CaptureFixture[str]) -> None:
    store = ox.Store()
    store.load(b"<http://e/a> <http://e/b> <<( <http://e/a> <http://e/b> 1 )>> .", format=ox.RdfFormat.TURTLE)
    assert make_columns(lambda: ReleaseStore(store), 10**6, 512 * MB, cache) is None

    def fail() -> ReleaseStore:
        raise OSError("no space left")

    assert make_columns(fail, 10**6, 512 * MB, cache) is None
    told = capfd.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told] == ["Aggregates are answered by the store alone"] * 2
    assert told[1].endswith("no space left")


def test_a_truncated_file_is_written_again(cache: ReleaseCache, capfd: pytest.CaptureFixture[str]) -> None:
    """Else each worker would end as soon as it begins."""
    inodes = []
    for size in (None, 5000, 0, None):
        for kept in cache.folder.glob("*.columns-*[0-9]"):
            if size is not None:
                os.truncate(kept, size)
        descriptor = make_columns(lambda: store_of(3), 10**6, 512 * MB, cache)
        assert descriptor is not None
        inodes.append(os.fstat(descriptor).st_ino)
        with closing(open_columns(descriptor, 512 * MB) or pytest.fail("there are none")) as columns:
            assert columns.answer(COUNT, {}, store_of(2)) is None  # so few are for the store
        os.close(descriptor)
    assert inodes[2] == inodes[3]
    assert capfd.readouterr().err == ""


def test_a_damaged_file_leaves_all_queries_to_the_store(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "columns").write_bytes(b"DUCK" * 5000)
    with (tmp_path / "columns").open("rb") as file:
        assert open_columns(file.fileno(), 512 * MB) is None
    assert "answered by the store alone" in capfd.readouterr().err


def test_files_of_facts_that_differ_from_the_store_are_not_used(cache: ReleaseCache, tmp_path: Path) -> None:
    """The columns then come from the store."""
    duckdb.sql("SELECT '<http://e/9>' AS subject, '<http://e/n>' AS predicate, '<http://e/o>' AS object").write_parquet(
        str(tmp_path / "facts.parquet")
    )
    facts = FactFiles((tmp_path / "facts.parquet",), ())
    descriptor = make_columns(lambda: store_of(3), 10**6, 512 * MB, cache, facts)
    assert descriptor is not None
    with duckdb.connect(f"/proc/self/fd/{descriptor}", read_only=True) as connection:
        assert connection.sql("SELECT count(*) FROM triples").fetchall() == [(3,)]
    os.close(descriptor)
