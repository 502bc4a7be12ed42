"""What a query of a shape (sh:sparql) can look at from `$this`: steps along the triple patterns of its algebra.

Each pattern must hang together with `$this` by variables that are bound in every solution. Then every solution for a
focus node, of the whole or of a part that is optional, negated or added up, uses statements on these steps only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pyparsing import ParseException
from rdflib import Graph, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError
from rdflib.term import Node

from st_opendata.shacl.paths import Alternative, Path, Repeat, Sequence, Step
from st_opendata.shacl.terms import SH, path_text

THIS = "this"
_ALL = ("Filter", "Project", "Distinct", "Reduced", "OrderBy", "SelectQuery", "Extend", "AggregateJoin", "Group")
_REPEATS = {"+": (1, False)}
"""rdflib walks a path that may be empty from any node of the graph, if it begins at a literal."""


class UnboundedError(Exception):
    """A shape may look at any statement."""


@dataclass(frozen=True, slots=True)
class Hop:
    """From the nodes of one variable along a path to those of another; without a path, along any predicate."""

    start: str
    path: Path | None
    end: str
    inverse: bool = False


def hops_of(graph: Graph, shape: Node, constraint: Node) -> tuple[Hop, ...]:
    """The steps of the query of a SPARQL-based constraint, in order.

    Raises:
        UnboundedError: it is a query of another form, or a pattern does not hang together with `$this`.
    """
    walk = _Walk()
    walk.pattern(algebra_of(graph, shape, constraint), frozenset({THIS}))
    return tuple(walk.hops)


def algebra_of(graph: Graph, shape: Node, constraint: Node) -> CompValue:
    """The algebra of the query of a SPARQL-based constraint; raises UnboundedError if rdflib does not translate it."""
    text = str(graph.value(constraint, SH.select) or "")
    path = graph.value(shape, SH.path)
    if path is not None:
        text = re.sub(r"[$?]PATH\b", lambda _: path_text(graph, path), text)
    try:
        return prepareQuery(text).algebra
    except (SPARQLError, ParseException, NameError) as error:
        raise UnboundedError from error


@dataclass(slots=True)
class _Walk:
    """Collects the steps; `scope` sets variables of nested SELECTs apart."""

    hops: list[Hop] = field(default_factory=list)
    scope: str = ""
    _scopes: int = 0

    def pattern(self, part: Any, bound: frozenset[str]) -> frozenset[str]:  # noqa: ANN401
        """Follow a pattern from the bound variables; those bound in each of its solutions are added."""
        match part.name:
            case "BGP":
                found = self._triples(list(part.triples), bound)
            case "Join":
                found = self._join(part, bound)
            case "LeftJoin":
                found = self.pattern(part.p1, bound)
                self._expression(part.expr, self.pattern(part.p2, found))
            case "Union":
                found = self.pattern(part.p1, bound) & self.pattern(part.p2, bound)
            case "ToMultiSet" if isinstance(part.p, CompValue):
                found = bound | self._nested(part.p)
            case name if name in _ALL:
                found = self.pattern(part.p, bound)
                for inside in ("expr", "A"):
                    self._expression(part.get(inside), found)
            case _:
                raise UnboundedError
        return found

    def _join(self, part: CompValue, bound: frozenset[str]) -> frozenset[str]:
        before = len(self.hops)
        try:
            return self.pattern(part.p2, self.pattern(part.p1, bound))
        except UnboundedError:
            del self.hops[before:]
        return self.pattern(part.p1, self.pattern(part.p2, bound))

    def _nested(self, query: CompValue) -> frozenset[str]:
        """A nested SELECT shares what it selects; sums over other groups than those of `$this` are unbounded."""
        for each in parts_of(query):
            if each.name == "Group" and Variable(THIS) not in (each.expr or []):
                raise UnboundedError
        outer, self._scopes = self.scope, self._scopes + 1
        self.scope = f"{self._scopes}."
        try:
            self.pattern(query, frozenset({THIS}))
        finally:
            self.scope = outer
        return frozenset()

    def _expression(self, part: object, bound: frozenset[str]) -> None:
        """Follow the patterns of EXISTS and NOT EXISTS."""
        for each in parts_of(part):
            if each.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                self.pattern(each.graph, bound)

    def _triples(self, triples: list[tuple[Any, Any, Any]], bound: frozenset[str]) -> frozenset[str]:
        while triples:
            for triple in triples:
                subject, predicate, value = triple
                start, end = self._name(subject), self._name(value)
                if start in bound:
                    self.hops.append(Hop(start, path_of(predicate), end))
                elif end in bound:
                    self.hops.append(Hop(end, path_of(predicate), start, inverse=True))
                else:
                    continue
                bound |= {start, end}
                triples.remove(triple)
                break
            else:
                raise UnboundedError
        return bound

    def _name(self, term: Node) -> str:
        """The name of a variable or blank node; constants have names that are never bound at the start."""
        if isinstance(term, Variable):
            return THIS if str(term) == THIS else f"{self.scope}?{term}"
        return f"{self.scope}{term.n3()}" if isinstance(term, URIRef) else f"{self.scope}={term}"


def path_of(predicate: Any, *, inverse: bool = False) -> Path | None:  # noqa: ANN401
    """The path of a triple pattern, None for a variable; raises UnboundedError for a path that may be empty."""
    match predicate:
        case Variable():
            return None
        case URIRef():
            return Step(predicate, inverse)
        case InvPath():
            return path_of(predicate.arg, inverse=not inverse)
        case SequencePath():
            parts = [_part(each, inverse=inverse) for each in predicate.args]
            return Sequence(tuple(reversed(parts) if inverse else parts))
        case AlternativePath():
            return Alternative(tuple(_part(each, inverse=inverse) for each in predicate.args))
        case MulPath() if predicate.mod in _REPEATS:
            return Repeat(_part(predicate.path, inverse=inverse), *_REPEATS[predicate.mod])
    raise UnboundedError


def _part(predicate: Any, *, inverse: bool) -> Path:  # noqa: ANN401
    found = path_of(predicate, inverse=inverse)
    assert found is not None
    return found


def inverted(path: Path) -> Path:
    """The path walked from its end."""
    match path:
        case Step(predicate, inverse):
            return Step(predicate, not inverse)
        case Sequence(parts):
            return Sequence(tuple(inverted(part) for part in reversed(parts)))
        case Alternative(parts):
            return Alternative(tuple(map(inverted, parts)))
        case Repeat(part, least, single):
            return Repeat(inverted(part), least, single)


def parts_of(value: object) -> Iterator[CompValue]:
    """All parts of a query, outermost first."""
    if isinstance(value, CompValue):
        yield value
        for child in value.values():
            yield from parts_of(child)
    elif isinstance(value, (list, tuple, set)):
        for child in value:
            yield from parts_of(child)
