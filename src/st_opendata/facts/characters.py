"""Conditions on the characters of a text: those that no text should have, or that no reader sees."""

from __future__ import annotations

from st_opendata.sql import dialect as sql

_CONTROL = r"[\x01-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"


def has_control_character(value: str) -> str:
    """True for text with a character that XML 1.0 (§2.2) cannot carry; NUL is refused before there is text."""
    return sql.part_match(value, _CONTROL)


def replace_control_characters(value: str, new: str) -> str:
    """Each such character replaced."""
    return sql.replace_matches(value, _CONTROL, new)


_MOJIBAKE = (
    r"\x{FFFD}|\x{C3}[\x{80}-\x{BF}\x{152}\x{160}\x{161}\x{178}\x{17D}\x{17E}\x{192}\x{2C6}\x{2DC}\x{2020}-\x{2022}"
    r"\x{2026}\x{2030}\x{2039}\x{203A}\x{20AC}\x{2122}]|\x{C2}[\x{A1}-\x{BF}]|\x{E2}\x{20AC}"
)
_INVISIBLE = (
    r"[\x{A0}\x{AD}\x{61C}\x{180E}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{2064}\x{3000}\x{FEFF}]|\A[ \t]|[ \t]\z"
)


def has_mojibake(value: str) -> str:
    """True for text with the replacement character, or with UTF-8 that was read as Windows-1252 (`Ã¼` for `ü`)."""
    return sql.part_match(value, _MOJIBAKE)


def is_suspect(value: str) -> str:
    """True for text with a control character or mojibake: both in one pass."""
    return sql.part_match(value, f"{_CONTROL}|{_MOJIBAKE}")


def has_invisible_character(value: str) -> str:
    """True for text with a space at an end, or with invisible spaces or marks anywhere."""
    return sql.part_match(value, _INVISIBLE)
