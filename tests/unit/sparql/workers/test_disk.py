"""Data too large for the memory setting are answered from a store on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from st_opendata.errors import InputError
from st_opendata.sparql.endpoint import Limits
from st_opendata.sparql.workers.disk import open_on_disk

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
        names = {path.name for path in (tmp_path / "stores").iterdir()}
        assert names == {served.endpoint.digest, f"{served.endpoint.digest}.lock"}


@pytest.mark.slow
def test_stores_that_nobody_uses_are_removed(
    things: Path, tmp_path: Path, write_release: Callable[..., Path], serve: Any
) -> None:
    cache = tmp_path / "stores"
    with serve(things, LIMITS, cache) as served:
        (cache / f"{served.endpoint.digest}.columns-0").touch()
        other = write_release(tmp_path / "other", {"http://e/dataset/x": "<http://e/a> <http://e/b> <http://e/c> .\n"})
        with serve(other, Limits(memory=80 << 20, worker_memory=70 << 20), cache) as later:
            assert later.endpoint.pool.on_disk
            stores = {path.name for path in cache.iterdir() if path.is_dir()}
            assert stores == {served.endpoint.digest, later.endpoint.digest}
    other_release = Limits(memory=80 << 20, worker_memory=70 << 20)
    with serve(tmp_path / "other", other_release, cache):
        assert not list(cache.glob("*.columns-*"))
    with serve(things, LIMITS, cache) as served:
        assert {path.name for path in cache.iterdir() if path.is_dir()} == {served.endpoint.digest}


def test_no_place_for_the_store(things: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to the folder"):
        open_on_disk(things, tmp_path / "file")


def test_a_release_that_cannot_be_loaded(things: Path, tmp_path: Path, serve: Any) -> None:
    broken = shutil.copytree(things, tmp_path / "broken")
    (broken / "tiny.nq").write_text("no quads")
    with pytest.raises(InputError, match=r"tiny\.nq"):
        open_on_disk(broken, tmp_path / "stores")
    assert [path.suffix for path in (tmp_path / "stores").iterdir()] == [".lock"]
