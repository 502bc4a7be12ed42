"""Focus nodes that may not conform go to pySHACL, with every statement that their shapes can reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rdflib import Graph
from rdflib.term import Node

from st_opendata.shacl.engine import Result, run
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.queries import UnboundedError
from st_opendata.shacl.screens.reach import Reach
from st_opendata.shacl.shapes import Shapes
from st_opendata.shacl.terms import SH
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

_BATCH = 250
"""pySHACL takes more than twice the time for twice the focus nodes."""


@dataclass(frozen=True, slots=True)
class Suspects:
    """The focus nodes (column n of a table) of a shape that may not conform."""

    shape: Node
    table: str


def confirm(columns: DataColumns, model: Model, shapes: Shapes, suspects: Sequence[Suspects]) -> Iterator[Result]:
    """PySHACL's results for the suspects."""
    bare = model.without_targets()
    reach = Reach(columns, model)
    whole: list[Suspects] = []
    bounded: list[tuple[Suspects, str]] = []
    first = 0
    for each in suspects:
        numbered = columns.create(native.numbered(each.table, "n"))
        batches = columns.create(f"SELECT {first} + {sql.divide('number', _BATCH)} AS b, n FROM {numbered}")
        try:
            reach.gather(each.shape, batches)
        except UnboundedError:
            whole.append(each)
            continue
        bounded.append((each, batches))
        ((count,),) = columns.engine.rows(f"SELECT count(*) FROM {each.table}")
        first += count // _BATCH + 1
    roots = _Roots(columns, bounded)
    for batch, graph in reach.graphs(first):
        yield from _run(graph, bare, shapes, roots.of(batch))
    if whole:
        nodes = [(each.shape, n) for each in whole for (n,) in columns.engine.rows(f"SELECT n FROM {each.table}")]
        yield from _run(columns.graph(), bare, shapes, [(shape, columns.terms.node(n)) for shape, n in nodes])


def _run(data: Graph, bare: Graph, shapes: Shapes, roots: Sequence[tuple[Node, Node]]) -> list[Result]:
    """The results of these focus nodes of shapes; the graph without targets is the same afterwards."""
    targets = [(shape, SH.targetNode, node) for shape, node in roots]
    for target in targets:
        bare.add(target)
    results = list(run(data, replace(shapes, graph=bare)))
    for target in targets:
        bare.remove(target)
    return results


class _Roots:
    """The focus nodes of each batch."""

    def __init__(self, columns: DataColumns, suspects: Sequence[tuple[Suspects, str]]) -> None:
        self._columns = columns
        self._suspects = suspects

    def of(self, batch: int) -> list[tuple[Node, Node]]:
        """The focus nodes of a batch, each with its shape."""
        return [
            (each.shape, self._columns.terms.node(n))
            for each, table in self._suspects
            for (n,) in self._columns.engine.rows(f"SELECT n FROM {table} WHERE b = {batch}")
        ]
