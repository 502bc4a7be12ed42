"""RDF namespaces of a catalogue and the few ways to state something: a text, a concept, a web page."""

from __future__ import annotations

from functools import cached_property

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import Namespace

from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.statements import Statements, Term, iri_node, literal_node
from st_opendata.vocabularies import concept_iri, label, scheme_iri, scheme_title


class TermNamespace(Namespace):
    """A namespace that makes each of its terms once."""

    def __getattr__(self, name: str) -> URIRef:
        term = super().__getattr__(name)
        vars(self)[name] = term
        return term

    @cached_property
    def title(self) -> URIRef:  # type: ignore[override]  # as in the namespaces of rdflib, not the method of texts
        """The term."""
        return self.term("title")


ADMS = TermNamespace(PREFIXES["adms"])
DCAT = TermNamespace(PREFIXES["dcat"])
DCATAP = TermNamespace(PREFIXES["dcatap"])
DCT = TermNamespace(PREFIXES["dct"])
ELI = TermNamespace(PREFIXES["eli"])
FOAF = TermNamespace(PREFIXES["foaf"])
GSP = TermNamespace(PREFIXES["gsp"])
LOCN = TermNamespace(PREFIXES["locn"])
PROV = TermNamespace(PREFIXES["prov"])
RDF = TermNamespace(PREFIXES["rdf"])
RDFS = TermNamespace(PREFIXES["rdfs"])
SKOS = TermNamespace(PREFIXES["skos"])
SPDX = TermNamespace(PREFIXES["spdx"])
VCARD = TermNamespace(PREFIXES["vcard"])
VOID = TermNamespace(PREFIXES["void"])
XSD = TermNamespace(PREFIXES["xsd"])


def state(graph: Statements, node: ox.NamedNode, predicate: URIRef, value: Term) -> None:
    """Add one statement."""
    graph.add(node.value, str(predicate), value)


def add_types(graph: Statements, iri: str, *types: URIRef) -> ox.NamedNode:
    """The node of that IRI with its types, so that readers of this file need no inference."""
    node = iri_node(iri)
    for kind in types:
        state(graph, node, RDF.type, iri_node(kind))
    return node


def add_text(graph: Statements, node: ox.NamedNode, predicate: URIRef, text: Text | None) -> None:
    """One literal per language."""
    for language, value in (text or {}).items():
        state(graph, node, predicate, literal_node(value, language=language))


def add_concept(graph: Statements, table: str, code: str, *types: URIRef) -> ox.NamedNode:
    """The concept of an EU or ADMS table with its labels and its scheme."""
    concept, scheme = add_types(graph, concept_iri(table, code), SKOS.Concept, *types), scheme_iri(table)
    if not graph.has(concept.value, str(SKOS.inScheme), iri_node(scheme)):  # each distribution names the same few
        add_text(graph, concept, SKOS.prefLabel, label(table, code))
        state(graph, concept, SKOS.inScheme, add_scheme(graph, table))
    return concept


def add_scheme(graph: Statements, table: str) -> ox.NamedNode:
    """The skos:ConceptScheme of a table with its title."""
    return add_scheme_of(graph, scheme_iri(table), scheme_title(table))


def add_scheme_of(graph: Statements, iri: str, title: Text) -> ox.NamedNode:
    """A skos:ConceptScheme with its title."""
    scheme = add_types(graph, iri, SKOS.ConceptScheme)
    add_text(graph, scheme, DCT.title, title)
    return scheme


def add_page(graph: Statements, url: str, title: Text | None = None) -> ox.NamedNode:
    """A web page (foaf:Document)."""
    page = add_types(graph, url, FOAF.Document)
    add_text(graph, page, DCT.title, title)
    return page


def add_standard(graph: Statements, url: str, title: Text | None = None) -> ox.NamedNode:
    """A standard that something conforms to (dct:Standard)."""
    standard = add_types(graph, url, DCT.Standard)
    add_text(graph, standard, DCT.title, title)
    return standard


def add_labelled(graph: Statements, iri: str, kind: URIRef, text: Text) -> ox.NamedNode:
    """A statement in words, such as of rights or provenance."""
    node = add_types(graph, iri, kind)
    add_text(graph, node, RDFS.label, text)
    return node


def add_checksum(graph: Statements, node: ox.NamedNode, digest: str) -> None:
    """spdx:checksum with a SHA-256 digest."""
    iri = node.value
    checksum = add_types(graph, f"{iri}{'-' if '#' in iri else '#'}checksum", SPDX.Checksum)
    algorithm = add_types(graph, SPDX.checksumAlgorithm_sha256, SPDX.ChecksumAlgorithm)
    state(graph, checksum, SPDX.algorithm, algorithm)
    state(graph, checksum, SPDX.checksumValue, literal_node(digest, datatype=XSD.hexBinary))
    state(graph, node, SPDX.checksum, checksum)
