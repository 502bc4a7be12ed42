"""RDF terms as the columns hold them: N-Triples, with few escapes, and language tags in lower case."""

from __future__ import annotations

import re
import warnings

from rdflib import XSD, BNode, Literal, URIRef
from rdflib.term import Node

from st_opendata.rdf.reading import iri_term
from st_opendata.shacl.terms import term_text

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_TAIL = re.compile(r'"(?:@([A-Za-z0-9-]+)|\^\^<([^<>]*)>)?\Z')


def column_text(term: Node) -> str:
    """The term as the columns hold it."""
    if isinstance(term, Literal) and term.language:
        return term_text(Literal(str(term), lang=term.language.lower()))
    return term_text(term)


class TermCache:
    """Texts of columns as rdflib terms, each IRI as one object."""

    def __init__(self) -> None:
        self._iris: dict[str, URIRef] = {}

    def node(self, text: str) -> URIRef | BNode | Literal:
        """The term of a text; a blank node keeps its label."""
        if text.startswith("<"):
            return self._iri(text[1:-1])
        if text.startswith("_"):
            return BNode(text[2:])
        tail = _TAIL.search(text)
        assert tail is not None
        lexical = text[1 : tail.start()]
        if "\\" in lexical:
            lexical = _ESCAPE.sub(_unescaped, lexical)
        datatype = None if tail[2] is None else self._iri(tail[2])
        if datatype != XSD.boolean:
            return Literal(lexical, lang=tail[1], datatype=datatype, normalize=False)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Parsing weird boolean")
            return Literal(lexical, datatype=datatype, normalize=False)

    def _iri(self, iri: str) -> URIRef:
        found = self._iris.get(iri)
        if found is None:
            found = self._iris[iri] = iri_term(iri)
        return found


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _LETTERS.get(match[3], match[3])
