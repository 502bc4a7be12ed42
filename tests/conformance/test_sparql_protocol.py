"""The W3C's tests of the SPARQL 1.1 protocols, against a real server: queries answered, every write refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import rdflib
import requests
from rdflib import RDF, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

ROOT = Path(os.environ.get("ST_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "conformance" / "sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
WRITES = ("PUT", "POST", "DELETE", "PATCH")
TYPES = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ),
    "RDF": ("text/turtle", "application/rdf+xml", "application/n-triples"),
}


@dataclass(frozen=True)
class Exchange:
    """A request of a test, and what is expected of the response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    form: str | None
    boolean: bool | None
    graph: str | None


def read_tests(name: str) -> dict[str, list[Exchange]]:
    """The tests of a manifest by the names of their IRIs."""
    if not (ROOT / name).is_file():
        return {}
    graph = rdflib.Graph().parse(ROOT / name)
    [entries] = graph.objects(None, MF.entries)
    found = {}
    for test in Collection(graph, entries):
        requests_ = graph.value(graph.value(test, MF.action), HT.requests)
        found[str(test).rpartition("#")[2]] = [read_exchange(graph, each) for each in Collection(graph, requests_)]
    return found


def read_exchange(graph: rdflib.Graph, node: Any) -> Exchange:
    def text(subject: Any, *path: Any) -> str | None:
        for step in path:
            subject = graph.value(subject, step)
        return None if subject is None else str(subject)

    fields = graph.value(node, HT.headers)
    headers = {
        text(each, HT.fieldName): text(each, HT.fieldValue)
        for each in (Collection(graph, fields) if fields is not None else ())
    }
    chars, response = text(node, HT.body, CNT.chars), graph.value(node, HT.resp)
    encoding = text(node, HT.body, CNT.characterEncoding) or "UTF-8"
    boolean = graph.value(response, MF.expectedBoolean)
    return Exchange(
        text(node, HT.methodName) or "GET",
        text(node, HT.absolutePath) or "",
        {str(key): str(value) for key, value in headers.items()},
        None if chars is None else chars.encode(encoding),
        tuple(str(status).rpartition("StatusCode")[2][:1] for status in graph.objects(response, MF.expectedStatus)),
        text(response, MF.expectedFormat),
        None if boolean is None else bool(boolean.toPython()),
        text(response, HT.body, CNT.chars),
    )


PROTOCOL = read_tests("protocol/manifest.ttl")
STORE = {
    name: test
    for manifest in ("direct", "indirect")
    for name, test in read_tests(f"graph-store-protocol/manifest-{manifest}.ttl").items()
}
QUERIES = [name for name in PROTOCOL if "update" not in name]
UPDATES = [name for name in PROTOCOL if "update" in name]
pytestmark = pytest.mark.skipif(not PROTOCOL, reason="the W3C test suite is not at shared/conformance/sparql11")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, write_release: Callable[..., Path], serve: Any) -> Iterator[str]:
    graphs = {DATA.format(number): (ROOT / "protocol" / f"data{number}.nt").read_text("utf-8") for number in (1, 2, 3)}
    with serve(write_release(tmp_path_factory.mktemp("protocol") / "release", graphs)) as served:
        yield served.url


def send(url: str, exchange: Exchange) -> requests.Response:
    request = requests.Request(exchange.method, url, data=exchange.body, headers=exchange.headers).prepare()
    if exchange.body and not exchange.headers:
        request.headers.pop("Content-Type", None)
    with requests.Session() as session:
        return session.send(request, timeout=60)


def test_the_suite_is_whole() -> None:
    assert (len(QUERIES), len(UPDATES), len(STORE)) == (20, 14, 13)


@pytest.mark.parametrize("name", QUERIES)
def test_query(name: str, url: str) -> None:
    for exchange in PROTOCOL[name]:
        response = send(url + exchange.path.replace("/sparql/", "/sparql", 1), exchange)
        assert str(response.status_code)[0] in exchange.statuses, response.text
        media_type = response.headers["Content-Type"].partition(";")[0]
        if exchange.form:
            assert media_type in TYPES[exchange.form]
        if exchange.boolean is not None:
            assert response.json()["boolean"] is exchange.boolean
        if exchange.statuses == ("4",):
            assert response.json()["detail"]


@pytest.mark.parametrize("name", UPDATES)
def test_update_is_refused(name: str, url: str) -> None:
    exchange = PROTOCOL[name][0]
    response = send(url + exchange.path.replace("/sparql/", "/sparql", 1), exchange)
    assert response.status_code in (400, 403, 415)
    assert len(response.json()["detail"]) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", STORE)
def test_graph_store(name: str, tmp_path: Path, write_release: Callable[..., Path], serve: Any) -> None:
    """Reads of a test succeed, from a release with its data; writes are refused."""
    graph = "http://www.example/gsp/person/1.ttl"
    for number, exchange in enumerate(STORE[name]):
        expected = rdflib.Graph().parse(data=exchange.graph or "", format="turtle", publicID=graph)
        release = write_release(tmp_path / str(number), {graph: expected.serialize(format="nt")})
        path = "/data?default" if exchange.path.endswith("?default") else f"/data?graph={graph}"
        with serve(release) as served:
            response = send(served.url + path, exchange)
            if exchange.method in WRITES:
                assert response.status_code == 405
                assert "never changes" in response.json()["detail"]
            else:
                assert response.status_code == 200
            if exchange.graph and exchange.method == "GET":
                found = rdflib.Graph().parse(data=response.text)
                if path.endswith("default"):  # the merge has the catalogue too
                    found.remove((URIRef("http://e/catalogue"), None, None))
                assert isomorphic(found, expected)


# The tests of the service description have names and no data: what they ask for is in Service Description §2 and §4.


def described(url: str, accept: str | None = None) -> tuple[str, rdflib.Graph]:
    response = requests.get(url, headers={"Accept": accept} if accept else {}, timeout=60)
    media_type = response.headers["Content-Type"].partition(";")[0]
    assert response.status_code == 200
    return media_type, rdflib.Graph().parse(data=response.text, format=media_type)


@pytest.mark.parametrize(
    "accept", [None, "application/rdf+xml", "text/turtle", "application/ld+json", "text/html, */*"]
)
def test_description_returns_rdf(accept: str | None, url: str) -> None:
    media_type, graph = described(f"{url}/sparql", accept)
    assert media_type == (accept if accept and "," not in accept else "text/turtle")
    assert len(graph) > 20


def test_description_has_endpoint_triple(url: str) -> None:
    _, graph = described(f"{url}/sparql")
    assert [*graph.objects(None, SD.endpoint)] == [URIRef(f"{url}/sparql")]


def test_description_conforms_to_schema(url: str) -> None:
    """Terms of the vocabulary alone, each where its domain and range allow it."""
    ranges = {
        "endpoint": ("Service", None),
        "supportedLanguage": ("Service", {"SPARQL11Query"}),
        "feature": ("Service", {"UnionDefaultGraph"}),
        "defaultEntailmentRegime": ("Service", None),
        "resultFormat": ("Service", None),
        "defaultDataset": ("Service", "Dataset"),
        "defaultGraph": ("Dataset", "Graph"),
        "namedGraph": ("Dataset", "NamedGraph"),
        "name": ("NamedGraph", None),
        "graph": ("NamedGraph", "Graph"),
    }
    _, graph = described(f"{url}/sparql")
    used = {str(each).removeprefix(str(SD)) for each in graph.predicates() if str(each).startswith(str(SD))}
    assert used == set(ranges)
    for name, (domain, value) in ranges.items():
        for subject, thing in graph.subject_objects(SD[name]):
            assert (subject, RDF.type, SD[domain]) in graph
            assert isinstance(thing, URIRef)
            if isinstance(value, str):
                assert (thing, RDF.type, SD[value]) in graph
            elif value:
                assert str(thing).removeprefix(str(SD)) in value
    names = {str(each) for each in graph.objects(None, SD.name)}
    assert {DATA.format(1), DATA.format(2), DATA.format(3)} < names
    assert not any(isinstance(each, rdflib.BNode) for each in graph.all_nodes())
    void = Namespace("http://rdfs.org/ns/void#")
    assert (URIRef(DATA.format(1)), RDF.type, void.Dataset) in graph
