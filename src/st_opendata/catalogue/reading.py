"""Reading a DCAT description that someone else may have written."""

from __future__ import annotations

import logging
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, XSD

from st_opendata.errors import InputError
from st_opendata.formats import format_of
from st_opendata.place import Place

# rdflib logs a traceback for each literal that its datatype does not allow; published catalogues have many.
logging.getLogger("rdflib").addHandler(logging.NullHandler())

_SYNTAXES = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
    "json": ox.RdfFormat.JSON_LD,
}
"""Syntax by name of format in `formats`."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PLAIN = frozenset({str(XSD.string), str(RDF.langString)})


def read_dcat(path: Path) -> rdflib.Graph:
    """The triples of a Turtle, RDF/XML, JSON-LD, N-Triples or N-Quads file, known by its extension or its first bytes.

    Nothing is fetched: a JSON-LD context must be inline. IRIs are taken as they are written, since published catalogues
    are full of ones that no standard allows.

    Raises:
        InputError: the file cannot be read or has a syntax error; the place has its line where the parser knows it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=Place(str(path))) from None
    return parse_dcat(data, syntax_of(path.name) or sniff_syntax(data), base=path.resolve().as_uri(), shown=str(path))


def parse_dcat(data: bytes, syntax: ox.RdfFormat, *, base: str, shown: str) -> rdflib.Graph:
    """The triples of a document whose address is `base`; raises as `read_dcat`, naming it as `shown`."""
    graph = rdflib.Graph(bind_namespaces="none")
    try:
        for quad in ox.parse(data.removeprefix(_BYTE_ORDER_MARK), format=syntax, base_iri=base, lenient=True):
            graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    except (SyntaxError, ValueError) as error:
        line, offset = getattr(error, "lineno", None), getattr(error, "offset", None)
        raise InputError(
            f"not valid {syntax.name}: {getattr(error, 'msg', None) or error}",
            place=Place(shown, line=line, offset=offset),
            remedy="Mend the syntax, or give the file the extension of its format: .ttl, .rdf, .jsonld, .nt or .nq.",
        ) from None
    return graph


def syntax_of(file_name: str) -> ox.RdfFormat | None:
    """The syntax that the file's extension names, or None."""
    form = format_of(file_name)
    return _SYNTAXES.get(form.name) if form else None


def sniff_syntax(data: bytes) -> ox.RdfFormat:
    """The syntax that the first bytes look like: XML, JSON or else Turtle, which includes N-Triples."""
    start = data.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    return {b"<": _angled(data), b"{": ox.RdfFormat.JSON_LD, b"[": ox.RdfFormat.JSON_LD}.get(start, ox.RdfFormat.TURTLE)


def _angled(data: bytes) -> ox.RdfFormat:
    """XML and N-Triples both start with an angle bracket."""
    head = data[:2000]
    return ox.RdfFormat.RDF_XML if b"<?xml" in head or b"xmlns" in head else ox.RdfFormat.TURTLE


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        datatype = None if term.datatype.value in _PLAIN else rdflib.URIRef(term.datatype.value)
        # xml:lang="en_US" is common, and rdflib refuses it.
        language = term.language.replace("_", "-") if term.language else None
        return rdflib.Literal(term.value, lang=language, datatype=datatype, normalize=False)
    raise ValueError(f"{term} is a triple term, which RDF 1.1 does not have")
