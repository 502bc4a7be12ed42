"""Reading a DCAT description that someone else may have written."""

from __future__ import annotations

import logging
import re
import warnings
from pathlib import Path
from urllib.parse import quote

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
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?[^\s"'>]+\s+(["'])(.*?)\1""", re.DOTALL)
_REFERENCE = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)|%[\w.-]+;")
_MAX_EXPANSION = 500_000_000
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
    # The name alone is the base of relative IRIs: a score must not tell in which folder of whose machine the file was.
    base = f"file:///{quote(path.name)}"
    return parse_dcat(data, syntax_of(path.name) or sniff_syntax(data), base=base, shown=str(path))


def parse_dcat(data: bytes, syntax: ox.RdfFormat, *, base: str, shown: str) -> rdflib.Graph:
    """The triples of a document whose address is `base`; raises as `read_dcat`, naming it as `shown`."""
    graph = rdflib.Graph(bind_namespaces="none")
    blank: dict[ox.BlankNode, rdflib.BNode] = {}
    try:
        if syntax == ox.RdfFormat.RDF_XML:
            _refuse_growing_entities(data)
        with warnings.catch_warnings():
            # An ill-typed boolean is for SHACL to find.
            warnings.filterwarnings("ignore", "Parsing weird boolean")
            for quad in ox.parse(data.removeprefix(_BYTE_ORDER_MARK), format=syntax, base_iri=base, lenient=True):
                graph.add((_term(quad.subject, blank), _term(quad.predicate, blank), _term(quad.object, blank)))
    except (SyntaxError, ValueError) as error:
        line, offset = getattr(error, "lineno", None), getattr(error, "offset", None)
        # The place says already what the parser's "Parser error at line 7 column 1: " does.
        reason = re.sub(r"^Parser error at line [^:]*: ", "", getattr(error, "msg", None) or str(error))
        raise InputError(
            f"not valid {syntax.name}: {reason}",
            place=Place(shown, line=line, offset=offset),
            remedy="Mend it, save it as UTF-8, or give it the extension of its format: .ttl, .rdf, .jsonld, .nt, .nq.",
        ) from None
    return graph


def syntax_of(file_name: str) -> ox.RdfFormat | None:
    """The syntax that the file's extension names, or None."""
    form = format_of(file_name)
    return _SYNTAXES.get(form.name) if form else None


def sniff_syntax(data: bytes) -> ox.RdfFormat:
    """The syntax that the first bytes look like: XML, JSON or else Turtle, which includes N-Triples."""
    head = data[:2000].removeprefix(_BYTE_ORDER_MARK).lstrip()
    if re.match(rb'\{|\[\s*[{\["]', head):
        return ox.RdfFormat.JSON_LD
    # N-Triples start with an angle bracket too, and may name http://xmlns.com/.
    xml = head.startswith((b"<?xml", b"<!")) or (head.startswith(b"<") and re.search(rb"\sxmlns[:=]", head))
    return ox.RdfFormat.RDF_XML if xml else ox.RdfFormat.TURTLE


def _refuse_growing_entities(data: bytes) -> None:
    """The parser expands entities without a bound, and a few nested ones fill any memory ("billion laughs")."""
    values = [match[2] for match in _ENTITY.finditer(data)]
    nested = any(_REFERENCE.search(value) for value in values)
    if nested or max(map(len, values), default=0) * data.count(b"&") > _MAX_EXPANSION:
        raise ValueError("its entities would expand beyond measure")


def _term(
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, blank: dict[ox.BlankNode, rdflib.BNode]
) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    """Blank nodes are named in the order in which they appear, so that two runs name them alike."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return blank.setdefault(term, rdflib.BNode(f"b{len(blank) + 1}"))
    if isinstance(term, ox.Literal):
        datatype = None if term.datatype.value in _PLAIN else rdflib.URIRef(term.datatype.value)
        # xml:lang="en_US" is common, and rdflib refuses it.
        language = term.language.replace("_", "-") if term.language else None
        return rdflib.Literal(term.value, lang=language, datatype=datatype, normalize=False)
    raise ValueError(f"{term} is a triple term, which RDF 1.1 does not have")
