"""Pictures of a dataset for its page: a map of its places, charts of its money and of its years.

They are drawn from the Parquet files of the release. A table with `geo:lat` and `geo:long` has places; one with a
currency beside numbers has money; one with dates has years. Each picture names the table that says the same in cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from markupsafe import Markup

from st_opendata.model.text import pick
from st_opendata.namespaces import expand
from st_opendata.pictures import MOST_BARS, Bar, Chart, Drawing, Place, bars, draw_bars, draw_map, maps, svg_part
from st_opendata.portal.columns import Column, Table, tables_of
from st_opendata.portal.edition import Edition
from st_opendata.portal.rows import Answer, Filter, Question, Rows, RowsError, open_rows
from st_opendata.portal.wording import words_of

_LABELS = tuple(
    map(
        expand,
        (
            *("rdfs:label", "skos:prefLabel", "foaf:name", "schema:name", "eurio:shortName", "eurio:name"),
            *("eurio:legalName", "eurio:title", "dct:title"),
        ),
    )
)
"""Properties that hold names, the best first."""
_LATITUDE, _LONGITUDE = expand("geo:lat"), expand("geo:long")
_CURRENCIES = frozenset({expand("eurio:currency"), expand("schema:currency")})
_NUMBERS = frozenset({"decimal", "integer", "double", "float", "long", "int", "number", "nonNegativeInteger"})
_DATES = frozenset({"date", "dateTime", "datetime", "dateTimeStamp"})
_MOST_PLACES = 3000
_LEAST_ROWS = 10
"""Dated rows that a chart of years needs: fewer are read faster in the table."""
_KEPT = 200
"""Datasets, each in a language, whose pictures are kept."""


@dataclass(frozen=True, slots=True)
class Illustration:
    """A picture for wide and for narrow screens, and the table that says the same."""

    wide: Markup
    narrow: Markup
    table: str


class Illustrations:
    """The pictures of the datasets of an edition; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self.of = lru_cache(_KEPT)(self._draw)

    def _draw(self, dataset: str, language: str) -> tuple[Illustration, ...]:
        """The first map, the chart with most money, the first chart of years where there is no money."""
        rows = self._edition.part(open_rows)
        tables = [each for each in tables_of(self._edition, self._edition.datasets[dataset]) if each.parquet]
        found: list[Illustration] = []
        try:
            for draw in (_map, _money, _years):
                if draw is _years and found:
                    break
                drawn = (each for table in tables if (each := draw(rows, table, tables, language)))
                if first := next(drawn, None):
                    found.append(first)
        except RowsError:  # too busy or too large: the page is whole without
            return tuple(found)
        return tuple(found)


def _map(rows: Rows, table: Table, tables: list[Table], language: str) -> Illustration | None:
    latitude = next((each for each in table.columns if each.property == _LATITUDE), None)
    longitude = next((each for each in table.columns if each.property == _LONGITUDE), None)
    if latitude is None or longitude is None:
        return None
    answer = _ask(rows, table, Question(limit=_MOST_PLACES))
    names = _names(rows, table, tables, answer, language)
    places = [
        Place(name, float(north), float(east))
        for name, north, east in zip(names, _cells(answer, latitude.name), _cells(answer, longitude.name), strict=True)
        if north is not None and east is not None and _on_earth(north, east)
    ]
    if not places:
        return None
    title = pick(table.title, language) or table.name
    wide, narrow = (draw_map(title, places, [], language, layout) for layout in (maps.WIDE, maps.NARROW))
    return _illustration("map", wide, narrow, table)


def _money(rows: Rows, table: Table, tables: list[Table], language: str) -> Illustration | None:
    currency = next((each for each in table.columns if each.property in _CURRENCIES), None)
    amount = next((each for each in table.columns if each.datatype in _NUMBERS and each.property), None)
    if currency is None or amount is None:
        return None
    answer = _ask(rows, table, Question(sort=amount.name, descending=True, limit=MOST_BARS))
    unit = next((cell for cell in _cells(answer, currency.name) if cell), "")
    alike = _ask(rows, table, Question((Filter(currency.name, "equals", unit),), limit=1)).total
    empty = _ask(rows, table, Question((Filter(amount.name, "empty"),), limit=1)).total
    negative = _ask(rows, table, Question((Filter(amount.name, "most", "-0.000001"),), limit=1)).total
    if not unit or negative or alike + empty < answer.total or answer.total - empty < 2:
        return None
    values = [
        Bar(name, Decimal(cell))
        for name, cell in zip(_names(rows, table, tables, answer, language), _cells(answer, amount.name), strict=True)
        if cell is not None
    ]
    heading = pick(table.title, language) or table.name
    label = f"{pick(amount.title, language)} ({unit})"
    chart = Chart(heading, label, values, answer.total - empty - len(values))
    return _bars("money", chart, table, language)


def _years(rows: Rows, table: Table, _tables: list[Table], language: str) -> Illustration | None:
    column = next((each for each in table.columns if each.datatype in _DATES and each.property), None)
    if column is None or table.parquet is None:
        return None
    counted = rows.years(table.parquet.file.path, column.name)[-MOST_BARS:]
    if len(counted) < 2 or sum(count for _, count in counted) < _LEAST_ROWS:
        return None
    heading = pick(table.title, language) or table.name
    words = words_of(language)
    values = [Bar(str(year), Decimal(count)) for year, count in counted]
    chart = Chart(heading, words("rows-by-year", column=pick(column.title, language)), values, in_order=True)
    return _bars("years", chart, table, language)


def _bars(name: str, chart: Chart, table: Table, language: str) -> Illustration:
    wide, narrow = (draw_bars(chart, language, layout) for layout in (bars.WIDE, bars.NARROW))
    return _illustration(name, wide, narrow, table)


def _illustration(name: str, wide: Drawing, narrow: Drawing, table: Table) -> Illustration:
    def part(drawing: Drawing, size: str) -> Markup:
        return Markup(svg_part(drawing, f"{name}-{size}"))  # noqa: S704 (svg_part escapes its texts)

    return Illustration(part(wide, "wide"), part(narrow, "narrow"), table.name)


def _names(rows: Rows, table: Table, tables: list[Table], answer: Answer, language: str) -> list[str]:
    """What the rows are called: by their own labels, by those of the rows that they name, else by their first cell."""
    first = [cell or "" for cell in _cells(answer, answer.columns[0])]
    if column := _label(table, language):
        return [cell or key for cell, key in zip(_cells(answer, column.name), first, strict=True)]
    for own in table.columns:
        other = next((each for each in tables if own.reference and each.name == own.reference.table), None)
        if other and (column := _label(other, language)):
            target = _ask(rows, other, Question(limit=_MOST_PLACES))
            known = dict(zip(_cells(target, target.columns[0]), _cells(target, column.name), strict=True))
            return [known.get(cell) or cell or key for cell, key in zip(_cells(answer, own.name), first, strict=True)]
    return first


def _label(table: Table, language: str) -> Column | None:
    """The column with names: in the language if there is one, by the best property that has some."""
    for label in _LABELS:
        named = [each for each in table.columns if each.property == label and not each.separator]
        if named:
            return next((each for each in named if each.language == language), named[0])
    return None


def _ask(rows: Rows, table: Table, question: Question) -> Answer:
    assert table.parquet
    return rows.ask(table.parquet.file.path, question)


def _cells(answer: Answer, name: str) -> Iterator[str | None]:
    place = answer.columns.index(name)
    return (row[place] for row in answer.rows)


def _on_earth(north: str, east: str) -> bool:
    return abs(float(north)) <= 90 and abs(float(east)) <= 180
