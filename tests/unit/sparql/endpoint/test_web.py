"""Requests and answers of clients, in addition to the W3C's own tests (tests/conformance)."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
import requests
import zstandard
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message

from st_opendata.sparql.endpoint import Endpoint, Limits, routes

Ask = Callable[..., requests.Response]
QUICK = "SELECT ?label { <http://e/thing/7> rdfs:label ?label }"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER (?s = <http://e/thing/7>) }"
RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


@pytest.mark.parametrize("media_type", RESULTS)
def test_results_in_each_format(media_type: str, ask: Ask) -> None:
    answer = ask(QUICK, f"image/png, {media_type};q=0.5, */*;q=0.1")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(media_type)
    if media_type == "text/csv":
        assert list(csv.reader(io.StringIO(answer.text))) == [["label"], ["Thing 7"]]
        return
    parsed = ox.parse_query_results(answer.content, getattr(ox.QueryResultsFormat, RESULTS[media_type].upper()))
    assert [solution["label"] for solution in parsed] == [ox.Literal("Thing 7", language="en")]


@pytest.mark.parametrize("media_type", GRAPHS)
def test_graphs_in_each_format(media_type: str, ask: Ask) -> None:
    answer = ask(GRAPH, media_type)
    assert answer.headers["Content-Type"].startswith(media_type)
    graph = rdflib.Dataset(default_union=True).parse(data=answer.text, format=GRAPHS[media_type])
    assert len(graph) == 2


def test_format_goes_before_accept(ask: Ask) -> None:
    assert ask(QUICK, "application/sparql-results+json", format="csv").text == "label\r\nThing 7\r\n"
    assert ask(GRAPH, format="ntriples").text.count("\n") == 2
    assert ask(GRAPH, "text/csv", format="csv").status_code == 406


def test_no_acceptable_format(ask: Ask) -> None:
    answer = ask(QUICK, "image/png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (406, "application/problem+json")
    assert "text/csv" in answer.json()["detail"]


def test_columns_come_as_they_are_written(ask: Ask) -> None:
    assert ask("SELECT * { ?z ?b ?a } LIMIT 1", "text/csv").text.startswith("z,b,a")


def test_wrong_queries_name_line_and_column(ask: Ask) -> None:
    answer = ask("SELECT ?x\nWHERE { ?x ?p }")
    assert answer.status_code == 400
    assert (answer.json()["line"], answer.json()["column"]) == (2, 16)
    assert "Line 2, column 16: the query is not SPARQL at its end" in answer.json()["detail"]
    assert 'the prefix "ex"' in ask("ASK { ex:a ?b ?c }").json()["detail"]


def test_ways_out_are_refused(ask: Ask, served: Any) -> None:
    hidden = ask("SELECT * { ?s ?p ?a FILTER(?a<1)SERVICE#>\n?x { ?s ?p ?o } }")
    plain = ask("ASK {\n SERVICE <http://localhost:1/> { ?s ?p ?o } }")
    assert hidden.status_code == plain.status_code == 400
    assert (plain.json()["line"], plain.json()["column"]) == (2, 2)
    assert "Updates are refused" in requests.post(f"{served.url}/sparql", {"update": "CLEAR ALL"}, timeout=60).text
    assert ask("LOAD <http://localhost:1/>").status_code == 400
    assert ask("ASK FROM <http://localhost:1/> { ?s ?p ?o }").json()["boolean"] is False


@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("zstd", None)])
def test_answers_are_compressed(encoding: str, unpack: Callable[[bytes], bytes] | None, served: Any) -> None:
    unpack = unpack or (lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data))
    parameters = {"query": "SELECT * { ?s ?p ?o }", "format": "tsv"}

    def fetch(accepted: str) -> requests.Response:
        headers = {"Accept-Encoding": accepted}
        return requests.get(f"{served.url}/sparql", parameters, headers=headers, timeout=60, stream=True)

    plain, packed = fetch("identity"), fetch(encoding)
    body = packed.raw.read(decode_content=False)
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert unpack(body) == plain.content
    assert len(body) < len(plain.content) / 4


def test_clients_ask_only_for_what_they_lack(served: Any, ask: Ask) -> None:
    first = ask(QUICK)
    assert first.headers["Cache-Control"] == "public, no-cache"
    headers = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = requests.get(f"{served.url}/sparql", {"query": QUICK}, headers=headers, timeout=60)
    assert (again.status_code, again.content) == (304, b"")
    assert ask(QUICK, "text/csv").headers["ETag"] != first.headers["ETag"]
    assert ask(QUICK + " ").headers["ETag"] != first.headers["ETag"]
    assert "ETag" not in ask("SELECT (RAND() AS ?n) {}", "text/csv").headers


def test_workers_draw_random_numbers_of_their_own(ask: Ask) -> None:
    """Also where they answer at the same time; each counts for a while, so that all are needed."""
    few = "{ SELECT * { ?a ?b ?c } LIMIT 1000 }"
    query = f"SELECT (UUID() AS ?id) (RAND() AS ?n) {{ {{ SELECT (COUNT(*) AS ?all) {{ {few} ?d ?e ?f }} }} }}"
    with ThreadPoolExecutor(3) as clients:
        drawn = list(clients.map(lambda _: ask(query, "text/csv").text, range(3)))
    assert len(set(drawn)) == 3


def test_other_sites_may_read(served: Any) -> None:
    url, origin = f"{served.url}/sparql", {"Origin": "https://elsewhere.example"}
    answer = requests.get(url, {"query": "ASK {}"}, headers=origin, timeout=60)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    preflight = origin | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = requests.options(url, headers=preflight, timeout=60)
    assert allowed.status_code == 200
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    assert "PUT" not in allowed.headers["Access-Control-Allow-Methods"]
    assert requests.options(url, timeout=60).headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"query": ""}, "no query"),
        ({"default-graph-uri": "http://e/x"}, "no query"),
        ({"query": ["ASK {}", "ASK {}"]}, "2 parameters"),
        ({"query": "ASK {}", "default-graph-uri": "x y"}, "not an IRI"),
        ({"query": "ASK {}", "timeout": "soon"}, "not a number of seconds"),
        ({"query": "ASK {}", "timeout": "-1"}, "not a number of seconds"),
        ({"query": "ASK {}", "timeout": "nan"}, "not a number of seconds"),
        ({"query": b"ASK { \xff }"}, "not UTF-8"),
    ],
)
def test_wrong_parameters(parameters: dict[str, Any], said: str, served: Any) -> None:
    answer = requests.get(f"{served.url}/sparql", parameters, timeout=60)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_graphs_are_read_and_never_written(served: Any) -> None:
    url = f"{served.url}/data"
    turtle = {"Accept": "text/turtle"}
    notes = requests.get(url, {"graph": "http://e/dataset/notes"}, headers=turtle, timeout=60)
    assert len(rdflib.Graph().parse(data=notes.text)) == 1
    whole = requests.get(f"{url}?default", headers={"Accept": "application/n-triples"}, timeout=60)
    assert whole.text.count("\n") == 3000 + 1 + 1
    assert requests.head(f"{url}?default", timeout=60).headers["Content-Type"].startswith("text/turtle")
    assert requests.get(url, {"graph": "http://e/none"}, timeout=60).status_code == 404
    assert requests.get(url, timeout=60).status_code == 400
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        answer = requests.request(method, f"{url}?default", data="<a:a> <a:a> <a:a> .", timeout=60)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert "never changes" in answer.json()["detail"]


@pytest.mark.parametrize("query", [None, "SELECT * { <x> ?p ?o }"])
@pytest.mark.parametrize("host", ["a<b", "a b", "[::1", "a%zz", "user@data.example.org", "a/b?c#d"])
def test_a_host_that_is_none(host: str, query: str | None, served: Any) -> None:
    parameters = {"query": query} if query else {}
    answer = requests.get(f"{served.url}/sparql", parameters, headers={"Host": host}, timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("host", ["data.example.org:8443", "[::1]:8000", "127.0.0.1"])
def test_a_host_by_name_or_address(host: str, served: Any) -> None:
    described = requests.get(f"{served.url}/sparql", headers={"Host": host, "Accept": "text/turtle"}, timeout=60)
    assert f"<http://{host}/sparql> a sd:Service" in described.text


def test_the_description_tells_that_values_are_stored(served: Any) -> None:
    described = requests.get(f"{served.url}/sparql", headers={"Accept": "application/n-triples"}, timeout=60).text
    comments = [line for line in described.splitlines() if "#comment>" in line and "/sparql#dataset>" in line]
    assert all("xsd:nonNegativeInteger" in line for line in comments)
    assert {line.rpartition("@")[2] for line in comments} == {"de .", "en .", "fr ."}


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ('SELECT ?v { VALUES ?v { 11.5 "2015-01-01"^^xsd:date 3 } } ORDER BY ?v', "3 11.5 2015-01-01"),
        ('SELECT (MIN(?v) AS ?w) { VALUES ?v { "2016"^^xsd:gYear 20000000.0 2952301 } }', "2952301"),
        ("SELECT (COUNT(1/?v) AS ?w) (GROUP_CONCAT(?v) AS ?x) { VALUES ?v { 0 1 } }", "1,0 1"),
        ('SELECT ?v { VALUES ?v { "x"@en "y" } FILTER(?v) }', "x y"),
        ("SELECT ?v { VALUES ?v { <http://e/a,b> } }", '"http://e/a,b"'),
        ("SELECT ?v { <http://e/nowhere> rdfs:label* ?v }", "http://e/nowhere"),
        ("SELECT (COUNT(*) AS ?n) FROM <http://e/dataset/notes> FROM <http://e/dataset/notes> { ?s ?p ?o }", "1"),
        ("SELECT (SUM(?v) AS ?w) { VALUES ?v { 9223372036854775807 1 } }", "9223372036854775808"),
    ],
)
def test_what_the_engine_does_otherwise(query: str, rows: str, ask: Ask) -> None:
    """Each is tested in tests/unit/sparql/standard; here, that queries come that way."""
    answer = ask(query, "text/csv")
    assert answer.status_code == 200
    assert " ".join(answer.text.split("\r\n")[1:]).strip() == rows


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_given_twice_is_one(name: str, served: Any) -> None:
    query = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    parameters = [("query", query), ("format", "csv"), *[(name, "http://e/dataset/notes")] * 2]
    assert requests.get(f"{served.url}/sparql", parameters, timeout=60).text == "n\r\n1\r\n"


def test_head_gives_no_body(served: Any) -> None:
    answer = requests.head(f"{served.url}/sparql", params={"query": QUICK}, timeout=60)
    assert (answer.status_code, answer.content) == (200, b"")


def test_pages_ask_in_the_same_process_and_browsers_get_a_page(things: Path) -> None:
    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse("<h1>Editor</h1>")

    async def work() -> None:
        endpoint = await Endpoint.open(things, Limits(seconds=2, workers=1))
        try:
            found = await endpoint.select("SELECT ?label ?none { <http://e/thing/7> rdfs:label ?label }")
            assert found.variables == ("label", "none")
            assert found.rows == ((ox.Literal("Thing 7", language="en"), None),)
            app = Starlette(routes=routes(lambda _request: endpoint, page=page, base_url="https://data.example.org/x"))
            browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
            assert b"Editor" in await get(app, "/sparql", browser)
            assert b"<https://data.example.org/x/sparql> a sd:Service" in await get(app, "/sparql", "*/*")
        finally:
            await endpoint.close()

    asyncio.run(work())


async def get(app: ASGIApp, path: str, accept: str) -> bytes:
    """The body that an application gives, without a server between."""
    body = b""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal body
        body += message.get("body", b"")

    headers = [(b"accept", accept.encode()), (b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers, "root_path": ""}
    await app(scope | {"http_version": "1.1", "scheme": "http", "server": ("localhost", 80)}, receive, send)
    return body
