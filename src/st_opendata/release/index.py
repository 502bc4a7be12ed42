"""All statements of a release, by subject and by object: a look-up takes milliseconds for a release of any size.

`facts.parquet` answers any question by reading all of it; a portal answers many small ones. The index is a DuckDB file
that numbers the terms in the order of their texts. Its tables have small row groups with the least and the greatest
number in each, so that a look-up reads few of them: the facts are stored in the order of their files, which have the
statements about a thing together, and only numbers are sorted. Terms are N-Triples texts throughout.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import md5
from pathlib import Path

import pyoxigraph as ox

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.rdf.labels import LABELS, best_label
from st_opendata.release.layout import facts_files
from st_opendata.release.origins import Origin, fact_cells
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import LimitError, Row, SqlError

_ROW_GROUP = 2048
"""The fewest rows that a look-up reads: the smallest row group that DuckDB allows."""
VERSION = 1
"""The version of the tables: files of other versions are not read."""
_LABEL = native.extract("object", '^"(.*)"', 1)
_WORD_ENDS = r"[^\p{L}\p{N}]+"
_LABEL_WORDS = sql.concat(["' '", sql.replace_matches(native.fold(_LABEL), _WORD_ENDS, " ")])
_WORDS = sql.when([(native.ends("file", ".ttl"), "''")], _LABEL_WORDS)
"""The words of a label that facts state, folded by `folded`, each with a space before it."""
_SHEET = f"coalesce({native.extract('cell', '^(.*)!', 1)}, '')"
"""The sheet of a workbook, as in `Place.sheet`."""
_TABLES = {
    "terms.terms": f"""
        SELECT {sql.cast(native.position(), sql.INTEGER)} AS number, term FROM (
            SELECT subject AS term FROM given UNION SELECT object FROM given WHERE {sql.starts("object", "<")}
            ORDER BY term
        )""",
    "terms.keys": f"""
        SELECT {native.hash_text("term")} AS key, number, term FROM terms.terms ORDER BY key""",
    "terms.predicates": f"""
        SELECT {sql.cast(native.position(), sql.INTEGER)} AS number, predicate FROM (
            SELECT DISTINCT predicate FROM given ORDER BY predicate
        )""",
    "terms.stated": """
        SELECT number AS subject, predicate, object, file, "row", "column", cell
        FROM given JOIN terms.terms ON subject = term""",
    "terms.by_object": f"""
        SELECT DISTINCT o.number AS object, p.number AS predicate, subject
        FROM terms.stated AS s JOIN terms.terms AS o ON s.object = o.term JOIN terms.predicates AS p USING (predicate)
        WHERE {sql.starts("s.object", "<")} ORDER BY 1, 2, 3""",
    "terms.pointing": """
        SELECT object, predicate, count(*) AS subjects
        FROM terms.by_object GROUP BY 1, 2 ORDER BY 1, 2""",
    "terms.labels": f"""
        SELECT DISTINCT subject, predicate, object, {_WORDS} AS words
        FROM terms.stated WHERE predicate IN {sql.texts(f"<{label}>" for label in LABELS)} ORDER BY 1, 2, 3""",
}
_SOURCES = dict.fromkeys(("file", "sheet", "dataset", "name"), sql.TEXT)


def build_index(
    folder: Path,
    files: Sequence[str],
    path: Path,
    *,
    memory: str = "300MB",
    threads: int = 1,
    on_open: Callable[[Database], object] = lambda _database: None,
) -> None:
    """Write the index of a release: its facts with their cells, and the Turtle `files` (paths in it) without cells.

    Blank nodes of the files are left out, since no request can name one. It takes time in proportion to the facts, and
    at most `memory`; the rest is in temporary files next to `path`. `on_open` gets the database, whose statements
    another thread may interrupt.

    Raises:
        InputError: a file of the release cannot be read, memory or disk do not suffice, or it was interrupted.
    """
    facts = facts_files(folder)
    settings = {"memory_limit": memory, "threads": threads, "temp_directory": f"{path}.tmp"}
    try:
        with Database(None, settings) as database:
            on_open(database)
            database.attach("terms", path, row_group=_ROW_GROUP)
            database.define("defined", dict.fromkeys(("subject", "predicate", "object", "file"), sql.TEXT))
            for file in files:
                database.insert("defined", _triples(folder / file, file))
            nowhere = (
                f"""{sql.null(sql.LONG)} AS "row", {sql.null(sql.TEXT)} AS "column", {sql.null(sql.TEXT)} AS cell"""
            )
            read = f" UNION ALL {fact_cells(native.parquet(facts), distinct=False)}" if facts else ""
            database.view("given", f"SELECT subject, predicate, object, file, {nowhere} FROM defined{read}")
            for name, query in _TABLES.items():
                database.create(name, query)
            if facts:
                database.create("terms.sources", _sources(facts))
            else:
                database.define("terms.sources", _SOURCES)
    except LimitError as error:
        raise InputError(
            message("the release cannot be indexed: {reason}", reason=str(error)),
            remedy=message("Free space in the folder {folder}, or allow more memory.", folder=path.parent),
        ) from error
    except SqlError as error:
        raise InputError(
            message("the release cannot be indexed: {reason}", reason=str(error)), remedy=message("Build it again.")
        ) from error


def _sources(files: Sequence[Path]) -> str:
    """The dataset and table of each file, or sheet of a file."""
    rows = native.with_column(native.parquet(files, named=True), "cell", sql.TEXT)
    return f"""
        SELECT file, {_SHEET} AS sheet, {native.folder_name("filename")} AS dataset, min("table") AS name
        FROM {native.with_column(rows, "table", sql.TEXT)}
        WHERE "table" IS NOT NULL GROUP BY 1, 2, 3
    """


def _triples(path: Path, name: str) -> Iterator[tuple[str, str, str, str]]:
    """The triples of a file, each with its name."""
    try:
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, lenient=True):
            if not isinstance(quad.subject, ox.BlankNode) and not isinstance(quad.object, ox.BlankNode):
                yield str(quad.subject), str(quad.predicate), str(quad.object), name
    except (SyntaxError, OSError) as error:
        text = message("it cannot be read: {reason}", reason=str(error))
        raise InputError(text, place=Place(name), remedy=message("Build the release again.")) from error


class Index:
    """An index that `build_index` wrote; it may be used from several threads at once."""

    def __init__(self, path: Path, *, memory: str = "100MB") -> None:
        """Open it; `memory` limits all look-ups together."""
        self._database = Database(path, {"memory_limit": memory, "threads": 1}, read_only=True)
        self._local = threading.local()
        sources = self._rows("SELECT file, sheet, dataset, name FROM sources")
        self._tables = {(file, sheet): (dataset, name) for file, sheet, dataset, name in sources}
        self._predicates: dict[int, str] = dict(self._rows("SELECT number, predicate FROM predicates"))
        self._number_of = {predicate: number for number, predicate in self._predicates.items()}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def about(self, subjects: Iterable[str], limit: int = 50_000) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell; not more than `limit`."""
        return self._about(self._numbers(subjects), limit)

    def naming(self, predicate: str, objects: Sequence[str], limit: int = 5_000) -> list[Origin]:
        """Every triple with this predicate and one of these objects, as `about`; not more than `limit` subjects."""
        known, number = self._numbers(objects), self._number_of.get(predicate, 0)
        rows = self._rows(
            f"SELECT subject, object FROM by_object WHERE object IN ({_listed(known)}) AND predicate = $1 LIMIT $2",
            number,
            limit,
        )
        subjects = self._texts(subject for subject, _ in rows)
        pairs = {(subjects[subject], known[o]) for subject, o in rows}
        return [
            origin
            for origin in self._about(subjects)
            if origin.predicate == predicate and (origin.subject, origin.object) in pairs
        ]

    def labels(self, terms: Iterable[str]) -> dict[str, list[str]]:
        """The labels of these terms: the literals of the best of `LABELS` that each has, in every language."""
        known = self._numbers(terms)
        rows = self._rows(f"SELECT subject, predicate, object FROM labels WHERE subject IN ({_listed(known)})")
        found: dict[str, dict[str, list[str]]] = {}
        for subject, predicate, label in sorted(rows):
            if label.startswith('"'):
                found.setdefault(known[subject], {}).setdefault(predicate[1:-1], []).append(label)
        return {term: best_label(by_property.get) or [] for term, by_property in found.items()}

    def called(self, words: Sequence[str], limit: int) -> list[str]:
        """Things of the facts with a label in which each of these words starts a word, the shortest label first.

        `folded` must have folded the words.
        """
        conditions = sql.all_of([native.contains_value("words", f"${place}") for place, _ in enumerate(words, 1)])
        order, count = f"min({sql.length('words')}), 1", f"${len(words) + 1}"
        rows = self._rows(
            f"SELECT subject FROM labels WHERE {conditions} GROUP BY 1 ORDER BY {order} LIMIT {count}",
            *(f" {word}" for word in words),
            limit,
        )
        return self._ordered_texts(rows)

    def table_of(self, place: Place) -> tuple[str, str] | None:
        """The dataset and the name of the table that the file, or its sheet, was read for; None if facts name none.

        If several tables were read from the same cells, it is the first by name.
        """
        return self._tables.get((place.file, place.sheet))

    def pointing(self, term: str) -> dict[str, int]:
        """How many subjects have the term as their value, by property."""
        rows = self._rows(
            f"SELECT predicate, subjects FROM pointing WHERE object IN ({_listed(self._numbers([term]))})"
        )
        return dict(sorted((self._predicates[predicate], subjects) for predicate, subjects in rows))

    def pointers(self, term: str, predicate: str, limit: int, offset: int = 0) -> list[str]:
        """Those subjects for one property, sorted as texts, a page of them."""
        rows = self._rows(
            f"""SELECT subject FROM by_object WHERE object IN ({_listed(self._numbers([term]))}) AND predicate = $1
            LIMIT $2 OFFSET $3""",
            self._number_of.get(predicate, 0),
            limit,
            offset,
        )
        return self._ordered_texts(rows)

    def knows(self, term: str) -> bool:
        """Whether anything is stated about the term."""
        return bool(self._rows(f"SELECT 1 FROM stated WHERE subject IN ({_listed(self._numbers([term]))}) LIMIT 1"))

    def _about(self, subjects: Mapping[int, str], limit: int = 50_000) -> list[Origin]:
        """As `about`, for terms by their numbers."""
        rows = self._rows(
            f"""SELECT subject, predicate, object, file, "row", "column", cell FROM stated
            WHERE subject IN ({_listed(subjects)}) LIMIT $1""",
            limit,
        )
        found = {
            (subjects[s], p, o, file, row or 0, column or "", cell or "") for s, p, o, file, row, column, cell in rows
        }
        return [
            Origin(s, p, o, Place(file, row=row or None, column=column or None, cell=cell or None))
            for s, p, o, file, row, column, cell in sorted(found)
        ]

    def _numbers(self, terms: Iterable[str]) -> dict[int, str]:
        """Those of the terms that are in the index, by number."""
        known = set(terms)
        rows = self._rows(f"SELECT number, term FROM keys WHERE key IN ({_keys(known)})") if known else []
        return {number: term for number, term in rows if term in known}

    def _texts(self, numbers: Iterable[int]) -> dict[int, str]:
        """The terms with these numbers."""
        listed = _listed(set(numbers))
        return dict(self._rows(f"SELECT number, term FROM terms WHERE number IN ({listed})"))

    def _ordered_texts(self, rows: Iterable[Row]) -> list[str]:
        """The terms whose numbers are the rows, in their order."""
        numbers = [number for (number,) in rows]
        texts = self._texts(numbers)
        return [texts[number] for number in numbers]

    def _rows(self, query: str, *values: object) -> list[Row]:
        """Run a query with the connection of this thread."""
        session: Database | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self._database.session()
        return session.rows(query, values)


def _listed(numbers: Iterable[int]) -> str:
    """Numbers as SQL constants, which DuckDB compares with the bounds of row groups; NULL for none."""
    return ", ".join(map(str, sorted(numbers))) or "NULL"


def _keys(terms: Iterable[str]) -> str:
    """The keys of terms as SQL constants, which DuckDB compares with the bounds of row groups; NULL for none."""
    return ", ".join(sorted({native.hash_value(_key(term)) for term in terms})) or "NULL"


def _key(term: str) -> int:
    """The hash of a term, equal to that of `sql.hashed`."""
    return int.from_bytes(md5(term.encode(), usedforsecurity=False).digest()[8:], "little")
