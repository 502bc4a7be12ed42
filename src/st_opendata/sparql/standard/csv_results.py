"""Solutions as CSV (SPARQL 1.1 Query Results CSV, §3): the engine's own leaves an IRI with a comma without quotes."""

from __future__ import annotations

import csv
from typing import Protocol

import pyoxigraph as ox


class _Outlet(Protocol):
    def write(self, data: bytes, /) -> object: ...


class _Lines:
    """Takes lines and passes them on as UTF-8."""

    def __init__(self, outlet: _Outlet) -> None:
        self._outlet = outlet

    def write(self, line: str) -> None:
        self._outlet.write(line.encode())


def write_csv(solutions: ox.QuerySolutions, outlet: _Outlet) -> None:
    """Write each solution as it is found. A line with one cell, and nothing in it, is `""`, which no reader skips."""
    writer = csv.writer(_Lines(outlet), lineterminator="\r\n")
    writer.writerow(variable.value for variable in solutions.variables)
    writer.writerows(map(_text, solution) for solution in solutions)


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    match term:
        case None:
            return ""
        case ox.NamedNode() | ox.Literal():
            return term.value
    return str(term)
