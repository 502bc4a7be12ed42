"""Where a release's facts come from: reading its `facts.parquet` files, one per dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from st_opendata.errors import InputError
from st_opendata.place import Place

STATED = "(SELECT * FROM read_parquet({}) UNION ALL BY NAME SELECT NULL::VARCHAR AS cell WHERE FALSE)"
"""Facts with their cells; releases of before 0.2 do not name the cells of workbooks."""
_ABOUT = f"""
    SELECT DISTINCT subject, predicate, object, file, "row", "column", cell FROM {STATED.format("?")}
    WHERE list_contains(?, subject) ORDER BY ALL
"""
_NAMING = f"""
    SELECT DISTINCT subject, predicate, object, file, "row", "column", cell FROM {STATED.format("?")}
    WHERE predicate = ? AND list_contains(?, object) ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """A triple in N-Triples terms, and one cell that states it."""

    subject: str
    predicate: str
    object: str
    place: Place


class Stated(Protocol):
    """Whatever knows triples with their cells: the files of a release (`Origins`), or an index of it (`Index`)."""

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell."""

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        """Every triple with this predicate and one of these objects, once per cell, sorted by triple and cell."""


class Origins:
    """The facts of a release with their cells; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._files = sorted(str(path) for path in folder.glob("*/facts.parquet"))
        if not self._files:
            raise InputError(
                f"the release {folder} has no facts.parquet, so its cells are not known", remedy="Build it again."
            )
        self._connection = duckdb.connect()

    def __enter__(self) -> Origins:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def about(self, subjects: Sequence[str]) -> list[Origin]:
        """Every triple with one of these subjects, once per cell, sorted by triple and cell."""
        return self._select(_ABOUT, list(subjects))

    def naming(self, predicate: str, objects: Sequence[str]) -> list[Origin]:
        """Every triple with this predicate and one of these objects, once per cell, sorted by triple and cell."""
        return self._select(_NAMING, predicate, list(objects))

    def _select(self, statement: str, *values: object) -> list[Origin]:
        try:
            rows = self._connection.execute(statement, [self._files, *values]).fetchall()
        except duckdb.Error as error:
            raise InputError(
                f"facts.parquet cannot be read: {str(error).partition(chr(10))[0]}", remedy="Build the release again."
            ) from error
        return [
            Origin(s, p, o, Place(file, row=row, column=column, cell=cell)) for s, p, o, file, row, column, cell in rows
        ]
