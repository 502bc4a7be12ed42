"""A query as the engine is to get it, and what it is to call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from st_opendata.query.standard.functions import Aggregates, Functions, aggregates, functions
from st_opendata.query.standard.queries import Queries
from st_opendata.query.standard.tokens import NotUnderstoodError

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_WORTH = re.compile(r"COUNT|SUM|AVG|MIN|MAX|GROUP_CONCAT|FILTER|HAVING|IF|ORDER|FROM|&&|\|\||!", re.IGNORECASE)
"""What a query has that is written otherwise."""
_MOST_GROWTH = 1_000_000
"""Characters by which a query may grow."""
_EMPTY = ox.Store()


@dataclass(frozen=True, slots=True)
class Graphs:
    """The dataset that a query is asked of where it names none; None is all that the store has."""

    default: Sequence[str] | None = None
    named: Sequence[str] | None = None
    is_union: bool = False
    """Whether the default graph is the union of the named ones."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text for the engine, and the functions and aggregates that it names."""

    text: str
    functions: Functions = field(default_factory=dict)
    aggregates: Aggregates = field(default_factory=dict)


def run(
    store: ox.Store, text: str, prefixes: Mapping[str, str], base: str | None = None, graphs: Graphs | None = None
) -> Results:
    """What a query finds in a store by SPARQL 1.1; the engine itself where it is not surely understood.

    Raises:
        SyntaxError: it is no SPARQL; the place is that in `text`.
    """
    mended = mend(text, prefixes, base)
    try:
        return _run(store, mended, prefixes, base, graphs or Graphs())
    except SyntaxError:
        if mended.text == text:
            raise
        return _run(store, Mended(text), prefixes, base, graphs or Graphs())


def _run(store: ox.Store, mended: Mended, prefixes: Mapping[str, str], base: str | None, graphs: Graphs) -> Results:
    return store.query(
        mended.text,
        base_iri=base,
        prefixes=dict(prefixes),
        use_default_graph_as_union=graphs.is_union,
        default_graph=_nodes(graphs.default),
        named_graphs=_nodes(graphs.named),
        custom_functions=mended.functions,
        custom_aggregate_functions=mended.aggregates,
    )


def _nodes(graphs: Sequence[str] | None) -> list[Any] | None:
    """Each graph once: a dataset has a set of them (§13.1), the engine would find all in it twice."""
    return None if graphs is None else [ox.NamedNode(iri) for iri in dict.fromkeys(graphs)]


def mend(text: str, prefixes: Mapping[str, str], base: str | None = None) -> Mended:
    """What to ask the engine to have the answer of SPARQL 1.1; the text itself where it is not surely understood."""
    if not _WORTH.search(text):
        return Mended(text)

    def value(prologue: str, token: str) -> str:
        """The IRI or the text that a token stands for."""
        try:
            solutions = _EMPTY.query(
                f"{prologue} SELECT ({token} AS ?value) {{}}", base_iri=base, prefixes=dict(prefixes)
            )
        except SyntaxError as error:
            raise NotUnderstoodError from error
        [solution] = solutions  # type: ignore[misc]  # it is a SELECT
        return str(solution["value"].value)

    try:
        query = Queries(text, prefixes, value)
        written = query.written()
        separators = [value("", token) if token else " " for token in query.separators]
    except (NotUnderstoodError, RecursionError):
        return Mended(text)
    if written == text or len(written) > len(text) + _MOST_GROWTH:
        return Mended(text)
    return Mended(written, functions(), aggregates(separators))
