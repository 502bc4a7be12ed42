"""Text in several languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

Text = Mapping[str, str]
"""BCP 47 language tag to text; never empty where a text is required."""

LANGUAGES = ("en", "fr", "de")

_FRENCH_SPACE = re.compile("(?<=«) | (?=[:;?!»])")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")


def is_language_tag(text: str) -> bool:
    """True for what is formed as a language tag (RDF 1.1 N-Triples, LANGTAG; BCP 47 bounds each part to 8)."""
    return _TAG.match(text) is not None


def pick(text: Text, language: str) -> str:
    """The text in `language`, else in English, else in the first language there is, else empty."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def without_breaks(french: str) -> str:
    """The French text with no-break spaces where its typography has a space that ends no line."""
    return _FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", french)
