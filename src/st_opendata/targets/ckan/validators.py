"""The values that the validators of a portal refuse, found before the first write.

The rules are those of CKAN (ckan/logic/validators.py), ckanext-scheming and ckanext-dcat, measured with CKAN 2.10 to
2.12. A validator that only one portal has is not known here.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from st_opendata.messages.message import Message, message

TRUE, FALSE = ("true", "yes", "1", "t", "y"), ("false", "no", "0", "f", "n")
"""Words for the two values of a boolean; CKAN takes every other word for false."""
_KINDS: Mapping[str, str] = {
    "is_positive_integer": "positive",
    "natural_number_validator": "natural",
    "int_validator": "integer",
    "convert_int": "integer",
    "float_validator": "decimal",
    "scheming_multiple_number": "decimal",
    "boolean_validator": "boolean",
    "scheming_valid_json_object": "object",
    "json_object": "object",
    "isodate": "date",
    "scheming_isodatetime": "date",
    "scheming_isodatetime_tz": "date",
    "dcat_date": "part of date",
    "email_validator": "email",
    "url_validator": "url",
}
"""The kind of value that a validator accepts; of several, the first one decides."""
_PRESETS = {"json_object": "object", "fluent_link": "url"}
NUMBERS = frozenset({"positive", "natural", "integer", "decimal"})
_LEAST = {"natural": 0, "positive": 1}
_VERSION_LENGTH = 100
_LENGTH = re.compile(r"\w*max\w*len\w*\((\d+)\)")
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_PART_OF_DATE = re.compile(r"-?\d{4,}(-(0[1-9]|1[0-2]))?(Z|[+-]\d\d:\d\d)?")
_HOST = frozenset(string.ascii_letters + string.digits + "-.")


def kind_of(preset: str, validators: Collection[str]) -> str:
    """The kind of value that these validators accept; empty for any text."""
    known = _PRESETS.get(preset)
    return known or next((kind for name, kind in _KINDS.items() if name in validators), "")


def most_characters(validators: str) -> int | None:
    """The length that the validators allow, as a portal writes them; None for any."""
    if "package_version_validator" in validators:
        return _VERSION_LENGTH
    found = _LENGTH.search(validators)
    return int(found[1]) if found else None


def refusal(value: object, kind: str, most: int | None = None) -> Message | None:
    """The reason why a field of this kind and length does not accept a value; None if it does."""
    if isinstance(value, str) and most is not None and len(value) > most:
        return message("the portal accepts {most} characters here, not {length}", most=most, length=len(value))
    check = _CHECKS.get(kind)
    return check(value, kind) if check else None


def _number(value: object, kind: str) -> Message | None:
    try:
        found = float(str(value)) if kind == "decimal" else int(str(value))
    except ValueError:
        if kind == "decimal":
            return message('the portal accepts a number here, not "{value}"', value=value)
        return message('the portal accepts a whole number here, not "{value}"', value=value)
    least = _LEAST.get(kind)
    if least is not None and found < least:
        return message('the portal accepts a whole number from {least} here, not "{value}"', least=least, value=value)
    return None


def _boolean(value: object, _kind: str) -> Message | None:
    known = isinstance(value, bool) or str(value).casefold() in (*TRUE, *FALSE)
    return None if known else message('the portal accepts true or false here, not "{value}"', value=value)


def _date(value: object, kind: str) -> Message | None:
    text = str(value)
    if kind == "part of date" and _PART_OF_DATE.fullmatch(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return message('the portal accepts a day here, as 2026-01-31, not "{value}"', value=text)
    return None


def _email(value: object, _kind: str) -> Message | None:
    known = _EMAIL.fullmatch(str(value))
    return None if known else message('the portal accepts an e-mail address here, not "{value}"', value=value)


def _url(value: object, _kind: str) -> Message | None:
    try:
        parts = urlsplit(str(value))
        host, _, port = parts.netloc.partition(":")
        known = parts.scheme in ("http", "https") and host and set(host) <= _HOST and (not port or port.isdigit())
    except ValueError:
        known = False
    return None if known else message('the portal accepts a web address here, not "{value}"', value=value)


def _object(value: object, _kind: str) -> Message | None:
    try:
        known = isinstance(json.loads(value) if isinstance(value, str) else value, dict)
    except ValueError:
        known = False
    return None if known else message('the portal accepts a JSON object here, not "{value}"', value=value)


_CHECKS: dict[str, Callable[[object, str], Message | None]] = {
    **dict.fromkeys(NUMBERS, _number),
    "boolean": _boolean,
    "date": _date,
    "part of date": _date,
    "email": _email,
    "url": _url,
    "object": _object,
}
