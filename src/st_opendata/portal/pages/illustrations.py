"""Pictures of a dataset for its page: a map of its places, charts of its money and of its years.

They are drawn from the Parquet files of the release. A table with `geo:lat` and `geo:long`, or with geometries, has
places; one with a currency and numbers has money; one with dates has years. Each picture links to the table with the
same data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import repeat

from markupsafe import Markup
from uritemplate import expand as fill

from st_opendata.model.text import pick, tag_of
from st_opendata.namespaces import expand
from st_opendata.pictures import MOST_BARS, MOST_LETTERS, MOST_SHAPES, Bar, Chart, MapPoint, amount_label, map_shape
from st_opendata.pictures.decision import (
    DataField,
    Position,
    are_bars,
    are_kinds,
    are_years,
    find_dates,
    find_money,
    find_position,
    find_shapes,
    is_on_earth,
)
from st_opendata.portal.data.columns import ColumnDescription, PublishedTable, Reference, tables_of
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import ThingNames
from st_opendata.portal.data.rows import Filter, RowPage, RowQuery, RowReader, RowsError, open_rows
from st_opendata.portal.pages.figures import bar_figure, map_figure
from st_opendata.portal.wording import words_of
from st_opendata.rdf.labels import best_label
from st_opendata.tables.datatypes import ALIASES

_IS_CONCEPT = f"<{expand('rdf:type')}>", f"<{expand('skos:Concept')}>"
_MOST_PLACES = 3000
_CACHED = 200
"""The number of datasets, each in one language, whose pictures are cached."""


@dataclass(frozen=True, slots=True)
class Illustration:
    """A picture, and the table with the same data."""

    figure: Markup
    table: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """The data for a dataset's pictures, and the language of their texts."""

    edition: Edition
    rows: RowReader
    dataset: str
    tables: list[PublishedTable]
    language: str

    def ask(self, table: PublishedTable, question: RowQuery) -> RowPage:
        assert table.parquet
        return self.rows.ask(table.parquet.file.path, question)


class Illustrations:
    """The pictures of the datasets of an edition; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._drawn = lru_cache(_CACHED)(self._draw)

    def of(self, dataset: str, language: str) -> tuple[Illustration, ...]:
        """The pictures of a dataset; none while too many requests read rows: the page is complete without them."""
        try:
            return self._drawn(dataset, language)
        except RowsError:
            return ()

    def _draw(self, dataset: str, language: str) -> tuple[Illustration, ...]:
        """The first map, and the chart with the most money, else the first chart of years."""
        tables = [each for each in tables_of(self._edition, self._edition.datasets[dataset]) if each.parquet]
        draft = _Draft(self._edition, self._edition.part(open_rows), dataset, tables, language)
        found: list[Illustration] = []
        try:
            for draw in (_map, _money, _years):
                if draw is _years and found:
                    break
                drawn = (each for table in tables if (each := draw(draft, table)))
                if first := next(drawn, None):
                    found.append(first)
        except RowsError as error:
            if error.reason == "busy":
                raise
        return tuple(found)


def _map(draft: _Draft, table: PublishedTable) -> Illustration | None:
    position = find_position(_fields(table))
    if position is None:
        return _shapes(draft, table)
    answer = draft.ask(table, RowQuery(limit=_MOST_PLACES))
    column, kinds = _kinds(draft, table, position, answer)
    codes = list(kinds)
    cells = zip(
        _names(draft, table, answer),
        _cells(answer, position.latitude),
        _cells(answer, position.longitude),
        _cells(answer, column.name) if column else repeat(None),
        strict=False,
    )
    places = [
        MapPoint(name, *point, codes.index(code) if code in kinds else None)
        for name, north, east, code in cells
        if (point := _on_earth(north, east))
    ]
    if not places:
        return None
    title, title_language = _title(draft, table)
    return Illustration(
        map_figure("map", title, places, list(kinds.values()), draft.language, title_language), table.name
    )


def _shapes(draft: _Draft, table: PublishedTable) -> Illustration | None:
    """The geometries of a table."""
    columns = find_shapes(_fields(table))
    if columns is None or table.parquet is None:
        return None
    cells = draft.rows.whole_cells(table.parquet.file.path, columns.geometry, MOST_SHAPES, MOST_LETTERS)
    names = _names(draft, table, draft.ask(table, RowQuery(limit=MOST_SHAPES))) if cells else []
    shapes = (map_shape(name, wkt) for name, wkt in zip(names, cells, strict=True) if wkt)
    places = [shape for shape in shapes if shape]
    if not places:
        return None
    title, title_language = _title(draft, table)
    return Illustration(map_figure("map", title, places, [], draft.language, title_language), table.name)


def _title(draft: _Draft, table: PublishedTable) -> tuple[str, str]:
    """The title of the table, and its language if it is not the page's."""
    tag = tag_of(table.title, draft.language) or "und"
    return table.title.get(tag, table.name), tag if tag not in (draft.language, "und") else ""


def _kinds(
    draft: _Draft, table: PublishedTable, position: Position, answer: RowPage
) -> tuple[ColumnDescription | None, dict[str, str]]:
    """The column with the kinds of places, and the labels of its codes: the first with two to five concepts."""
    located = [north is not None for north in _cells(answer, position.latitude)]
    for column in (_column(table, name) for name in position.kinds):
        codes = dict.fromkeys(code for code, there in zip(_cells(answer, column.name), located, strict=True) if there)
        codes.pop(None, None)
        if not column.value or not are_kinds(len(codes), sum(located)):
            continue
        terms = {code: f"<{fill(column.value, {column.name: code})}>" for code in codes if code}
        if _are_concepts(draft.edition, terms.values()):
            names = ThingNames(draft.edition, draft.language)
            names.learn(term[1:-1] for term in terms.values())
            return column, {code: names.of(term[1:-1]).name for code, term in terms.items()}
    return None, {}


def _are_concepts(edition: Edition, terms: Iterable[str]) -> bool:
    concepts = set(terms)
    stated = edition.index.about(sorted(concepts))
    return concepts <= {each.subject for each in stated if (each.predicate, each.object) == _IS_CONCEPT}


def _fields(table: PublishedTable) -> list[DataField]:
    return [
        DataField(
            column.name,
            column.property,
            ALIASES.get(column.datatype, column.datatype),
            column.about,
            column.value,
            is_list=bool(column.separator),
            is_key=column.key,
        )
        for column in table.columns
    ]


def _column(table: PublishedTable, name: str) -> ColumnDescription:
    return next(column for column in table.columns if column.name == name)


def _money(draft: _Draft, table: PublishedTable) -> Illustration | None:
    columns = find_money(_fields(table))
    if columns is None:
        return None
    amount, currency = _column(table, columns.amount), _column(table, columns.currency)
    answer = draft.ask(table, RowQuery(sort=amount.name, descending=True, limit=MOST_BARS))
    unit = next((cell for cell in _cells(answer, currency.name) if cell), "")
    alike = draft.ask(table, RowQuery((Filter(currency.name, "equals", unit),), limit=1)).total
    empty = draft.ask(table, RowQuery((Filter(amount.name, "empty"),), limit=1)).total
    negative = draft.ask(table, RowQuery((Filter(amount.name, "most", "-0.000001"),), limit=1)).total
    currencies = (unit,) if alike + empty >= answer.total else (unit, "another")
    if not unit or not are_bars(answer.total - empty, Decimal(-negative), currencies):
        return None
    values = [
        Bar(name, Decimal(cell))
        for name, cell in zip(_names(draft, table, answer), _cells(answer, amount.name), strict=True)
        if cell is not None
    ]
    heading, title_language = _title(draft, table)
    label = amount_label(pick(amount.title, draft.language), unit, draft.language)
    chart = Chart(heading, label, values, answer.total - empty - len(values), title_language=title_language)
    return Illustration(bar_figure("money", chart, draft.language), table.name)


def _years(draft: _Draft, table: PublishedTable) -> Illustration | None:
    name = find_dates(_fields(table))
    if name is None or table.parquet is None:
        return None
    column = _column(table, name)
    counted = draft.rows.years(table.parquet.file.path, column.name)[-MOST_BARS:]
    if not are_years([count for _, count in counted]):
        return None
    heading, title_language = _title(draft, table)
    unit = words_of(draft.language)("rows-by-year", column=pick(column.title, draft.language))
    values = [Bar(str(year), Decimal(count)) for year, count in counted]
    chart = Chart(heading, unit, values, in_order=True, title_language=title_language)
    return Illustration(bar_figure("years", chart, draft.language), table.name)


def _names(draft: _Draft, table: PublishedTable, answer: RowPage) -> list[str]:
    """The names of the rows: their own labels, those of the rows that they refer to, else their first cells."""
    first = [cell or "" for cell in _cells(answer, answer.columns[0])]
    if column := _label(table, draft.language):
        return [cell or key for cell, key in zip(_cells(answer, column.name), first, strict=True)]
    for own in table.columns:
        other = next((each for each in draft.tables if own.reference == Reference(draft.dataset, each.name)), None)
        if other and (column := _label(other, draft.language)):
            target = draft.ask(other, RowQuery(limit=_MOST_PLACES))
            known = dict(zip(_cells(target, target.columns[0]), _cells(target, column.name), strict=True))
            return [known.get(cell) or cell or key for cell, key in zip(_cells(answer, own.name), first, strict=True)]
    return first


def _label(table: PublishedTable, language: str) -> ColumnDescription | None:
    """The column with names: of the best property, in the page's language if there is one."""
    plain = [each for each in table.columns if not each.separator]
    named = best_label(lambda label: [each for each in plain if each.property == label])
    if not named:
        return None
    by_language = {each.language or "und": each for each in reversed(named)}
    return by_language[tag_of({tag: column.name for tag, column in by_language.items()}, language) or "und"]


def _cells(answer: RowPage, name: str) -> Iterator[str | None]:
    place = answer.columns.index(name)
    return (row[place] for row in answer.rows)


def _on_earth(north: str | None, east: str | None) -> tuple[float, float] | None:
    """Latitude and longitude; None if the cells have none, as is possible in a column of text."""
    try:
        point = float(north or ""), float(east or "")
    except ValueError:
        return None
    return point if is_on_earth(*point) else None
