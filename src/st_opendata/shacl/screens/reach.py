"""Every statement that a shape can look at from its focus nodes, found by its paths and constraints alone.

Nodes come in batches: a batch has the statements of all its nodes, and none of another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.term import Node

from st_opendata.shacl.paths import Alternative, Path, Repeat, Sequence, Step
from st_opendata.shacl.screens.columns import TYPE, DataColumns
from st_opendata.shacl.screens.model import Model
from st_opendata.shacl.screens.queries import THIS, Hop, UnboundedError, hops_of, inverted
from st_opendata.shacl.screens.terms import column_text
from st_opendata.sql import dialect as sql

_ROWS = 20_000
_OTHERS = ("equals", "disjoint", "lessThan", "lessThanOrEquals")
_SHAPES = ("property", "node", "not", "qualifiedValueShape")
_LISTS = ("and", "or", "xone")


class Reach:
    """Gathers the statements; tables of nodes have the columns b (the number of a batch) and n."""

    def __init__(self, columns: DataColumns, model: Model) -> None:
        self._columns = columns
        self._model = model
        self._found = columns.define({"b": sql.LONG, "s": sql.TEXT, "p": sql.TEXT, "o": sql.TEXT})
        self._known: dict[Node, list[str]] = defaultdict(list)
        self._hops: dict[tuple[Node, Node], tuple[Hop, ...]] = {}

    def gather(self, shape: Node, nodes: str) -> None:
        """Add what the shape looks at from these nodes.

        Raises:
            UnboundedError: that cannot be computed; part of it may have been added.
        """
        self._check(shape, set())
        self._shape(shape, nodes)
        # pySHACL refuses a blank node that is not in the graph.
        blank = self._columns.create_some(f"SELECT b, n FROM {nodes} WHERE {sql.starts('n', '_')}")
        for predicate in self._columns.relations if blank else ():
            for near in "so":
                self._statements(blank or "", predicate, near)

    def graphs(self, count: int) -> Iterator[tuple[int, Graph]]:
        """The graph of each batch, by the numbers from 0."""
        terms, done = self._columns.terms, 0
        query = f"SELECT DISTINCT b, s, p, o FROM {self._found} ORDER BY b"
        rows = (row for batch in self._columns.engine.batches(query, _ROWS) for row in batch)
        for number, group in groupby(rows, key=lambda row: int(row[0])):
            for empty in range(done, number):
                yield empty, Graph()
            graph = Graph()
            for _, s, p, o in group:
                graph.add((terms.node(s), terms.node(p), terms.node(o)))
            yield number, graph
            done = number + 1
        for empty in range(done, count):
            yield empty, Graph()

    def _check(self, shape: Node, seen: set[Node]) -> None:
        """Raise for a shape that is unbounded, or refers to one."""
        if shape in seen or self._model.deactivated(shape):
            return
        seen.add(shape)
        if self._model.is_custom(shape):
            raise UnboundedError
        for constraint in self._model.values(shape, "sparql"):
            self._hops[shape, constraint] = hops_of(self._model.graph, shape, constraint)
        for child in self._children(shape):
            self._check(child, seen)

    def _children(self, shape: Node) -> list[Node]:
        model = self._model
        found = [child for name in _SHAPES for child in model.values(shape, name)]
        found += [member for name in _LISTS for members in model.lists(shape, name) for member in members]
        return found + [
            sibling for child in model.values(shape, "qualifiedValueShape") for sibling in model.siblings(shape, child)
        ]

    def _shape(self, shape: Node, nodes: str) -> None:
        if self._model.deactivated(shape):
            return
        rest = nodes
        for known in self._known[shape]:
            left = self._columns.create_some(sql.anti_join(rest, known, "r.b = k.b AND r.n = k.n"))
            if left is None:
                return
            rest = left
        self._known[shape].append(rest)
        model, path = self._model, self._model.path(shape)
        values = rest if path is None else self._walk(path, rest)
        for name in _OTHERS:
            for predicate in model.values(shape, name):
                self._statements(rest, column_text(predicate))
        for constraint in model.values(shape, "sparql"):
            self._query(self._hops[shape, constraint], rest)
        if values is None:
            return
        if model.values(shape, "class"):
            self._statements(values, TYPE)
            kinds = self._walk(Step(RDF.type), values)
            if kinds is not None:
                self._walk(Repeat(Step(RDFS.subClassOf), 0), kinds)
        if model.is_true(shape, "closed"):
            for every in self._columns.relations:
                self._statements(values, every)
        for child in self._children(shape):
            self._shape(child, values)

    def _query(self, hops: tuple[Hop, ...], nodes: str) -> None:
        """Follow the steps of a query; a variable has the nodes of all steps that end at it."""
        reached = defaultdict[str, list[str]](list, {THIS: [nodes]})
        for hop in hops:
            union = " UNION ".join(f"SELECT b, n FROM {table}" for table in reached[hop.start])
            if not union:
                continue
            start = self._columns.once(union)
            if hop.path is None:
                ends = [self._walk(Step(predicate, hop.inverse), start) for predicate in self._predicates()]
            else:
                ends = [self._walk(inverted(hop.path) if hop.inverse else hop.path, start)]
            reached[hop.end] += [table for table in ends if table]

    def _predicates(self) -> list[URIRef]:
        return [URIRef(predicate[1:-1]) for predicate in self._columns.relations]

    def _statements(self, nodes: str, predicate: str, near: str = "s") -> None:
        """Add the statements with the nodes as subjects (s) or objects (o)."""
        if relation := self._columns.relations.get(predicate):
            found = f"SELECT k.b AS b, r.s AS s, {sql.text(predicate)} AS p, r.o AS o FROM {relation} AS r"
            self._columns.engine.append(self._found, f"{found} JOIN {nodes} AS k ON r.{near} = k.n")

    def _walk(self, path: Path, nodes: str) -> str | None:
        """Add the statements on the path from the nodes; the nodes at its end, None if there is none."""
        create = self._columns.create_some
        match path:
            case Step(predicate, inverse):
                relation = self._columns.relation(predicate)
                if relation is None:
                    return None
                near, far = ("o", "s") if inverse else ("s", "o")
                self._statements(nodes, column_text(predicate), near)
                ends = f"SELECT DISTINCT k.b AS b, r.{far} AS n FROM {relation} AS r JOIN {nodes} AS k"
                return create(f"{ends} ON r.{near} = k.n")
            case Sequence(parts):
                reached: str | None = nodes
                for part in parts:
                    reached = None if reached is None else self._walk(part, reached)
                return reached
            case Alternative(parts):
                tables = [table for part in parts if (table := self._walk(part, nodes))]
                union = " UNION ".join(f"SELECT b, n FROM {table}" for table in tables)
                return create(union) if union else None
            case Repeat(part, least, single):
                return self._repeat(part, nodes, least=least, single=single)

    def _repeat(self, part: Path, nodes: str, *, least: int, single: bool) -> str | None:
        columns = self._columns
        known = columns.create(f"SELECT b, n FROM {nodes}" + (" WHERE FALSE" if least else ""))
        new: str | None = nodes
        while new is not None:
            ends = self._walk(part, new)
            new = columns.create_some(sql.anti_join(ends, known, "r.b = k.b AND r.n = k.n")) if ends else None
            if new is not None:
                columns.engine.append(known, f"SELECT b, n FROM {new}")
            if single:
                break
        return known
