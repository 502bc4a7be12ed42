"""A query in the form for the engine, with the functions for it to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from st_opendata.sparql.standard.functions import Aggregates, Functions, aggregates, functions
from st_opendata.sparql.standard.order import RdfTerm
from st_opendata.sparql.standard.queries import Queries
from st_opendata.sparql.standard.tokens import NotUnderstoodError

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_MOST_GROWTH = 1_000_000
"""The most characters by which a query may grow."""
_EMPTY = ox.Store()


@dataclass(frozen=True, slots=True)
class Graphs:
    """The dataset of a query that names none; None is the whole store."""

    default: Sequence[str] | None = None
    named: Sequence[str] | None = None
    is_union: bool = False
    """Whether the default graph is the union of the named ones."""


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """A text for the engine, and the functions and aggregates that it names."""

    text: str
    functions: Functions = field(default_factory=dict)
    aggregates: Aggregates = field(default_factory=dict)


def run(
    store: ox.Store, text: str, prefixes: Mapping[str, str], base: str | None = None, graphs: Graphs | None = None
) -> Results:
    """The result of a query by SPARQL 1.1; that of the engine itself if the query is not certainly understood.

    Raises:
        SyntaxError: the text is not valid SPARQL; the position is that in `text`.
    """
    graphs = graphs or Graphs()
    is_whole = graphs.default is None and graphs.named is None
    rewritten = rewrite(store, text, prefixes, base, is_whole=is_whole)
    try:
        return _run(store, rewritten, prefixes, base, graphs)
    except SyntaxError:
        if rewritten.text == text:
            raise
        return _run(store, EngineQuery(text), prefixes, base, graphs)


def _run(
    store: ox.Store, rewritten: EngineQuery, prefixes: Mapping[str, str], base: str | None, graphs: Graphs
) -> Results:
    return store.query(
        rewritten.text,
        base_iri=base,
        prefixes=dict(prefixes),
        use_default_graph_as_union=graphs.is_union,
        default_graph=_nodes(graphs.default),
        named_graphs=_nodes(graphs.named),
        custom_functions=rewritten.functions,
        custom_aggregate_functions=rewritten.aggregates,
    )


def _nodes(graphs: Sequence[str] | None) -> list[Any] | None:
    """Each graph once: a dataset has a set of them (§13.1), the engine would find all in it twice."""
    return None if graphs is None else [ox.NamedNode(iri) for iri in dict.fromkeys(graphs)]


def rewrite(
    store: ox.Store, text: str, prefixes: Mapping[str, str], base: str | None = None, *, is_whole: bool = True
) -> EngineQuery:
    """The query that makes the engine answer by SPARQL 1.1; the text itself if it is not certainly understood.

    `is_whole`: the default graph has all triples of the store, unless the query names graphs.
    """
    engine = _Engine(store, prefixes, base)
    try:
        query = Queries(text, prefixes, engine, is_whole=is_whole)
        written = query.rewrite()
        separators = [engine.find("", token).value if token else " " for token in query.separators]
    except (NotUnderstoodError, RecursionError):
        return EngineQuery(text)
    if written == text or len(written) > len(text) + _MOST_GROWTH:
        return EngineQuery(text)
    return EngineQuery(written, functions(), aggregates(separators))


@dataclass(frozen=True, slots=True)
class _Engine:
    store: ox.Store
    prefixes: Mapping[str, str]
    base: str | None

    def find(self, prologue: str, token: str) -> ox.NamedNode | ox.Literal:
        query = f"{prologue} SELECT ({token} AS ?value) {{}}"
        try:
            solutions = _EMPTY.query(query, base_iri=self.base, prefixes=dict(self.prefixes))
        except SyntaxError as error:
            raise NotUnderstoodError from error
        [solution] = solutions  # type: ignore[misc]  # it is a SELECT
        term: ox.NamedNode | ox.Literal = solution["value"]
        return term

    def has_node(self, term: RdfTerm) -> bool:
        found = next(iter(self.store.quads_for_pattern(None, None, term)), None)
        if found is None and isinstance(term, ox.NamedNode):
            found = next(iter(self.store.quads_for_pattern(term, None, None)), None)
        return found is not None
