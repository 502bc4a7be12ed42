"""The likelihood of a character other than a letter between its neighbours: quotes, dashes, currencies, signs.

They are in all code pages, so that they prove nothing in their usual places: “ before a word, € next to a number. A
wrong encoding shows them inside words, or shows signs that no text has.
"""

from __future__ import annotations

import unicodedata

_NO_CHARACTER = 28.0
"""The cost of a byte that is not a character, or a control character."""
_UNUSED, _NEVER, _ODD, _RARE = 24.0, 20.0, 13.0, 10.0
_OPENING, _CLOSING = "„“”‚‘’«»‹›", "“”’‘«»‹›…"
_FIRST = "¿¡"
_DASHES, _SPACES = "–—", "\u00a0\u202f"
_WITH_NUMBERS = "€‰°£¥¢½¼¾±×÷"
_ALONE = "€£•·©®™§¶†‡…°№"
_BEFORE_LETTERS = "€£•°№"
_RAISED = "ºª²³¹°"
_INSIDE = {"’": 5.0, "‘": _ODD, "·": _RARE, "\u00ad": _RARE, "´": _RARE} | dict.fromkeys(_DASHES, 7.0)
_KNOWN = frozenset(
    (*_OPENING, *_CLOSING, *_FIRST, *_DASHES, *_SPACES, *_WITH_NUMBERS, *_ALONE, *_RAISED, *_INSIDE, "µ")
)


def symbol_cost(character: str, before: str, after: str) -> float:
    """The cost of the character between two of the kinds "L" (letter), "0" (digit) and " " (neither)."""
    if character not in _KNOWN:
        return _NO_CHARACTER if _is_none(character) else _UNUSED
    if character in _SPACES:
        return 5.0 if before == after == "0" else 6.5 if " " in before + after else 7.5
    if before == after == "L":
        return _INSIDE.get(character, _NEVER)
    if character == "µ":
        return 7.0 if before != "L" and after == "L" else _NEVER
    if character in _DASHES:
        return 5.0 if before == after else 7.0
    return min(_edge(character, before, after), _sign(character, before, after))


def _is_none(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Co", "Cn")


def _edge(character: str, before: str, after: str) -> float:
    """The cost of the character as one before or after a text."""
    if character in _FIRST:
        return 8.0 if before == " " and after != " " else _ODD
    opens, closes = character in _OPENING and before == " ", character in _CLOSING and after == " "
    if opens and closes:
        return 6.5
    if opens and character == "’":
        return _RARE
    return 5.5 if opens or closes else _ODD


def _sign(character: str, before: str, after: str) -> float:
    """The cost of the character as a sign next to a number, a unit or a word."""
    if character in _RAISED and after != "L":
        return {"L": 5.5, "0": 5.5, " ": 8.0}[before]
    if character in _WITH_NUMBERS and "0" in (before, after):
        return 5.0 if character in "€°" else 7.5
    if character in _ALONE and before != "L":
        if after == "L":
            return 6.0 if character == "°" else 8.0 if character in _BEFORE_LETTERS else _NEVER
        return 5.0 if character == "€" else 7.5
    return _RARE if character == "€" else _ODD
