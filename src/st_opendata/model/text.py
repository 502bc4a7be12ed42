"""Text in several languages."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]
"""BCP 47 language tag to text; never empty where a text is required."""

LANGUAGES = ("en", "fr", "de")


def pick(text: Text, language: str) -> str:
    """The text in `language`, else in English, else in the first language there is, else empty."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")
