"""The answer to a query as a page shows it: a table, and a map or a chart where its columns make one.

What is shown follows from the columns alone: two that hold latitudes and longitudes make a map, a number beside a name
makes bars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from st_opendata.model.numeric import NUMBERS
from st_opendata.namespaces import XSD, readable
from st_opendata.pictures import Bar, Chart, Place
from st_opendata.pictures.amounts import is_amount

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NUMBERS = frozenset(f"{XSD}{name}" for name in NUMBERS)
_LATITUDE = re.compile(r"lat(itude)?", re.IGNORECASE)
_LONGITUDE = re.compile(r"(long?|lng|longitude)", re.IGNORECASE)
VIEWS = ("table", "map", "bars")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as people read it; `href` leads to what it names, `language` is that of a text."""

    text: str
    href: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows to show under their variables; `numeric` says of each column whether it holds numbers only."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Of each column, whether all its values are numbers."""
        return tuple(self._all_numbers(column) for column in range(len(self.variables)))

    @property
    def views(self) -> tuple[str, ...]:
        """The `VIEWS` that these columns make."""
        can = {"table": True, "map": bool(self._places()), "bars": bool(self._bars())}
        return tuple(view for view in VIEWS if can[view])

    def cells(self, address: Callable[[str], str | None]) -> list[list[Cell]]:
        """The values for people; `address` gives where an IRI leads to."""
        return [[_cell(term, address) for term in row] for row in self.rows]

    def map(self) -> tuple[list[Place], list[str]]:
        """The rows with coordinates as places, and the names of their kinds: the values of a column that repeats."""
        kind = self._kind_column()
        names = sorted({_text(row[kind]) for row in self.rows if row[kind]}) if kind is not None else []
        places = [
            Place(name, latitude, longitude, names.index(_text(row[kind])) if kind is not None and row[kind] else None)
            for name, latitude, longitude, row in self._places()
        ]
        return places, names

    def bars(self, title: str) -> Chart:
        """The numbers as bars."""
        number = self._number_column()
        assert number is not None
        return Chart(title, self.variables[number], self._bars())

    def _places(self) -> list[tuple[str, float, float, tuple[Term | None, ...]]]:
        latitude, longitude = (_named(pattern, self.variables) for pattern in (_LATITUDE, _LONGITUDE))
        if latitude is None or longitude is None:
            return []
        name = self._name_column({latitude, longitude})
        found = []
        for row in self.rows:
            place = _number(row[latitude]), _number(row[longitude])
            if place[0] is not None and place[1] is not None and abs(place[0]) <= 90 and abs(place[1]) <= 180:
                found.append((_text(row[name]) if name is not None else "", float(place[0]), float(place[1]), row))
        return found

    def _bars(self) -> list[Bar]:
        number = self._number_column()
        name = self._name_column({number}) if number is not None else None
        if number is None or name is None or len(self.rows) < 2:
            return []
        pairs = [(_text(row[name]), _number(row[number])) for row in self.rows if row[number] is not None]
        if any(value is None or value < 0 for _, value in pairs):
            return []
        return [Bar(text, value) for text, value in pairs if value is not None]

    def _number_column(self) -> int | None:
        """The last column of numbers that are no coordinates, codes or years: what a query counts or adds up."""
        coordinates = {_named(pattern, self.variables) for pattern in (_LATITUDE, _LONGITUDE)}
        found = [
            column
            for column, numeric in enumerate(self.numeric)
            if numeric and column not in coordinates and is_amount(self.variables[column])
        ]
        return found[-1] if found else None

    def _name_column(self, others: set[int] | set[int | None]) -> int | None:
        """The column that tells rows apart best: the first of those with most values, texts before other names."""
        columns = [column for column in range(len(self.variables)) if column not in others]
        texts = [column for column in columns if any(isinstance(row[column], ox.Literal) for row in self.rows)]
        return max(texts or columns, key=lambda column: len({row[column] for row in self.rows}), default=None)

    def _kind_column(self) -> int | None:
        """A column in which few values return again and again."""
        latitude, longitude = (_named(pattern, self.variables) for pattern in (_LATITUDE, _LONGITUDE))
        name = self._name_column({latitude, longitude})
        for column in range(len(self.variables)):
            values = {_text(row[column]) for row in self.rows if row[column]}
            if column not in (latitude, longitude, name) and 1 < len(values) <= min(4, len(self.rows) - 1):
                return column
        return None

    def _all_numbers(self, column: int) -> bool:
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(_number(value) is not None for value in values)


def _named(pattern: re.Pattern[str], variables: Sequence[str]) -> int | None:
    return next((column for column, name in enumerate(variables) if pattern.fullmatch(name)), None)


def _number(term: Term | None) -> Decimal | None:
    if not isinstance(term, ox.Literal) or term.datatype.value not in _NUMBERS:
        return None
    try:
        value = Decimal(term.value)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, ox.Literal) else readable(str(term))


def _cell(term: Term | None, address: Callable[[str], str | None]) -> Cell:
    if isinstance(term, ox.Literal):
        return Cell(term.value, language=term.language)
    if isinstance(term, ox.NamedNode):
        return Cell(readable(str(term)), address(term.value))
    return Cell(_text(term))
