"""A release whose answers can be small, large or endless, behind a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

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
