"""RDF namespaces of a catalogue and the few ways to state something: a text, a concept, a web page."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS, Namespace

from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.vocabularies import concept_iri, label, scheme_iri, scheme_title

ADMS = Namespace(PREFIXES["adms"])
DCAT = Namespace(PREFIXES["dcat"])
DCATAP = Namespace(PREFIXES["dcatap"])
DCT = Namespace(PREFIXES["dct"])
ELI = Namespace(PREFIXES["eli"])
FOAF = Namespace(PREFIXES["foaf"])
GSP = Namespace(PREFIXES["gsp"])
PROV = Namespace(PREFIXES["prov"])
SPDX = Namespace(PREFIXES["spdx"])
VCARD = Namespace(PREFIXES["vcard"])
VOID = Namespace(PREFIXES["void"])


def add_types(graph: Graph, iri: str, *types: URIRef) -> URIRef:
    """The node of that IRI with its types, so that readers of this file need no inference."""
    node = URIRef(iri)
    for kind in types:
        graph.add((node, RDF.type, kind))
    return node


def add_text(graph: Graph, node: URIRef, predicate: URIRef, text: Text | None) -> None:
    """One literal per language."""
    for language, value in (text or {}).items():
        graph.add((node, predicate, Literal(value, lang=language)))


def add_concept(graph: Graph, table: str, code: str, *types: URIRef) -> URIRef:
    """The concept of an EU or ADMS table with its labels and its scheme."""
    concept = add_types(graph, concept_iri(table, code), SKOS.Concept, *types)
    if (concept, SKOS.inScheme, URIRef(scheme_iri(table))) not in graph:  # each distribution names the same few
        add_text(graph, concept, SKOS.prefLabel, label(table, code))
        graph.add((concept, SKOS.inScheme, add_scheme(graph, table)))
    return concept


def add_scheme(graph: Graph, table: str) -> URIRef:
    """The skos:ConceptScheme of a table with its title."""
    scheme = add_types(graph, scheme_iri(table), SKOS.ConceptScheme)
    add_text(graph, scheme, DCT.title, scheme_title(table))
    return scheme


def add_page(graph: Graph, url: str, title: Text | None = None) -> URIRef:
    """A web page (foaf:Document)."""
    page = add_types(graph, url, FOAF.Document)
    add_text(graph, page, DCT.title, title)
    return page


def add_standard(graph: Graph, url: str, title: Text | None = None) -> URIRef:
    """A standard that something conforms to (dct:Standard)."""
    standard = add_types(graph, url, DCT.Standard)
    add_text(graph, standard, DCT.title, title)
    return standard


def add_labelled(graph: Graph, iri: str, kind: URIRef, text: Text) -> URIRef:
    """A statement in words, such as of rights or provenance."""
    node = add_types(graph, iri, kind)
    add_text(graph, node, RDFS.label, text)
    return node
