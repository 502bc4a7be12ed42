"""The default graph of a store as rows of spellings, and the term that each spelling has in the store.

The rows come from the store, term by term in memory, or from the Parquet files of the facts: there is no syntax
between the two engines that could lose or change a character. The files have terms in canonical N-Triples, while the
store changes some (`1.50` is `1.5` there). SQL reads the spellings that the store certainly keeps; each other one
passes through a store. A term that comes from a store is spelled with its type and its text, after a control character.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import StError
from st_opendata.messages.message import message
from st_opendata.namespaces import RDF, XSD
from st_opendata.sparql.aggregates.selection import DATE, DECIMAL, INTEGER, STRING
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.duckdb import Database

_LINES = {"s": sql.TEXT, "p": sql.INTEGER, "o": sql.TEXT, "type": sql.TEXT}
_PREDICATES = {"p": sql.INTEGER, "predicate": sql.TEXT}
"""Triples in their order of arrival, with predicates by number: they are few, and compared often."""
_FILES = {"place": sql.INTEGER, "p": sql.INTEGER}
"""The predicate of each file, by the place of the file."""
_TYPED = {
    "key": native.HASH,
    "first": sql.INTEGER,
    "spelling": sql.TEXT,
    "lexical": sql.TEXT,
    "type": sql.TEXT,
    "is_own": sql.BOOLEAN,
}
"""Terms, each by the hash of its spelling, which is there only if it has to be read."""
_UNREAD = {"place": sql.LONG, "key": native.HASH, "spelling": sql.TEXT}
_READ = {"key": native.HASH, "lexical": sql.TEXT, "type": sql.TEXT}
_TAGGED = frozenset((f"{RDF}langString", f"{RDF}dirLangString"))
_FOREIGN_TERM = message("the graph has terms of RDF 1.2")
"""A text with a direction, or a triple as a term, which the tables cannot store."""
_OTHER_TERMS = message("the files have other terms than the graph")
_SAME_HASH = message("two terms of the graph have the same hash")
_BATCH = 20_000
"""Terms that pass through a store at once."""
_TEXT = "split_part(quoted, '\"', 2)"
"""The text of a literal, in whose spelling no other character than quotes around it is a quote."""
_UNESCAPED = _TEXT
for _escape, _character in ((r"\n", 10), (r"\r", 13), (r"\t", 9)):
    _UNESCAPED = f"replace({_UNESCAPED}, '{_escape}', chr({_character}))"
_ROUND = f"""0"^^<{DECIMAL}>"""
_SHORTENED = rf"""CASE
    WHEN ends_with(o, '{_ROUND}')
        AND regexp_full_match(split_part(o, '"', 2), '(?:0|-?[1-9][0-9]{{0,17}})[.][0-9]{{0,17}}0')
    THEN '"' || rtrim(rtrim(split_part(o, '"', 2), '0'), '.') || '"^^<{DECIMAL}>'
    ELSE o
END"""
"""An object with a decimal number as the store writes it: without zeros at its end, which many amounts have."""
_TYPE = rf"""CASE
    WHEN starts_with(spelling, chr(1)) THEN split_part(spelling, chr(1), 2)
    WHEN regexp_full_match(spelling, '<[^\x00-\x20<>"{{}}|^`\\]*>') THEN ''
    WHEN '"' || {_TEXT} || '"' || suffix <> quoted OR contains(spelling, chr(2)) THEN NULL
    WHEN contains(spelling, '\')
        AND (contains(spelling, '\\') OR contains(suffix, '\') OR contains({_UNESCAPED}, '\')) THEN NULL
    WHEN suffix = '' THEN '{STRING}'
    WHEN regexp_full_match(suffix, '@[a-z]{{2,3}}') THEN suffix
    WHEN suffix = '^^<{INTEGER}>'
        THEN if(regexp_full_match({_TEXT}, '0|-?[1-9][0-9]{{0,17}}'), '{INTEGER}', NULL)
    WHEN suffix = '^^<{DECIMAL}>' THEN if(regexp_full_match({_TEXT},
        '0|-?[1-9][0-9]{{0,17}}|-?(?:0|[1-9][0-9]{{0,17}})[.][0-9]{{0,17}}[1-9]'), '{DECIMAL}', NULL)
    WHEN suffix = '^^<{DATE}>'
        THEN if(regexp_full_match({_TEXT}, '[1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}')
            AND TRY_CAST({_TEXT} AS DATE) IS NOT NULL, '{DATE}', NULL)
    WHEN regexp_full_match(suffix, '\^\^<[^\x00-\x20<>"{{}}|^`]+>')
        AND NOT starts_with(suffix, '^^<{XSD}') AND NOT starts_with(suffix, '^^<{RDF}')
        THEN substr(suffix, 4, length(suffix) - 4)
END"""
"""The type of a term whose spelling the store keeps; NULL for any other."""
_SPELLED = rf"""
SELECT hash(spelling), first, if("type" IS NULL, spelling, NULL), CASE
    WHEN starts_with(spelling, chr(1)) THEN substr(spelling, length("type") + 3)
    WHEN "type" = '' THEN substr(spelling, 2, length(spelling) - 2)
    WHEN "type" IS NOT NULL THEN if(contains(spelling, '\'), replace({_UNESCAPED}, chr(2), '"'), {_TEXT})
END, "type", "type" IS NOT NULL AND NOT starts_with(spelling, chr(1))
FROM (
    SELECT *, {_TYPE} AS "type" FROM (
        SELECT *, split_part(quoted, '"', 3) AS suffix FROM (
            SELECT *, if(contains(spelling, '\'), replace(spelling, '\"', chr(2)), spelling) AS quoted FROM (
                SELECT spelling, min(first) AS first FROM (
                    SELECT o AS spelling, p AS first FROM given UNION ALL SELECT DISTINCT s, -1 FROM given
                ) GROUP BY spelling
            )
        )
    )
)
"""
"""Each spelling with its term. No backslash is escaped in those that are read here, so each begins an escape."""
_FROM_STORE = """
SELECT chr(1) || chr(1) || s AS s, p, chr(1) || "type" || chr(1) || o AS o FROM lines
"""
_SPELLINGS = """
SELECT key, first, coalesce(typed.lexical, read.lexical) AS lexical, coalesce(typed."type", read."type") AS "type",
    is_own
FROM typed LEFT JOIN read USING (key)
"""
_SAME_KEYS = """
SELECT 1 FROM typed GROUP BY key HAVING count(*) > 1 LIMIT 1
"""


class NoColumnsError(StError):
    """There are no columns of this store."""


@dataclass(frozen=True, slots=True)
class FactFiles:
    """A Parquet file for each predicate, an IRI, that has all facts, and the graphs of a store that have the rest.

    Subjects and objects are its columns `s` and `o`.
    """

    files: Mapping[str, Path]
    graphs: tuple[str, ...]


def write_lines(database: Database, store: ReleaseStore, facts: FactFiles | None) -> None:
    """Make temporary tables and views; raises NoColumnsError and SqlError.

    `given` has the triples, each at least once: subject and object as spellings, and the number of the predicate, which
    is in `predicates`. `spellings` has the term of each spelling by its hash (`key`), the least number of its
    predicates as an object, and whether no other spelling but a rewritten one can be the same term (`is_own`).
    """
    database.define("lines", _LINES, temporary=True)
    database.define("predicates", _PREDICATES, temporary=True)
    database.define("typed", _TYPED, temporary=True)
    database.define("read", _READ, temporary=True)
    predicates: dict[str, int] = {}
    if facts is None:
        database.insert("lines", _lines(store.quads(), predicates))
        database.view("given", _FROM_STORE, temporary=True)
    else:
        for graph in facts.graphs:
            database.insert("lines", _lines(store.graph(graph), predicates))
        _give_facts(database, facts.files, predicates)
    database.insert("predicates", ((number, name) for name, number in predicates.items()))
    database.append("typed", _SPELLED)
    if database.rows(_SAME_KEYS):
        raise NoColumnsError(_SAME_HASH)
    _read_others(database)
    database.view("spellings", _SPELLINGS, temporary=True)


def _give_facts(database: Database, files: Mapping[str, Path], predicates: dict[str, int]) -> None:
    """Let `given` have the facts in addition to the lines; their predicates get numbers."""
    names = _stored([f"<{predicate}>" for predicate in files])
    numbers = [predicates.setdefault(name, len(predicates)) for name, _ in names]
    database.define("files", _FILES, temporary=True)
    database.insert("files", enumerate(numbers))
    # One scan of all files: of many, each would have its own buffers for what the engine groups and joins.
    facts = f"SELECT s, p, {_SHORTENED} AS o FROM {native.placed_parquet(files.values())} JOIN files USING (place)"
    database.view("given", f"{facts} UNION ALL {_FROM_STORE}" if files else _FROM_STORE, temporary=True)


def _read_others(database: Database) -> None:
    """Read the terms whose spellings the store may not keep, in parts."""
    database.define("unread", _UNREAD, temporary=True)
    database.append("unread", 'SELECT row_number() OVER () - 1, key, spelling FROM typed WHERE "type" IS NULL')
    place = 0
    part = "SELECT key, spelling FROM unread WHERE place BETWEEN $1 AND $2"
    while batch := database.rows(part, [place, place + _BATCH - 1]):
        keys, spellings = zip(*batch, strict=True)
        database.insert("read", zip(keys, *zip(*_stored(spellings), strict=True), strict=True))
        place += _BATCH


def _stored(spellings: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The text and the type that each term in N-Triples has in a store."""
    store = ox.Store()
    lines = "".join(f"<n:{place}> <n:n> {spelling} .\n" for place, spelling in enumerate(spellings))
    try:
        store.bulk_load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise NoColumnsError(_OTHER_TERMS) from error
    found = {int(node[2:]): (text, kind) for node, _, text, kind in _lines(store, {})}
    if len(found) != len(spellings):
        raise NoColumnsError(_OTHER_TERMS)
    for place in range(len(spellings)):
        text, kind = found[place]
        if not kind and text.startswith("_:"):  # the store has another name for it
            raise NoColumnsError(_OTHER_TERMS)
        yield text, kind


def _lines(quads: Iterable[ox.Quad], predicates: dict[str, int]) -> Iterator[tuple[str, int, str, str]]:
    """The lines of quads; predicates get numbers."""
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
