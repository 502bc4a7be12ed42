"""Answers from the columns of a store, for queries with a proof that the engine's answers are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from st_opendata.sparql.aggregates.grammar import read_selection
from st_opendata.sparql.aggregates.groups import Content, PredicateProfile
from st_opendata.sparql.aggregates.plan import Output, QueryPlan, make_plan
from st_opendata.sparql.aggregates.records import read_records
from st_opendata.sparql.aggregates.selection import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FEW,
    INTEGER,
    AlternativePath,
    GroupPart,
    GroupPattern,
    OutsideError,
    Pattern,
    QueryVariable,
    Selection,
    Term,
    UnionGroup,
)
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError

_MOST_ROWS = 100_000
"""The most rows of an answer, since it is made at once; the engine streams."""
_MOST_NUMBERS = 200
"""The most cached numbers of terms: queries repeat few classes and codes, and each may be as long as a query."""
_WORTHWHILE = re.compile(
    r"\b(?:(?:COUNT|SUM|AVG|MIN|MAX|SAMPLE)\s*\(|(?:GROUP|ORDER)\s+BY\b|(?:DISTINCT|FILTER|MINUS)\b)", re.IGNORECASE
)
"""Keywords of queries that are more than a look-up, which the engine answers quickly."""
_EMPTY = ox.Store()


class Columns:
    """The columns in a database file, opened read-only, for one thread of one process."""

    def __init__(self, path: str, memory: int, few: int = FEW) -> None:
        """Open the columns; their engine takes at most `memory` bytes."""
        self._few = few
        settings = {"memory_limit": f"{memory}B", "threads": 1, "async_threads": 0, "temp_directory": ""}
        self._database = Database(Path(path), settings, read_only=True)
        self._database.restrict()
        profiles = {
            predicate: PredicateProfile(number, subjects, objects, scale, 10**digits, triples)
            for predicate, number, subjects, objects, scale, digits, triples in self._rows("SELECT * FROM profiles")
        }
        records = read_records(self._rows('SELECT "table", predicate, own FROM records'))
        self._content = Content(profiles, records, lru_cache(_MOST_NUMBERS)(self._find_number))

    def answer(self, text: str, prefixes: Mapping[str, str], store: ReleaseStore | None) -> ox.QuerySolutions | None:
        """The solutions of a query over the default graph of the store, None if the engine must answer.

        Without the store, queries are answered too that the store would answer more quickly.

        Raises:
            SyntaxError: the text is not valid SPARQL.
        """
        if store and not _WORTHWHILE.search(text):
            return None
        with suppress(OutsideError, SqlError, RecursionError):  # the nesting may exceed Python's recursion limit
            selection = read_selection(text, prefixes)
            _EMPTY.query(text, prefixes=dict(prefixes))
            is_part = not self._is_aggregate(selection) and not selection.order and selection.limit is not None
            if store is None:
                return self._whole_solutions(selection) if is_part else self._solutions(selection)
            if not is_part and not self._has_few(selection.where, store):  # the engine stops after these rows
                return self._solutions(selection)
        return None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @staticmethod
    def _is_aggregate(selection: Selection) -> bool:
        return selection.is_grouped or any(isinstance(part, Selection) for part in selection.where.parts)

    def _has_few(self, group: GroupPattern, store: ReleaseStore) -> bool:
        """Whether a pattern that each solution of a group must match has few matches."""
        # Patterns with most terms are first: they are the most likely to match few triples.
        patterns = [part for part in group.parts if isinstance(part, tuple)]
        patterns.sort(key=lambda pattern: sum(isinstance(part, QueryVariable) for part in pattern))
        return any(self._matches_few(pattern, store) for pattern in patterns) or any(
            all(self._has_few(each, store) for each in _required(part)) for part in group.parts if _required(part)
        )

    def _matches_few(self, pattern: Pattern, store: ReleaseStore) -> bool:
        match pattern:
            case (QueryVariable(), Term(lexical=predicate), QueryVariable()) if predicate in self._content.profiles:
                return self._content.profiles[predicate].triples < self._few
        terms = tuple(_engine_term(part) if isinstance(part, Term) else None for part in pattern)
        return not store.has(self._few, terms)

    def _whole_solutions(self, selection: Selection) -> ox.QuerySolutions:
        """All solutions, if they are not more than the limit: else the engine chooses this part, as it does others."""
        if selection.offset or selection.limit is None or selection.limit > _MOST_ROWS:
            raise OutsideError
        return self._solutions(replace(selection, limit=None), selection.limit)

    def _solutions(self, selection: Selection, most: int = _MOST_ROWS) -> ox.QuerySolutions:
        plan = make_plan(selection, self._content, most + 1)
        rows = self._rows(plan.statement)
        if len(rows) > most:
            raise OutsideError
        lines = ["\t".join(f"?{name}" for name in plan.columns)]
        columns = self._columns(plan, zip(*rows, strict=True) if rows else ([] for _ in plan.columns))
        lines += map("\t".join, zip(*columns, strict=True))
        table = "\n".join([*lines, ""]).encode()
        solutions = ox.parse_query_results(table, ox.QueryResultsFormat.TSV)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions

    def _columns(self, plan: QueryPlan, columns: Iterable[Sequence[Any]]) -> Iterator[Iterable[str]]:
        """The columns of the answer, each with its terms in SPARQL syntax, empty without a value."""
        for output, cells in zip(plan.columns.values(), columns, strict=True):
            if output.form == "term":
                yield self._terms(cells, plan.foreign)
            else:
                yield [_format_term(output, cell) for cell in cells]

    def _terms(self, numbers: Sequence[int | None], foreign: Mapping[int, Term]) -> list[str]:
        terms: dict[int | None, str] = {number: str(_engine_term(term)) for number, term in foreign.items()}
        found = self._rows(
            'SELECT number, lexical, "type" FROM terms WHERE number IN (SELECT unnest($1::INTEGER[]))',
            [list({number for number in numbers if number is not None})],
        )
        terms |= {number: str(_engine_term(Term(lexical, kind))) for number, lexical, kind in found}
        terms[None] = ""
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


def _required(part: GroupPart) -> Sequence[GroupPattern]:
    """The groups of which each solution has a match in one."""
    match part:
        case UnionGroup(groups=groups) | AlternativePath(paths=groups):
            return groups
        case Selection(where=where, is_grouped=False) | Selection(where=where, keys=[_, *_]):
            return (where,)
    return ()


def _format_term(output: Output, cell: object) -> str:
    """The term of a value; empty without one."""
    value = output.value
    if cell is None:
        return _literal("0", INTEGER) if value.is_zero_of_none else ""
    match output.form:
        case "text":
            return str(ox.Literal(str(cell)))
        case "iri":
            return str(_engine_term(Term(str(cell))))
        case "boolean":
            return _literal(str(cell).lower(), BOOLEAN)
        case "date":
            digits = str(cell).zfill(8)
            return _literal(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}", DATE)
    assert isinstance(cell, int)
    return _literal(_decimal(cell, value.scale), DECIMAL) if value.kind == "decimal" else _literal(cell, INTEGER)


def _decimal(number: int, scale: int) -> str:
    """The engine's notation of a number, from its digits without the point."""
    digits = f"{abs(number):0{scale + 1}}"
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :].rstrip("0")
    return f"{'-' if number < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


def _literal(lexical: object, datatype: str) -> str:
    return f'"{lexical}"^^<{datatype}>'
