"""Screens give the results of pySHACL, one by one: on random pairs of a graph and shapes, each with its seed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from columns_of import engine_in
from comparison import compare
from pairs import LEXICALS, TYPES, Maker
from rdflib import Graph, Literal, URIRef
from test_shacl import MF, SHT, cases_in, graph_of

from st_opendata.errors import ConfigurationError
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.shacl.screens.terms import TermCache, column_text
from st_opendata.shacl.shapes import load_shapes
from st_opendata.sql.duckdb import DuckDBEngine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    opened = engine_in(tmp_path_factory.mktemp("engine"))
    yield opened
    opened.close()


def check(engine: DuckDBEngine, seeds: Iterable[int]) -> tuple[int, int]:
    """The sums for the pairs of these seeds."""
    results = notices = 0
    for seed in seeds:
        data, shapes = Maker(seed).make()
        try:
            found = compare(engine, data, shapes)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        results, notices = results + found[0], notices + found[1]
    return results, notices


def test_a_literal_of_the_columns_has_the_value_of_the_one_that_was_read() -> None:
    """Of equal literals, rdflib takes one for false in a query and not the other if their values differ."""
    node, kinds = ox.BlankNode(), [ox.NamedNode(kind) if kind else None for kind in TYPES]
    literals = [ox.Literal(lexical, datatype=kind) for lexical in LEXICALS for kind in kinds]
    quads = [ox.Triple(node, ox.NamedNode("https://example.org/p"), literal) for literal in literals]
    for _, _, read in TermReader().triples(quads):
        term = TermCache().node(column_text(read))
        assert isinstance(term, Literal) and isinstance(read, Literal)
        assert (term, type(term.value), bool(term)) == (read, type(read.value), bool(read))


def test_some_pairs(engine: DuckDBEngine) -> None:
    results, _ = check(engine, (*range(4), 393))  # the last has an ill-typed boolean where a query walks a path
    assert results > 10


@pytest.mark.slow
def test_more_pairs(engine: DuckDBEngine) -> None:
    results, notices = check(engine, range(100, 250))
    assert results > 1_000 and notices


@pytest.mark.slow
@pytest.mark.skipif("ST_PAIRS" not in os.environ, reason="ST_PAIRS asks for all pairs")
@pytest.mark.parametrize("start", range(0, 21_000, 1_000))
def test_all_pairs(engine: DuckDBEngine, start: int) -> None:
    results, notices = check(engine, range(start, start + 1_000))
    assert results > 2_000 and notices


@pytest.mark.slow
@pytest.mark.parametrize("part", ["core", "sparql"])
def test_w3c_suite(engine: DuckDBEngine, shared: Path, part: str) -> None:
    compared = 0
    for name, file in cases_in(shared / "conformance" / "shacl" / part):
        manifest = graph_of(file)
        action = manifest.value(URIRef(f"file:///{name}"), MF.action)
        uses = (SHT.dataGraph, SHT.shapesGraph)
        data, shapes = (file.parent / str(manifest.value(action, use)).removeprefix("file:///") for use in uses)
        try:
            loaded = load_shapes([shapes])
        except ConfigurationError:
            continue
        compare(engine, graph_of(data), loaded.graph)
        compared += 1
    assert compared > 15


@pytest.mark.slow
def test_catalogues_with_the_official_shapes(engine: DuckDBEngine, shared: Path) -> None:
    names = ("shapes.ttl", "range.ttl", "shapes_recommended.ttl")
    shapes = load_shapes([shared / "dcat-ap" / "3.0.1" / name for name in names])
    found = []
    for file in sorted((shared / "samples" / "dcat").iterdir()):
        if file.name != "be-smartflanders.ttl":  # it is not valid Turtle
            data = Graph()
            for triple in read_rdf(file, TermReader(), lenient=True):
                data.add(triple)
            found.append(compare(engine, data, shapes.graph)[0])
    assert min(found) > 100 and len(found) == 5
