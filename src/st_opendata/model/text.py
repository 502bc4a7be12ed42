"""Text in several languages: the publisher's in any, the program's own in three (`messages`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Text = Mapping[str, str]
"""BCP 47 language tag to text; never empty where a text is required."""

LANGUAGES = ("en", "fr", "de")
"""Those that the program speaks itself."""


_FRENCH_SPACE = re.compile("(?<=«) | (?=[:;?!»])")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")


def is_language_tag(text: str) -> bool:
    """True for what is formed as a language tag (RDF 1.1 N-Triples, LANGTAG; BCP 47 bounds each part to 8)."""
    return _TAG.match(text) is not None


def primary(tag: str) -> str:
    """The language of a tag, without region or script: `de` of `de-AT`."""
    return tag.partition("-")[0].lower()


def spoken(tag: str) -> str:
    """The tag of what the program says to readers of a language: theirs where it speaks that, else English."""
    return tag if primary(tag) in LANGUAGES else LANGUAGES[0]


def tag_of(text: Mapping[str, Sequence[str]], language: str) -> str | None:
    """The tag of the text, or list of words, that is best in a language, by the rule of `pick`; None without text."""
    for wanted in (language, "en"):
        alike = (tag for tag in (wanted, *text) if primary(tag) == primary(wanted) and text.get(tag))
        if found := next(alike, None):
            return found
    return next((tag for tag, value in text.items() if value), None)


def pick(text: Text, language: str) -> str:
    """The text in `language` or a variety of it, else in English, else in the first there is, else empty."""
    tag = tag_of(text, language)
    return "" if tag is None else text[tag]


def without_breaks(french: str) -> str:
    """The French text with no-break spaces where its typography has a space that ends no line."""
    return _FRENCH_SPACE.sub("\N{NO-BREAK SPACE}", french)
