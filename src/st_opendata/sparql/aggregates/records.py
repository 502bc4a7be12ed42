"""Records: single values of the same subjects in one table, so that queries need no join.

Predicates that have one object for each subject, of all the same subjects, are the columns of one table (as property
tables are, or the characteristic sets of Neumann and Moerkotte, ICDE 2011). Other predicates that each subject has
once, such as its type, are further columns: they serve queries that also use one of the former.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from st_opendata.sparql.aggregates.selection import Pattern, QueryVariable, Term
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Database

_MOST = 20
"""The most tables, the largest ones: each may repeat types and names that others have too."""
_SUBJECTS = """
SELECT min(p), size FROM (
    SELECT p, count(*) AS size, bit_xor(hash(s)) AS mark FROM (
        SELECT p, s, count(*) AS objects FROM triples GROUP BY ALL
    ) GROUP BY p HAVING max(objects) = 1
) WHERE size >= $1 GROUP BY size, mark ORDER BY size DESC, 1 LIMIT $2
"""
"""A predicate for each set of subjects. That another has the same subjects is proven by their number and `_COLUMNS`."""
_COLUMNS = """
SELECT number, predicate, triples = $2, objects IN ('integer', 'decimal', 'date') FROM (
    SELECT p AS number FROM triples SEMI JOIN (SELECT s FROM triples WHERE p = $1) USING (s)
    WHERE p IN (SELECT number FROM profiles WHERE triples >= $2)
    GROUP BY p HAVING count(*) = $2 AND count(DISTINCT s) = $2
) JOIN profiles USING (number) ORDER BY number
"""
"""Predicates that each subject has once, whether no other subject has them, and whether their objects are numbers."""


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A table of records: the predicates that are its columns, and those of them that only its subjects have."""

    table: str
    predicates: frozenset[str]
    own: frozenset[str]


def write_records(database: Database, few: int) -> None:
    """Make the tables from `triples` and `profiles`, for sets of at least `few` subjects."""
    database.define("records", {"table": sql.TEXT, "predicate": sql.TEXT, "own": sql.BOOLEAN})
    for place, (first, size) in enumerate(database.rows(_SUBJECTS, [few, _MOST])):
        columns = database.rows(_COLUMNS, [first, size])
        if len(columns) < 2:
            continue
        table = f"records_{place}"
        values = [f"any_value(o) FILTER (p = {number}) AS o{number}" for number, _, _, _ in columns]
        values += [
            f"any_value(number) FILTER (p = {number}) AS number{number}" for number, _, _, counts in columns if counts
        ]
        listed = ", ".join(str(number) for number, _, _, _ in columns)
        subjects = f"triples SEMI JOIN (SELECT s FROM triples WHERE p = {first}) USING (s) WHERE p IN ({listed})"
        database.create(table, f"SELECT s, {', '.join(values)} FROM {subjects} GROUP BY s ORDER BY s")
        _, predicates, own, _ = zip(*columns, strict=True)
        database.fill("records", [[table] * len(columns), list(predicates), list(own)])


def read_records(rows: Sequence[tuple[str, str, bool]]) -> list[RecordTable]:
    """The tables that `records` lists."""
    found = defaultdict[str, list[tuple[str, bool]]](list)
    for table, predicate, own in rows:
        found[table].append((predicate, own))
    return [
        RecordTable(table, frozenset(name for name, _ in columns), frozenset(name for name, own in columns if own))
        for table, columns in found.items()
    ]


def choose_records(
    patterns: Sequence[Pattern], records: Sequence[RecordTable]
) -> Mapping[int, tuple[str, RecordTable]]:
    """For each pattern that a record answers, by its place: the name of its row, which those of a subject share."""
    of_subject = defaultdict[str, dict[int, str]](dict)
    for place, (subject, predicate, _) in enumerate(patterns):
        if isinstance(subject, QueryVariable) and isinstance(predicate, Term):
            of_subject[subject.name][place] = predicate.lexical
    chosen: dict[int, tuple[str, RecordTable]] = {}
    for number, asked in enumerate(of_subject.values()):
        fitting = [record for record in records if not record.own.isdisjoint(asked.values())]
        best = max(fitting, key=lambda record: _count(asked, record), default=None)
        if best and _count(asked, best) > 1:
            places = (place for place, predicate in asked.items() if predicate in best.predicates)
            chosen |= dict.fromkeys(places, (f"r{number}", best))
    return chosen


def _count(asked: Mapping[int, str], record: RecordTable) -> int:
    return sum(predicate in record.predicates for predicate in asked.values())
