"""Graphs as columns."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from rdflib import Graph

from st_opendata.shacl.screens.terms import column_text
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine


def engine_in(folder: Path) -> DuckDBEngine:
    """A small engine."""
    return DuckDBEngine(folder, "300MB", 1)


def relations_of(engine: DuckDBEngine, graph: Graph, start: str = "p") -> dict[str, str]:
    """A relation for each predicate; every second statement is there twice, as in the facts of several tables."""
    rows = defaultdict[str, list[tuple[str, str]]](list)
    for number, (subject, predicate, value) in enumerate(
        sorted(graph, key=lambda triple: list(map(column_text, triple)))
    ):
        pair = (column_text(subject), column_text(value))
        rows[column_text(predicate)] += [pair] * (1 + number % 2)
    names = {}
    for number, (predicate, pairs) in enumerate(rows.items()):
        names[predicate] = f"{start}{number}"
        engine.define(names[predicate], {"s": sql.TEXT, "o": sql.TEXT})
        engine.fill(names[predicate], list(zip(*pairs, strict=True)))
    return names
