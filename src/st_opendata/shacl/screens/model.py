"""The shapes of a graph as pySHACL finds them, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyshacl.shapes_graph import ShapesGraph
from rdflib import OWL, RDF, RDFS, Graph, Literal
from rdflib.term import Node

from st_opendata.shacl.paths import Path, read_path
from st_opendata.shacl.terms import SH, in_order
from st_opendata.shacl.wellformed import list_members, references

_TARGETS = (SH.targetNode, SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a shape is applied to (SHACL §2.1.3); implicit class targets are among the classes."""

    nodes: tuple[Node, ...]
    classes: tuple[Node, ...]
    subjects_of: tuple[Node, ...]
    objects_of: tuple[Node, ...]

    def __bool__(self) -> bool:
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)


class Model:
    """The shapes of a well-formed shapes graph. pySHACL adds two statements to the graph, which mean nothing here."""

    def __init__(self, graph: Graph) -> None:
        """Raises pySHACL's ReportableRuntimeError for a graph that it refuses."""
        self.graph = graph
        self._found = ShapesGraph(graph)
        self._shapes = {shape.node: shape for shape in self._found.shapes}
        self._paths: dict[Node, Path | None] = {}

    @cached_property
    def targets(self) -> Mapping[Node, Targets]:
        """The shapes with targets that are not deactivated; a shape that others refer to comes before them."""
        found = {}
        for node in sorted(in_order(self._shapes), key=lambda node: self._height(node, frozenset())):
            shape = self._shapes[node]
            if shape.deactivated:
                continue
            nodes, classes, implicit, objects_of, subjects_of = shape.target()
            groups = (nodes, (*classes, *implicit), subjects_of, objects_of)
            if targets := Targets(*(tuple(in_order(group)) for group in groups)):
                found[node] = targets
        return found

    def _height(self, node: Node, above: frozenset[Node]) -> int:
        below = [each for each in references(self.graph, node) if each not in above]
        return 1 + max((self._height(each, above | {node}) for each in below), default=0)

    def deactivated(self, shape: Node) -> bool:
        """True for a shape that every node conforms to."""
        found: bool = self._shapes[shape].deactivated
        return found

    def path(self, shape: Node) -> Path | None:
        """The path of a property shape, None for a node shape."""
        if shape not in self._paths:
            path = self.graph.value(shape, SH.path)
            self._paths[shape] = None if path is None else read_path(self.graph, path)
        return self._paths[shape]

    def is_custom(self, shape: Node) -> bool:
        """True if a constraint component that the shapes graph defines applies to the shape."""
        return bool(self._shapes[shape].find_custom_constraints())

    def values(self, shape: Node, parameter: str) -> list[Node]:
        """The values of a parameter, sorted."""
        return in_order(self.graph.objects(shape, SH[parameter]))

    def number(self, shape: Node, parameter: str) -> int | None:
        """The value of a parameter that is a number."""
        value = self.graph.value(shape, SH[parameter])
        return int(value.value) if isinstance(value, Literal) else None

    def is_true(self, shape: Node, parameter: str) -> bool:
        """True for a flag that is set."""
        return any(str(value) == "true" for value in self.graph.objects(shape, SH[parameter]))

    def lists(self, shape: Node, parameter: str) -> Iterator[list[Node]]:
        """The members of each list that is a value of the parameter."""
        for head in self.values(shape, parameter):
            yield list_members(self.graph, head) or []

    def siblings(self, shape: Node, qualified: Node) -> list[Node]:
        """The sibling shapes of a disjoint qualified value shape (SHACL §4.7.3)."""
        if not self.is_true(shape, "qualifiedValueShapesDisjoint"):
            return []
        return in_order(
            other
            for parent in self.graph.subjects(SH.property, shape)
            for child in self.graph.objects(parent, SH.property)
            for other in self.graph.objects(child, SH.qualifiedValueShape)
            if other != qualified
        )

    def without_targets(self) -> Graph:
        """A copy of the shapes graph in which no shape has a target."""
        classes = {RDFS.Class, OWL.Class, *self.graph.subjects(RDFS.subClassOf, RDFS.Class)}
        copy = Graph()
        for triple in self.graph:
            subject, predicate, value = triple
            implicit = predicate == RDF.type and value in classes and subject in self._shapes
            if predicate not in _TARGETS and not implicit:
                copy.add(triple)
        return copy
