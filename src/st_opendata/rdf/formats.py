"""One record per RDF syntax and per format of SPARQL results: names, media types, and the engine's constant.

Those that are file formats too have their extension and their first media type from that record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from st_opendata.formats import (
    CSV,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    format_of,
)

if TYPE_CHECKING:
    import pyoxigraph as ox

_W3C = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """A format for answers to queries; `iri` is its entry in the W3C list of formats."""

    name: str
    media_type: str
    iri: str
    constant: str
    """Name of the engine's constant."""
    also: tuple[str, ...] = ()
    """Further media types for it in requests."""
    names: tuple[str, ...] = ()
    """Further names: those that other servers accept, and extensions of files."""


@dataclass(frozen=True, slots=True)
class ResultFormat(AnswerFormat):
    """A format for solutions and truth values."""

    @property
    def engine(self) -> ox.QueryResultsFormat:
        """The engine's constant."""
        import pyoxigraph as ox  # takes longer to load than --help

        found: ox.QueryResultsFormat = getattr(ox.QueryResultsFormat, self.constant)
        return found


@dataclass(frozen=True, slots=True)
class GraphFormat(AnswerFormat):
    """A syntax for triples; `file` is the record of files in this syntax."""

    file: Format = TURTLE

    @property
    def engine(self) -> ox.RdfFormat:
        """The engine's constant."""
        import pyoxigraph as ox  # takes longer to load than --help

        found: ox.RdfFormat = getattr(ox.RdfFormat, self.constant)
        return found


def _graph(
    name: str, file: Format, constant: str, also: tuple[str, ...], names: tuple[str, ...] = (), iri: str | None = None
) -> GraphFormat:
    return GraphFormat(name, file.media_type, _W3C + (iri or file.label), constant, also, names, file)


RESULTS = (
    ResultFormat("json", "application/sparql-results+json", f"{_W3C}SPARQL_Results_JSON", "JSON",
                 (JSON.media_type,), ("srj",)),
    ResultFormat("xml", "application/sparql-results+xml", f"{_W3C}SPARQL_Results_XML", "XML",
                 ("application/xml", "text/xml"), ("srx",)),
    ResultFormat("csv", CSV.media_type, f"{_W3C}SPARQL_Results_CSV", "CSV"),
    ResultFormat("tsv", "text/tab-separated-values", f"{_W3C}SPARQL_Results_TSV", "TSV"),
)  # fmt: skip
"""The preferred one first."""
GRAPHS = (
    _graph("turtle", TURTLE, "TURTLE",
           ("application/turtle", "application/x-turtle", "text/n3", "text/rdf+n3", "application/n3"), ("ttl",)),
    _graph("ntriples", N_TRIPLES, "N_TRIPLES", ("text/plain",), ("nt",)),
    _graph("rdfxml", RDF_XML, "RDF_XML", ("application/xml", "text/xml"), ("rdf", "xml", "rdf/xml"), "RDF_XML"),
    _graph("jsonld", JSON_LD, "JSON_LD", (JSON.media_type, "application/x-json+ld"), ("json", "json-ld")),
    _graph("trig", TRIG, "TRIG", ("application/x-trig",)),
    _graph("nquads", N_QUADS, "N_QUADS", ("text/x-nquads",), ("nq",)),
)  # fmt: skip
"""The preferred one first. Clients that ask for N3 get Turtle, which is a part of it."""
RESULT_FORMATS = {form.name: form for form in RESULTS}
GRAPH_FORMATS = {form.name: form for form in GRAPHS}
RESULT_NAMES = ("csv", "tsv", "json", "xml")
"""The names of result formats on the command line, in the order of its list."""
GRAPH_NAMES = ("turtle", "ntriples", "rdfxml", "jsonld")
"""The same for triples."""
_BY_FILE = {form.file: form for form in GRAPHS} | {JSON: GRAPH_FORMATS["jsonld"]}


def graph_format(form: Format) -> GraphFormat:
    """The syntax of files of this format; KeyError if they are not RDF."""
    return _BY_FILE[form]


def graph_format_of(file_name: str) -> GraphFormat | None:
    """The syntax that the file's extension names, or None."""
    form = format_of(file_name)
    return _BY_FILE.get(form) if form else None


def accept_header(formats: Iterable[Format]) -> str:
    """An Accept header that asks for the formats, the preferred one first, or else for anything (RFC 9110 §12.5.1)."""
    first, *others = (form.media_type for form in formats)
    weighed = (f"{media_type};q={1 - place / 10:.1f}" for place, media_type in enumerate(others, 1))
    return ", ".join((first, *weighed, "*/*;q=0.1"))
