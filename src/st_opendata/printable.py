"""Text as it may be shown on any terminal and written as UTF-8, whatever input it quotes."""

from __future__ import annotations

_PICTURES = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), 0xFFFD)
)
"""Control characters, which may steer a terminal, as their pictures; what no file can hold as U+FFFD."""


def printable(text: str) -> str:
    """The text with each character that cannot be shown replaced by one that can."""
    return text.translate(_PICTURES)
