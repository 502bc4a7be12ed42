"""`preview.svg`: a picture of a dataset, drawn from its tables: a map of its places, else a chart of its money.

A table with `geo:lat` and `geo:long`, or with geometries (`gsp:asWKT`), has places; their kinds are a column of codes,
if the facts name two to five of them. A table with numbers and one currency has money. The name of a row is its label;
one without labels has the name of the row that its foreign key refers to. A dataset with neither has no picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nlargest

from uritemplate import expand

from st_opendata.exports.naming import Name, Row, name_rows, rows_of
from st_opendata.exports.sources import DatasetSource, TableSource
from st_opendata.formats import SVG
from st_opendata.messages.message import Message, message
from st_opendata.model.tables import Column
from st_opendata.model.text import LANGUAGES, Text, pick, spoken
from st_opendata.namespaces import PREFIXES, readable
from st_opendata.pictures import (
    BARS_FILE,
    KINDS,
    MAP_FILE,
    MOST_BARS,
    Bar,
    Chart,
    Drawing,
    amount_label,
    draw_bars,
    draw_map,
    gather,
    map_shape,
    shaped_rows,
    svg_file,
)
from st_opendata.pictures.decision import (
    DataField,
    Position,
    are_bars,
    are_kinds,
    find_money,
    find_position,
    find_shapes,
    is_on_earth,
)
from st_opendata.rdf.labels import best_label
from st_opendata.tables.json_text import read_number
from st_opendata.tables.templates import parse_template, variable_names

_MAP = message("Map")
_ON_A_MAP = message("The places of the dataset on a map.")
_CHART = message("Chart")
_TAG = re.compile(r'"@([A-Za-z0-9-]+)$')


@dataclass(frozen=True, slots=True)
class DatasetPicture:
    """A picture as SVG, with a title and a description in words."""

    svg: str
    title: Text
    description: Text


def draw_picture(source: DatasetSource) -> DatasetPicture | None:
    """The picture of the dataset in each of the catalogue's languages; None if there is nothing to draw."""
    tables = [TableSource(source.catalogue, source.dataset, table, source.facts) for table in source.dataset.tables]
    languages = _languages(source)
    for table in tables:
        if drawings := _map(table, languages):
            return _picture(_MAP, drawings, _ON_A_MAP.data(languages))
    charts = [chart for table in tables if (chart := _money(table))]
    if not charts:
        return None
    fullest = max(charts, key=lambda chart: chart.count)
    drawings = [_chart(fullest, language) for language in languages]
    description = {
        spoken(each.language): f"{each.title}. {_unit(fullest, each.language)}." for each in reversed(drawings)
    }
    return _picture(_CHART, drawings, description)


def _picture(kind: Message, drawings: Sequence[Drawing], description: Text) -> DatasetPicture:
    called = kind.data([each.language for each in drawings])
    title = {language: f"{text} ({SVG.label})" for language, text in called.items()}
    return DatasetPicture(svg_file(drawings), title, description)


def _languages(source: DatasetSource) -> list[str]:
    """The catalogue's languages that the dataset's title has too, English first, as most others read it."""
    found = [tag for tag in source.catalogue.language if tag in source.dataset.title] or list(source.dataset.title)[:1]
    return sorted(found, key=lambda tag: (tag != LANGUAGES[0], found.index(tag)))


# Places


def _map(source: TableSource, languages: Sequence[str]) -> list[Drawing]:
    """The places of a table, in the order of its rows."""
    position = find_position(_fields(source))
    if position is None:
        return _shapes(source, languages)
    latitude = _column(source, position.latitude)
    kinds, column = _kinds(source, position)
    found = gather(_points(source, position, column))
    names = name_rows(source, latitude, [cluster.item for cluster in found])
    codes = list(kinds)
    return [
        draw_map(
            pick(source.dataset.title, language),
            [cluster.place(name(language), codes) for cluster, name in zip(found, names, strict=True)],
            [pick(text, language) for text in kinds.values()],
            language,
            MAP_FILE,
        )
        for language in (languages if found else ())
    ]


def _shapes(source: TableSource, languages: Sequence[str]) -> list[Drawing]:
    """The geometries of a table, in the order of its rows."""
    columns = find_shapes(_fields(source))
    if columns is None:
        return []
    cells = ((row, row[columns.geometry]) for row in rows_of(source.facts, source.table))
    found = shaped_rows((row, cell if isinstance(cell, str) else None) for row, cell in cells)
    names = name_rows(source, _column(source, columns.about), [row for row, _ in found])
    drawings = []
    for language in languages if found else ():
        places = [map_shape(name(language), wkt) for name, (_, wkt) in zip(names, found, strict=True)]
        title = pick(source.dataset.title, language)
        drawings.append(draw_map(title, [place for place in places if place], [], language, MAP_FILE))
    return drawings


def _points(
    source: TableSource, position: Position, column: Column | None
) -> Iterator[tuple[Row, Decimal, Decimal, str | None]]:
    """The rows with valid coordinates, and their kinds."""
    for row in rows_of(source.facts, source.table):
        texts = (row[position.latitude], row[position.longitude])
        north, east = (read_number(text) if isinstance(text, str) else None for text in texts)
        if north is not None and east is not None and is_on_earth(north, east):
            yield row, north, east, str(row[column.name]) if column and row[column.name] else None


def _kinds(source: TableSource, position: Position) -> tuple[dict[str, Text], Column | None]:
    """The column with the kinds of places: two to five codes that the facts name, in their order."""
    for column in (_column(source, name) for name in position.kinds):
        codes: dict[str, None] = {}
        count = 0
        for row in rows_of(source.facts, source.table):
            if (cell := row[column.name]) and row[position.latitude]:
                codes[str(cell)] = None
                count += 1
            if len(codes) > KINDS:
                break
        if not column.value_url or not are_kinds(len(codes), count):
            continue
        texts = {code: _concept(source, expand(column.value_url, {column.name: code})) for code in codes}
        if all(texts.values()):
            return texts, column
    return {}, None


def _concept(source: TableSource, iri: str) -> Text:
    """The labels of a concept; empty if the facts do not state that it is one."""
    subject, facts = f"<{iri}>", source.facts
    if f"<{PREFIXES['skos']}Concept>" not in facts.objects(subject, f"<{PREFIXES['rdf']}type>"):
        return {}
    found: dict[str, str] = {}
    for term in best_label(lambda label: list(facts.objects(subject, f"<{label}>"))) or ():
        tag = _TAG.search(term)
        found.setdefault(tag[1] if tag else "und", readable(term))
    return found


# Money


@dataclass(frozen=True, slots=True)
class _Money:
    """The largest amounts of a table with the names of their rows, and how many there are."""

    source: TableSource
    column: Column
    currency: str
    names: tuple[Name, ...]
    amounts: tuple[Decimal, ...]
    count: int


def _money(source: TableSource) -> _Money | None:
    """The amounts of a table that has two or more of them, all in one currency and none below zero."""
    columns = find_money(_fields(source))
    if columns is None:
        return None
    column, currency = _column(source, columns.amount), _column(source, columns.currency)
    found: list[tuple[Decimal, Row]] = []
    currencies, count, least = set(), 0, Decimal(0)
    for row in rows_of(source.facts, source.table):
        value = read_number(str(row[column.name])) if row[column.name] else None
        if value is not None:
            count, least = count + 1, min(least, value)
            currencies.add(row[currency.name] if not currency.virtual else currency.default)
            found.append((value, row))
            if len(found) > 50 * MOST_BARS:
                found = _largest(found)
    if not are_bars(count, least, currencies):
        return None
    found = _largest(found)
    names = name_rows(source, column, [row for _, row in found])
    return _Money(source, column, str(currencies.pop()), names, tuple(value for value, _ in found), count)


def _largest(found: list[tuple[Decimal, Row]]) -> list[tuple[Decimal, Row]]:
    return nlargest(MOST_BARS, found, key=lambda each: each[0])


def _unit(money: _Money, language: str) -> str:
    return amount_label(pick(money.column.titles, language) or money.column.name, money.currency, language)


def _chart(money: _Money, language: str) -> Drawing:
    bars = [Bar(name(language), value) for name, value in zip(money.names, money.amounts, strict=True)]
    chart = Chart(pick(money.source.title, language), _unit(money, language), bars, money.count - len(bars))
    return draw_bars(chart, language, BARS_FILE)


def _fields(source: TableSource) -> list[DataField]:
    table = source.table
    keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
    for template in {column.about_url for column in table.columns if column.about_url}:
        keys.update(variable_names(parse_template(template)))
    return [
        DataField(
            column.name,
            column.property_url,
            column.datatype.base,
            column.about_url,
            column.value_url,
            is_list=bool(column.separator),
            is_virtual=column.virtual,
            is_key=column.name in keys,
        )
        for column in table.columns
    ]


def _column(source: TableSource, name: str) -> Column:
    return next(column for column in source.table.columns if column.name == name)
