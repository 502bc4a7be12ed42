"""Two values side by side on one line each, so that a reader sees where they differ."""

from __future__ import annotations

import json
from itertools import zip_longest

from st_opendata.spelling import look_alike

_BEFORE = 20
"""Characters shown before the first that differs, of values whose beginnings are the same for longer."""


def excerpts(one: object, other: object, width: int) -> tuple[str, str]:
    """Both values as JSON, cut to `width` characters around the first that differs; None is `nothing`.

    Where they look alike, all but ASCII is escaped.

    >>> excerpts("three", "four", 70), excerpts(None, "a", 70)
    (('"three"', '"four"'), ('nothing', '"a"'))
    """
    ascii_only = one != other and isinstance(one, str) and isinstance(other, str) and look_alike(one, other)
    first, second = (json.dumps(each, ensure_ascii=ascii_only) for each in (one, other))
    if None in (one, other):
        return _cut("nothing" if one is None else first, 0, width), _cut(
            "nothing" if other is None else second, 0, width
        )
    pairs = enumerate(zip_longest(first, second))
    differs = next((number for number, pair in pairs if pair[0] != pair[1]), 0)
    start = differs - _BEFORE if differs > width - _BEFORE else 0
    return _cut(first, start, width), _cut(second, start, width)


def _cut(text: str, start: int, width: int) -> str:
    text = f"…{text[start + 1 :]}" if start else text
    return text if len(text) <= width else f"{text[: width - 1]}…"
