"""The rows of a described table as values (csv2json §4): the content of a row's objects, from the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from st_opendata.csvw.rows.row_selection import RowSelection
from st_opendata.model.tables import Column
from st_opendata.tables.templates import parse_template, variable_names

Value = tuple[str, bool]
"""The text of a value, and whether it is canonical for the column's type."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a value.

    `subject` is the IRI that it is about, None for the row itself; `property` the IRI of its property, None where its
    column's name stands for it; `iri` its value where that is an IRI; `listed` is true for a list of values.
    """

    column: Column
    subject: str | None
    property: str | None
    iri: str | None
    values: tuple[Value, ...] = ()
    listed: bool = False


class CellSelection:
    """The expressions to select for each row, and the cells from their values."""

    def __init__(self, query: RowSelection) -> None:
        self._expressions: dict[str, int] = {}
        self.titles = [
            (column, self._place(f"c{number}"), self._place(f"k{number}"))
            for number, column in query.columns
            if column.name in query.described.row_titles
        ]
        self._columns = [
            (column, *self._places(query, number, column))
            for number, column in query.columns
            if not column.suppress_output
        ]

    @property
    def expressions(self) -> list[str]:
        """The expressions, in the order in which `cells` takes their values."""
        return list(self._expressions)

    def _place(self, expression: str) -> int:
        return self._expressions.setdefault(expression, len(self._expressions))

    def _places(
        self, query: RowSelection, number: int, column: Column
    ) -> tuple[int | None, int | str | None, int | None, int, int]:
        about = self._place(query.iri(column.about_url, column)) if column.about_url else None
        named: int | str | None = None
        if column.property_url:
            template = parse_template(column.property_url)
            fixed = not variable_names(template)
            iri = query.iri(column.property_url, column)
            named = column.property_url if fixed else self._place(iri)
        url = self._place(query.iri(column.value_url, column)) if column.value_url else None
        return about, named, url, self._place(f"c{number}"), self._place(f"k{number}")

    def cells(self, row: Sequence[object]) -> Iterator[Cell]:
        """The cells of a row that have a value or value URL, in the order of the columns."""
        for column, about, named, url, place, sound in self._columns:
            found = row[place]
            if found is None and not (column.virtual and url is not None):
                continue
            subject = None if about is None else str(row[about])
            name = str(row[named]) if isinstance(named, int) else named
            if url is not None:
                yield Cell(column, subject, name, str(row[url]))
            elif values := values_of(found, row[sound]):
                yield Cell(column, subject, name, None, values, isinstance(found, list))


def values_of(found: object, sound: object) -> tuple[Value, ...]:
    """The values of a cell, one or those of its list, each with its soundness."""
    if isinstance(found, list) and isinstance(sound, list):
        return tuple(zip(found, sound, strict=True))
    return () if found is None else ((str(found), bool(sound)),)


def selected(selection: CellSelection) -> str:
    """The select list of the expressions."""
    return ", ".join(f"{expression} AS v{number}" for number, expression in enumerate(selection.expressions)) or "NULL"
