"""Words in the form for searching: without accents, strokes and case, in Python and in SQL alike."""

from __future__ import annotations

import unicodedata

LETTERS = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N",
}  # fmt: skip
"""Plain letters for those Latin ones that no accent tells apart."""
_PLAIN = str.maketrans(LETTERS)


def without_strokes(text: str) -> str:
    """The text with plain letters for Latin ones such as `ł` and `ß`; accents stay."""
    return text.translate(_PLAIN)


def folded(text: str) -> str:
    """Text without accents, strokes, case, and the differences of Unicode's compatibility forms.

    >>> folded("Łódź"), folded("Straße"), folded("Αθήνας") == folded("ΑΘΗΝΑΣ")
    ('lodz', 'strasse', True)
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return without_strokes("".join(each for each in parts if not unicodedata.combining(each)).casefold())
