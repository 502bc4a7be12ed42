"""The definitions in a release's ontology files: classes and properties for readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN
from rdflib.term import Node

from st_opendata.model.text import Text
from st_opendata.namespaces import ST
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.reading import TermReader, read_rdf
from st_opendata.release.layout import ontology_files

_CLASSES = (OWL.Class, RDFS.Class)
_PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
_CITATION = DCTERMS.bibliographicCitation


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A class or property; texts by language. The page that shows an IRI of another term names it."""

    iri: str
    label: Text
    definition: Text
    examples: tuple[str, ...]
    notes: tuple[Text, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OntologyHeader:
    """The metadata of an ontology."""

    iri: str
    title: Text
    description: Text
    comment: Text
    version: str
    day: str
    licence: str
    prefix: str
    namespace: str
    citation: str


class Ontology:
    """The ontology files of an edition, read; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        """Raises InputError if a file is damaged."""
        self._graph, reader = Graph(), TermReader()
        self.files: list[str] = []
        for path in ontology_files(edition.files):
            triples = read_rdf(edition.path(path), reader)
            if any(kind in (OWL.Ontology, *_CLASSES, *_PROPERTIES) for _, _, kind in triples):
                self.files.append(path)
            for triple in triples:
                self._graph.add(triple)

    @cached_property
    def heads(self) -> tuple[OntologyHeader, ...]:
        """Our ontology first."""
        found = [each for each in self._graph.subjects(RDF.type, OWL.Ontology) if isinstance(each, URIRef)]
        return tuple(self._head(each) for each in sorted(found, key=lambda each: (str(each) != ST.rstrip("#"), each)))

    @cached_property
    def classes(self) -> tuple[OntologyTerm, ...]:
        """By IRI."""
        return tuple(
            self._term(each, RDFS.subClassOf, properties=self._with_domain(each)) for each in self._of(_CLASSES)
        )

    @cached_property
    def properties(self) -> tuple[OntologyTerm, ...]:
        """By IRI."""
        return tuple(
            self._term(
                each,
                RDFS.subPropertyOf,
                domains=self._ends(each, RDFS.domain),
                ranges=self._ends(each, RDFS.range),
            )
            for each in self._of(_PROPERTIES)
        )

    def _of(self, kinds: Iterable[URIRef]) -> list[URIRef]:
        return sorted({s for kind in kinds for s in self._graph.subjects(RDF.type, kind) if isinstance(s, URIRef)})

    def _term(
        self,
        iri: URIRef,
        above: URIRef,
        *,
        domains: tuple[str, ...] = (),
        ranges: tuple[str, ...] = (),
        properties: tuple[str, ...] = (),
    ) -> OntologyTerm:
        graph = self._graph
        return OntologyTerm(
            iri=str(iri),
            label=self._text(iri, RDFS.label),
            definition=self._text(iri, SKOS.definition) or self._text(iri, RDFS.comment),
            examples=tuple(sorted(map(str, graph.objects(iri, SKOS.example)))),
            notes=tuple(filter(None, (self._text(iri, each) for each in (SKOS.scopeNote, SKOS.note)))),
            parents=tuple(sorted(str(o) for o in graph.objects(iri, above) if isinstance(o, URIRef))),
            children=tuple(sorted(str(s) for s in graph.subjects(above, iri) if isinstance(s, URIRef))),
            domains=domains,
            ranges=ranges,
            properties=properties,
        )

    def _head(self, iri: URIRef) -> OntologyHeader:
        def one(*predicates: URIRef) -> str:
            return next((str(o) for p in predicates for o in self._graph.objects(iri, p)), "")

        return OntologyHeader(
            iri=str(iri),
            title=self._text(iri, DCTERMS.title) or self._text(iri, RDFS.label),
            description=self._text(iri, DCTERMS.description),
            comment=self._text(iri, RDFS.comment),
            version=one(OWL.versionInfo),
            day=one(DCTERMS.modified, DCTERMS.issued, DCTERMS.created),
            licence=one(DCTERMS.license),
            prefix=one(VANN.preferredNamespacePrefix),
            namespace=one(VANN.preferredNamespaceUri),
            citation=one(_CITATION),
        )

    def _text(self, subject: URIRef, predicate: URIRef) -> Text:
        literals = [o for o in self._graph.objects(subject, predicate) if isinstance(o, Literal)]
        return {literal.language or "und": str(literal) for literal in sorted(literals)}

    def _with_domain(self, cls: URIRef) -> tuple[str, ...]:
        return tuple(str(each) for each in self._of(_PROPERTIES) if str(cls) in self._ends(each, RDFS.domain))

    def _ends(self, prop: URIRef, predicate: URIRef) -> tuple[str, ...]:
        """The classes of a domain or range; a union gives its members."""
        return tuple(sorted(str(each) for end in self._graph.objects(prop, predicate) for each in self._members(end)))

    def _members(self, end: Node) -> Iterator[Node]:
        if not isinstance(end, BNode):
            yield end
            return
        for union in self._graph.objects(end, OWL.unionOf):
            yield from (each for each in Collection(self._graph, union) if isinstance(each, URIRef))
