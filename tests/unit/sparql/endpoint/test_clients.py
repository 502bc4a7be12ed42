"""What programs and people send that is not quite the protocol's: formats by other names, marks, slashes, browsers."""

from __future__ import annotations

import http.client
import json
import re
import warnings
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import quote, urlencode
from xml.dom.minidom import Document

import pyoxigraph as ox
import pytest
import rdflib
import requests
import SPARQLWrapper as Wrapper
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from st_opendata.rdf.formats import GRAPHS, RESULTS
from st_opendata.sparql.endpoint.formats import form_called, split_names

Ask = Callable[..., requests.Response]
SELECT = "SELECT ?label { <http://e/thing/7> rdfs:label ?label }"
YES = "ASK { <http://e/thing/7> rdfs:label ?label }"
CONSTRUCT = "CONSTRUCT WHERE { <http://e/thing/7> rdfs:label ?label }"
DESCRIBE = "DESCRIBE <http://e/thing/8>"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
MARK = "\ufeff"
WANTED = [
    *((query, {None: Document, "json": dict, "xml": Document, "csv": bytes, "tsv": bytes}) for query in (SELECT, YES)),
    *(
        (query, {None: rdflib.Graph, "xml": rdflib.Graph, "rdf+xml": rdflib.Graph, "rdf": rdflib.Graph, "n3": bytes,
                 "json-ld": rdflib.Graph, "json": rdflib.Graph, "turtle": bytes})
        for query in (CONSTRUCT, DESCRIBE)
    ),
]  # fmt: skip
"""SPARQLWrapper's result for each answer, also for a format that does not fit its query."""
FORMATS = [None, "json", "xml", "turtle", "n3", "rdf", "rdf+xml", "csv", "tsv", "json-ld"]


@pytest.mark.parametrize("way", ["get", "form", "directly"])
@pytest.mark.parametrize(("query", "made"), WANTED, ids=["select", "ask", "construct", "describe"])
def test_sparqlwrapper_as_it_comes(query: str, made: dict[str | None, type], way: str, served: Any) -> None:
    for form in FORMATS:
        client = Wrapper.SPARQLWrapper(f"{served.url}/sparql")
        client.setMethod(Wrapper.GET if way == "get" else Wrapper.POST)
        client.setRequestMethod(Wrapper.POSTDIRECTLY if way == "directly" else Wrapper.URLENCODED)
        client.setQuery(f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {query}")
        if form:
            client.setReturnFormat(form)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = client.queryAndConvert()
        if expected := made.get(form):
            assert isinstance(answer, expected), form
        if isinstance(answer, rdflib.Graph):
            assert len(answer) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_as_a_store(method: str, served: Any) -> None:
    store = SPARQLStore(f"{served.url}/sparql/", method=method)
    [row] = rdflib.Graph(store).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert row[0].toPython() == 3002
    assert rdflib.Graph(store).query(YES.replace("rdfs:label", "?p")).askAnswer


@pytest.mark.parametrize(
    ("name", "table", "graph"),
    [
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("XML", "application/sparql-results+xml", "application/rdf+xml"),
        ("csv", "text/csv", "text/turtle"),
        ("tsv", "text/tab-separated-values", "text/turtle"),
        ("srj", "application/sparql-results+json", "text/turtle"),
        ("turtle", "application/sparql-results+json", "text/turtle"),
        ("ttl", "application/sparql-results+json", "text/turtle"),
        ("n3", "application/sparql-results+json", "text/n3"),
        ("nt", "application/sparql-results+json", "application/n-triples"),
        ("n-triples", "application/sparql-results+json", "application/n-triples"),
        ("rdf", "application/sparql-results+json", "application/rdf+xml"),
        ("rdf+xml", "application/sparql-results+json", "application/rdf+xml"),
        ("json-ld", "application/sparql-results+json", "application/ld+json"),
        ("nq", "application/sparql-results+json", "application/n-quads"),
        ("trig", "application/sparql-results+json", "application/trig"),
        ("application/sparql-results+json", "application/sparql-results+json", "text/turtle"),
        ("application/sparql-results+xml", "application/sparql-results+xml", "text/turtle"),
        ("application/rdf+xml", "application/sparql-results+json", "application/rdf+xml"),
        ("application/json", "application/json", "application/json"),
        ("text/csv; charset=utf-8", "text/csv", "text/turtle"),
        ("text/rdf+n3", "application/sparql-results+json", "text/rdf+n3"),
        ("image/png, text/tab-separated-values;q=0.5", "text/tab-separated-values", "text/turtle"),
        ("auto", "application/sparql-results+json", "text/turtle"),
        ("*/*", "application/sparql-results+json", "text/turtle"),
        ("", "application/sparql-results+json", "text/turtle"),
    ],
)
def test_formats_by_the_names_of_other_servers(name: str, table: str, graph: str, ask: Ask) -> None:
    for query, expected in ((SELECT, table), (CONSTRUCT, graph)):
        answer = ask(query, format=name)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, expected)


@pytest.mark.parametrize("parameter", ["format", "output", "results", "Accept"])
def test_each_parameter_that_names_a_format(parameter: str, ask: Ask) -> None:
    assert ask(SELECT, "application/sparql-results+json", **{parameter: "text/csv"}).text == "label\r\nThing 7\r\n"


def test_a_plus_sign_that_nobody_encoded(served: Any) -> None:
    url = f"{served.url}/sparql?query={quote(SELECT)}&format=application/sparql-results+xml"
    assert requests.get(url, timeout=60).headers["Content-Type"] == "application/sparql-results+xml"


def test_of_several_formats_the_first_that_is_known_counts(ask: Ask) -> None:
    assert ask(SELECT, format=["xlsx", "csv", "json"]).headers["Content-Type"].startswith("text/csv")
    assert ask(CONSTRUCT, format=["csv", "nt"]).headers["Content-Type"] == "application/n-triples"
    assert ask(SELECT, format=["json", "json"]).json()["head"] == {"vars": ["label"]}
    assert ask(SELECT, "text/csv", format=["xlsx", "html5"]).headers["Content-Type"].startswith("text/csv")
    assert ask(SELECT, "image/png", format="xlsx").status_code == 406
    assert ask(SELECT, "text/turtle", format="turtle").status_code == 406  # it is a table for any requested format


def test_every_form_is_called_by_its_own_names() -> None:
    for forms in (RESULTS, GRAPHS):
        for form in forms:
            for name in (form.name, form.media_type, *form.also, *form.names):
                writing = form_called(split_names([name.upper()]), forms)
                assert writing
                assert writing.form == form.name


@dataclass(frozen=True)
class Got:
    status: int
    headers: Message
    body: bytes


def send(url: str, path: str, *headers: tuple[str, str]) -> Got:
    """With headers in as many lines as they are given in."""
    with closing(http.client.HTTPConnection(url.partition("://")[2], timeout=60)) as connection:
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Got(answer.status, answer.headers, answer.read())


def test_several_lines_are_one_list(served: Any) -> None:
    path = f"/sparql?{urlencode({'query': SELECT})}"
    first = send(served.url, path, ("Accept", "text/boolean"), ("Accept", "image/png, text/csv"))
    assert (first.status, first.body) == (200, b"label\r\nThing 7\r\n")
    weighed = send(served.url, path, ("Accept", "text/csv;q=0.5"), ("accept", "text/tab-separated-values"))
    assert (weighed.status, weighed.body) == (200, b'?label\n"Thing 7"@en\n')
    tags = [("If-None-Match", '"other"'), ("If-None-Match", str(first.headers["ETag"])), ("Accept", "text/csv")]
    assert send(served.url, path, *tags).status == 304
    packed = f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o }'})}"
    answer = send(served.url, packed, ("Accept-Encoding", "br"), ("Accept-Encoding", "zstd"))
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "zstd")
    graph = send(served.url, "/data?default", ("Accept", "image/png"), ("Accept", "application/n-triples"))
    assert graph.headers["Content-Type"] == "application/n-triples"


@pytest.mark.parametrize("seconds", ["0", "0.0", "", "30000"])
def test_a_time_that_is_the_servers_own(seconds: str, ask: Ask) -> None:
    assert ask(SELECT, timeout=seconds).status_code == 200


def test_a_byte_order_mark_is_no_part_of_a_query(served: Any, ask: Ask) -> None:
    url, query = f"{served.url}/sparql", f"{MARK}{SELECT}"
    posted = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    answers = [
        ask(query, "text/csv"),
        requests.post(url, {"query": query, "format": "csv"}, timeout=60),
        requests.post(url, query.encode(), headers=posted, timeout=60),
    ]
    assert [answer.text for answer in answers] == ["label\r\nThing 7\r\n"] * 3
    wrong = "SELECT ?x { ?x ?p }"
    assert ask(MARK + wrong).json() == ask(wrong).json()
    assert "no query" in ask(MARK).json()["detail"]
    assert "Thing 7" in ask(query, BROWSER).text


def test_a_slash_at_the_end(served: Any) -> None:
    answer = requests.get(f"{served.url}/sparql/", {"query": SELECT, "format": "csv"}, timeout=60)
    assert answer.text == "label\r\nThing 7\r\n"
    described = requests.get(f"{served.url}/sparql/", headers={"Accept": "text/turtle"}, timeout=60)
    assert (described.url, described.history[0].status_code) == (f"{served.url}/sparql", 308)
    assert f"<{served.url}/sparql> a sd:Service" in described.text
    assert requests.get(f"{served.url}/data/?default", headers={"Accept": "text/turtle"}, timeout=60).status_code == 200
    assert requests.put(f"{served.url}/sparql/", timeout=60).status_code == 405


LYNX = "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01"


@pytest.mark.parametrize("accept", ["text/html", BROWSER, LYNX, "text/html, */*", "Text/HTML;level=1, */*;q=0.9"])
def test_a_reader_gets_a_page(accept: str, served: Any, ask: Ask) -> None:
    answer = ask(SELECT, accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<bdi>Thing 7</bdi>" in answer.text
    assert answer.history == []
    assert "Accept, Accept-Language" in answer.headers["Vary"]
    assert '<form action="/en/query"' in answer.text
    assert f'href="/fr/query?{urlencode({"query": SELECT})}"' in answer.text
    kept = {"If-None-Match": answer.headers["ETag"], "Accept": accept}
    assert requests.get(answer.url, headers=kept, timeout=60).status_code == 304
    german = requests.get(
        f"{served.url}/sparql", {"query": SELECT}, headers={"Accept": accept, "Accept-Language": "de"}, timeout=60
    )
    assert german.headers["Content-Language"] == "de"
    posted = requests.post(f"{served.url}/sparql", {"query": SELECT}, headers={"Accept": accept}, timeout=60)
    assert "<bdi>Thing 7</bdi>" in posted.text
    assert "Thing 7" in ask(SELECT, "*/*", format="text/html").text
    assert ask("SELECT ?x {", accept).status_code == 400
    assert "SPARQL 1.1" in ask("", accept).text


def test_a_program_gets_data(ask: Ask, served: Any) -> None:
    json_type = "application/sparql-results+json"
    assert ask(SELECT).headers["Content-Type"] == json_type
    assert ask(SELECT, "*/*").headers["Content-Type"] == json_type
    for accept in (
        f"{json_type}, text/html;q=0.9",
        f"text/html;q=0.9, {json_type}",
        f"{json_type}, text/html",
        "*/*, text/html",
    ):
        assert ask(SELECT, accept).headers["Content-Type"] == json_type
    assert ask(SELECT, BROWSER, format="csv").text == "label\r\nThing 7\r\n"
    assert requests.get(f"{served.url}/sparql", timeout=60).headers["Content-Type"].startswith("text/turtle")
    refused = requests.get(f"{served.url}/sparql", {"update": "CLEAR ALL"}, headers={"Accept": BROWSER}, timeout=60)
    assert refused.status_code == 403
    twice = requests.get(f"{served.url}/sparql", {"query": [SELECT, YES]}, headers={"Accept": BROWSER}, timeout=60)
    assert "2 parameters" in twice.json()["detail"]


def test_a_long_query_of_a_reader_is_answered_with_data(served: Any) -> None:
    headers = {"Accept": BROWSER}
    answer = requests.post(f"{served.url}/sparql", {"query": SELECT + "#" * 9000}, headers=headers, timeout=60)
    assert answer.headers["Content-Type"] == "application/xml"


def test_the_page_keeps_what_a_link_says_beside_its_query(ask: Ask) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    notes = {"default-graph-uri": "http://e/dataset/notes", "timeout": "2"}
    page = ask(count, BROWSER, **notes).text
    assert re.search(r"<td[^>]*><bdi>1</bdi></td>", page)
    assert '<input type="hidden" name="default-graph-uri" value="http://e/dataset/notes">' in page
    assert "default-graph-uri=http%3A%2F%2Fe%2Fdataset%2Fnotes&amp;timeout=2&amp;format=csv" in page
    assert "<bdi>3002</bdi>" in ask(count, BROWSER).text
    assert 'name="timeout"' not in ask(count, BROWSER, **{"default-graph-uri": "", "timeout": "0"}).text
    assert ask(count, BROWSER, **{"default-graph-uri": "x y"}).status_code == 400


def test_pages_of_other_sites_see_what_they_need(served: Any) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    names = "content-type,if-none-match"
    for path in ("/sparql", "/sparql/"):
        allowed = requests.options(
            f"{served.url}{path}", headers=asked | {"Access-Control-Request-Headers": names}, timeout=60
        )
        assert (allowed.status_code, allowed.headers["Access-Control-Allow-Headers"]) == (200, names)
        assert allowed.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
    for answer in (
        requests.get(f"{served.url}/sparql", {"query": SELECT}, timeout=60),
        requests.get(f"{served.url}/sparql", {"query": "nothing"}, timeout=60),
        requests.get(f"{served.url}/data", timeout=60),
        requests.get(f"{served.url}/nowhere", timeout=60),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link", "Content-Range", "Retry-After"} <= set(
            answer.headers["Access-Control-Expose-Headers"].split(", ")
        )


def test_graphs_from_the_graph_store_by_name(served: Any) -> None:
    for name, media_type in (("ttl", "text/turtle"), ("nt", "application/n-triples"), ("json", "application/ld+json")):
        answer = requests.get(f"{served.url}/data?default", {"format": name}, timeout=60)
        assert answer.headers["Content-Type"].partition(";")[0] == media_type
    nquads = requests.get(f"{served.url}/data?default&format=nq", timeout=60)
    assert len(list(ox.parse(nquads.content, format=ox.RdfFormat.N_QUADS))) == 3002


def test_a_link_as_dbpedia_writes_it(served: Any) -> None:
    form = "application%2Fsparql-results%2Bjson"
    link = f"/sparql?default-graph-uri=&query={quote(SELECT)}&format={form}&timeout=0&signal_void=on&debug=on"
    found = json.loads(send(served.url, link).body)
    assert found["results"]["bindings"][0]["label"]["value"] == "Thing 7"
