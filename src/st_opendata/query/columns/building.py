"""The default graph of a store as columns in a database file: terms by number, triples of numbers, profiles.

Terms are taken as the store gives them, which has normalised them: `1.50` is `1.5` there. A number or a date is kept
beside its triple too where all objects of the predicate are of one such type.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox

from st_opendata.errors import StError
from st_opendata.namespaces import RDF
from st_opendata.query.columns.records import write_records
from st_opendata.query.columns.selection import DATE, DECIMAL, DIGITS, FEW, INTEGER, STRING
from st_opendata.query.store import ReleaseStore

_QUADS = "SELECT ?s ?p ?o (DATATYPE(?o) AS ?datatype) (LANG(?o) AS ?language) { ?s ?p ?o }"
_LINES = f"""
CREATE TEMP TABLE lines AS
SELECT s, p, coalesce(o, '') AS o, if(datatype = '{RDF}langString', '@' || language, coalesce(datatype, '')) AS "type"
FROM read_csv($1, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n', parallel = false,
    auto_detect = false,
    columns = {{'s': 'VARCHAR', 'p': 'VARCHAR', 'o': 'VARCHAR', 'datatype': 'VARCHAR', 'language': 'VARCHAR'}})
"""
_TERMS = """
CREATE TABLE terms AS
SELECT CAST(row_number() OVER (ORDER BY place) AS INTEGER) AS number, lexical, "type"
FROM (
    SELECT lexical, "type", min(place) AS place FROM (
        SELECT o AS lexical, "type", p AS place FROM lines
        UNION ALL SELECT s, '', '' FROM lines
        UNION ALL SELECT p, '', '' FROM lines
    ) GROUP BY ALL
)
"""
_KEYS = """
CREATE TABLE keys AS SELECT hash(lexical, "type") AS key, number FROM terms ORDER BY 1
"""
"""Where a term is found by what it is: sorted, so that one part of the table is read."""
_PROFILES = f"""
CREATE TABLE profiles AS
SELECT p AS predicate, terms.number,
    if(bool_and(NOT starts_with(s, '_:')), 'iri', 'resource') AS subjects,
    CASE
        WHEN bool_and(lines."type" = '' AND NOT starts_with(o, '_:')) THEN 'iri'
        WHEN bool_and(lines."type" = '') THEN 'resource'
        WHEN bool_and(lines."type" = '{STRING}') THEN 'string'
        WHEN bool_and(lines."type" = '{STRING}' OR starts_with(lines."type", '@')) THEN 'text'
        WHEN bool_and(lines."type" = '{INTEGER}' AND regexp_full_match(o, '0|-?[1-9][0-9]*'))
            AND max(whole) <= {DIGITS} THEN 'integer'
        WHEN bool_and(lines."type" = '{DECIMAL}' AND regexp_full_match(o, '-?[0-9]+([.][0-9]+)?'))
            AND max(whole) + max(fraction) <= {DIGITS} THEN 'decimal'
        WHEN bool_and(lines."type" = '{DATE}' AND regexp_full_match(o, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
            AND TRY_CAST(o AS DATE) IS NOT NULL) THEN 'date'
    END AS objects,
    coalesce(max(fraction), 0) AS scale, coalesce(max(whole), 0) + coalesce(max(fraction), 0) AS digits,
    count(*) AS triples
FROM (
    SELECT *, if("type" IN ('{INTEGER}', '{DECIMAL}'), length(split_part(ltrim(o, '-'), '.', 1)), NULL) AS whole,
        if("type" = '{DECIMAL}', length(split_part(o, '.', 2)), NULL) AS fraction
    FROM lines
) AS lines JOIN terms ON lexical = p AND terms."type" = ''
GROUP BY ALL
"""
_TRIPLES = """
CREATE TABLE triples AS
SELECT profiles.number AS p, subject.number AS s, object.number AS o,
    CAST(CASE
        WHEN objects = 'integer' THEN lines.o
        WHEN objects = 'decimal'
            THEN replace(lines.o, '.', '') || repeat('0', scale - length(split_part(lines.o, '.', 2)))
        WHEN objects = 'date' THEN replace(lines.o, '-', '')
    END AS BIGINT) AS number
FROM lines JOIN profiles ON predicate = lines.p
JOIN terms subject ON subject.lexical = s AND subject."type" = ''
JOIN terms object ON object.lexical = lines.o AND object."type" = lines."type"
ORDER BY 1, 2
"""
_STRANGE = f"""
SELECT count(*) FROM lines WHERE "type" = '{RDF}dirLangString' OR "type" = '' AND contains(o, ' ')
"""
"""Triples whose object is a text with a direction or itself a triple (RDF 1.2): these tables have no place for them."""


class NoColumnsError(StError):
    """There are no columns of this store."""


def write_columns(store: ReleaseStore, path: Path, memory: int, threads: int, few: int = FEW) -> None:
    """Write the default graph to a database file, with others beside it meanwhile; records of at least `few` subjects.

    It takes time in proportion to the graph (and sorting), at most so many bytes of memory, and else the disk.

    Raises:
        NoColumnsError: the graph has what columns cannot hold, or disk or memory do not suffice.
    """
    solutions = store.query(_QUADS)
    assert isinstance(solutions, ox.QuerySolutions)
    file = path.with_suffix(".csv")
    settings: dict[str, Any] = {
        "memory_limit": f"{memory}B",
        "threads": threads,
        "temp_directory": str(path.with_suffix(".spill")),
        "preserve_insertion_order": False,
        "autoload_known_extensions": False,
    }
    try:
        solutions.serialize(str(file), ox.QueryResultsFormat.CSV)
        with duckdb.connect(str(path), config=settings) as connection:
            connection.execute(_LINES, [str(file)])
            file.unlink()
            if connection.execute(_STRANGE).fetchall() != [(0,)]:
                raise NoColumnsError("the graph has terms of RDF 1.2")
            for statement in (_TERMS, _KEYS, _PROFILES, _TRIPLES):
                connection.execute(statement)
            write_records(connection, few)
            _check(connection, store)
    except (duckdb.Error, OSError) as error:
        raise NoColumnsError(str(error).partition("\n")[0]) from error


def _check(connection: duckdb.DuckDBPyConnection, store: ReleaseStore) -> None:
    """Whether each triple came through."""
    [solution] = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")  # type: ignore[misc]  # it is a SELECT
    if connection.execute("SELECT count(*) FROM triples").fetchall() != [(int(solution["n"].value),)]:
        raise NoColumnsError("columns have other triples than the graph")
