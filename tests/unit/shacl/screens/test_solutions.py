"""Queries of shapes in SQL: no focus node with a solution is missing, and of the usual queries none is added."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from columns_of import engine_in, relations_of
from comparison import compare
from pairs import EX
from random_constraints import make
from rdflib import Graph, Literal, URIRef

from st_opendata.shacl.screens import DataColumns
from st_opendata.shacl.screens.solutions import possible_nodes
from st_opendata.shacl.screens.triples import UntranslatedError
from st_opendata.shacl.shapes import load_shapes
from st_opendata.shacl.terms import SH
from st_opendata.sql.duckdb import DuckDBEngine

DATA = """@prefix : <https://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a :p :x, :y ; :total 10 ; :day "2024-01-01"^^xsd:date ; :code "FR" . :x :q 4.5 ; :r :a . :y :q 5.5, 5.5 ; :r :a .
:b :p :z ; :total 10 ; :day "2024-01-02"^^xsd:date ; :code "DE"@de . :z :q 10.000000000001 ; :r :c .
:c :total 1 ; :day "2024"^^xsd:date ; :code "FR" . :d :total "1e1"^^xsd:double ; :code :a ; :p :y .
"""
ALL = {"a", "b", "c", "d"}
SUM = "{ SELECT $this (SUM(?q) AS ?n) { $this :p/:q ?q } GROUP BY $this }"
QUERIES = {
    f"{SUM} $this :total ?total FILTER (?n > ?total)": {"b", "d"},  # a double is left to pySHACL
    f"{SUM} $this :total ?total FILTER (?n >= ?total && ?total = 10)": {"a", "b", "d"},
    "{ SELECT $this (COUNT(?x) AS ?n) { $this :p ?x } GROUP BY $this } FILTER (?n > 1)": {"a"},
    "$this :day ?day FILTER (?day > '2024-01-01'^^xsd:date)": {"b", "c"},  # an ill-typed value is
    "$this :code ?code . ?other :code ?code FILTER (?other != $this)": {"a", "c"},
    "$this ?path ?v FILTER (?path IN (:day, :code) && ?v = 'FR')": {"a", "b", "c"},  # a language is
    "$this :total ?t FILTER NOT EXISTS { $this :p/^:p ?other FILTER (?other != $this) }": {"b", "c"},
    "$this :total ?t FILTER EXISTS { $this :p ?x . ?x :r $this }": {"a"},
    "$this :total ?t OPTIONAL { $this :p ?x } FILTER (!BOUND(?x))": ALL,  # optional variables are
    "{ $this :p :x } UNION { ?x :r $this FILTER NOT EXISTS { $this :p ?y } }": {"a", "c"},
    "$this (:p/:r)+ :c FILTER (STRSTARTS(STR($this), 'https://example.org/'))": {"b"},
    "?x a :Nothing . ?x :r $this": set[str](),
    '$this :p ?x . ?y (:p|:q)+ ""': set[str](),
    "$this (:p|:q)+ 4.5": {"a"},
    "$this :code ?code BIND (?code AS ?c) FILTER (isIRI(?c) || ?c IN ('DE'@de))": {"b", "d"},
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    opened = engine_in(tmp_path_factory.mktemp("engine"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataColumns]:
    data = Graph().parse(data=DATA, format="turtle")
    engine = engine_in(tmp_path_factory.mktemp("columns"))
    with closing(engine), DataColumns(engine, relations_of(engine, data)) as made:
        yield made


def nodes(columns: DataColumns, text: str) -> set[str]:
    graph = Graph()
    prefixes = f"PREFIX : <{EX}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    graph.add((EX.query, SH.select, Literal(f"{prefixes} SELECT $this {{ {text} }}")))
    focus = columns.nodes(f"<{EX[name]}>" for name in ALL)
    table = possible_nodes(columns, graph, EX.shape, EX.query, focus)
    found = columns.engine.rows(f"SELECT n FROM {table}") if table else []
    return {text.removeprefix(f"<{EX}").removesuffix(">") for (text,) in found}


@pytest.mark.parametrize("text", QUERIES)
def test_suspects(columns: DataColumns, text: str) -> None:
    assert nodes(columns, text) == QUERIES[text]


@pytest.mark.parametrize("text", ["GRAPH $shapesGraph { $this ?p ?o }", "$this :p* ?x", '$this :code "FR"^^xsd:string'])
def test_untranslated(columns: DataColumns, text: str) -> None:
    with pytest.raises(UntranslatedError):
        nodes(columns, text)


@pytest.mark.slow
def test_our_own_queries_translate(columns: DataColumns) -> None:
    root = Path(__file__).parents[4]
    graph = load_shapes([*(root / "shapes").rglob("*.ttl"), *(root / "datasets" / "shapes").glob("*.ttl")]).graph
    focus, count = columns.nodes(["<urn:none>"]), 0
    for shape, constraint in graph.subject_objects(SH.sparql):
        possible_nodes(columns, graph, shape, constraint, focus)
        count += 1
    assert count > 15


def check(engine: DuckDBEngine, seeds: Iterable[int]) -> int:
    results = 0
    for seed in seeds:
        data, shapes = make(seed)
        try:
            results += compare(engine, data, shapes)[0]
        except AssertionError as error:
            texts = [str(text) for text in shapes.objects(None, URIRef(SH.select))]
            raise AssertionError(f"seed {seed}: {error}, {texts}") from error
    return results


def test_a_literal_that_python_takes_for_false(engine: DuckDBEngine) -> None:
    data = Graph().parse(data='@prefix : <https://example.org/> . :a :p :b . :b :p "" . :c :p :d ; :q :c .')
    shapes = Graph().parse(
        data="""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://example.org/> .
      :S a sh:NodeShape ; sh:targetObjectsOf :p ; sh:sparql [ sh:select
        "SELECT $this { ?x <https://example.org/p>+ $this . ?x <https://example.org/q> ?x }" ] ."""
    )
    assert compare(engine, data, shapes) == (1, 1)


def test_some_random_queries(engine: DuckDBEngine) -> None:
    assert check(engine, (4, 7, 9)) > 30


@pytest.mark.slow
def test_random_queries(engine: DuckDBEngine) -> None:
    assert check(engine, range(100, 200)) > 60


@pytest.mark.slow
@pytest.mark.skipif("ST_PAIRS" not in os.environ, reason="ST_PAIRS asks for all queries")
@pytest.mark.parametrize("start", range(0, 6_000, 1_000))
def test_all_random_queries(engine: DuckDBEngine, start: int) -> None:
    assert check(engine, range(start, start + 1_000)) > 1_000
