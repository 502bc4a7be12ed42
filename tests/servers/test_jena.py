"""Apache Jena's ARQ as a second opinion: the same queries of the same data, and each difference with its reason.

`make clients` fetches it. Without it the test is skipped; ST_REQUIRE=clients makes that a failure.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from st_opendata.__main__ import main
from st_opendata.namespaces import PREFIXES
from st_opendata.sparql.store import ONTOLOGY_GRAPH, ReleaseStore, load

ROOT = Path(__file__).resolve().parents[2]
QUERIES = Path(__file__).with_name("jena")
NAMES = {**PREFIXES, "e": "http://e/"}
HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in NAMES.items())
DIGITS = 15
"""Of a number that are compared: quotients have more in Jena, and doubles are added in another order."""
Answer = bool | list[tuple[str, ...]]

STORED = "the engine stores values, not their spelling: docs/sparql.md, Datatypes and digits"
MERGED = "graphs are no merge: docs/sparql.md"
IN_GRAPH = "what matches no triple in GRAPH ?g: docs/sparql.md"
BEYOND = "comparing beyond 63 bits and 18 digits: docs/sparql.md"
ALTERNATIVES = "alternatives of paths that may have length zero: docs/sparql.md"
JENA_IF = "Jena's own: IF of an error is its third argument, which §17.4.1.2 has as an error"
JENA_TRUTH = "Jena's own: an ill-formed number is an error, where §17.2.2 has it as false"
DIFFERENT = {
    "SELECT ?s (STRLEN(STR(?v)) AS ?n) { ?s e:v ?v } ORDER BY ?n ?s": STORED,
    "SELECT (MIN(STR(?v)) AS ?x) (MAX(STRLEN(STR(?v))) AS ?y) { ?s e:v ?v }": STORED,
    'SELECT DISTINCT ?v { VALUES ?v { 1 1.0 01 "1"^^xsd:int } }': STORED,
    'SELECT ?s (STRLEN(GROUP_CONCAT(?v; SEPARATOR="")) AS ?x) { ?s eurio:value ?v } GROUP BY ?s': STORED,
    "SELECT DISTINCT ?t { ?s ?p ?o BIND(datatype(?o) AS ?t) FILTER(BOUND(?t)) }": STORED,
    "SELECT (COUNT(*) AS ?n) { ?c st:population ?p FILTER(datatype(?p) = xsd:nonNegativeInteger) }": STORED,
    'SELECT (STRLEN(GROUP_CONCAT(?v; SEPARATOR="")) AS ?x) { ?s e:v ?v FILTER(ABS(?v) < 100) }': BEYOND,
    "SELECT (COUNT(*) AS ?n) FROM e:one FROM e:two { ?s ?p ?o }": MERGED,
    "SELECT ?x { GRAPH ?g { VALUES ?x { 1 } } }": IN_GRAPH,
    "SELECT ?x { e:i1 (e:n*|e:m*) ?x }": ALTERNATIVES,
    "SELECT ?s { ?s e:v ?v FILTER(!?v) }": JENA_TRUTH,
    'SELECT ?s (IF(?v, "yes", "no") AS ?x) { ?s e:v ?v }': JENA_IF,
}
"""Queries that are answered otherwise, with the reason: one that is answered alike after all is a failure too."""


def absent(reason: str) -> None:
    if "clients" in os.environ.get("ST_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def jena() -> Callable[[Path], None]:
    """Answers the queries of a folder."""
    clients = ROOT / "build" / "clients"
    if not (clients / "stamp").is_file():
        absent("the clients are not there: make clients")

    def run(folder: Path) -> None:
        program = str(ROOT / "services" / "clients" / "AskJena.java")
        command = ["java", "-cp", f"{clients}/jars/*", program, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    return run


def read_queries(name: str) -> dict[str, bool]:
    """The queries of a file, and whether the order of their rows counts."""
    lines = [line for line in (QUERIES / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    return {line.removeprefix("order: "): line.startswith("order: ") for line in lines}


def compare(name: str, graphs: list[tuple[str, Path]], store: ReleaseStore, ask: Callable[[Path], None]) -> None:
    """Fail where an answer to one of the queries in a file differs without a reason, or does not with one."""
    queries, folder = read_queries(name), graphs[0][1].parent
    (folder / "graphs.tsv").write_text("".join(f"{graph}\t{path.as_uri()}\n" for graph, path in graphs), "utf-8")
    for number, query in enumerate(queries):
        (folder / f"{number:03}.rq").write_text(HEAD + query, "utf-8")
    ask(folder)
    found = {}
    for number, (query, is_ordered) in enumerate(queries.items()):
        answer = (folder / f"{number:03}.json").read_bytes()
        theirs = _answer(ox.parse_query_results(answer, ox.QueryResultsFormat.JSON))
        ours = _answer(store.query(query, NAMES))
        same = ours == theirs
        if isinstance(ours, list) and isinstance(theirs, list) and not is_ordered:
            same = Counter(ours) == Counter(theirs)
        if not same:
            found[query] = (ours, theirs)
    unexplained = {query: answers for query, answers in found.items() if query not in DIFFERENT}
    assert not unexplained
    assert found.keys() == queries.keys() & DIFFERENT.keys()


def _answer(results: object) -> Answer:
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    names = sorted(variable.value for variable in results.variables)
    return [tuple(_text(solution[name]) for name in names) for solution in results]


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """A term as the engine holds it, blank nodes without their names, and numbers with as many digits as count."""
    if term is None or isinstance(term, ox.BlankNode):
        return "_:" if term else ""
    store, name = ox.Store(), ox.NamedNode("http://e/")
    store.add(ox.Quad(name, name, term))
    [quad] = store
    held = quad.object
    if isinstance(held, ox.Literal) and held.datatype.value in (
        f"{PREFIXES['xsd']}decimal",
        f"{PREFIXES['xsd']}double",
    ):
        number = Decimal(held.value.replace("INF", "Infinity"))
        return f"{number.normalize():.{DIGITS}g} {held.datatype.value}"
    return str(held)


def test_edges(jena: Callable[[Path], None], tmp_path: Path) -> None:
    """Values at the edges; the default graph is the first of two."""
    one, two = tmp_path / "one.nt", tmp_path / "two.nt"
    lines = (QUERIES / "edges.nt").read_text("utf-8").splitlines(keepends=True)
    one.write_text("".join(lines), "utf-8")
    two.write_text("".join(line for line in lines if "<http://e/g>" not in line), "utf-8")
    graphs = [("", one), ("http://e/one", one), ("http://e/two", two)]
    store = ox.Store()
    for graph, path in graphs:
        name = ox.NamedNode(graph) if graph else None
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_TRIPLES, to_graph=name)
    compare("edges.rq", graphs, ReleaseStore(store), jena)


def test_smarter_together(jena: Callable[[Path], None], tmp_path: Path) -> None:
    release = tmp_path / "release"
    assert main(["build", "-o", str(release)]) == 0
    base = "https://w3id.org/st-opendata/smarter-together/"
    graphs = [(f"{base}catalogue", release / "catalog.ttl")]
    facts = [path for path in sorted(release.glob("*/*.nt")) if path.stem == path.parent.name]
    graphs += [(f"{base}dataset/{path.stem}", path) for path in facts]
    graphs += [(ONTOLOGY_GRAPH, path) for path in sorted((release / "ontology").rglob("*.ttl"))]
    graphs += [("", path) for _, path in graphs]
    compare("smarter-together.rq", graphs, load(release), jena)
