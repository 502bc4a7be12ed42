"""All that a release states, by subject and by object: a look-up takes milliseconds however large the release is.

`facts.parquet` answers any question by reading all of it; a portal answers many small ones. The index is a DuckDB file
whose tables are sorted by the hash of a term and cut into small row groups, so that a look-up reads one of them. Terms
are N-Triples texts throughout.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from hashlib import md5
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.folding import folded_sql
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.release.origins import STATED, Origin

LABELS = tuple(
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("skos", "prefLabel"), ("rdfs", "label"), ("dct", "title"), ("foaf", "name"), ("schema", "name"),
        ("eurio", "title"), ("eurio", "legalName"), ("eurio", "shortForm"), ("skos", "notation"), ("vcard", "fn"),
    )
)  # fmt: skip
"""Properties that say what a thing is called, the best first."""
_ROW_GROUP = 2048
"""Rows that a look-up reads at least; the smallest that DuckDB allows."""
_BATCH = 20_000
_LABEL = """regexp_extract(object, '^"(.*)"', 1)"""
_WORDS = rf"""CASE WHEN suffix(file, '.ttl') THEN '' ELSE ' ' || regexp_replace(
    {folded_sql(_LABEL)}, '[^\p{{L}}\p{{N}}]+', ' ', 'g') END"""
"""The words of a label that facts state, as `folded` has them, each with a space before it."""
_SHEET = """coalesce(regexp_extract(cell, '^(.*)!', 1), '')"""
"""The sheet of a workbook, as `Place.sheet` has it."""
_KEY = "md5_number_lower"
_CREATE = f"""
    CREATE TABLE terms.by_subject AS
    SELECT {_KEY}(subject) AS key, subject, predicate, object, file, "row", "column", cell FROM stated ORDER BY key;
    CREATE TABLE terms.by_object AS
    SELECT DISTINCT {_KEY}(object) AS key, object, predicate, subject FROM stated WHERE object[1] = '<' ORDER BY ALL;
    CREATE TABLE terms.pointing AS
    SELECT key, object, predicate, count(*) AS subjects FROM terms.by_object GROUP BY ALL ORDER BY ALL;
    CREATE TABLE terms.labels AS
    SELECT DISTINCT {_KEY}(subject) AS key, subject, predicate, object, {_WORDS} AS words FROM stated
    WHERE predicate IN ({", ".join(f"'{label}'" for label in LABELS)}) ORDER BY key;
"""


def build_index(folder: Path, files: Sequence[str], path: Path, *, memory: str = "300MB") -> None:
    """Write the index of a release: its facts with their cells, and the Turtle `files` (paths in it) without cells.

    Blank nodes of the files are left out, as nobody can ask for one.

    Raises:
        InputError: a file of the release cannot be read.
    """
    facts = sorted(str(each) for each in folder.glob("*/facts.parquet"))
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": 1,
        "temp_directory": f"{path}.tmp",
    }
    with duckdb.connect(config=config) as connection:
        try:
            connection.execute(f"ATTACH '{_quoted(path)}' AS terms (ROW_GROUP_SIZE {_ROW_GROUP})")
            connection.execute(
                "CREATE TEMP TABLE defined (subject VARCHAR, predicate VARCHAR, object VARCHAR, file VARCHAR)"
            )
            for file in files:
                _add(connection, file, _triples(folder / file, file))
            nowhere = 'NULL::BIGINT AS "row", NULL::VARCHAR AS "column", NULL::VARCHAR AS cell'
            files_read = ", ".join(f"'{_quoted(Path(each))}'" for each in facts)
            read = f"""
                SELECT DISTINCT subject, predicate, object, file, "row", "column", cell
                FROM {STATED.format(f"[{files_read}]")}
            """
            union = f" UNION ALL {read}" if facts else ""
            connection.execute(
                f"CREATE TEMP VIEW stated AS SELECT subject, predicate, object, file, {nowhere} FROM defined{union}"
            )
            connection.execute(_CREATE)
            connection.execute(_sources(f"[{files_read}]") if facts else _NO_SOURCES)
        except duckdb.Error as error:
            raise InputError(
                f"the release cannot be indexed: {str(error).partition(chr(10))[0]}", remedy="Build it again."
            ) from error


_NO_SOURCES = "CREATE TABLE terms.sources (file VARCHAR, sheet VARCHAR, dataset VARCHAR, name VARCHAR)"


def _sources(files: str) -> str:
    """The statement that keeps which table of which dataset each file, or sheet of one, was read for."""
    return f"""
        CREATE TABLE terms.sources AS
        SELECT file, {_SHEET} AS sheet, parse_path(filename)[-2] AS dataset, min("table") AS name
        FROM (SELECT * FROM read_parquet({files}, filename = true)
              UNION ALL BY NAME SELECT NULL::VARCHAR AS cell, NULL::VARCHAR AS "table" WHERE FALSE)
        WHERE "table" IS NOT NULL GROUP BY ALL
    """


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _triples(path: Path, shown: str) -> Iterator[tuple[str, str, str]]:
    try:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, lenient=True):
            if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode):
                yield str(quad.subject), str(quad.predicate), str(quad.object)
    except (SyntaxError, OSError) as error:
        raise InputError(
            f"it cannot be read: {error}", place=Place(shown), remedy="Build the release again."
        ) from error


def _add(connection: duckdb.DuckDBPyConnection, file: str, triples: Iterator[tuple[str, str, str]]) -> None:
    while batch := list(islice(triples, _BATCH)):
        subjects, predicates, objects = map(list, zip(*batch, strict=True))
        connection.execute(
            "INSERT INTO defined SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?",
            [subjects, predicates, objects, file],
        )


class Index:
    """An index that `build_index` wrote; it may be used from several threads at once."""

    def __init__(self, path: Path, *, memory: str = "100MB") -> None:
        """Open it; `memory` bounds what all look-ups together hold."""
        self._connection = duckdb.connect(str(path), read_only=True, config={"memory_limit": memory, "threads": 1})
        self._local = threading.local()
        sources = self._rows("SELECT file, sheet, dataset, name FROM sources")
        self._tables = {(file, sheet): (dataset, name) for file, sheet, dataset, name in sources}

    def close(self) -> None:
        """Give up the file."""
        self._connection.close()

    def about(self, subjects: Sequence[str], limit: int = 50_000) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell; not more than `limit`."""
        rows = self._rows(
            f"""SELECT subject, predicate, object, file, "row", "column", cell FROM by_subject
            WHERE key IN ({_keys(subjects)}) LIMIT ?""",
            limit,
        )
        wanted = set(subjects)
        found = [
            (s, p, o, file, row or 0, column or "", cell or "")
            for s, p, o, file, row, column, cell in rows
            if s in wanted
        ]
        return [
            Origin(s, p, o, Place(file, row=row or None, column=column or None, cell=cell or None))
            for s, p, o, file, row, column, cell in sorted(found)
        ]

    def naming(self, predicate: str, objects: Sequence[str], limit: int = 5_000) -> list[Origin]:
        """Every triple with this predicate and one of these objects, as `about`; not more than `limit` subjects."""
        rows = self._rows(
            f"SELECT subject, object FROM by_object WHERE key IN ({_keys(objects)}) AND predicate = ? LIMIT ?",
            predicate,
            limit,
        )
        wanted = set(objects)
        pairs = {(subject, o) for subject, o in rows if o in wanted}
        subjects = sorted({subject for subject, _ in pairs})
        return [
            origin
            for origin in self.about(subjects)
            if origin.predicate == predicate and (origin.subject, origin.object) in pairs
        ]

    def labels(self, terms: Iterable[str]) -> dict[str, list[str]]:
        """What these terms are called: the literals of the best of `LABELS` that each has, in every language."""
        wanted = set(terms)
        rows = self._rows(f"SELECT subject, predicate, object FROM labels WHERE key IN ({_keys(wanted)})")
        found: dict[str, dict[str, list[str]]] = {}
        for subject, predicate, label in sorted(rows):
            if subject in wanted and label.startswith('"'):
                found.setdefault(subject, {}).setdefault(predicate, []).append(label)
        return {
            term: next(by_property[each] for each in LABELS if each in by_property)
            for term, by_property in found.items()
        }

    def called(self, words: Sequence[str], limit: int) -> list[str]:
        """Things of the facts with a label in which each of these words begins one, the shortest label first.

        The words are as `folded` has them.
        """
        conditions = " AND ".join("contains(words, ?)" for _ in words)
        rows = self._rows(
            f"SELECT subject FROM labels WHERE {conditions} GROUP BY 1 ORDER BY min(length(words)), 1 LIMIT ?",
            *(f" {word}" for word in words),
            limit,
        )
        return [subject for (subject,) in rows]

    def table_of(self, place: Place) -> tuple[str, str] | None:
        """The dataset and the name of the table that the file, or its sheet, was read for; None where facts name none.

        Of several tables that were read from the same cells it is the first by name.
        """
        return self._tables.get((place.file, place.sheet))

    def pointing(self, term: str) -> dict[str, int]:
        """How many subjects have the term as their value, by property."""
        rows = self._rows(
            f"SELECT predicate, subjects FROM pointing WHERE key IN ({_keys([term])}) AND object = ?",
            term,
        )
        return dict(sorted(rows))

    def pointers(self, term: str, predicate: str, limit: int, offset: int = 0) -> list[str]:
        """Those subjects for one property, sorted as they stand, a page of them."""
        rows = self._rows(
            f"""SELECT subject FROM by_object WHERE key IN ({_keys([term])}) AND object = ? AND predicate = ?
            LIMIT ? OFFSET ?""",
            term,
            predicate,
            limit,
            offset,
        )
        return [subject for (subject,) in rows]

    def knows(self, term: str) -> bool:
        """Whether anything is stated about the term."""
        return bool(
            self._rows(f"SELECT 1 FROM by_subject WHERE key IN ({_keys([term])}) AND subject = ? LIMIT 1", term)
        )

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The answer, through a cursor of this thread."""
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return list(cursor.execute(statement, list(values)).fetchall())


def _keys(terms: Iterable[str]) -> str:
    """The keys of terms as SQL constants, which DuckDB compares with the bounds of row groups; NULL for none."""
    return ", ".join(sorted({f"{_key(term)}::UBIGINT" for term in terms})) or "NULL"


def _key(term: str) -> int:
    """What `_KEY` makes of a term."""
    return int.from_bytes(md5(term.encode(), usedforsecurity=False).digest()[8:], "little")
