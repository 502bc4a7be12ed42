"""A release whose answers can be small, large or endless, behind a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox
import pytest
import requests

from st_opendata.model.release import FactFile, FactFolder
from st_opendata.release import list_files, read_release, write_manifest
from st_opendata.release.layout import FACTS, MANIFEST, graph_file
from st_opendata.sparql.endpoint import Limits

THINGS = 3000
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f } ORDER BY STR(?c) STR(?f)"
LARGE = "SELECT * { ?s ?p ?o . ?x ?y ?z } LIMIT 100000"
DEEP = "SELECT * {" + "{" * 20_000 + "?s ?p ?o" + "}" * 20_000 + "}"
QUICK = "SELECT ?label { <http://e/thing/7> <http://www.w3.org/2000/01/rdf-schema#label> ?label }"
MB = 1 << 20


@pytest.fixture(scope="session")
def things(tmp_path_factory: pytest.TempPathFactory, write_release: Callable[..., Path]) -> Path:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    lines = [f'<http://e/thing/{number}> {label} "Thing {number}"@en .\n' for number in range(THINGS)]
    more = '<http://e/thing/7> <http://e/note> "<script>, 1,50 €"@fr .\n'
    folder = tmp_path_factory.mktemp("things") / "release"
    return write_release(folder, {"http://e/dataset/things": "".join(lines), "http://e/dataset/notes": more})


@pytest.fixture(scope="session")
def add_facts() -> Callable[[Path], Path]:
    """Writes the facts of a release into files for each predicate, as a build does, and lists them."""

    def write(folder: Path) -> Path:
        release, found = read_release(folder), dict[str, dict[tuple[str, str], None]]()
        for dataset in release.datasets:
            for quad in ox.parse(path=str(folder / graph_file(dataset.id))):
                found.setdefault(quad.predicate.value, {})[str(quad.subject), str(quad.object)] = None
        (folder / FACTS).mkdir()
        files = []
        for number, (predicate, rows) in enumerate(found.items()):
            path = f"{FACTS}/{number}.parquet"
            files.append(FactFile(predicate, path, len(rows), {}))
            columns = [list(each) for each in zip(*rows, strict=True)]
            duckdb.sql(
                "SELECT unnest($s::TEXT[]) AS s, unnest($o::TEXT[]) AS o", params=dict(zip("so", columns, strict=True))
            ).write_parquet(str(folder / path))
        (folder / MANIFEST).unlink()
        facts = FactFolder(0, {}, tuple(files))
        write_manifest(replace(release, facts=facts, files=list_files(folder)), folder)
        return folder

    return write


@pytest.fixture(scope="session")
def served(things: Path, serve: Callable[..., Any]) -> Iterator[Any]:
    limits = Limits(seconds=60, rows=200_000, worker_memory=100 * MB, buffer=MB, bytes=200 * MB, workers=3, queue=2)
    with serve(things, limits) as running:
        yield running


@pytest.fixture
def ask(served: Any) -> Callable[..., requests.Response]:
    def get(query: str, accept: str | None = None, **parameters: Any) -> requests.Response:
        headers = {"Accept": accept} if accept else {}
        url = f"{served.url}/sparql"
        return requests.get(url, {"query": query, **parameters}, headers=headers, timeout=60)

    return get
