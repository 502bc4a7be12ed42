"""A base for constraint components that replace pySHACL's: subclasses only select the values that do not conform."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.shape import Shape
from rdflib import Graph, URIRef
from rdflib.term import Node

from st_opendata.shacl.terms import in_order

_Reports = list[tuple[str, Node, list[tuple[Node, Node, Any]]]]


class ValueComponent(ConstraintComponent):
    """A component that judges value nodes by the values of its one mandatory parameter (SHACL §4)."""

    parameter: ClassVar[URIRef]

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.arguments = in_order(shape.objects(self.parameter))  # type: ignore[no-untyped-call]  # pySHACL is untyped

    @classmethod
    def constraint_parameters(cls) -> list[URIRef]:
        """The one parameter of the component."""
        return [cls.parameter]

    @classmethod
    def constraint_name(cls) -> str:
        """The name that pySHACL shows."""
        return cls.__name__

    def evaluate(
        self, _executor: object, target_graph: Graph, focus_value_nodes: Mapping[Any, Iterable[Any]], _path: object
    ) -> tuple[bool, _Reports]:
        """Whether all value nodes conform, and a result for each that does not."""
        reports = [
            self.make_v_result(target_graph, focus, value_node=value)
            for focus, values in focus_value_nodes.items()
            for value in self.failing(target_graph, focus, values)
        ]
        return not reports, reports

    @abstractmethod
    def failing(self, graph: Graph, focus: Node, values: Iterable[Any]) -> Iterator[Any]:
        """The values that do not conform, once for each result."""


def register(components: Iterable[type[ValueComponent]]) -> None:
    """Put the components in the place of pySHACL's; doing it again changes nothing."""
    CONSTRAINT_PARAMETERS_MAP.update({component.parameter: component for component in components})
