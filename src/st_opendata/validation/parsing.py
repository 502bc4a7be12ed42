"""RDF files and N-Triples lines as rdflib graphs, literals kept letter by letter.

pyoxigraph parses (20 times faster than rdflib's own parsers, with line and column of an error), rdflib holds the
small graphs that SHACL needs. Nothing is fetched: JSON-LD contexts must be inline, `owl:imports` is a triple.
"""

from __future__ import annotations

import codecs
import logging
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from st_opendata import formats
from st_opendata.errors import InputError
from st_opendata.place import Place

Triple = tuple[Node, Node, Node]

_PARSERS: Mapping[str, ox.RdfFormat] = {
    formats.TURTLE.extension: ox.RdfFormat.TURTLE,
    formats.N_TRIPLES.extension: ox.RdfFormat.N_TRIPLES,
    formats.N_QUADS.extension: ox.RdfFormat.N_QUADS,
    formats.RDF_XML.extension: ox.RdfFormat.RDF_XML,
    formats.JSON_LD.extension: ox.RdfFormat.JSON_LD,
    ".trig": ox.RdfFormat.TRIG,
}


def _wanted(record: logging.LogRecord) -> bool:
    return "does not look like a valid URI" not in record.getMessage() and not record.exc_info


# rdflib logs each ill-typed literal (with a traceback) and ill-formed IRI; here they are data to report on.
logging.getLogger("rdflib.term").addFilter(_wanted)


@dataclass(slots=True)
class TermReader:
    """pyoxigraph terms to rdflib terms; blank nodes are named `b1`, `b2`… in order of appearance.

    One reader serves all files of a run, so that their blank nodes stay apart: call `next_file` between them.
    """

    _named: dict[ox.NamedNode, URIRef] = field(default_factory=dict)
    _blank: dict[ox.BlankNode, BNode] = field(default_factory=dict)
    _count: int = 0

    def next_file(self) -> None:
        """Forget the blank nodes read so far: their labels are local to a file."""
        self._blank.clear()

    def triples(self, quads: Iterable[ox.Quad | ox.Triple]) -> list[Triple]:
        """The three terms of each; names of graphs are dropped."""
        node = self.node
        with warnings.catch_warnings():
            # rdflib warns of an ill-typed boolean; like the log records above, it is data to report on.
            warnings.filterwarnings("ignore", "Parsing weird boolean")
            return [(node(quad.subject), node(quad.predicate), node(quad.object)) for quad in quads]

    def node(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> IdentifiedNode | Literal:
        """One term. InputError for a triple term (RDF 1.2), which SHACL 1.0 cannot see."""
        if isinstance(term, ox.NamedNode):
            found = self._named.get(term)
            if found is None:
                found = self._named[term] = URIRef(term.value)
            return found
        if isinstance(term, ox.Literal):
            if term.language:
                return Literal(term.value, lang=term.language)
            # rdflib takes a literal without datatype as xsd:string; stated, it would count as another term.
            datatype = None if term.datatype.value.endswith("XMLSchema#string") else self.node(term.datatype)
            return Literal(term.value, datatype=str(datatype) if datatype else None, normalize=False)
        if isinstance(term, ox.BlankNode):
            blank = self._blank.get(term)
            if blank is None:
                self._count += 1
                blank = self._blank[term] = BNode(f"b{self._count}")
            return blank
        raise InputError("a triple term (RDF 1.2) cannot be validated", remedy="State it by reification.")


def read_triples(path: Path, reader: TermReader, *, lenient: bool = False) -> list[Triple]:
    """The triples of an RDF file; its extension names the format, its name is the base of relative IRIs.

    `lenient` lets ill-formed IRIs pass, as they are found in harvested catalogues.

    Raises:
        InputError: no such file, an unknown extension, or text that does not parse, with line and column.
    """
    parser = _PARSERS.get(path.suffix.lower()) or _PARSERS.get(_canonical_extension(path))
    if parser is None:
        raise InputError(
            "this is not a known RDF file",
            place=Place(str(path)),
            remedy=f"Name the file by its format: {', '.join(_PARSERS)}.",
        )
    reader.next_file()
    try:
        with path.open("rb") as file:
            if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                file.seek(0)
            # The name alone is the base: a report must not tell in which folder of whose machine the file was.
            quads = ox.parse(file, format=parser, base_iri=f"file:///{path.name}", lenient=lenient)
            return reader.triples(quads)
    except SyntaxError as error:
        raise InputError(
            _without_place(error.msg),
            place=Place(str(path), line=error.lineno, offset=error.offset),
            remedy=f"Correct the {parser.name} at or just before this place.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file is not UTF-8 (byte {error.start})", place=Place(str(path)), remedy="Save it as UTF-8."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot read the file: {reason}", place=Place(str(path)), remedy="Check the path.") from error


def _canonical_extension(path: Path) -> str:
    known = formats.format_of(path.name)
    return known.extension if known else ""


def _without_place(message: str) -> str:
    """The parser's message without `Parser error at line 2 column 12: `, since the place says it."""
    return message.partition(": ")[2] if message.startswith("Parser error at line") else message


def read_lines(batches: Iterable[list[str]]) -> Graph:
    """The graph of N-Triples lines without blank nodes, as the fact base gives them."""
    graph, reader = Graph(), TermReader()
    for batch in batches:
        quads = ox.parse("\n".join(batch), format=ox.RdfFormat.N_TRIPLES)
        graph.addN((*triple, graph) for triple in reader.triples(quads))
    return graph
