"""Full-text search over the datasets of an edition: SQLite FTS5, in a file, or in a temporary one of SQLite's own.

Accents, strokes and case do not matter (SQLite's tokenizer knows the accents of Latin letters alone), `ß` is found as
`ss`, `ü` as `u` and as `ue`, and the first letters of a word find it.
All that a visitor types is read as words: there is no syntax, so no input is invalid.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from threading import Lock
from typing import Self

from st_opendata.folding import folded

VERSION = f"1-{sqlite3.sqlite_version}"
"""The version of the documents' words and of SQLite: files of other versions are not read."""
_MOST_WORDS = 12
_LONGEST_WORD = 60
_FIELDS = ("title", "keywords", "description", "columns")
_WEIGHTS = "10, 6, 3, 1"
"""The weight of a word in each field, for BM25."""
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
"""How people write these letters if their keyboard lacks them."""


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """The words of one dataset in all languages, by field."""

    title: str
    keywords: str
    description: str
    columns: str


class SearchIndex:
    """The documents by their number; safe to call from any thread."""

    def __init__(self, database: sqlite3.Connection) -> None:
        """Use `of` or `read`."""
        self._lock = Lock()
        self._database = database

    @classmethod
    def of(cls, documents: Iterable[SearchDocument]) -> Self:
        """An index of documents, which is gone when it is closed."""
        database = sqlite3.connect("", check_same_thread=False)  # a temporary file of SQLite's own
        _fill(database, documents)
        return cls(database)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The index that `write_search` wrote."""
        return cls(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        )

    def search(self, asked: str) -> list[int] | None:
        """The numbers of the documents with all words or words that start with them, best first; None for no words."""
        words = words_of_query(asked)
        if not words:
            return None
        match = " ".join(f'"{word}"*' for word in words)
        order = f"bm25(found, {_WEIGHTS}), rowid"
        with self._lock:
            rows = self._database.execute(
                f"SELECT rowid FROM found WHERE found MATCH ? ORDER BY {order}",  # noqa: S608 (weights of ours)
                [match],
            )
            return [number for (number,) in rows]

    def suggest(self, asked: str) -> str | None:
        """The query with unknown words replaced by the most similar known ones; None if there is no similar word."""
        near = {word: self._nearest(word) for word in words_of_query(asked)}
        if not near or None in near.values() or all(word == other for word, other in near.items()):
            return None
        return " ".join(self._spelling(word) for word in near.values() if word)

    def _spelling(self, word: str) -> str:
        """The word with its accents, as datasets spell it."""
        with self._lock:
            found = self._database.execute("SELECT spelling FROM spelled WHERE word = ?", [word]).fetchone()
        return found[0] if found else word

    def _nearest(self, word: str) -> str | None:
        """The word itself if it finds a document, else the most similar one with the same start."""
        with self._lock:
            known = [
                term
                for (term,) in self._database.execute(
                    "SELECT term FROM words WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT 20000",
                    [word[0], word[0] + "\U0010ffff", len(word) - 2, len(word) + _LONGEST_WORD],
                )
            ]
        if any(term.startswith(word) for term in known):
            return word
        return next(iter(get_close_matches(word, known, n=1, cutoff=0.7)), None)

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            self._database.close()


def write_search(path: Path, documents: Iterable[SearchDocument]) -> None:
    """Write the index of documents to a new file; raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = off")  # no one reads it before it is whole
        _fill(database, documents)


def _fill(database: sqlite3.Connection, documents: Iterable[SearchDocument]) -> None:
    fields = ", ".join(_FIELDS)
    database.execute(
        f"CREATE VIRTUAL TABLE found USING fts5({fields}, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(found, row)")
    database.execute("CREATE TABLE spelled (word PRIMARY KEY, spelling)")
    database.executemany(
        f"INSERT INTO found(rowid, {fields}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 (names of ours)
        (
            (number, *(_words(database, getattr(document, name)) for name in _FIELDS))
            for number, document in enumerate(documents)
        ),
    )
    database.commit()


def _words(database: sqlite3.Connection, text: str) -> str:
    """The words of a field as the index stores them. Their spelling is kept for suggestions."""
    spelled = [(folded(word), word) for word in _words_of(unicodedata.normalize("NFC", text).lower())]
    plain, marked = ([pair for pair in spelled if (pair[0] == pair[1]) is same] for same in (True, False))
    written_out = [(folded(word.translate(_UMLAUTS)), word) for _, word in marked]
    database.executemany("INSERT OR REPLACE INTO spelled VALUES (?, ?)", plain)
    database.executemany("INSERT OR IGNORE INTO spelled VALUES (?, ?)", [*marked, *written_out])
    return " ".join((folded(text), *(other for other, word in written_out if other != folded(word))))


def words_of_query(asked: str) -> list[str]:
    """The words of the search: at most twelve."""
    found = _words_of(folded(asked[:1000]))
    return [word[:_LONGEST_WORD] for word in dict.fromkeys(found)][:_MOST_WORDS]


def _words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
