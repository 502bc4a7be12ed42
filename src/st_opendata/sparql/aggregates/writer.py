"""The default graph of a store as columns in a database file: terms by number, triples of numbers, profiles.

The triples come from the store, term by term as texts in memory: there is no syntax between the two engines that
could lose or change a character. Terms are in the store's normal form, which its answers have too: `1.50` is `1.5`
there. A number or a date is stored with its triple if all objects of the predicate are of one such type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import StError
from st_opendata.messages.message import message, verbatim
from st_opendata.namespaces import RDF
from st_opendata.sparql.aggregates.records import write_records
from st_opendata.sparql.aggregates.selection import DATE, DECIMAL, DIGITS, FEW, INTEGER, STRING
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError

_LINES = {"s": sql.TEXT, "p": sql.INTEGER, "o": sql.TEXT, "type": sql.TEXT}
_PREDICATES = {"p": sql.INTEGER, "predicate": sql.TEXT}
"""Triples in their order of arrival, with predicates by number: they are few, and compared often."""
_TERMS = """
SELECT CAST(row_number() OVER (ORDER BY place) AS INTEGER) AS number, lexical, "type"
FROM (
    SELECT lexical, "type", min(place) AS place FROM (
        SELECT o AS lexical, "type", p AS place FROM lines
        UNION ALL SELECT DISTINCT s, '', -1 FROM lines
        UNION ALL SELECT predicate, '', -1 FROM predicates
    ) GROUP BY ALL
)
"""
_KEYS = """
SELECT hash(lexical, "type") AS key, number FROM terms ORDER BY 1
"""
"""An index of terms: sorted, so that a look-up reads one part of the table."""
_PROFILES = f"""
WITH measured AS (
    SELECT *, if("type" IN ('{INTEGER}', '{DECIMAL}'), length(split_part(ltrim(o, '-'), '.', 1)), NULL) AS whole,
        if("type" = '{DECIMAL}', length(split_part(o, '.', 2)), NULL) AS fraction
    FROM lines
), found AS (
    SELECT p,
        if(bool_and(NOT starts_with(s, '_:')), 'iri', 'resource') AS subjects,
        CASE
            WHEN bool_and("type" = '' AND NOT starts_with(o, '_:')) THEN 'iri'
            WHEN bool_and("type" = '') THEN 'resource'
            WHEN bool_and("type" = '{STRING}') THEN 'string'
            WHEN bool_and("type" = '{STRING}' OR starts_with("type", '@')) THEN 'text'
            WHEN bool_and("type" = '{INTEGER}' AND regexp_full_match(o, '0|-?[1-9][0-9]*'))
                AND max(whole) <= {DIGITS} THEN 'integer'
            WHEN bool_and("type" = '{DECIMAL}' AND regexp_full_match(o, '-?[0-9]+([.][0-9]+)?'))
                AND max(whole) + max(fraction) <= {DIGITS} THEN 'decimal'
            WHEN bool_and("type" = '{DATE}' AND regexp_full_match(o, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
                AND TRY_CAST(o AS DATE) IS NOT NULL) THEN 'date'
        END AS objects,
        coalesce(max(fraction), 0) AS scale, coalesce(max(whole), 0) + coalesce(max(fraction), 0) AS digits,
        count(*) AS triples
    FROM measured GROUP BY p
)
SELECT predicate, number, subjects, objects, scale, digits, triples
FROM found JOIN predicates USING (p) JOIN terms ON lexical = predicate AND "type" = ''
"""
_TRIPLES = """
SELECT profiles.number AS p, subject.number AS s, object.number AS o,
    CAST(CASE
        WHEN objects = 'integer' THEN lines.o
        WHEN objects = 'decimal'
            THEN replace(lines.o, '.', '') || repeat('0', scale - length(split_part(lines.o, '.', 2)))
        WHEN objects = 'date' THEN replace(lines.o, '-', '')
    END AS BIGINT) AS number
FROM lines JOIN predicates USING (p) JOIN profiles USING (predicate)
JOIN terms subject ON subject.lexical = s AND subject."type" = ''
JOIN terms object ON object.lexical = lines.o AND object."type" = lines."type"
ORDER BY 1, 2
"""
_TAGGED = frozenset((f"{RDF}langString", f"{RDF}dirLangString"))
_FOREIGN_TERM = message("the graph has terms of RDF 1.2")
"""A text with a direction, or a triple as a term, which these tables cannot store."""


class NoColumnsError(StError):
    """There are no columns of this store."""


def write_columns(store: ReleaseStore, path: Path, memory: int, threads: int, few: int = FEW) -> None:
    """Write the default graph to a database file, and temporary files next to it; records of at least `few` subjects.

    It takes time in proportion to the graph (and sorting), and at most `memory` bytes; the rest is on disk.

    Raises:
        NoColumnsError: the graph has terms that columns cannot store, or disk or memory do not suffice.
    """
    settings = {
        "memory_limit": f"{memory}B",
        "threads": threads,
        "temp_directory": str(path.with_suffix(".spill")),
        "preserve_insertion_order": False,
    }
    try:
        with Database(path, settings) as database:
            database.define("lines", _LINES, temporary=True)
            database.define("predicates", _PREDICATES, temporary=True)
            predicates: dict[str, int] = {}
            database.insert("lines", _lines(store.quads(), predicates))
            database.insert("predicates", ((number, name) for name, number in predicates.items()))
            for name, query in (("terms", _TERMS), ("keys", _KEYS), ("profiles", _PROFILES), ("triples", _TRIPLES)):
                database.create(name, query)
            write_records(database, few)
            _check(database, store)
    except (SqlError, OSError) as error:
        raise NoColumnsError(verbatim(str(error).partition("\n")[0])) from error


def _lines(quads: Iterable[ox.Quad], predicates: dict[str, int]) -> Iterator[tuple[str, int, str, str]]:
    """Subject, predicate, object and the type of the object of each, as texts of a `Term`; predicates are numbered."""
    for subject, predicate, thing, _ in quads:
        node = subject.value if isinstance(subject, ox.NamedNode) else _other(subject)
        number = predicates.setdefault(predicate.value, len(predicates))
        if isinstance(thing, ox.Literal):
            datatype = thing.datatype.value
            yield node, number, thing.value, f"@{_language(thing)}" if datatype in _TAGGED else datatype
        else:
            yield node, number, thing.value if isinstance(thing, ox.NamedNode) else _other(thing), ""


def _other(term: ox.BlankNode | ox.Triple) -> str:
    if isinstance(term, ox.Triple):
        raise NoColumnsError(_FOREIGN_TERM)
    return f"_:{term.value}"


def _language(literal: ox.Literal) -> str:
    if literal.direction or not literal.language:
        raise NoColumnsError(_FOREIGN_TERM)
    return literal.language


def _check(database: Database, store: ReleaseStore) -> None:
    """Whether the tables have every triple."""
    [solution] = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")  # type: ignore[misc]  # it is a SELECT
    if database.rows("SELECT count(*) FROM triples") != [(int(solution["n"].value),)]:
        raise NoColumnsError(message("the columns have other triples than the graph"))
