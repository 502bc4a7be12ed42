"""Excerpts of two values, one line each, that show the first difference."""

from __future__ import annotations

import json
from itertools import zip_longest

from st_opendata.messages.message import Message, message, verbatim
from st_opendata.spelling import look_alike

_BEFORE = 20
"""The most characters before the first difference."""


def excerpts(one: object, other: object, width: int) -> tuple[Message, Message]:
    """Both values as JSON, cut to `width` characters around the first that differs; a message stays a message.

    None is “nothing”. Of values that look alike, all characters outside ASCII are escaped.

    >>> [str(each) for each in (*excerpts("three", "four", 70), *excerpts(None, "a", 70))]
    ['"three"', '"four"', 'nothing', '"a"']
    """
    if not (_is_value(one) and _is_value(other)):
        return _alone(one, width), _alone(other, width)
    ascii_only = one != other and isinstance(one, str) and isinstance(other, str) and look_alike(one, other)
    first, second = (json.dumps(each, ensure_ascii=ascii_only) for each in (one, other))
    pairs = enumerate(zip_longest(first, second))
    differs = next((number for number, pair in pairs if pair[0] != pair[1]), 0)
    start = differs - _BEFORE if differs > width - _BEFORE else 0
    return _cut(first, start, width), _cut(second, start, width)


def _is_value(value: object) -> bool:
    return value is not None and not isinstance(value, Message)


def _alone(value: object, width: int) -> Message:
    if value is None:
        return message("nothing")
    return value if isinstance(value, Message) else _cut(json.dumps(value, ensure_ascii=False), 0, width)


def _cut(text: str, start: int, width: int) -> Message:
    text = f"…{text[start + 1 :]}" if start else text
    return verbatim(text if len(text) <= width else f"{text[: width - 1]}…")
