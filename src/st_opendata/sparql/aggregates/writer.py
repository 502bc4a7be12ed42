"""The default graph of a store as columns in a database file: terms by number, triples of numbers, profiles.

Terms are in the store's normal form, which its answers have too: `1.50` is `1.5` there. A number or a date is stored
with its triple if all objects of the predicate are of one such type.
"""

from __future__ import annotations

from pathlib import Path

from st_opendata.messages.message import message, verbatim
from st_opendata.sparql.aggregates.lines import FactFiles, NoColumnsError, write_lines
from st_opendata.sparql.aggregates.records import write_records
from st_opendata.sparql.aggregates.selection import DATE, DECIMAL, DIGITS, FEW, INTEGER, STRING
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError

_SPELLED = """
SELECT CAST(row_number() OVER () AS INTEGER) AS number, key, lexical, "type", is_own, first < 0 AS is_subject
FROM (
    FROM (SELECT * FROM spellings UNION ALL SELECT NULL, -1, predicate, '', FALSE FROM predicates) ORDER BY first
)
"""
"""The spellings by number, those of the objects of a predicate together."""
_MERGED = """
SELECT * FROM (
    SELECT number, min(number) OVER (PARTITION BY lexical, "type") AS term
    FROM (SELECT *, hash(lexical, "type") AS mark FROM spelled)
    SEMI JOIN (SELECT hash(lexical, "type") AS mark FROM spelled WHERE NOT is_own) USING (mark)
) WHERE number <> term
"""
"""The spellings of terms that have another one with a lower number."""
_NODES = """
SELECT key, is_subject, coalesce(term, number) AS number FROM spelled LEFT JOIN merged USING (number)
WHERE key IS NOT NULL
"""
_TERMS = """
SELECT number, lexical, "type" FROM spelled ANTI JOIN merged USING (number)
"""
_KEYS = """
SELECT hash(lexical, "type") AS key, number FROM terms ORDER BY 1
"""
"""An index of terms: sorted, so that a look-up reads one part of the table."""
_NUMBERED = {"p": sql.INTEGER, "s": sql.INTEGER, "o": sql.INTEGER}
_STATED = """
SELECT p, hash(s) AS s, number AS o FROM given LEFT JOIN nodes ON key = hash(o)
"""
_NUMBERS = """
SELECT DISTINCT p, number, o FROM stated LEFT JOIN (FROM nodes WHERE is_subject) ON key = s
"""
_KINDS = f"""
SELECT number, CASE
    WHEN "type" = '' THEN if(starts_with(lexical, '_:'), 'blank', 'iri')
    WHEN "type" = '{STRING}' THEN 'string'
    WHEN starts_with("type", '@') THEN 'text'
    WHEN "type" = '{INTEGER}' AND regexp_full_match(lexical, '0|-?[1-9][0-9]*') THEN 'integer'
    WHEN "type" = '{DECIMAL}' AND regexp_full_match(lexical, '-?[0-9]+([.][0-9]+)?') THEN 'decimal'
    WHEN "type" = '{DATE}' AND regexp_full_match(lexical, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
        AND TRY_CAST(lexical AS DATE) IS NOT NULL THEN 'date'
    ELSE 'other'
END AS kind,
if("type" IN ('{INTEGER}', '{DECIMAL}'), length(split_part(ltrim(lexical, '-'), '.', 1)), NULL) AS whole,
if("type" = '{DECIMAL}', length(split_part(lexical, '.', 2)), NULL) AS fraction FROM terms
"""
"""The kind of each term, and the digits of a number before and after the point."""
_PROFILES = f"""
WITH found AS (
    SELECT p, if(bool_and(subject.kind = 'iri'), 'iri', 'resource') AS subjects,
        CASE
            WHEN bool_and(object.kind = 'iri') THEN 'iri'
            WHEN bool_and(object.kind IN ('iri', 'blank')) THEN 'resource'
            WHEN bool_and(object.kind = 'string') THEN 'string'
            WHEN bool_and(object.kind IN ('string', 'text')) THEN 'text'
            WHEN bool_and(object.kind = 'integer') AND max(object.whole) <= {DIGITS} THEN 'integer'
            WHEN bool_and(object.kind = 'decimal') AND max(object.whole) + max(object.fraction) <= {DIGITS}
                THEN 'decimal'
            WHEN bool_and(object.kind = 'date') THEN 'date'
        END AS objects,
        coalesce(max(object.fraction), 0) AS scale,
        coalesce(max(object.whole), 0) + coalesce(max(object.fraction), 0) AS digits, count(*) AS triples
    FROM numbered JOIN kinds subject ON subject.number = s JOIN kinds object ON object.number = o GROUP BY p
)
SELECT predicate, number, subjects, objects, scale, digits, triples
FROM found JOIN predicates USING (p) JOIN terms ON lexical = predicate AND "type" = ''
"""
_TRIPLES = f"""
WITH counted AS (SELECT number, lexical FROM terms WHERE "type" IN ('{INTEGER}', '{DECIMAL}', '{DATE}'))
SELECT profiles.number AS p, s, o,
    CAST(CASE
        WHEN objects = 'integer' THEN lexical
        WHEN objects = 'decimal'
            THEN replace(lexical, '.', '') || repeat('0', scale - length(split_part(lexical, '.', 2)))
        WHEN objects = 'date' THEN replace(lexical, '-', '')
    END AS BIGINT) AS number
FROM numbered JOIN predicates USING (p) JOIN profiles USING (predicate) LEFT JOIN counted ON counted.number = o
ORDER BY 1, 2
"""


def write_columns(
    store: ReleaseStore, path: Path, memory: int, threads: int, few: int = FEW, facts: FactFiles | None = None
) -> None:
    """Write the default graph to a database file, and temporary files next to it; records of at least `few` subjects.

    The triples come from the store. With `facts`, which is many times faster, they come from those files and from the
    graphs that these do not have; then the store need not have others. It takes time in proportion to the graph (and
    sorting), and at most `memory` bytes; the rest is on disk.

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
            write_lines(database, store, facts)
            database.create("spelled", _SPELLED, temporary=True)
            database.create("merged", _MERGED, temporary=True)
            database.view("nodes", _NODES, temporary=True)
            database.create("terms", _TERMS)
            database.create("keys", _KEYS)
            database.define("numbered", _NUMBERED, temporary=True)
            database.create("stated", _STATED, temporary=True)  # one join at a time needs less memory
            database.append("numbered", _NUMBERS)
            database.create("kinds", _KINDS, temporary=True)
            database.create("profiles", _PROFILES)
            database.create("triples", _TRIPLES)
            write_records(database, few)
            _check(database, None if facts else store)
    except (SqlError, OSError) as error:
        raise NoColumnsError(verbatim(str(error).partition("\n")[0])) from error


def _check(database: Database, store: ReleaseStore | None) -> None:
    """Whether the tables have every triple: each has terms, and there are as many as in the store, if it has all."""
    if database.rows("SELECT 1 FROM numbered WHERE s IS NULL OR o IS NULL LIMIT 1"):
        raise NoColumnsError(message("the columns have other triples than the graph"))
    if store is None:
        return
    [solution] = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")  # type: ignore[misc]  # it is a SELECT
    if database.rows("SELECT count(*) FROM triples") != [(int(solution["n"].value),)]:
        raise NoColumnsError(message("the columns have other triples than the graph"))
