"""Shapes as queries: each is evaluated on a set of focus nodes, and gives the rows of those that may not conform.

A row is sure if its root fails by proof. A root without a row conforms by proof; one with rows that are not sure may
conform or not. docs/shacl.md proves the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rdflib.term import Node

from st_opendata.shacl.screens import constraints
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.model import Model, Targets
from st_opendata.shacl.screens.nesting import nested_rows, passed_rows
from st_opendata.shacl.screens.rows import COLUMNS, Asked, Rows, SlowShape, Unscreened
from st_opendata.shacl.screens.solutions import possible_nodes
from st_opendata.shacl.screens.terms import column_text
from st_opendata.shacl.screens.triples import UntranslatedError
from st_opendata.shacl.screens.walking import value_pairs
from st_opendata.sql import dialect as sql


@dataclass(frozen=True, slots=True)
class Screened:
    """The rows of a targeted shape: tables, each with roots of its own; and the table of its focus nodes (n)."""

    shape: Node
    focus: str
    tables: tuple[str, ...]


@dataclass(slots=True)
class Compiler:
    """Evaluates the shapes of a graph on columns.

    `kinds` are the shape and the component of a row by its number.
    """

    columns: DataColumns
    model: Model
    kinds: list[tuple[Node, Node]] = field(default_factory=list)
    unscreened: dict[Node, SlowShape] = field(default_factory=dict)
    """The shapes that do not compile, if a node reached them."""
    _known: dict[Node, list[tuple[str, str | None]]] = field(default_factory=lambda: defaultdict(list))
    _pairs: dict[tuple[object, str], str | None] = field(default_factory=dict)
    _open: list[Node] = field(default_factory=list)

    def run(self) -> Iterator[Screened]:
        """Evaluate every shape on its targets; shapes without a focus node are left out."""
        for shape, targets in self.model.targets.items():
            focus = self._focus(targets)
            if focus is not None and (tables := self.evaluate(shape, focus)):
                yield Screened(shape, focus, tables)

    def _focus(self, targets: Targets) -> str | None:
        columns = self.columns
        parts = [f"SELECT n FROM {found}" for kind in targets.classes if (found := columns.instances(kind))]
        for predicates, column in ((targets.subjects_of, "s"), (targets.objects_of, "o")):
            for predicate in predicates:
                if relation := columns.relation(predicate):
                    parts.append(f"SELECT {column} AS n FROM {relation}")
        if targets.nodes:
            parts.append(f"SELECT n FROM {columns.nodes(column_text(node) for node in targets.nodes)}")
        return columns.create_some(f"SELECT DISTINCT n FROM ({' UNION ALL '.join(parts)})") if parts else None

    def evaluate(self, shape: Node, focus: str) -> tuple[str, ...]:
        """Tables of the rows of the focus nodes (the distinct n of a table); rows of other roots may be among them.

        A node is evaluated once for each shape.
        """
        if self.model.deactivated(shape):
            return ()
        if shape in self._open:
            return self._rows(shape, [self._unknown(shape, Unscreened.RECURSIVE, focus)])
        tables, rest = [], focus
        for known, rows in self._known[shape]:
            other = known != focus
            left = self.columns.create_some(sql.anti_join(rest, known, "r.n = k.n")) if other else None
            if rows is not None:
                tables.append(rows)
            if left is None:
                return tuple(tables)
            rest = left
        self._open.append(shape)
        found = self._rows(shape, self._compiled(shape, rest))
        self._open.pop()
        self._known[shape].append((rest, found[0] if found else None))
        return (*tables, *found)

    def _rows(self, shape: Node, queries: Iterator[Rows] | Sequence[Rows]) -> tuple[str, ...]:
        """A table of the rows of the queries, if there are any."""
        table = self.columns.define(COLUMNS)
        for rows in queries:
            self.columns.engine.append(table, rows.select(self._kind(shape, rows.component)))
        if self.columns.engine.rows(f"SELECT 1 FROM {table} LIMIT 1"):
            return (table,)
        self.columns.drop(table)
        return ()

    def _unknown(self, shape: Node, reason: Unscreened, focus: str) -> Rows:
        """A row that is not sure for each node."""
        ((count,),) = self.columns.engine.rows(f"SELECT count(*) FROM {focus}")
        before = self.unscreened[shape].nodes if shape in self.unscreened else 0
        self.unscreened[shape] = SlowShape(shape, reason, before + int(count))
        return Rows(None, f"SELECT n, n AS v FROM {focus}", sure="FALSE")

    def _queried(self, shape: Node, focus: str) -> Iterator[Rows]:
        """A row that is not sure for each node for which a query of the shape may have a solution."""
        for constraint in self.model.values(shape, "sparql"):
            try:
                nodes = possible_nodes(self.columns, self.model.graph, shape, constraint, focus)
            except UntranslatedError:
                nodes = focus
            if nodes is not None:
                yield self._unknown(shape, Unscreened.SPARQL, nodes)

    def _kind(self, shape: Node, component: Node | None) -> int:
        if component is None:
            return -1
        kind = (shape, component)
        if kind not in self.kinds:
            self.kinds.append(kind)
        return self.kinds.index(kind)

    def _compiled(self, shape: Node, focus: str) -> Iterator[Rows]:
        """The rows of each constraint of the shape."""
        path = self.model.path(shape)
        if path is None:
            values: str | None = f"(SELECT n, n AS v FROM {focus})"
        else:
            if (path, focus) not in self._pairs:
                self._pairs[path, focus] = value_pairs(self.columns, path, focus)
            values = self._pairs[path, focus]
        asked = Asked(self.columns, self.model, shape, focus, values)
        if reason := constraints.unscreened(self.model, shape):
            yield self._unknown(shape, reason, focus)
        elif self.model.values(shape, "sparql"):
            yield from self._queried(shape, focus)
        yield from constraints.property_rows(asked)
        if values is not None:
            yield from constraints.value_rows(asked)
        yield from nested_rows(asked, self.evaluate)
        yield from passed_rows(asked, self.evaluate)
