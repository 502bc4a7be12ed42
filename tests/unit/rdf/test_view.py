"""A catalogue's statements as a graph of rdflib's: the same triples by every pattern."""

from __future__ import annotations

from itertools import product

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from st_opendata.errors import InputError
from st_opendata.rdf.statements import parse_statements
from st_opendata.rdf.view import graph_view

TURTLE = """
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
<https://example.org/a> a dcat:Dataset ; dct:title "A"@en, "Ä"@de ; dcat:byteSize 5 ;
  dct:relation <https://example.org/b> .
<https://example.org/b> a dcat:Dataset ; dct:title "A"@en ; dct:relation <https://example.org/a> .
"""


def test_every_pattern_finds_what_a_graph_in_memory_finds() -> None:
    graph, view = Graph().parse(data=TURTLE, format="turtle"), graph_view(parse_statements(TURTLE.encode(), "c.ttl"))
    assert len(view) == len(graph) == 8
    subjects, predicates, objects = ({*terms, None} for terms in zip(*graph, strict=True))
    unknown = URIRef("https://example.org/unknown")
    for pattern in product({*subjects, unknown}, {*predicates, unknown}, {*objects, unknown, Literal("A")}):
        assert set(view.triples(pattern)) == set(graph.triples(pattern)), pattern


def test_what_is_written_for_graphs_reads_it() -> None:
    view = graph_view(parse_statements(TURTLE.encode(), "c.ttl"))
    first = URIRef("https://example.org/a")
    assert (first, RDF.type, None) in view
    assert {str(each) for each in view.subjects(unique=True)} == {"https://example.org/a", "https://example.org/b"}
    assert set(view.predicate_objects(first)) == set(
        Graph().parse(data=TURTLE, format="turtle").predicate_objects(first)
    )


@pytest.mark.parametrize(("content", "text"), [("<a", "damaged"), ("[] a [] .", "blank node")])
def test_damaged_content_is_told(content: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        parse_statements(content.encode(), "catalog.ttl")
