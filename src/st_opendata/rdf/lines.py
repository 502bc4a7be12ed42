"""Triples as N-Triples lines without newline, the form of facts: in batches, since they may not fit into memory.

A term has one text, that of canonical N-Triples: characters are escaped only if they must be, control characters too;
language tags are in lower case, and `xsd:string` is not written. Facts, findings and their places are matched by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
import rdflib

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.rdf.reading import TermReader
from st_opendata.rdf.statements import iri_node, literal_node

_BATCH = 10_000
_PART = 1 << 20
"""Characters."""
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)} | {
    ord(character): f"\\{letter}" for character, letter in zip('\\"\n\r\t\b\f', '\\"nrtbf', strict=True)
}


def graph_lines(graph: rdflib.Graph) -> list[str]:
    """The sorted lines of a small graph.

    Raises:
        InputError: it has a blank node, whose label would differ from run to run, or something that is not an IRI.
    """
    text = cache(_line_term)  # a graph repeats its terms
    return sorted(f"{text(s)} {text(p)} {text(o)} ." for s, p, o in graph)


def graph_of_lines(batches: Iterable[list[str]]) -> rdflib.Graph:
    """The graph of a small number of lines without blank nodes; raises as `parse_lines`."""
    graph, reader = rdflib.Graph(), TermReader()
    for batch in batches:
        graph.addN((*triple, graph) for triple in reader.triples(parse_lines([batch])))
    return graph


def parse_lines(batches: Iterable[list[str]]) -> Iterator[ox.Triple]:
    """The triples that the lines state, in order.

    Raises:
        InputError: a line is not N-Triples.
    """
    for quad in parse_quads(batches):
        yield quad.triple


def parse_quads(batches: Iterable[list[str]], form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> Iterator[ox.Quad]:
    """The same as quads, those of the default graph, or of lines of N-Quads; raises as `parse_lines`."""
    for batch in batches:
        try:
            # Lines may have any character except a line feed, so only that may separate them.
            yield from ox.parse(encode_lines(batch), format=form)
        except SyntaxError as error:
            raise _malformed(error) from None


def check_iri(iri: str) -> None:
    """Raise the error of `parse_lines` for a text between angle brackets that is not an IRI."""
    try:
        ox.NamedNode(iri)
    except ValueError as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> InputError:
    return InputError(message("not N-Triples: {reason}", reason=str(error)))


def read_lines(path: Path) -> Iterator[list[str]]:
    """The lines of an N-Triples file in batches; a subject may span two."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        while batch := [line.rstrip("\n") for line in islice(lines, _BATCH)]:
            yield batch


def read_text(path: Path) -> Iterator[str]:
    """The text of an N-Triples file in parts that end with a line: cheaper than its lines."""
    with path.open(encoding="utf-8", newline="\n") as file:
        while part := file.read(_PART):
            yield part + file.readline()


def literal_text(lexical: str) -> str:
    """The lexical form of a literal in quotes, escaped."""
    return f'"{lexical.translate(_ESCAPES)}"'


def encode_lines(batch: list[str]) -> bytes:
    """The bytes of the batch in a file."""
    return "\n".join([*batch, ""]).encode()


def _line_term(term: rdflib.term.Node) -> str:
    if isinstance(term, rdflib.URIRef):
        return str(iri_node(str(term)))
    if isinstance(term, rdflib.Literal):
        datatype = str(term.datatype) if term.datatype else None
        return str(literal_node(str(term), language=term.language, datatype=datatype))
    raise InputError(message("{node} is a blank node", node=term.n3()), remedy=message("Give every node an IRI."))
