"""The origins of a release's facts: reading its `facts.parquet` files, one per dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.place import Place
from st_opendata.release.layout import FACTS_FILE, facts_files
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


def fact_triples(files: Sequence[Path]) -> str:
    """The triples of facts in those files: subject, predicate and object, once for each cell that states one."""
    return f"SELECT subject, predicate, object FROM {native.parquet(files)}"


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


class Origins:
    """The facts of a release with their cells; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._files = [str(path) for path in facts_files(folder)]
        if not self._files:
            raise InputError(
                message(
                    'the release "{folder}" has no {file}, so its cells are not known', folder=folder, file=FACTS_FILE
                ),
                remedy=message("Build it again."),
            )
        self._database = Database(None, {})

    def __enter__(self) -> Origins:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell."""
        return self._select(_ABOUT, list(subjects))

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        """Every triple with this predicate and one of these objects, once per cell, sorted by triple and cell."""
        return self._select(_NAMING, predicate, list(objects))

    def _select(self, statement: str, *values: object) -> list[Origin]:
        try:
            rows = self._database.rows(statement, [self._files, *values])
        except SqlError as error:
            text = message("{file} cannot be read: {reason}", file=FACTS_FILE, reason=str(error))
            raise InputError(text, remedy=message("Build the release again.")) from error
        return [
            Origin(s, p, o, Place(file, row=row, column=column, cell=cell)) for s, p, o, file, row, column, cell in rows
        ]
