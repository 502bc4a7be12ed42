"""Aggregates at the endpoint come from columns, within its limits and in its formats."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest
import requests

from st_opendata.errors import InputError
from st_opendata.release import read_release, release_digest
from st_opendata.release.cache import ReleaseCache
from st_opendata.sparql.aggregates import Columns, write_columns
from st_opendata.sparql.endpoint import Endpoint, Limits
from st_opendata.sparql.endpoint.errors import QueryError
from st_opendata.sparql.store import ReleaseStore, load
from st_opendata.sparql.workers.columns import Room, columns_part, make_columns, open_columns
from st_opendata.sparql.workers.frames import FRAME_HEAD, FrameType, QueryRequest, Serialization, read_head
from st_opendata.sparql.workers.worker import _Answerer

THINGS = 35_000
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://e/n> ?o }"
GRAPHS = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
CSV = Serialization("csv", "text/csv")
MB = 1 << 20


def store_of(things: int) -> ReleaseStore:
    store = ox.Store()
    value, name = ox.Literal(1), ox.NamedNode("http://e/n")
    store.extend(ox.Quad(ox.NamedNode(f"http://e/{number}"), name, value) for number in range(things))
    return ReleaseStore(store)


def answer_to(question: QueryRequest, store: ReleaseStore | None, columns: Columns | None) -> bytes:
    """The body that a worker sends; empty if it needs a store."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        answerer = _Answerer(theirs, store, columns, {}, 100 * MB)
        failure = answerer.answer(question)
        assert failure is None, failure
        answerer.end({})
        theirs.shutdown(socket.SHUT_WR)
        sent = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    parts = {}
    while sent:
        part, size = read_head(sent[:FRAME_HEAD])
        parts[part], sent = sent[FRAME_HEAD : FRAME_HEAD + size], sent[FRAME_HEAD + size :]
    assert answerer.needs_store == (FrameType.DATA not in parts)
    return parts.get(FrameType.DATA, b"")


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


def test_what_is_answered_without_a_store(tmp_path: Path) -> None:
    """Look-ups too, but no part that the engine would choose; what is wrong is refused at once."""
    write_columns(store_of(3), tmp_path / "columns.db", memory=256 * MB, threads=1)
    look_up = "SELECT ?o { <http://e/1> <http://e/n> ?o }"
    with closing(Columns(str(tmp_path / "columns.db"), memory=128 * MB)) as columns:
        for text, rows in ((COUNT, 1), (look_up, 1), (f"{look_up} LIMIT 1", 1), ("SELECT ?s { ?s ?p ?o } LIMIT 3", 3)):
            assert answer_to(QueryRequest(text, CSV, rows=10, size=MB), None, columns).count(b"\r\n") == rows + 1
        for text in ("SELECT ?s { ?s ?p ?o } LIMIT 2", "SELECT ?s { ?s ?p ?o } LIMIT 3 OFFSET 1", "ASK { ?s ?p ?o }"):
            assert answer_to(QueryRequest(text, CSV, rows=10, size=MB), None, columns) == b""
        assert answer_to(QueryRequest(COUNT, CSV, named_graphs=("http://e/g",), rows=10, size=MB), None, columns) == b""
        with pytest.raises(AssertionError, match="expected"):
            answer_to(QueryRequest("SELECT * { ?s ?p }", CSV, rows=10, size=MB), None, columns)
    assert answer_to(QueryRequest(COUNT, CSV, rows=10, size=MB), None, None) == b""


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


@pytest.mark.slow
def test_they_answer_before_there_is_a_store(many: Path, add_facts: Callable[[Path], Path], tmp_path: Path) -> None:
    """Queries that need it wait; those that are wrong do not."""
    folder = add_facts(shutil.copytree(many, tmp_path / "release"))
    limits, stores = Limits(memory=300 * MB, worker_memory=260 * MB, seconds=60), tmp_path / "stores"

    async def ask() -> tuple[bytes, bool, bytes, bytes]:
        endpoint = await Endpoint.open(folder, limits, stores, early=True)
        try:
            with pytest.raises(QueryError, match="expected"):
                await endpoint.ask("ASK { ?s ?p }", "json")
            counted, early = await endpoint.ask(COUNT, "csv"), not list(stores.glob("*.store-*[0-9]"))
            assert not endpoint.pool.has_store
            needing = await asyncio.gather(*(endpoint.ask(each, "csv") for each in ("ASK { ?s ?p 7 }", GRAPHS)))
            assert endpoint.pool.has_store
            assert await endpoint.ask(COUNT, "csv") == counted
            return counted, early, needing[0], needing[1]
        finally:
            await endpoint.close()

    counted, early, asked, graphs = asyncio.run(ask())
    assert counted.split() == [b"n", str(THINGS).encode()]
    assert early
    assert asked == b"false"
    assert graphs.split() == [b"n", b"2"]


@pytest.fixture
def cache(things: Path, tmp_path: Path) -> ReleaseCache:
    return ReleaseCache.open(things, folder=tmp_path / "stores")


def make(things: Path, cache: ReleaseCache, store: ReleaseStore | None) -> int | None:
    """The columns of a store, as if it were that of a large release; without one, those of the release's files."""
    release = replace(read_release(things), triples=10**6)
    return make_columns(things, release, Room(cache, 512 * MB, 1), store and (lambda: store))


def held(descriptor: int | None) -> int:
    """How many triples the columns have."""
    assert descriptor is not None
    with duckdb.connect(f"/proc/self/fd/{descriptor}", read_only=True) as connection:
        [(count,)] = connection.sql("SELECT count(*) FROM triples").fetchall()
    os.close(descriptor)
    return int(count)


def test_there_are_none_where_they_are_not_worth_it(things: Path, cache: ReleaseCache) -> None:
    assert columns_part(100 * MB) == 0
    room = Room(cache, 512 * MB, 1)
    assert make_columns(things, read_release(things), room, lambda: ReleaseStore(ox.Store())) is None


def test_there_are_none_where_they_cannot_be_written(
    things: Path, cache: ReleaseCache, capfd: pytest.CaptureFixture[str]
) -> None:
    store = ox.Store()
    store.load(b"<http://e/a> <http://e/b> <<( <http://e/a> <http://e/b> 1 )>> .", format=ox.RdfFormat.TURTLE)
    assert make(things, cache, ReleaseStore(store)) is None

    def fail() -> ReleaseStore:
        raise OSError("no space left")

    release = replace(read_release(things), triples=10**6)
    assert make_columns(things, release, Room(cache, 512 * MB, 1), fail) is None
    told = capfd.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told] == ["Aggregates are answered by the store alone"] * 2
    assert told[1].endswith("no space left")


def test_a_truncated_file_is_written_again(
    things: Path, cache: ReleaseCache, capfd: pytest.CaptureFixture[str]
) -> None:
    """Else each worker would end as soon as it begins."""
    inodes = []
    for size in (None, 5000, 0, None):
        for kept in cache.folder.glob("*.columns-*[0-9]"):
            if size is not None:
                os.truncate(kept, size)
        descriptor = make(things, cache, store_of(3))
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


def test_files_of_facts_need_no_store(
    things: Path, add_facts: Callable[[Path], Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Unless there are blank nodes, whose names only the store gives."""
    with_facts, described = add_facts(shutil.copytree(things, tmp_path / "release")), tmp_path / "described"
    cache = ReleaseCache.open(with_facts, folder=tmp_path / "stores")
    assert make(things, cache, None) is None
    assert held(make(with_facts, cache, None)) == sum(1 for _ in load(with_facts).quads())
    shutil.copytree(things, described)
    (described / "ontology" / "terms.ttl").write_text("<http://e/a> <http://e/p> [] .")
    cache = ReleaseCache.open(add_facts(described), folder=tmp_path / "others")
    assert make(described, cache, None) is None
    assert held(make(described, cache, load(described))) == sum(1 for _ in load(described).quads())
    assert capfd.readouterr().err == ""


def test_files_that_change_meanwhile_make_no_columns(
    things: Path, add_facts: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = add_facts(shutil.copytree(things, tmp_path / "release"))
    release, store = replace(read_release(folder), triples=10**6), load(folder)

    def open_and_change() -> ReleaseStore:
        (folder / "catalog.ttl").write_text("<http://e/a> <http://e/p> <http://e/b> .")
        return store

    cache = ReleaseCache.open(folder, folder=tmp_path / "stores")
    with pytest.raises(InputError, match=r"catalog\.ttl is not the file that the release lists"):
        make_columns(folder, release, Room(cache, 512 * MB, 1), open_and_change)
    assert not list(cache.folder.glob("*.columns-*"))
