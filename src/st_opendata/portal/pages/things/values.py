"""Values and cells as a page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from babel import numbers

from st_opendata.model.numeric import NUMBERS
from st_opendata.namespaces import PREFIXES, XSD
from st_opendata.place import Place
from st_opendata.portal.addresses import link_of
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import Literal, ThingName, ThingNames, parse_literal
from st_opendata.portal.requests import page_url
from st_opendata.portal.wording import Words

_NUMBERS = frozenset(f"{XSD}{name}" for name in NUMBERS)
_DAYS = frozenset(XSD + name for name in ("date", "dateTime", "dateTimeStamp", "gYearMonth"))
_VALUE, _CURRENCY, _UNIT = (
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (("eurio", "value"), ("eurio", "currency"), ("schema", "unitText"))
)
_DIGITS = 14
"""The most digits that are formatted before and after the point; longer numbers stay unchanged."""


@dataclass(frozen=True, slots=True)
class CellLink:
    """The place where a fact is stated, and the address of that table or file on this portal, None without a page."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value: a thing, or a text with its language if it is not the page's; `link` is set if the text is an address.

    `amount` is the number of a thing, such as the sum of a payment.
    """

    thing: ThingName | None = None
    text: str = ""
    language: str = ""
    link: str | None = None
    amount: str = ""
    cells: tuple[CellLink, ...] = ()


def literal_text(literal: Literal, words: Words, *, amount: bool = True) -> str:
    """A literal in the page's language: amounts with all their digits, days in words.

    A number that is not an amount, such as a code or a year, stays unchanged, without separators.
    """
    if literal.datatype in _NUMBERS:
        return number_text(literal.text, words) if amount else literal.text
    if literal.datatype in _DAYS:
        day, _, time = literal.text.partition("T")
        in_words = words.day(day)
        if in_words != day:
            return f"{in_words}, {time}" if time else in_words
    return literal.text


def number_text(lexical: str, words: Words) -> str:
    """A number with the separators of the language; other text stays unchanged."""
    try:
        number = Decimal(lexical)
    except InvalidOperation:
        return lexical
    if not number.is_finite() or not -_DIGITS < number.adjusted() < _DIGITS or len(number.as_tuple().digits) > _DIGITS:
        return lexical
    number = number.normalize()
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return numbers.format_decimal(number, f"#,##0.{'0' * max(0, -exponent)}", locale=words.locale)


def cells_of(places: Iterable[Place], edition: Edition, words: Words) -> tuple[CellLink, ...]:
    """The cells, each with the address of the table page that shows it."""
    return tuple(CellLink(place.text(words.language), _table_page(place, edition, words.language)) for place in places)


def _table_page(place: Place, edition: Edition, language: str) -> str | None:
    dataset, table = edition.index.table_of(place) or ("", "")
    if dataset in edition.datasets and table in edition.datasets[dataset].rows:
        where = page_url(language, f"dataset/{dataset}/table/{table}", row=place.row, column=place.column)
        return f"{where}#here" if place.row else where
    return f"/{quote(place.file)}" if place.file in edition.files else None


def value_of(
    term: str,
    names: ThingNames,
    words: Words,
    amounts: dict[str, str],
    cells: tuple[CellLink, ...] = (),
    *,
    amount: bool,
) -> FactValue:
    """A term as a value; `amount` states whether a number is an amount or an identifier (`is_amount`)."""
    if not term.startswith('"'):
        return FactValue(thing=names.of(term[1:-1]), amount=amounts.get(term, ""), cells=cells)
    literal = parse_literal(term)
    text = literal_text(literal, words, amount=amount)
    language = literal.language if literal.language != words.language else ""
    address = link_of(literal.text) if ":" in literal.text else None
    return FactValue(text=text, language=language, link=address, cells=cells)


def amounts_of(terms: Iterable[str], edition: Edition, words: Words) -> dict[str, str]:
    """The formatted numbers of these things (eurio:value with its currency or unit)."""
    by_thing: dict[str, dict[str, Literal]] = {}
    for origin in edition.index.about(sorted(set(terms))):
        if origin.predicate in (_VALUE, _CURRENCY, _UNIT) and origin.object.startswith('"'):
            by_thing.setdefault(origin.subject, {})[origin.predicate] = parse_literal(origin.object)
    return {
        term: "\N{NO-BREAK SPACE}".join(
            filter(None, (literal_text(found[_VALUE], words), _unit(found.get(_CURRENCY) or found.get(_UNIT))))
        )
        for term, found in by_thing.items()
        if _VALUE in found
    }


def _unit(literal: Literal | None) -> str:
    return literal.text if literal else ""
