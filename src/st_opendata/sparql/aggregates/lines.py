"""The default graph of a store as lines: subject, predicate, object and the type of the object, as texts of a `Term`.

They come from the store, term by term in memory, or from Parquet files with the same facts: there is no syntax between
the two engines that could lose or change a character. The files have terms in canonical N-Triples, while the store
changes some (`1.50` is `1.5` there). SQL reads the spellings that the store certainly keeps; each other distinct term
passes through a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import StError
from st_opendata.messages.message import message
from st_opendata.namespaces import RDF, XSD
from st_opendata.release.origins import fact_triples
from st_opendata.sparql.aggregates.selection import DATE, DECIMAL, INTEGER, STRING
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Database

LINES = {"s": sql.TEXT, "p": sql.INTEGER, "o": sql.TEXT, "type": sql.TEXT}
PREDICATES = {"p": sql.INTEGER, "predicate": sql.TEXT}
"""Triples in their order of arrival, with predicates by number: they are few, and compared often."""
_SPELLINGS = {"spelling": sql.TEXT, "lexical": sql.TEXT, "type": sql.TEXT}
_UNREAD = {"place": sql.LONG, "spelling": sql.TEXT}
_NUMBERS = {"spelling": sql.TEXT, "p": sql.INTEGER}
_TAGGED = frozenset((f"{RDF}langString", f"{RDF}dirLangString"))
_FOREIGN_TERM = message("the graph has terms of RDF 1.2")
"""A text with a direction, or a triple as a term, which the tables cannot store."""
_OTHER_TERMS = message("the files have other terms than the graph")
_BATCH = 20_000
"""Terms that pass through a store at once."""
_IRI = r"""regexp_full_match({0}, '<[^\x00-\x20<>"{{}}|^`\\]*>')"""
"""An IRI without escapes: between its brackets is the store's text."""
_BARE = rf"""(starts_with(object, '"') AND NOT contains(object, '\')
    AND '"' || split_part(object, '"', 2) || '"' || split_part(object, '"', 3) = object)"""
"""A literal without escapes: between its quotes is its text."""
_TYPE = rf"""CASE
    WHEN {_IRI.format("object")} THEN ''
    WHEN NOT {_BARE} THEN NULL
    WHEN suffix = '' THEN '{STRING}'
    WHEN regexp_full_match(suffix, '@[a-z]{{2,3}}') THEN suffix
    WHEN suffix = '^^<{INTEGER}>'
        THEN if(regexp_full_match(split_part(object, '"', 2), '0|-?[1-9][0-9]{{0,17}}'), '{INTEGER}', NULL)
    WHEN suffix = '^^<{DECIMAL}>' THEN if(regexp_full_match(split_part(object, '"', 2),
        '0|-?[1-9][0-9]{{0,17}}|-?(?:0|[1-9][0-9]{{0,17}})[.][0-9]{{0,17}}[1-9]'), '{DECIMAL}', NULL)
    WHEN suffix = '^^<{DATE}>'
        THEN if(regexp_full_match(split_part(object, '"', 2), '[1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}')
            AND TRY_CAST(split_part(object, '"', 2) AS DATE) IS NOT NULL, '{DATE}', NULL)
    WHEN regexp_full_match(suffix, '\^\^<[^<>"]+>')
        AND NOT starts_with(suffix, '^^<{XSD}') AND NOT starts_with(suffix, '^^<{RDF}')
        THEN substr(suffix, 4, length(suffix) - 4)
END"""
"""The type of an object whose spelling the store keeps; NULL for any other."""
_TYPED = f"""
SELECT subject, predicate, object, {_IRI.format("subject")} AS plain, {_TYPE} AS "type"
FROM (SELECT *, split_part(object, '"', 3) AS suffix FROM ("""
_OTHER_SPELLINGS = """
SELECT row_number() OVER () - 1, * FROM (
    SELECT object FROM typed WHERE "type" IS NULL UNION SELECT subject FROM typed WHERE NOT plain
)
"""
_FROM_FACTS = """
SELECT DISTINCT s, p, o, "type" FROM (
    SELECT coalesce(node.lexical, substr(subject, 2, length(subject) - 2)) AS s, p,
        CASE
            WHEN typed."type" IS NULL THEN thing.lexical
            WHEN typed."type" = '' THEN substr(object, 2, length(object) - 2)
            ELSE split_part(object, '"', 2)
        END AS o,
        coalesce(typed."type", thing."type") AS "type"
    FROM typed JOIN numbers ON numbers.spelling = predicate
    LEFT JOIN spellings node ON node.spelling = if(plain, NULL, subject)
    LEFT JOIN spellings thing ON thing.spelling = if(typed."type" IS NULL, object, NULL)
    UNION ALL SELECT * FROM others
)
"""


class NoColumnsError(StError):
    """There are no columns of this store."""


@dataclass(frozen=True, slots=True)
class FactFiles:
    """Parquet files that have the facts of a store, and the graphs of the store that have the rest of its triples."""

    files: tuple[Path, ...]
    graphs: tuple[str, ...]


def write_lines(database: Database, store: ReleaseStore, facts: FactFiles | None) -> None:
    """Make the tables `lines` and `predicates`, each triple once; raises NoColumnsError and SqlError."""
    database.define("lines", LINES, temporary=True)
    database.define("predicates", PREDICATES, temporary=True)
    predicates: dict[str, int] = {}
    if facts is None:
        database.insert("lines", _lines(store.quads(), predicates))
    else:
        _read_facts(database, store, facts, predicates)
    database.insert("predicates", ((number, name) for name, number in predicates.items()))


def _read_facts(database: Database, store: ReleaseStore, facts: FactFiles, predicates: dict[str, int]) -> None:
    database.view("typed", f"{_TYPED}{fact_triples(facts.files)}))", temporary=True)
    tables = {"others": LINES, "unread": _UNREAD, "spellings": _SPELLINGS, "numbers": _NUMBERS}
    for name, columns in tables.items():
        database.define(name, columns, temporary=True)
    for graph in facts.graphs:
        database.insert("others", _lines(store.graph(graph), predicates))
    database.append("unread", _OTHER_SPELLINGS)
    place = 0
    while batch := database.rows("SELECT spelling FROM unread WHERE place BETWEEN $1 AND $2", [place, place + _BATCH - 1]):
        database.insert("spellings", _stored([spelling for (spelling,) in batch]))
        place += _BATCH
    spelled = [spelling for (spelling,) in database.rows("SELECT DISTINCT predicate FROM typed")]
    database.insert(
        "numbers",
        ((spelling, predicates.setdefault(name, len(predicates))) for spelling, name, _ in _stored(spelled)),
    )
    database.append("lines", _FROM_FACTS)


def _stored(spellings: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each term in N-Triples with the text and the type that it has in a store."""
    store = ox.Store()
    lines = "".join(f"<n:{place}> <n:n> {spelling} .\n" for place, spelling in enumerate(spellings))
    try:
        store.bulk_load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise NoColumnsError(_OTHER_TERMS) from error
    found = {int(node[2:]): (text, kind) for node, _, text, kind in _lines(store, {})}
    if len(found) != len(spellings):
        raise NoColumnsError(_OTHER_TERMS)
    for place, spelling in enumerate(spellings):
        text, kind = found[place]
        if not kind and text.startswith("_:"):  # the store has another name for it
            raise NoColumnsError(_OTHER_TERMS)
        yield spelling, text, kind


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
