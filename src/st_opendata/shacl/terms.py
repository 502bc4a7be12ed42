"""RDF terms and SHACL property paths as text: for findings (N-Triples), for people (short), and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from st_opendata.namespaces import PREFIXES
from st_opendata.namespaces import SH as SHACL
from st_opendata.rdf.lines import literal_text

SH = Namespace(SHACL)

_SUFFIXES: Mapping[URIRef, str] = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def term_text(term: Node) -> str:
    """The term in N-Triples syntax, lexical form untouched; a blank node as `_:b1`."""
    if isinstance(term, URIRef):
        return f"<{term}>"
    if isinstance(term, Literal):
        suffix = f"@{term.language}" if term.language else f"^^<{term.datatype}>" if term.datatype else ""
        return literal_text(str(term)) + suffix
    return f"_:{term}"


def in_order(terms: Iterable[Node]) -> list[Node]:
    """The distinct terms, sorted by their text: the order never depends on the run."""
    return sorted(set(terms), key=term_text)


def path_text(graph: Graph, path: Node) -> str:
    """A SHACL path (SHACL §2.3.1) as a SPARQL property path; a predicate path is its IRI in N-Triples syntax."""
    if not isinstance(path, BNode):
        return term_text(path)
    if (path, RDF.first, None) in graph:
        return "/".join(_step(graph, member) for member in Collection(graph, path))
    if alternatives := graph.value(path, SH.alternativePath):
        return "|".join(_step(graph, member) for member in Collection(graph, alternatives))
    if inverse := graph.value(path, SH.inversePath):
        return "^" + _step(graph, inverse)
    for predicate, suffix in _SUFFIXES.items():
        if repeated := graph.value(path, predicate):
            return _step(graph, repeated) + suffix
    return term_text(path)


def _step(graph: Graph, path: Node) -> str:
    text = path_text(graph, path)
    return f"({text})" if isinstance(path, BNode) and not text.startswith("^") else text


_IRI = re.compile(r"<([^<>\s]*)>")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^<>]*)>)?', re.DOTALL)
_BARE = {str(XSD[name]) for name in ("integer", "decimal", "double", "boolean", "date", "dateTime", "gYear")}
_UNESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\r": "\r", "\\t": "\t"}


def short(text: str) -> str:
    """For people: prefixed names for IRIs, text in quotes, numbers and dates bare."""
    if literal := _LITERAL.fullmatch(text):
        lexical = re.sub(r'\\[\\"nrt]', lambda match: _UNESCAPES[match[0]], literal[1])
        if literal[3] in _BARE and lexical:
            return lexical
        return f'"{lexical}"' + (f"@{literal[2]}" if literal[2] else "")
    return _IRI.sub(lambda match: short_iri(match[1]), text)


def short_iri(iri: str) -> str:
    """A prefixed name by the longest namespace that leaves a local name, else the IRI in angle brackets."""
    prefixes, form = _namespaces()
    found = form.fullmatch(iri)
    return f"{prefixes[found[1]]}:{found[2]}" if found else f"<{iri}>"


@cache
def _namespaces() -> tuple[dict[str, str], re.Pattern[str]]:
    """The prefixes of namespaces, and the form of IRIs in them."""
    prefixes = dict(sorted((space, name) for name, space in PREFIXES.items()))
    longest_first = "|".join(map(re.escape, reversed(prefixes)))
    return prefixes, re.compile(rf"({longest_first})([\w-][\w.-]*(?<!\.))")
