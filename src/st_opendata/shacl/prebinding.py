"""The variables that SHACL binds before a query of a shape runs (SHACL §5.3.1), and the graph of `$shapesGraph`.

pySHACL refuses `$shapesGraph`, does not see a variable that follows another sign than a space, a brace or a bracket
(`?x=$this`), and leaves `$value` unbound where the value is false, 0 or "". Its helper is replaced here, in the one
place where pySHACL looks for it. rdflib takes such a literal for a variable where a path begins or ends: the graph of
our runs corrects that. docs/shacl.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Set
from functools import lru_cache
from typing import Any

import pyshacl.helper
import rdflib
from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper
from rdflib import BNode, Graph, Literal, URIRef, Variable
from rdflib.paths import Path
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

SHAPES_GRAPH = URIRef("urn:st-opendata:shapes")
"""The value of `$shapesGraph`; the data graph is the default graph of the same dataset (SHACL §5.3.1)."""


def _variable(name: str) -> re.Pattern[str]:
    """The variable in any position; pySHACL writes the empty group back in front of the replacement."""
    return re.compile(rf"()[$?]{name}\b")


_SHAPES = _variable("shapesGraph")
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)


class Prebinding(SPARQLQueryHelper):
    """pySHACL's helper with every pre-bound variable found and bound."""

    bind_this_regex = _variable("this")
    bind_value_regex = _variable("value")
    bind_path_regex = _variable("PATH")
    bind_cs_regex = _variable("currentShape")
    bind_sg_regex = re.compile("(?!)")  # never found in queries, so never refused

    def pre_bind_variables(
        self, thisnode: Node, valuenode: Node | None = None, extravars: Collection[str] | None = None
    ) -> tuple[dict[str, Node], str]:
        """The bindings, and the text with the path of the shape in the place of `$PATH`."""
        bindings, text = super().pre_bind_variables(thisnode, valuenode, extravars)  # type: ignore[no-untyped-call]  # pySHACL is untyped
        if valuenode is not None and self.bind_value_regex.search(text):
            bindings["value"] = valuenode
        if _SHAPES.search(text):
            bindings["shapesGraph"] = SHAPES_GRAPH
        return bindings, text


class _End(Literal):
    """A literal that Python takes for true, whatever its value."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


def _end(term: Node | None) -> Node | None:
    return _End(term) if isinstance(term, Literal) and not term else term


def _plain(term: Node) -> Node:
    return Literal(term) if isinstance(term, _End) else term


class PreparingGraph(Graph):
    """A view of the data that parses each query once: pySHACL asks the same one anew for every focus node.

    A query with `GRAPH` runs on a dataset that has the shapes graph. A path begins and ends at any literal.
    """

    def __init__(self, data: Graph, shapes: Graph) -> None:
        super().__init__(data.store, data.identifier)
        self._both = _Both(self, shapes)

    def triples(self, triple: Any) -> Generator[Any, None, None]:  # noqa: ANN401 (rdflib has three forms)
        """As `Graph.triples`; in rdflib, an end of a path that Python takes for false, such as "", is any node."""
        start, path, end = triple
        if not isinstance(path, Path):
            return super().triples(triple)
        return ((_plain(s), path, _plain(o)) for s, o in path.eval(self, _end(start), _end(end)))

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:  # noqa: ANN401
        """As `Graph.query`, whose fifth argument are the initial bindings."""
        if isinstance(query_object, Query):
            return super().query(query_object, *args, **kwargs)
        bindings = args[3] if len(args) > 3 else kwargs.get("initBindings")
        prepared = _prepared(query_object, frozenset(bindings or ()))
        if _GRAPH.search(query_object):
            return self._both.query(prepared, *args, **kwargs)
        return super().query(prepared, *args, **kwargs)


class _Both(rdflib.Dataset):
    """The data as default graph and the shapes as the one named graph, each in the store that it has."""

    def __init__(self, data: Graph, shapes: Graph) -> None:
        super().__init__(store=data.store)
        self.default_graph = data
        self._shapes = shapes

    def get_context(self, identifier: Any, *_args: object, **_kwargs: object) -> Graph:  # noqa: ANN401
        """The graph of that name; an empty one if there is no such graph."""
        return self._shapes if identifier == SHAPES_GRAPH else Graph()

    def contexts(self, _triple: object = None) -> Generator[Graph, None, None]:
        """The named graphs."""
        yield self._shapes


@lru_cache(maxsize=512)
def _prepared(text: str, bound: frozenset[str]) -> Query:
    """The query with its triple patterns in the order in which these variables lead from one to the next.

    rdflib orders them without its initial bindings: it begins with all instances of a class where `$this` is bound.
    """
    query = prepareQuery(text)
    if bound:
        known = frozenset(map(Variable, bound))
        traverse(query.algebra, visitPost=lambda part: _order_patterns(part, known))
    return query


def _order_patterns(part: Any, bound: frozenset[Variable]) -> None:  # noqa: ANN401 (rdflib is untyped here)
    if isinstance(part, CompValue) and part.name == "BGP":
        known: set[Node] = set(bound)
        left: list[tuple[Node, ...]] = list(part["triples"])
        ordered = []
        while left:
            best = min(left, key=lambda pattern: _cost(pattern, known))
            left.remove(best)
            ordered.append(best)
            known.update(_variables(best))
        part["triples"] = ordered


def _cost(pattern: tuple[Node, ...], known: Set[Node]) -> tuple[int, bool]:
    """The number of variables that are not known yet; of as many, a pattern that shares one that is known is first."""
    variables = _variables(pattern)
    return len(variables - known), variables.isdisjoint(known)


def _variables(pattern: tuple[Node, ...]) -> set[Node]:
    return {term for term in pattern if isinstance(term, Variable | BNode)}


def register() -> None:
    """Put the helper in the place of pySHACL's; doing it again changes nothing."""
    vars(pyshacl.helper)["SPARQLQueryHelperCls"] = Prebinding
