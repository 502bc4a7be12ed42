"""Data too large for the memory setting are answered from a store on disk."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from st_opendata.errors import InputError
from st_opendata.release import read_release
from st_opendata.release.cache import ReleaseCache, open_cache
from st_opendata.sparql.endpoint import Endpoint, Limits
from st_opendata.sparql.endpoint.errors import QueryError
from st_opendata.sparql.store import load
from st_opendata.sparql.workers.disk import is_source_of_store, open_on_disk, refuse_changed

LIMITS = Limits(memory=150 << 20, worker_memory=70 << 20, workers=2, seconds=2)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUICK = "SELECT ?label { <http://e/thing/7> rdfs:label ?label }"


@pytest.mark.slow
def test_from_disk(things: Path, serve: Any, tmp_path: Path) -> None:
    for _ in range(2):  # it is filled once
        with serve(things, LIMITS, tmp_path / "stores") as served:
            assert served.endpoint.pool.on_disk
            assert served.endpoint.pool.size == 2
            url = f"{served.url}/sparql"
            assert requests.get(url, {"query": QUICK, "format": "csv"}, timeout=60).text == "label\r\nThing 7\r\n"
            count = requests.get(url, {"query": "SELECT (COUNT(*) AS ?n) {?s ?p ?o}", "format": "csv"}, timeout=60)
            assert count.text.split() == ["n", "3002"]
            endless = requests.get(url, {"query": ENDLESS, "timeout": "0.5"}, timeout=60)
            assert endless.status_code == 504
        names = {path.name.partition(".") for path in (tmp_path / "stores").iterdir()}
        kinds = {rest.partition("-")[0] for digest, _, rest in names if digest == served.endpoint.digest}
        assert kinds == {"lock", "store", "store.making"}
        assert len(names) == 4  # with the size of the store


@pytest.mark.slow
def test_queries_wait_for_a_store_that_is_made(things: Path, tmp_path: Path) -> None:
    """The caller does not, unless the store cannot be made."""

    async def ask() -> bytes:
        endpoint = await Endpoint.open(things, replace(LIMITS, seconds=30), tmp_path / "stores", early=True)
        waiting = endpoint.pool.idle == 0
        try:
            assert endpoint.pool.on_disk
            assert endpoint.pool.size == 2
            return await endpoint.ask(QUICK, "csv")
        finally:
            waited.append(waiting)
            await endpoint.close()

    waited = list[bool]()
    assert [asyncio.run(ask()) for _ in range(2)] == [b"label\r\nThing 7\r\n"] * 2
    assert waited == [True, False]


@pytest.mark.slow
def test_a_store_that_cannot_be_made_is_tried_again(
    things: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = shutil.copytree(things, tmp_path / "broken")
    whole = (broken / "tiny.nq").read_text()
    (broken / "tiny.nq").write_text("no quads")

    async def ask() -> bytes:
        endpoint = await Endpoint.open(broken, LIMITS, tmp_path / "stores", early=True)
        try:
            with pytest.raises(QueryError):
                await endpoint.ask(QUICK, "csv")
            (broken / "tiny.nq").write_text(whole)
            while not endpoint.pool.idle:
                await asyncio.sleep(0.1)
            return await endpoint.ask(QUICK, "csv")
        finally:
            await endpoint.close()

    assert asyncio.run(ask()) == b"label\r\nThing 7\r\n"
    assert "The store cannot be loaded" in caplog.text


def test_no_place_for_the_store(things: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to the folder"):
        open_cache(things, folder=tmp_path / "file")


def test_a_file_that_is_not_listed_so_fills_no_store(things: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(things, tmp_path / "changed")
    release = read_release(changed)
    refuse_changed(changed, release, is_source_of_store)
    with (changed / "tiny.nq").open("a") as file:
        file.write("<http://e/a> <http://e/b> <http://e/c> .\n")
    with pytest.raises(InputError, match=r"tiny\.nq is not the file that the release lists"):
        refuse_changed(changed, release, is_source_of_store)


def test_a_release_that_cannot_be_loaded(things: Path, tmp_path: Path, serve: Any) -> None:
    broken = shutil.copytree(things, tmp_path / "broken")
    (broken / "tiny.nq").write_text("no quads")
    with pytest.raises(InputError, match=r"tiny\.nq"):
        open_on_disk(broken, ReleaseCache.open(broken, folder=tmp_path / "stores"))
    assert {path.suffix for path in (tmp_path / "stores").iterdir()} == {".lock", ".making"}


def test_a_store_is_the_same_in_parts(things: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = {str(quad) for quad in load(things).quads()}
    monkeypatch.setattr("st_opendata.sparql.store._PART", 1000)
    assert {str(quad) for quad in load(things).quads()} == whole
    broken = shutil.copytree(things, tmp_path / "broken")
    with (broken / "tiny.nq").open("a") as file:
        file.write("no quad\n")
    with pytest.raises(InputError, match="at line 3002"):
        load(broken)
