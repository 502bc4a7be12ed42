"""Answers from the columns of a store, for queries with a proof that the engine's answers are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from st_opendata.sparql.aggregates.grammar import read_selection
from st_opendata.sparql.aggregates.plan import Output, PredicateProfile, QueryPlan, make_plan
from st_opendata.sparql.aggregates.records import read_records
from st_opendata.sparql.aggregates.selection import (
    DATE,
    DECIMAL,
    FEW,
    INTEGER,
    OutsideError,
    Pattern,
    QueryVariable,
    Selection,
    Term,
)
from st_opendata.sparql.aggregates.values import SqlValue
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError

_MOST_ROWS = 100_000
"""The most rows of an answer, since it is made at once; the engine streams."""
_MOST_NUMBERS = 200
"""The most cached numbers of terms: queries repeat few classes and codes, and each may be as long as a query."""
_AGGREGATES = re.compile(r"\b(?:COUNT|SUM|AVG|MIN|MAX)\s*\(|\bGROUP\s+BY\b", re.IGNORECASE)
_BOUNDS = {"integer": (1 << 63) - 1, "decimal": ((1 << 127) - 1) // 10**18}
"""The largest sums of the engine before it overflows."""
_EMPTY = ox.Store()


class Columns:
    """The columns in a database file, opened read-only, for one thread of one process."""

    def __init__(self, path: str, memory: int, few: int = FEW) -> None:
        """Open the columns; their engine takes at most `memory` bytes."""
        self._few = few
        settings = {"memory_limit": f"{memory}B", "threads": 1, "async_threads": 0, "temp_directory": ""}
        self._database = Database(Path(path), settings, read_only=True)
        self._database.restrict()
        self._profiles = {
            predicate: PredicateProfile(number, subjects, objects, scale, 10**digits, triples)
            for predicate, number, subjects, objects, scale, digits, triples in self._rows("SELECT * FROM profiles")
        }
        self._number_of = lru_cache(_MOST_NUMBERS)(self._find_number)
        self._records = read_records(self._rows('SELECT "table", predicate, own FROM records'))

    def answer(self, text: str, prefixes: Mapping[str, str], store: ReleaseStore) -> ox.QuerySolutions | None:
        """The solutions of a query over the default graph of the store, None if the engine must answer.

        Raises:
            SyntaxError: the text is not valid SPARQL.
        """
        if not _AGGREGATES.search(text):
            return None
        with suppress(OutsideError, SqlError, RecursionError):  # the nesting may exceed Python's recursion limit
            selection = read_selection(text, prefixes)
            _EMPTY.query(text, prefixes=dict(prefixes))
            # Patterns with most terms are first: they are the most likely to match few triples.
            patterns = sorted(
                selection.patterns, key=lambda pattern: sum(isinstance(part, QueryVariable) for part in pattern)
            )
            if not any(self._has_few(pattern, store) for pattern in patterns):
                return self._solutions(selection)
        return None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _has_few(self, pattern: Pattern, store: ReleaseStore) -> bool:
        match pattern:
            case (QueryVariable(), Term(lexical=predicate), QueryVariable()) if predicate in self._profiles:
                return self._profiles[predicate].triples < self._few
        terms = tuple(_engine_term(part) if isinstance(part, Term) else None for part in pattern)
        return not store.has(self._few, terms)

    def _solutions(self, selection: Selection) -> ox.QuerySolutions:
        plan = make_plan(selection, self._profiles, self._records, self._number_of, _MOST_ROWS + 1)
        rows = self._rows(plan.statement)
        if len(rows) > _MOST_ROWS:
            raise OutsideError
        lines = ["\t".join(f"?{name}" for name in plan.columns)]
        lines += map("\t".join, zip(*self._columns(plan, rows), strict=True))
        table = "\n".join([*lines, ""]).encode()
        solutions = ox.parse_query_results(table, ox.QueryResultsFormat.TSV)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions

    def _columns(self, plan: QueryPlan, rows: Sequence[tuple[Any, ...]]) -> Iterator[Iterable[str]]:
        """The columns of the answer, each with its terms in SPARQL syntax, empty without a value."""
        place = 0
        for cell in plan.columns.values():
            cells = [row[place : place + cell.width] for row in rows]
            place += cell.width
            if cell.form == "term":
                yield self._terms([number for (number,) in cells])
            elif cell.form == "average":
                yield _averages(cell.value, cells)
            else:
                yield [_format_term(cell, values) for values in cells]

    def _terms(self, numbers: list[int]) -> list[str]:
        found = self._rows(
            'SELECT number, lexical, "type" FROM terms WHERE number IN (SELECT unnest($1::INTEGER[]))', [numbers]
        )
        terms = {number: str(_engine_term(Term(lexical, kind))) for number, lexical, kind in found}
        return [terms[number] for number in numbers]

    def _find_number(self, term: Term) -> int:
        """The number of a term, or -1; each statement reads one part of a table that is sorted by its condition."""
        for (number,) in self._rows("SELECT number FROM keys WHERE key = hash($1, $2)", [term.lexical, term.type]):
            if self._rows('SELECT lexical, "type" FROM terms WHERE number = $1', [number]) == [
                (term.lexical, term.type)
            ]:
                return int(number)
        return -1

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._database.rows(statement, values)


def _engine_term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if term.type.startswith("@"):
        return ox.Literal(term.lexical, language=term.type[1:])
    if term.type:
        return ox.Literal(term.lexical, datatype=ox.NamedNode(term.type))
    return ox.BlankNode(term.lexical[2:]) if term.lexical.startswith("_:") else ox.NamedNode(term.lexical)


def _format_term(cell: Output, cells: Sequence[Any]) -> str:
    """The term of a value; empty without one."""
    kind, first = cell.value.kind, cells[0]
    if cell.form == "sum":
        _refuse_overflow(cell.value, cells[1])
        if first is None:
            kind, first = "integer", 0
    if first is None:
        return ""
    if cell.form == "text":
        return str(ox.Literal(first))
    if cell.form == "date":
        digits = f"{first:08}"
        return _literal(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}", DATE)
    if kind == "decimal":
        return _literal(_decimal(first, cell.value.scale), DECIMAL)
    return _literal(str(first), INTEGER)


def _averages(value: SqlValue, cells: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Averages: the engine itself divides the sums, as it has its own rounding."""
    for total, most, count in cells:
        _refuse_overflow(value, most)
        if not count:
            yield _literal("0", INTEGER)
            continue
        is_decimal = value.kind == "decimal"
        dividend = _literal(_decimal(total, value.scale), DECIMAL) if is_decimal else _literal(total, INTEGER)
        [solution] = _EMPTY.query(f"SELECT ({dividend} / {count} AS ?average) {{}}")  # type: ignore[misc]  # as above
        yield str(solution["average"])


def _refuse_overflow(value: SqlValue, most: int) -> None:
    if most * value.largest > _BOUNDS[str(value.kind)] * 10**value.scale:
        raise OutsideError


def _decimal(number: int, scale: int) -> str:
    """The engine's notation of a number, from its digits without the point."""
    digits = f"{abs(number):0{scale + 1}}"
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :].rstrip("0")
    return f"{'-' if number < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


def _literal(lexical: object, datatype: str) -> str:
    return f'"{lexical}"^^<{datatype}>'
