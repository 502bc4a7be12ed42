"""The choice of a picture for data, the same for files, pages and answers: a map of places, a chart of money or years.

Columns with `geo:lat` and `geo:long` make a map; a number with a currency makes a chart of money; dates make one of
years. The drawing code reads the cells, and this module decides whether they suffice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from urllib.parse import unquote

from st_opendata.model.numeric import NUMBERS
from st_opendata.names import plain
from st_opendata.namespaces import expand
from st_opendata.pictures.drawing import KINDS

LATITUDE, LONGITUDE = expand("geo:lat"), expand("geo:long")
AS_WKT, HAS_GEOMETRY = expand("gsp:asWKT"), expand("gsp:hasGeometry")
_CURRENCIES = frozenset({expand("eurio:currency"), expand("schema:currency")})
_DATES = frozenset({"date", "dateTime", "datetime", "dateTimeStamp"})
_LATITUDE_NAME = re.compile(r"lat(itude)?", re.IGNORECASE)
_LONGITUDE_NAME = re.compile(r"(long?|lng|longitude)", re.IGNORECASE)
_LEAST_DATED_ROWS = 10
"""The fewest dated rows of a chart of years: people read fewer rows faster in the table."""
_TELLING = frozenset({
    *("id", "identifier", "identifiant", "identifikator", "kennung", "kennzahl", "kennziffer", "code", "notation"),
    *("rcn", "pic", "siren", "siret", "insee", "ags", "numero", "nummer", "year", "annee", "jahr"),
    *("postcode", "zip", "plz", "phone", "telephone", "telefon", "fax"),
})  # fmt: skip
"""Words at the beginning or end of names whose numbers identify things."""
_TELLING_LAST = frozenset({"number", "no", "nr", "num"})
"""Words that indicate this only at the end: a `numberOf` is a count."""
_MEASURING = frozenset({"per", "pro", "par", "count", "total", "sum", "anzahl", "nombre"})
"""Words that nevertheless indicate an amount: `energyPerYear`."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=10_000)
def is_amount(name: str) -> bool:
    """Whether numbers under this name can be added up or compared: the IRI of a property, or the name of a column.

    Those of a property that identifies things, such as a code or a year, cannot. The type does not show it: in EURIO,
    CORDIS record numbers and years of publication are xsd:nonNegativeInteger, as counts are. So the words of the name
    decide, in the languages that publishers name columns in.

    >>> [is_amount(name) for name in ("http://data.europa.eu/s66#rcn", "publishedYear", "code_insee", "projectID")]
    [False, False, False, False]
    >>> [is_amount(name) for name in ("https://schema.org/numberOfItems", "kWhPerYear", "population", "value")]
    [True, True, True, True]
    """
    local = re.split(r"[/#:]", unquote(name).rstrip("/#"))[-1]
    words = [word.lower() for word in _WORD.findall(plain(local, "_"))]
    if _MEASURING.intersection(words):
        return True
    return not (_TELLING.intersection(words[:1] + words[-1:]) or _TELLING_LAST.intersection(words[-1:]))


@dataclass(frozen=True, slots=True)
class DataField:
    """A column for this decision: `datatype` is the name of one of XSD's, `about` and `value` are templates."""

    name: str
    property_url: str | None
    datatype: str
    about: str | None = None
    value: str | None = None
    is_list: bool = False
    is_virtual: bool = False
    is_key: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether its numbers can be added up or compared."""
        return (
            self.datatype in NUMBERS
            and self.property_url is not None
            and not self.is_key
            and is_amount(self.property_url)
        )


@dataclass(frozen=True, slots=True)
class Position:
    """The columns of a map: those of the coordinates, and possible ones for the kinds of places, in order."""

    latitude: str
    longitude: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GeometryColumns:
    """The columns of a map of geometries: their WKT, and the column about the things that have them."""

    geometry: str
    about: str


@dataclass(frozen=True, slots=True)
class Money:
    """The columns of a chart of money."""

    amount: str
    currency: str


def variable_field(name: str, *, is_number: bool) -> DataField:
    """The column of a query's variable, whose name indicates its contents."""
    places = ((_LATITUDE_NAME, LATITUDE), (_LONGITUDE_NAME, LONGITUDE))
    known = next((iri for pattern, iri in places if pattern.fullmatch(name)), name)
    return DataField(name, known, "decimal" if is_number else "string")


def find_position(fields: Sequence[DataField]) -> Position | None:
    """The columns with the coordinates of one thing."""
    single = [field for field in fields if not field.is_list and not field.is_virtual]
    latitude = _first(single, (LATITUDE,))
    longitude = _first(single, (LONGITUDE,))
    if latitude is None or longitude is None or latitude.about != longitude.about:
        return None
    kinds = tuple(field.name for field in single if field.about == latitude.about and field.value)
    return Position(latitude.name, longitude.name, kinds)


def find_shapes(fields: Sequence[DataField]) -> GeometryColumns | None:
    """The column with geometries, and the one that links the things that have them."""
    geometry = _first([field for field in fields if not field.is_list and not field.is_virtual], (AS_WKT,))
    link = _first(fields, (HAS_GEOMETRY,))
    return GeometryColumns(geometry.name, link.name if link else geometry.name) if geometry else None


def find_money(fields: Sequence[DataField]) -> Money | None:
    """The columns with an amount and its currency; the currency may be the same in all rows."""
    single = [field for field in fields if not field.is_list]
    currency = _first(single, _CURRENCIES)
    if currency is None:
        return None
    amounts = (field for field in single if field.is_amount and not field.is_virtual and field.about == currency.about)
    amount = next(amounts, None)
    return Money(amount.name, currency.name) if amount else None


def find_dates(fields: Sequence[DataField]) -> str | None:
    """The column whose years are counted."""
    return next((field.name for field in fields if field.datatype in _DATES and field.property_url), None)


def find_totals(fields: Sequence[DataField]) -> str | None:
    """The counts or sums of a query: its last column of amounts."""
    amounts = [field.name for field in fields if field.is_amount and field.property_url not in (LATITUDE, LONGITUDE)]
    return amounts[-1] if amounts else None


def are_kinds(codes: int, places: int) -> bool:
    """Whether codes are suitable kinds of places: each kind needs a symbol, and some places share one."""
    return 1 < codes <= min(KINDS, places - 1)


def are_bars(count: int, least: Decimal, currencies: Collection[str] = ("",)) -> bool:
    """Whether the amounts can be compared: two or more, none below zero, all in one currency."""
    return count >= 2 and least >= 0 and len(currencies) == 1


def are_years(rows_by_year: Sequence[int]) -> bool:
    """Whether the rows of each year make a chart."""
    return len(rows_by_year) >= 2 and sum(rows_by_year) >= _LEAST_DATED_ROWS


def is_on_earth(latitude: Decimal | float, longitude: Decimal | float) -> bool:
    """Whether these are degrees of WGS 84; false for NaN."""
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def _first(fields: Iterable[DataField], properties: Collection[str]) -> DataField | None:
    return next((field for field in fields if field.property_url in properties), None)
