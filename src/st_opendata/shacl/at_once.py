"""Property shapes for all focus nodes at once; pySHACL prepares a shape anew for each of them.

With graphs under `screens.few_triples` and with suspects this takes a third of pySHACL's time. It holds for the runs
of `results.ResultValidator`; any other validation of the process has pySHACL's own way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyshacl.shape
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.shape_based_constraints import PropertyConstraintComponent
from rdflib.term import Node

from st_opendata.shacl.results import running
from st_opendata.shacl.terms import SH


class Property(PropertyConstraintComponent):
    """sh:property (SHACL §4.7.2): its results are those of the property shape, for each value node on its own."""

    def _evaluate_property_shape(
        self,
        executor: object,
        prop_shape: Node,
        target_graph: object,
        focus_value_nodes: Mapping[Any, Iterable[Node]],
        potentially_recursive: object,
        evaluation_path: list[object],
    ) -> tuple[bool, list[object]]:
        """As pySHACL, with lists of nodes in the place of single ones; a node of several focus nodes is in several."""
        nodes = {None: _lists(focus_value_nodes)} if running() else focus_value_nodes
        found: tuple[bool, list[object]] = super()._evaluate_property_shape(  # type: ignore[no-untyped-call]  # pySHACL is untyped
            executor, prop_shape, target_graph, nodes, potentially_recursive, evaluation_path
        )
        return found


def _lists(focus_value_nodes: Mapping[Any, Iterable[Node]]) -> list[list[Node]]:
    counts = Counter(node for nodes in focus_value_nodes.values() for node in nodes)
    return [[node for node in counts if counts[node] > times] for times in range(max(counts.values(), default=0))]


def register() -> None:
    """Put the component in the place of pySHACL's, and its list of parameters in a form that is quick to search."""
    CONSTRAINT_PARAMETERS_MAP[SH.property] = Property
    vars(pyshacl.shape)["CONSTRAINT_PARAMS"] = (frozenset(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)
