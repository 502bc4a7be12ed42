"""The answer to a query as a page shows it: a table, and a map or a chart if its columns allow one.

The columns alone decide the view: a latitude and a longitude make a map, a name and a number make bars.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from st_opendata.model.numeric import NUMBERS
from st_opendata.namespaces import XSD, readable
from st_opendata.pictures import Bar, Chart, MapPoint
from st_opendata.pictures.decision import (
    DataField,
    are_bars,
    are_kinds,
    find_position,
    find_totals,
    is_on_earth,
    variable_field,
)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NUMBERS = frozenset(f"{XSD}{name}" for name in NUMBERS)
VIEWS = ("table", "map", "bars")


@dataclass(frozen=True, slots=True)
class ResultCell:
    """A value for people; `href` is the address of the thing that it names, `language` is that of a text."""

    text: str
    href: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows under the names of their variables; `numeric` states for each column whether it has numbers only."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """For each column, whether all its values are numbers."""
        return tuple(self._all_numbers(column) for column in range(len(self.variables)))

    @property
    def views(self) -> tuple[str, ...]:
        """The `VIEWS` that these columns allow."""
        can = {"table": True, "map": bool(self._places()), "bars": bool(self._bars())}
        return tuple(view for view in VIEWS if can[view])

    def cells(self, address: Callable[[str], str | None]) -> list[list[ResultCell]]:
        """The values for people; `address` gives the address of an IRI."""
        return [[_cell(term, address) for term in row] for row in self.rows]

    def map(self) -> tuple[list[MapPoint], list[str]]:
        """The rows with coordinates as places, and the names of their kinds: the values of a column that repeats."""
        kind = self._kind_column()
        names = sorted({_text(row[kind]) for row in self.rows if row[kind]}) if kind is not None else []
        places = [
            MapPoint(
                name, latitude, longitude, names.index(_text(row[kind])) if kind is not None and row[kind] else None
            )
            for name, latitude, longitude, row in self._places()
        ]
        return places, names

    def bars(self, title: str) -> Chart:
        """The numbers as bars."""
        number = self._number_column()
        assert number is not None
        return Chart(title, self.variables[number], self._bars())

    @property
    def _fields(self) -> list[DataField]:
        pairs = zip(self.variables, self.numeric, strict=True)
        return [variable_field(name, is_number=is_number) for name, is_number in pairs]

    @property
    def _coordinates(self) -> tuple[int, int] | None:
        """The columns of latitudes and longitudes."""
        position = find_position(self._fields)
        if position is None:
            return None
        return self.variables.index(position.latitude), self.variables.index(position.longitude)

    def _places(self) -> list[tuple[str, float, float, tuple[Term | None, ...]]]:
        if (coordinates := self._coordinates) is None:
            return []
        name = self._name_column({*coordinates})
        found = []
        for row in self.rows:
            north, east = (_number(row[column]) for column in coordinates)
            if north is not None and east is not None and is_on_earth(north, east):
                found.append((_text(row[name]) if name is not None else "", float(north), float(east), row))
        return found

    def _bars(self) -> list[Bar]:
        number = self._number_column()
        name = self._name_column({number}) if number is not None else None
        if number is None or name is None:
            return []
        pairs = [(_text(row[name]), _number(row[number])) for row in self.rows if row[number] is not None]
        values = [value for _, value in pairs if value is not None]
        if len(values) < len(pairs) or not are_bars(len(self.rows), min(values, default=Decimal(0))):
            return []
        return [Bar(text, value) for text, value in pairs if value is not None]

    def _number_column(self) -> int | None:
        """The column with the counts or sums of a query."""
        name = find_totals(self._fields)
        return None if name is None else self.variables.index(name)

    def _name_column(self, others: Collection[int]) -> int | None:
        """The column that distinguishes rows best: the first of those with most values, texts before other names."""
        columns = [column for column in range(len(self.variables)) if column not in others]
        texts = [column for column in columns if any(isinstance(row[column], ox.Literal) for row in self.rows)]
        return max(texts or columns, key=lambda column: len({row[column] for row in self.rows}), default=None)

    def _kind_column(self) -> int | None:
        """A column with few values, each in several rows."""
        coordinates = self._coordinates or ()
        name = self._name_column(coordinates)
        for column in range(len(self.variables)):
            values = {_text(row[column]) for row in self.rows if row[column]}
            if column not in (*coordinates, name) and are_kinds(len(values), len(self.rows)):
                return column
        return None

    def _all_numbers(self, column: int) -> bool:
        values = [row[column] for row in self.rows if row[column] is not None]
        return bool(values) and all(_number(value) is not None for value in values)


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


def _cell(term: Term | None, address: Callable[[str], str | None]) -> ResultCell:
    if isinstance(term, ox.Literal):
        return ResultCell(term.value, language=term.language)
    if isinstance(term, ox.NamedNode):
        return ResultCell(readable(str(term)), address(term.value))
    return ResultCell(_text(term))
