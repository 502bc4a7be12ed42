"""The terms that data use where shapes look for targets; facts answer from their columns, without a graph of them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, Graph
from rdflib.term import Node

from st_opendata.rdf.lines import graph_of_lines, parse_lines
from st_opendata.rdf.reading import TermReader
from st_opendata.shacl.terms import SH, term_text

if TYPE_CHECKING:  # DuckDB is not needed to validate files
    from st_opendata.facts import FactBase

_SUBCLASS = term_text(RDFS.subClassOf)


@dataclass(frozen=True, slots=True)
class MetTerms:
    """The predicates and the classes of instances of some data; `hierarchy` has the data's rdfs:subClassOf."""

    predicates: Set[Node]
    classes: Set[Node]
    hierarchy: Graph

    def has_instance(self, kind: Node) -> bool:
        """Whether the data have a SHACL instance of the class (SHACL §1.1)."""
        return kind in self.classes or any(
            node in self.classes for node in self.hierarchy.transitive_subjects(RDFS.subClassOf, kind)
        )

    def has_target(self, shapes: Graph) -> bool:
        """Whether some shape has a target (SHACL §2.1.3). It may be true for a shape that is deactivated."""
        if (None, SH.targetNode, None) in shapes:
            return True
        properties = (*shapes.objects(None, SH.targetSubjectsOf), *shapes.objects(None, SH.targetObjectsOf))
        kinds = {*shapes.objects(None, SH.targetClass), *_classes_of(shapes)}
        return not self.predicates.isdisjoint(properties) or any(map(self.has_instance, kinds))


def _classes_of(shapes: Graph) -> Iterable[Node]:
    """The classes that the shapes graph states, which are targets if they are shapes (SHACL §2.1.3.3)."""
    kinds = {RDFS.Class, *shapes.transitive_subjects(RDFS.subClassOf, RDFS.Class)}
    return (node for kind in kinds for node in shapes.subjects(RDF.type, kind))


def terms_of_graph(data: Graph) -> MetTerms:
    """The terms of a graph, which stays the hierarchy."""
    return MetTerms(frozenset(data.predicates()), frozenset(data.objects(None, RDF.type)), data)


def terms_of_facts(facts: FactBase, background: Graph) -> MetTerms:
    """The terms of the facts and the background together."""
    predicates = facts.predicates()
    hierarchy = graph_of_lines(facts.statements([_SUBCLASS])) if _SUBCLASS in predicates else Graph()
    for triple in background.triples((None, RDFS.subClassOf, None)):
        hierarchy.add(triple)
    return MetTerms(
        _nodes(predicates) | set(background.predicates()),
        _nodes(facts.classes()) | set(background.objects(None, RDF.type)),
        hierarchy,
    )


def _nodes(terms: Iterable[str]) -> set[Node]:
    lines = [f"<urn:s> <urn:p> {term} ." for term in terms]
    return {node for _, _, node in TermReader().triples(parse_lines([lines]))}
