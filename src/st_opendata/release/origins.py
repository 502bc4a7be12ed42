"""The origins of a release's facts: reading its files under `facts/`, or `facts.parquet` of each dataset.

Releases before version 0.3 have only the latter, in which every question reads all facts.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Protocol

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.model.release import FactFolder
from st_opendata.place import Place
from st_opendata.release.layout import FACTS, FACTS_FILE, facts_files
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.duckdb import Database
from st_opendata.sql.engine import SqlError

_CELLS = 'subject, predicate, object, file, "row", "column", cell'


def fact_cells(files: str, *, distinct: bool = True) -> str:
    """The facts in Parquet files, whose rows are an expression, each with its cell.

    Without `distinct`, a fact appears once for each table that states it with the same cell. Releases before version
    0.2 do not name the cells of workbooks.
    """
    rows = native.with_column(files, "cell", sql.TEXT)
    return f"SELECT {'DISTINCT ' if distinct else ''}{_CELLS} FROM {rows}"


_FACTS = fact_cells(native.parquet_of("$1"))
_ORDER = "ORDER BY 1, 2, 3, 4, 5, 6, 7"
_ABOUT = f"{_FACTS} WHERE {sql.list_contains('$2', 'subject')} {_ORDER}"
_NAMING = f"{_FACTS} WHERE predicate = $2 AND {sql.list_contains('$3', 'object')} {_ORDER}"


@dataclass(frozen=True, slots=True)
class Origin:
    """A triple in N-Triples terms, and one cell that states it."""

    subject: str
    predicate: str
    object: str
    place: Place


class FactLookup(Protocol):
    """A source of triples with their cells: the files of a release (`Origins`), or an index of it (`Index`)."""

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell."""

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        """Every triple with this predicate and one of these objects, once per cell, sorted by triple and cell."""


def open_origins(folder: Path, facts: FactFolder | None) -> Origins:
    """The facts of the release in that folder with their cells; `facts` are those of its `release.json`.

    Raises:
        InputError: it has no files of facts.
    """
    return _ByDataset(folder) if facts is None else _ByPredicate(folder, facts)


class Origins:
    """The facts of a release with their cells; use it as a context manager.

    Its methods raise InputError if a file cannot be read.
    """

    def __init__(self, name: str) -> None:
        """Take the name of the files, for errors."""
        self._name = name
        self._database = Database(None, {})

    def __enter__(self) -> Origins:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @abstractmethod
    def about(self, subjects: Sequence[str]) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell."""

    @abstractmethod
    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        """Every triple with this predicate and one of these objects, once per cell, sorted by triple and cell."""

    def _select(self, statement: str, *values: object) -> list[Origin]:
        try:
            rows = self._database.rows(statement, values)
        except SqlError as error:
            text = message("{file} cannot be read: {reason}", file=self._name, reason=str(error))
            raise InputError(text, remedy=message("Build the release again.")) from error
        return [
            Origin(s, p, o, Place(file, row=row, column=column, cell=cell)) for s, p, o, file, row, column, cell in rows
        ]


class _ByDataset(Origins):
    """Those of `facts.parquet` of each dataset."""

    def __init__(self, folder: Path) -> None:
        self._files = [str(path) for path in facts_files(folder)]
        if not self._files:
            raise InputError(
                message(
                    'the release "{folder}" has no {file}, so its cells are not known', folder=folder, file=FACTS_FILE
                ),
                remedy=message("Build it again."),
            )
        super().__init__(FACTS_FILE)

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        return self._select(_ABOUT, self._files, list(subjects))

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        return self._select(_NAMING, self._files, predicate, list(objects))


class _ByPredicate(Origins):
    """Those of the files under `facts/`: conditions are constants, by which the engine skips row groups."""

    def __init__(self, folder: Path, facts: FactFolder) -> None:
        self._facts = facts
        self._files = {f"<{file.predicate}>": folder / file.path for file in facts.files}
        super().__init__(f"{FACTS}/")

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        shards = {md5(each.encode(), usedforsecurity=False).hexdigest()[: self._facts.digits] for each in subjects}
        return self._found(list(self._files), {"h": sorted(shards), "s": subjects})

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        return self._found([predicate] if predicate in self._files else [], {"o": objects})

    def _found(self, predicates: Sequence[str], values: dict[str, Sequence[str]]) -> list[Origin]:
        """The triples with one of these predicates, and one of the values in each of the columns."""
        if not predicates or not all(values.values()):
            return []
        where = sql.all_of([f"{column} IN {sql.texts(listed)}" for column, listed in values.items()])
        stated = " UNION ALL ".join(
            f'SELECT s, {sql.text(predicate)} AS p, o, file, "row", "column", cell '
            f"FROM {native.parquet([self._files[predicate]])} WHERE {where}"
            for predicate in predicates
        )
        return self._select(f"SELECT DISTINCT * FROM ({stated}) {_ORDER}")
