"""Media types of results (SPARQL 1.1 Query Results) and of graphs, by the names that `format=` takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

_W3C = "http://www.w3.org/ns/formats/"


@dataclass(frozen=True, slots=True)
class Form:
    """How a result can be written; `iri` is its entry in the W3C list of formats."""

    name: str
    media_type: str
    iri: str
    kind: ox.QueryResultsFormat | ox.RdfFormat
    also: tuple[str, ...] = ()
    """Further media types by which a client may ask for it."""


SOLUTIONS = (
    Form("json", "application/sparql-results+json", f"{_W3C}SPARQL_Results_JSON", ox.QueryResultsFormat.JSON,
         ("application/json",)),
    Form("xml", "application/sparql-results+xml", f"{_W3C}SPARQL_Results_XML", ox.QueryResultsFormat.XML,
         ("application/xml", "text/xml")),
    Form("csv", "text/csv", f"{_W3C}SPARQL_Results_CSV", ox.QueryResultsFormat.CSV),
    Form("tsv", "text/tab-separated-values", f"{_W3C}SPARQL_Results_TSV", ox.QueryResultsFormat.TSV),
)  # fmt: skip
GRAPHS = (
    Form("turtle", "text/turtle", f"{_W3C}Turtle", ox.RdfFormat.TURTLE, ("application/x-turtle",)),
    Form("ntriples", "application/n-triples", f"{_W3C}N-Triples", ox.RdfFormat.N_TRIPLES, ("text/plain",)),
    Form("rdfxml", "application/rdf+xml", f"{_W3C}RDF_XML", ox.RdfFormat.RDF_XML, ("application/xml", "text/xml")),
    Form("jsonld", "application/ld+json", f"{_W3C}JSON-LD", ox.RdfFormat.JSON_LD, ("application/json",)),
    Form("trig", "application/trig", f"{_W3C}TriG", ox.RdfFormat.TRIG),
    Form("nquads", "application/n-quads", f"{_W3C}N-Quads", ox.RdfFormat.N_QUADS),
)
SOLUTION_FORMS = {form.name: form for form in SOLUTIONS}
GRAPH_FORMS = {form.name: form for form in GRAPHS}


@cache
def offered(forms: tuple[Form, ...]) -> dict[str, Form]:
    """The forms by every media type that names them, the preferred ones first."""
    first = {form.media_type: form for form in forms}
    return first | {media_type: form for form in forms for media_type in form.also}


def content_type(media_type: str) -> str:
    """The value of Content-Type: texts say that they are UTF-8, the others are that anyway."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
