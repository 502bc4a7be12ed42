"""Reading RDF files into rdflib terms, literals kept letter by letter.

pyoxigraph parses (20 times faster than rdflib's own parsers, with line and column of an error), rdflib holds the
small graphs that SHACL and DCAT need. Nothing is fetched: JSON-LD contexts must be inline, `owl:imports` is a triple.
"""

from __future__ import annotations

import codecs
import logging
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef

from st_opendata.errors import InputError, MessageError
from st_opendata.formats import format_of
from st_opendata.messages.message import Message, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.namespaces import RDF, XSD
from st_opendata.place import Place
from st_opendata.rdf.formats import graph_format_of

Subject = URIRef | BNode
Triple = tuple[Subject, URIRef, URIRef | BNode | Literal]

_EXTENSIONS = ".ttl, .nt, .nq, .trig, .rdf, .jsonld"
_PLAIN = frozenset({f"{XSD}string", f"{RDF}langString"})
"""Implicit datatypes of literals; rdflib treats a literal with an explicit one as a different term."""
_ENTITY = re.compile(rb"""<!ENTITY\s+(?:%\s+)?[^\s"'>]+\s+(["'])(.*?)\1""", re.DOTALL)
_REFERENCE = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)|%[\w.-]+;")
_NOT_IN_IRI = re.compile(r"""[<>" {}|\\^`]""")
"""Characters that rdflib does not write in an IRI."""
_MAX_EXPANSION = 100_000_000


def _wanted(record: logging.LogRecord) -> bool:
    return "does not look like a valid URI" not in record.getMessage() and not record.exc_info


# rdflib logs each ill-typed literal (with a traceback) and ill-formed IRI; here they are data to report on.
logging.getLogger("rdflib.term").addFilter(_wanted)


class ForeignTermError(MessageError):
    """A term that RDF 1.1 does not have."""


class IllFormedIri(URIRef):
    """A text that is not an IRI, as published data have many: rdflib writes this class but no other.

    It equals no other term than itself, as one reader makes one of each.
    """

    __slots__ = ()

    def n3(self, namespace_manager: object = None) -> str:  # noqa: ARG002 (it has no prefix)
        """Its text between angle brackets."""
        return f"<{self}>"


def iri_term(iri: str) -> URIRef:
    """A term for the text of an IRI; ill-formed ones are equal only if they are one object."""
    return IllFormedIri(iri) if _NOT_IN_IRI.search(iri) else URIRef(iri)


@dataclass(slots=True)
class TermReader:
    """pyoxigraph terms to rdflib terms; blank nodes are named `b1`, `b2`… in order of appearance.

    Use one reader for all documents of a graph, so that their blank nodes stay distinct.
    """

    _named: dict[ox.NamedNode, URIRef] = field(default_factory=dict)
    _blank: dict[ox.BlankNode, BNode] = field(default_factory=dict)
    _count: int = 0

    def triples(self, quads: Iterable[ox.Quad | ox.Triple]) -> list[Triple]:
        """The triples of one document, to which the labels of its blank nodes are local; names of graphs are dropped.

        Raises:
            ValueError: a term that RDF 1.1 does not have: a triple term, a base direction or a wrong language tag.
        """
        self._blank.clear()
        node = self.node
        with warnings.catch_warnings():
            # rdflib warns of an ill-typed boolean; like the log records above, it is data to report on.
            warnings.filterwarnings("ignore", "Parsing weird boolean")
            return [(self._subject(quad.subject), self._iri(quad.predicate), node(quad.object)) for quad in quads]

    def node(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> URIRef | BNode | Literal:
        """One term; raises as `triples`."""
        if not isinstance(term, ox.Literal):
            return self._subject(term)
        if term.direction is not None:
            raise ForeignTermError(message("{term} has a base direction, which RDF 1.1 does not have", term=str(term)))
        datatype = None if term.datatype.value in _PLAIN else self._iri(term.datatype)
        # RDF/XML lets xml:lang="en_US" pass, which is common, and rdflib refuses it.
        language = term.language.replace("_", "-") if term.language else None
        return Literal(term.value, lang=language, datatype=datatype, normalize=False)

    def _subject(self, term: ox.NamedNode | ox.BlankNode | ox.Triple) -> Subject:
        if isinstance(term, ox.NamedNode):
            return self._iri(term)
        if isinstance(term, ox.Triple):
            raise ForeignTermError(message("{term} is a triple term, which RDF 1.1 does not have", term=str(term)))
        blank = self._blank.get(term)
        if blank is None:
            self._count += 1
            blank = self._blank[term] = BNode(f"b{self._count}")
        return blank

    def _iri(self, term: ox.NamedNode) -> URIRef:
        found = self._named.get(term)
        if found is None:
            found = self._named[term] = iri_term(term.value)
        return found


def read_rdf(path: Path, reader: TermReader | None = None, *, lenient: bool = False) -> list[Triple]:
    """The triples of an RDF file; its extension names the syntax, or else its first bytes do.

    `lenient` lets ill-formed IRIs pass, as published catalogues have many.

    Raises:
        InputError: no such file, an extension of another format, or text that does not parse, with line and column.
    """
    syntax = syntax_of(path.name)
    if syntax is None and format_of(path.name):
        raise InputError(
            message("the file does not have the name of an RDF file"),
            place=Place(str(path)),
            remedy=message("Name the file by its format: {extensions}.", extensions=_EXTENSIONS),
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = system_reason(error)
        raise InputError(
            message("the file cannot be read: {reason}", reason=reason),
            place=Place(str(path)),
            remedy=message("Check the path."),
        ) from error
    # The name alone is the base: a report must not show in which folder of which machine the file was.
    base = f"file:///{quote(path.name)}"
    return parse_rdf(data, syntax, base=base, shown=str(path), reader=reader, lenient=lenient)


def parse_rdf(
    data: bytes,
    syntax: ox.RdfFormat | None,
    *,
    base: str,
    shown: str,
    reader: TermReader | None = None,
    lenient: bool = False,
) -> list[Triple]:
    """The triples of a document whose address is `base`, as `read_rdf`; without `syntax`, its first bytes tell it.

    Raises:
        InputError: it does not parse; the place has the name `shown` and line and column where the parser knows them.
    """
    syntax = syntax or sniff_syntax(data)
    try:
        if syntax == ox.RdfFormat.RDF_XML:
            _refuse_growing_entities(data)
        quads = ox.parse(data.removeprefix(codecs.BOM_UTF8), format=syntax, base_iri=base, lenient=lenient)
        return (reader or TermReader()).triples(quads)
    except (SyntaxError, ValueError) as error:
        line, offset = getattr(error, "lineno", None), getattr(error, "offset", None)
        fields = {"syntax": syntax.name, "extensions": _EXTENSIONS}
        raise InputError(
            message("not valid {syntax}: {reason}", syntax=syntax.name, reason=_reason(error)),
            place=Place(shown, line=line, offset=offset),
            remedy=message(
                "Correct the {syntax} at or just before this place, or name the file by its format: {extensions}.",
                **fields,
            )
            if line
            else message(
                "Correct the {syntax} and save it as UTF-8, or name the file by its format: {extensions}.", **fields
            ),
        ) from error


def syntax_of(file_name: str) -> ox.RdfFormat | None:
    """The syntax that the file's extension names, or None."""
    form = graph_format_of(file_name)
    return form.engine if form else None


def sniff_syntax(data: bytes) -> ox.RdfFormat:
    """The syntax that the first bytes look like: XML, JSON or else Turtle, which includes N-Triples."""
    head = data[:2000].removeprefix(codecs.BOM_UTF8).lstrip()
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
        raise MessageError(message("its entities would expand without limit"))


def _reason(error: Exception) -> Message | str:
    """The parser's text without `Parser error at line 2 column 12: ` and `(line 2)`, which the place has too."""
    if isinstance(error, MessageError):
        return error.message
    return re.sub(r"^Parser error at line [^:]*: | \(line \d+\)$", "", getattr(error, "msg", None) or str(error))
