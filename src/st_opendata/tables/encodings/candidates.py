"""The eight-bit encodings that spreadsheets of European languages are written in, and which is usual for which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_WESTERN = ("ca", "da", "de", "en", "es", "eu", "fi", "fr", "ga", "gl", "is", "it", "nl", "no", "pt", "sq", "sv")
_CENTRAL = ("cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq", "sr-Latn")
_CYRILLIC = ("be", "bg", "mk", "ru", "sr", "uk")
UNUSUAL = 12.0
"""The cost of an encoding in a language that is not written in it (a negative logarithm, like all costs here)."""

_USUAL: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("windows-1252", 0, (*_WESTERN,)),
    ("windows-1252", 1, ("et", "mt")),
    ("windows-1250", 0, _CENTRAL),
    ("windows-1250", 4, ("de",)),
    ("windows-1251", 0, _CYRILLIC),
    ("windows-1253", 0, ("el",)),
    ("windows-1254", 0, ("tr",)),
    ("windows-1257", 0, ("et", "lt", "lv")),
    ("iso-8859-1", 2, _WESTERN),
    ("iso-8859-15", 2.5, (*_WESTERN, "et")),
    ("iso-8859-2", 2, _CENTRAL),
    ("iso-8859-3", 0, ("mt",)),
    ("iso-8859-4", 4, ("et", "lt", "lv")),
    ("iso-8859-5", 2, _CYRILLIC),
    ("iso-8859-7", 2, ("el",)),
    ("iso-8859-9", 1, ("tr",)),
    ("iso-8859-10", 5, ("et", "is", "lt", "lv")),
    ("iso-8859-13", 2, ("et", "lt", "lv")),
    ("iso-8859-14", 5, ("ga",)),
    ("iso-8859-16", 9, ("hr", "hu", "pl", "ro", "sl")),
    ("macintosh", 3, (*_WESTERN, "et")),
    ("cp850", 3, (*_WESTERN, "et")),
    ("cp437", 4, _WESTERN),
    ("cp858", 4, _WESTERN),
    ("cp860", 5, ("pt",)),
    ("cp861", 5, ("is",)),
    ("cp865", 5, ("da", "no")),
    ("cp852", 3, _CENTRAL),
    ("cp775", 3, ("et", "lt", "lv")),
    ("cp866", 3, ("be", "bg", "ru", "uk")),
    ("cp855", 4, _CYRILLIC),
    ("cp737", 3, ("el",)),
    ("cp869", 4, ("el",)),
    ("cp857", 3, ("tr",)),
    ("koi8-r", 3, ("bg", "ru")),
    ("koi8-u", 3, ("be", "ru", "uk")),
    ("mac-latin2", 3, (*_CENTRAL, "et", "lt", "lv")),
    ("mac-croatian", 4, ("hr", "sl", "sr-Latn")),
    ("mac-romanian", 4, ("ro",)),
    ("mac-cyrillic", 3, _CYRILLIC),
    ("mac-greek", 3, ("el",)),
    ("mac-turkish", 3, ("tr",)),
    ("mac-iceland", 4, ("is",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoding: `characters` are those of the bytes from 0x80 on (U+FFFD for none), `costs` its languages' own."""

    name: str
    characters: str
    costs: dict[str, float]

    def cost(self, language: str) -> float:
        """The cost of the assumption that a text of the language has this encoding."""
        return self.costs.get(language, UNUSUAL)


@cache
def candidates() -> tuple[Candidate, ...]:
    """All of them, those of Windows first."""
    costs: dict[str, dict[str, float]] = {}
    for name, cost, languages in _USUAL:
        costs.setdefault(name, {}).update(dict.fromkeys(languages, cost))
    upper = bytes(range(0x80, 0x100))
    return tuple(Candidate(name, upper.decode(name, "replace"), found) for name, found in costs.items())
