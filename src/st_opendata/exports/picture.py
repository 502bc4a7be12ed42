"""`preview.svg`: a picture of a dataset, drawn from its tables: a map of its places, else a chart of its money.

A table with `geo:lat` and `geo:long` has places; its kinds of places are a column of codes, if the facts name two to
five of them. A table with numbers and one currency beside them has money. A row is called by its labels; one without
labels by the row that a foreign key of it leads to. A dataset with neither has no picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nlargest

from uritemplate import expand

from st_opendata.exports.naming import LABELS, Name, Row, name_rows, rows_of
from st_opendata.exports.sources import DatasetSource, TableSource
from st_opendata.formats import SVG
from st_opendata.model.numeric import NUMBERS
from st_opendata.model.tables import Column
from st_opendata.model.text import LANGUAGES, Text, pick, speak, spoken
from st_opendata.namespaces import PREFIXES, readable
from st_opendata.pictures import (
    BARS_FILE,
    KINDS,
    MAP_FILE,
    MOST_BARS,
    Bar,
    Chart,
    Drawing,
    Place,
    capital,
    draw_bars,
    draw_map,
    svg_file,
    words_for,
)
from st_opendata.pictures.amounts import is_amount
from st_opendata.tables.json_text import read_number

_LATITUDE, _LONGITUDE = f"{PREFIXES['geo']}lat", f"{PREFIXES['geo']}long"
_CURRENCIES = frozenset({f"{PREFIXES['eurio']}currency", f"{PREFIXES['schema']}currency"})
_MAP: Text = {"en": "Map", "fr": "Carte", "de": "Karte"}
_ON_A_MAP: Text = {
    "en": "The places of the dataset on a map.",
    "fr": "Les lieux du jeu de données sur une carte.",
    "de": "Die Orte des Datensatzes auf einer Karte.",
}
_CHART: Text = {"en": "Chart", "fr": "Graphique", "de": "Diagramm"}
_TAG = re.compile(r'"@([A-Za-z0-9-]+)$')
_NEAR, _SINGLE = Decimal("0.02"), 1000
"""Degrees: of more than so many places, those of one kind that are nearer to each other are drawn as one."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as SVG, with what it is and what it shows in words."""

    svg: str
    title: Text
    description: Text


def draw_picture(source: DatasetSource) -> Drawn | None:
    """The picture of the dataset in each of the catalogue's languages; None where there is nothing to draw."""
    tables = [TableSource(source.catalogue, source.dataset, table, source.facts) for table in source.dataset.tables]
    languages = _languages(source)
    for table in tables:
        if drawings := _map(table, languages):
            return _drawn(_MAP, drawings, speak(_ON_A_MAP, languages))
    charts = [chart for table in tables if (chart := _money(table))]
    if not charts:
        return None
    fullest = max(charts, key=lambda chart: chart.count)
    drawings = [_chart(fullest, language) for language in languages]
    said = {spoken(each.language): f"{each.title}. {_unit(fullest, each.language)}." for each in reversed(drawings)}
    return _drawn(_CHART, drawings, said)


def _drawn(kind: Text, drawings: Sequence[Drawing], said: Text) -> Drawn:
    title = speak({tag: f"{text} ({SVG.label})" for tag, text in kind.items()}, [each.language for each in drawings])
    return Drawn(svg_file(drawings), title, said)


def _languages(source: DatasetSource) -> list[str]:
    """Those of the catalogue that its title has too, English first if it is one of them: others read it rather."""
    found = [tag for tag in source.catalogue.language if tag in source.dataset.title] or list(source.dataset.title)[:1]
    return sorted(found, key=lambda tag: (tag != LANGUAGES[0], found.index(tag)))


# Places


@dataclass(slots=True)
class _Spot:
    """A place that others near it share."""

    row: Row
    latitude: Decimal
    longitude: Decimal
    kind: str | None
    count: int = 1


def _map(source: TableSource, languages: Sequence[str]) -> list[Drawing]:
    """The places of a table, in the order of its rows."""
    latitude = _column(source, lambda column: column.property_url == _LATITUDE)
    longitude = _column(source, lambda column: column.property_url == _LONGITUDE)
    if latitude is None or longitude is None or latitude.about_url != longitude.about_url:
        return []
    kinds, column = _kinds(source, latitude)
    found: list[_Spot] = []
    near: dict[tuple[object, ...], _Spot] = {}
    for row in rows_of(source.facts, source.table):
        position = _position(row[latitude.name], row[longitude.name])
        if position is None:
            continue
        kind = str(row[column.name]) if column and row[column.name] else None
        key = (kind, *(round(axis / _NEAR) for axis in position))
        if key in near and len(found) >= _SINGLE:
            near[key].count += 1
        else:
            near[key] = _Spot(row, *position, kind)
            found.append(near[key])
    names = name_rows(source, latitude, [spot.row for spot in found])
    codes = list(kinds)
    return [
        draw_map(
            pick(source.dataset.title, language),
            [_place(spot, name(language), codes) for spot, name in zip(found, names, strict=True)],
            [pick(text, language) for text in kinds.values()],
            language,
            MAP_FILE,
        )
        for language in (languages if found else ())
    ]


def _position(latitude: object, longitude: object) -> tuple[Decimal, Decimal] | None:
    """The coordinates, if both are numbers that the earth has."""
    numbers = [read_number(text) if isinstance(text, str) else None for text in (latitude, longitude)]
    north, east = numbers
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return north, east


def _place(spot: _Spot, name: str, codes: Sequence[str]) -> Place:
    kind = codes.index(spot.kind) if spot.kind in codes else None
    return Place(name, float(spot.latitude), float(spot.longitude), kind, spot.count)


def _kinds(source: TableSource, about: Column) -> tuple[dict[str, Text], Column | None]:
    """The column that tells kinds of places apart: two to five codes that the facts name, by code as they come."""
    for column in source.table.source_columns:
        if column.about_url != about.about_url or not column.value_url or column.separator:
            continue
        codes: dict[str, None] = {}
        count = 0
        for row in rows_of(source.facts, source.table):
            if (cell := row[column.name]) and row[about.name]:
                codes[str(cell)] = None
                count += 1
            if len(codes) > KINDS:
                break
        if not 1 < len(codes) <= min(KINDS, count - 1):
            continue
        texts = {code: _concept(source, expand(column.value_url, {column.name: code})) for code in codes}
        if all(texts.values()):
            return texts, column
    return {}, None


def _concept(source: TableSource, iri: str) -> Text:
    """The labels of a concept; empty for what the facts do not call one."""
    subject, facts = f"<{iri}>", source.facts
    if f"<{PREFIXES['skos']}Concept>" not in facts.objects(subject, f"<{PREFIXES['rdf']}type>"):
        return {}
    found: dict[str, str] = {}
    for predicate in LABELS:
        for term in facts.objects(subject, f"<{predicate}>"):
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
    currency = _column(source, lambda column: column.property_url in _CURRENCIES)
    if currency is None:
        return None
    column = _column(source, lambda each: each.about_url == currency.about_url and _is_amount(each))
    if column is None:
        return None
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
    if count < 2 or len(currencies) != 1 or least < 0:
        return None
    found = _largest(found)
    names = name_rows(source, column, [row for _, row in found])
    return _Money(source, column, str(currencies.pop()), names, tuple(value for value, _ in found), count)


def _is_amount(column: Column) -> bool:
    return column.datatype.base in NUMBERS and column.property_url is not None and is_amount(column.property_url)


def _largest(found: list[tuple[Decimal, Row]]) -> list[tuple[Decimal, Row]]:
    return nlargest(MOST_BARS, found, key=lambda each: each[0])


def _unit(money: _Money, language: str) -> str:
    """What the bars measure: `Amount in euros`."""
    words = words_for(language)
    column = pick(money.column.titles, language) or money.column.name
    return words["amount"].format(column=capital(column), currency=words.get(money.currency, money.currency))


def _chart(money: _Money, language: str) -> Drawing:
    bars = [Bar(name(language), value) for name, value in zip(money.names, money.amounts, strict=True)]
    chart = Chart(pick(money.source.title, language), _unit(money, language), bars, money.count - len(bars))
    return draw_bars(chart, language, BARS_FILE)


def _column(source: TableSource, wanted: Callable[[Column], bool]) -> Column | None:
    return next((column for column in source.table.columns if wanted(column) and not column.separator), None)
