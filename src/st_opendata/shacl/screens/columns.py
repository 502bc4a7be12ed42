"""The data of a validation in an engine: a relation of subjects and objects for each predicate, and further tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self

from rdflib import RDF, RDFS, Graph
from rdflib.term import Node

from st_opendata.shacl.screens.terms import TermCache, column_text
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.engine import Engine

_BATCH = 10_000
_BACKGROUND = "screen_background"
TYPE, SUBCLASS = (column_text(term) for term in (RDF.type, RDFS.subClassOf))


class DataColumns:
    """Relations with the columns s and o, by predicate; their rows may repeat. Terms are texts (`terms.column_text`).

    Use it as a context manager: at its end the tables made here are dropped, and the relations stay.
    """

    def __init__(self, engine: Engine, relations: Mapping[str, str], background: Graph | None = None) -> None:
        """Take the engine's relation for each predicate; the statements of `background` are further rows."""
        self.engine = engine
        self.terms = TermCache()
        self._made: dict[str, None] = {}
        self._numbers = iter(range(1, 1 << 40))
        self._once: dict[str, str] = {}
        self.relations = dict(relations)
        if background is not None and len(background):
            self._add(background)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._made:
            self.engine.drop(name)
        self._made.clear()

    def _add(self, graph: Graph) -> None:
        rows = [tuple(map(column_text, triple)) for triple in graph]
        self.define({"s": sql.TEXT, "p": sql.TEXT, "o": sql.TEXT}, _BACKGROUND)
        self.engine.fill(_BACKGROUND, list(zip(*rows, strict=True)))
        for predicate in {predicate for _, predicate, _ in rows}:
            added = f"SELECT s, o FROM {_BACKGROUND} WHERE p = {sql.text(predicate)}"
            known = self.relations.get(predicate)
            whole = f"SELECT s, o FROM {known} UNION ALL {added}" if known else added
            self.relations[predicate] = f"({whole})"

    def create(self, query: str) -> str:
        """A new table of the rows of a query."""
        name = f"screen_{next(self._numbers)}"
        self.engine.create(name, query)
        self._made[name] = None
        return name

    def once(self, query: str) -> str:
        """A table of the rows of a query, made at its first use."""
        if query not in self._once:
            self._once[query] = self.create(query)
        return self._once[query]

    def create_some(self, query: str) -> str | None:
        """The same, None if there is no row."""
        name = self.create(query)
        if self.engine.rows(f"SELECT 1 FROM {name} LIMIT 1"):
            return name
        self.drop(name)
        return None

    def define(self, columns: Mapping[str, str], name: str = "") -> str:
        """A new table without rows."""
        name = name or f"screen_{next(self._numbers)}"
        self.engine.define(name, columns)
        self._made[name] = None
        return name

    def drop(self, name: str) -> None:
        """Drop a table that was made here."""
        self.engine.drop(name)
        del self._made[name]

    def relation(self, predicate: Node) -> str | None:
        """The relation of a predicate, None without rows."""
        return self.relations.get(column_text(predicate))

    def nodes(self, terms: Iterable[str]) -> str:
        """A table of these terms in the column n."""
        name = self.define({"n": sql.TEXT})
        if listed := list(dict.fromkeys(terms)):
            self.engine.fill(name, [listed])
        return name

    def triples(self) -> int:
        """The number of rows of all relations; repeated ones count."""
        counts = [f"SELECT count(*) AS n FROM {name}" for name in self.relations.values()]
        return sum(int(self.engine.rows(query)[0][0]) for query in counts)

    def graph(self) -> Graph:
        """All statements as a graph."""
        graph = Graph()
        for predicate, name in self.relations.items():
            verb = self.terms.node(predicate)
            for batch in self.engine.batches(f"SELECT s, o FROM {name}", _BATCH):
                graph.addN((self.terms.node(s), verb, self.terms.node(o), graph) for s, o in batch)
        return graph

    def subclasses(self, kind: Node) -> Collection[str]:
        """The class and its subclasses as the data state them (SHACL §1.3.1)."""
        first = column_text(kind)
        below = self.relations.get(SUBCLASS)
        if below is None:
            return [first]
        start = f"SELECT {sql.text(first)} AS n, {sql.text(first)} AS v"
        closure = native.closure(start, f"SELECT o AS n, s AS v FROM {below}")
        return [term for (term,) in self.engine.rows(f"SELECT DISTINCT v FROM ({closure}) ORDER BY v")]

    def instances(self, kind: Node) -> str | None:
        """A relation whose column n has the SHACL instances of the class, maybe repeated; None if there is none."""
        types = self.relations.get(TYPE)
        if types is None:
            return None
        return f"(SELECT s AS n FROM {types} WHERE o IN {sql.texts(self.subclasses(kind))})"

    def sample(self) -> Graph:
        """A statement of each predicate and of each class, and all subclasses: what targets are compared with."""
        graph, node = Graph(), self.terms.node
        for predicate, relation in self.relations.items():
            query = f"SELECT s, o FROM {relation} LIMIT 1"
            if predicate == SUBCLASS:
                query = f"SELECT s, o FROM {relation}"
            elif predicate == TYPE:
                query = f"SELECT min(s) AS s, o FROM {relation} GROUP BY o"
            for s, o in self.engine.rows(query):
                graph.add((node(s), node(predicate), node(o)))
        return graph

    def typed(self, kind: Node, most: int) -> list[tuple[Node, Node]]:
        """The instances of the class and its subclasses, each with its class; none if there are more than `most`."""
        types = self.relations.get(TYPE)
        if types is None:
            return []
        among = f"o IN {sql.texts(self.subclasses(kind))}"
        rows = self.engine.rows(f"SELECT DISTINCT s, o FROM {types} WHERE {among} LIMIT {most + 1}")
        return [(self.terms.node(s), self.terms.node(o)) for s, o in rows] if len(rows) <= most else []

    def pairs_of(self, predicate: str, subjects: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
        """The statements of a predicate on these subjects: subject and object."""
        relation = self.relations.get(predicate)
        if relation is None:
            return
        keys = self.nodes(map(column_text, subjects))
        for batch in self.engine.batches(sql.semi_join(f"(SELECT s, o FROM {relation})", keys, "r.s = k.n"), _BATCH):
            for s, o in batch:
                yield self.terms.node(s), self.terms.node(o)

    def selected(self, query: str) -> Iterator[list[str]]:
        """The texts of a query with one column, in batches."""
        for batch in self.engine.batches(query, _BATCH):
            yield [term for (term,) in batch]
