from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from st_opendata.rdf.reading import TermReader
from st_opendata.shacl.terms import SH, path_text, short, term_text

texts = st.text(st.characters(codec="utf-8"))


@given(
    st.one_of(
        texts.map(Literal),
        st.builds(lambda text, language: Literal(text, lang=language), texts, st.sampled_from(["fr", "de-at"])),
        texts.map(lambda text: Literal(text, datatype=XSD.date, normalize=False)),
    )
)
def test_literals_come_back_as_they_were(literal: Literal) -> None:
    [quad] = ox.parse(f"<e:a> <e:b> {term_text(literal)} .", format=ox.RdfFormat.N_TRIPLES)
    assert TermReader().node(quad.object) == literal


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        ('"Lyon"@fr', '"Lyon"@fr'),
        ('"a \\"b\\"\\n"', '"a "b"\n"'),
        ('"12.50"^^<http://www.w3.org/2001/XMLSchema#decimal>', "12.50"),
        ('"x"^^<https://e.org/type>', '"x"'),
        ("<http://purl.org/dc/terms/title>", "dct:title"),
        ("<http://purl.org/dc/terms/a/b>", "<http://purl.org/dc/terms/a/b>"),
        ("^<http://www.w3.org/ns/dcat#inSeries>/<https://e.org/p>", "^dcat:inSeries/<https://e.org/p>"),
        ("_:b1", "_:b1"),
    ],
)
def test_short_terms(term: str, shown: str) -> None:
    assert short(term) == shown


@pytest.mark.parametrize(
    ("turtle", "text"),
    [
        ("e:a", "<https://e.org/a>"),
        ("[ sh:inversePath e:a ]", "^<https://e.org/a>"),
        ("( e:a [ sh:inversePath e:b ] )", "<https://e.org/a>/^<https://e.org/b>"),
        ("[ sh:zeroOrMorePath [ sh:alternativePath ( e:a e:b ) ] ]", "(<https://e.org/a>|<https://e.org/b>)*"),
        ("( e:a [ sh:oneOrMorePath e:b ] [ sh:zeroOrOnePath e:c ] )", "<https://e.org/a>/(<https://e.org/b>+)/"),
    ],
)
def test_paths(turtle: str, text: str) -> None:
    graph = Graph().parse(data=f"@prefix sh: <{SH}> . @prefix e: <https://e.org/> . e:s sh:path {turtle} .")
    path: Node = next(graph.objects(URIRef("https://e.org/s"), SH.path))
    assert path_text(graph, path).startswith(text)


def test_a_blank_node_that_is_no_path_is_named() -> None:
    assert path_text(Graph(), BNode("b7")) == "_:b7"
