"""The words that pictures add, in a language of the program, and numbers in the format of each language."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

from st_opendata.messages.message import Message, message
from st_opendata.model.text import primary, spoken

_CURRENCIES = {"EUR": message("euros")}
_DIGITS = 16
"""Digits before or after the point that are written out."""
_POINTED = frozenset(
    ["bs", "ca", "da", "de", "el", "es", "eu", "gl", "hr", "is", "it", "lb", "mk", "nl", "pt", "ro", "sl", "sr", "tr"]
)
_SPACED = frozenset(["bg", "cs", "et", "fi", "hu", "lt", "lv", "nb", "nn", "no", "pl", "ru", "sk", "sq", "sv", "uk"])
_GROUPS = {
    **dict.fromkeys(_POINTED, (".", ",")),
    **dict.fromkeys(_SPACED, ("\u00a0", ",")),
    "fr": ("\u202f", ","),
}
"""The separators of thousands and of decimals (CLDR); other languages have those of English."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")
"""Characters that XML forbids, line ends, and marks that change the direction of text."""


def say(text: Message, language: str) -> str:
    """The text for readers of a language: in theirs (`model.text.spoken`), else in English."""
    return text[primary(spoken(language))]


def amount_label(column: str, currency: str, language: str) -> str:
    """The unit of a chart of money: `Amount in euros`."""
    unit = _CURRENCIES.get(currency, currency)
    return say(message("{column} in {currency}", column=capital(column), currency=unit), language)


def number_text(value: Decimal, language: str) -> str:
    """The number with its thousands grouped, and rounded to whole ones where it is large enough.

    A number that does not fit next to a bar, or into memory, has an exponent.

    >>> number_text(Decimal("2406500.4"), "en"), number_text(Decimal("12.5"), "de")
    ('2,406,500', '12,5')
    >>> number_text(Decimal("1234567e300000"), "fr")
    '1,23e+300006'
    """
    group, point = _GROUPS.get(primary(language), (",", "."))
    if value and not -_DIGITS < value.adjusted() < _DIGITS:
        return f"{value:.3g}".replace(".", point)
    if abs(value) >= 1000:
        value = value.to_integral_value(ROUND_HALF_EVEN)
    text = f"{value:,f}" if value else "0"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", point).replace("\0", group)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def clean(text: str) -> str:
    """A fact as one line of text: without invisible characters, and those that would change or break the line."""
    return re.sub(" +", " ", _UNSEEN.sub(" ", text)).strip()
