"""Names for folders, tables and columns, made of what people call things: plain letters, each given once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_WITHOUT_BASE_LETTER = str.maketrans({
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
})  # fmt: skip
_LENGTH = 60


def plain(text: str, between: str) -> str:
    """The text in ASCII letters and digits, with `between` for all that lies between them; empty where none is left.

    >>> plain("Größe (m²)", "_"), plain("Łódź", "-")
    ('Grosse_m2', 'Lodz')
    """
    letters = unicodedata.normalize("NFKD", text.translate(_WITHOUT_BASE_LETTER)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", between, letters).strip(between)


def slug(text: str) -> str:
    """The text as the name of a folder or file, at most 60 characters; it never leaves the folder that it is put in."""
    return plain(text, "-").lower()[:_LENGTH].strip("-")


def free(name: str, taken: Collection[str], between: str = "-") -> str:
    """The name, or with the first number that makes it one that is not taken, capitals aside."""
    found, number = name, 2
    folded = {each.casefold() for each in taken}
    while found.casefold() in folded:
        found, number = f"{name}{between}{number}", number + 1
    return found
