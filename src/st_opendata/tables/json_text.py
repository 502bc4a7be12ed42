"""Typed values as JSON text: numbers keep each digit, without a float in between."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring

from st_opendata.model.numeric import NUMBERS

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]{1,6})?")
"""Numbers that are JSON themselves, with the text that a Decimal has: with an exponent only below a millionth."""


def quote(text: str) -> str:
    """The text as a JSON string."""
    return encode_basestring(text)


def json_value(text: str, base: str) -> str:
    """The JSON token of a value with this XSD text and CSVW datatype.

    Numbers and booleans become JSON's; everything else, with INF and NaN that JSON lacks, a string.
    """
    if base in NUMBERS:
        if _PLAIN.fullmatch(text):
            return text
        value = read_number(text)
        return quote(text) if value is None else str(value)
    if base == "boolean" and text in _BOOLEANS:
        return _BOOLEANS[text]
    return quote(text)


def read_number(text: str) -> Decimal | None:
    """The exact number, whose `str` is JSON and keeps trailing zeros (`+1.50` becomes `1.50`); None for INF, NaN."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def json_array(tokens: Iterable[str]) -> str:
    """An array of JSON tokens."""
    return f"[{', '.join(tokens)}]"


def json_object(members: Iterable[tuple[str, str]]) -> str:
    """An object from names and JSON tokens, in that order."""
    return f"{{{', '.join(f'{quote(name)}: {token}' for name, token in members)}}}"


_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}
