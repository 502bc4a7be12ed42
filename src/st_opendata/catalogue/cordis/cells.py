"""What the cells of an export show: how its dates, amounts and points are written, and which words it uses.

One pass over a table counts the ways of writing of each column. The way of most cells goes into the description;
cells that are written differently are findings when the catalogue is checked.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Yaml = dict[str, Any]

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DAYS = {
    "yyyy-MM-dd": _DAY,
    "dd/MM/yyyy": r"[0-9]{2}/[0-9]{2}/[0-9]{4}",
    "dd.MM.yyyy": r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}",
    "dd-MM-yyyy": r"[0-9]{2}-[0-9]{2}-[0-9]{4}",
    "yyyy/MM/dd": r"[0-9]{4}/[0-9]{2}/[0-9]{2}",
}
_INSTANTS = {
    "yyyy-MM-dd HH:mm:ss": _DAY + r" [0-9]{2}:[0-9]{2}:[0-9]{2}",
    "yyyy-MM-ddTHH:mm:ss": _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}",
    "yyyy-MM-dd HH:mm:ss.SSS": _DAY + r" [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,3}",
    "yyyy-MM-ddTHH:mm:ss.SSS": _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,3}",
    "yyyy-MM-ddTHH:mm:ss.SSSXXX": _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,3})?(?:Z|[-+][0-9]{2}:[0-9]{2})",
    "dd/MM/yyyy HH:mm:ss": r"[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}",
    **_DAYS,
}
_DEGREES = r" *[-+]?[0-9]{1,3}(?:\.[0-9]*)? *"
_POINTS = {
    "{latitude},{longitude}": f"{_DEGREES},{_DEGREES}",
    "({latitude},{longitude})": rf"\({_DEGREES},{_DEGREES}\)",
    "{latitude};{longitude}": f"{_DEGREES};{_DEGREES}",
    "POINT({longitude} {latitude})": rf"POINT ?\({_DEGREES} {_DEGREES}\)",
}
_MONEY = {",": r"[-+]?[0-9]+,[0-9]+", ".": r"[-+]?[0-9]+\.[0-9]+"}
_WAYS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    form: {way: re.compile(pattern) for way, pattern in ways.items()}
    for form, ways in {"day": _DAYS, "instant": _INSTANTS, "point": _POINTS, "money": _MONEY}.items()
}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What a reference to a character that does not exist becomes: it is better kept."""
_MIDNIGHT = re.compile(r"[0-9][T ]*(?<=[T ])00:00(?::00(?:\.0+)?)?(?:Z|[-+][0-9]{2}:[0-9]{2})?$")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_WORDS = ("role", "choice", "true", "code")
_MAX_WORDS = 1_000
_TRUE = ("true", "yes", "y", "1")
_ROLES = {
    "coordinator": ("coordin", "koordin"),
    "third party": ("thirdpart",),
    "associated partner": ("associatedpartner", "assocpartner"),
    "international partner": ("internationalpartner",),
    "partner": ("partner",),
    "participant": ("particip", "benefici"),
}
"""EURIO's labels of roles, and how the words begin that CORDIS has used, in small letters without blanks."""


@dataclass(slots=True)
class ColumnCells:
    """What was seen in a column: ways of writing, words, entities, ends of days, and whether a cell has semicolons."""

    form: str
    ways: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    entities: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    listed: bool = False

    def see(self, cell: str) -> None:
        """Count a cell that is not empty."""
        if self.form in _WAYS:
            self._see_way(cell.strip())
        elif self.form in _WORDS and len(self.words) < _MAX_WORDS:
            self.words[cell] += 1
        elif self.form == "codes":
            self.listed = self.listed or ";" in cell
        elif self.form == "text" and "&" in cell:
            self.entities.update(_ENTITY.findall(cell))

    def _see_way(self, cell: str) -> None:
        if self.form == "day" and (midnight := _MIDNIGHT.search(cell)):
            end = midnight[0][1:]
            self.ends[end] += 1
            cell = cell.removesuffix(end)
        for way, pattern in _WAYS[self.form].items():
            if pattern.fullmatch(cell):
                self.ways[way] += 1
                return

    @property
    def stripped(self) -> set[str]:
        """The words without blanks around them."""
        return {word.strip() for word in self.words}

    @property
    def way(self) -> str:
        """The way in which most cells are written; the first one if there are none."""
        return max(_WAYS[self.form], key=lambda way: self.ways[way])


def see_cells(rows: Iterable[Sequence[str]], columns: Sequence[ColumnCells | None]) -> tuple[int, int]:
    """Look at the cells of these rows; None for a column that does not matter.

    The number of rows that have cells, and how many cells the last of them has.
    """
    places = [(place, column) for place, column in enumerate(columns) if column is not None]
    count = last = 0
    for row in rows:
        filled = len(row)
        if any(row):
            count, last = count + 1, filled
        for place, column in places:
            if place < filled and row[place]:
                column.see(row[place])
    return count, last


def replacements(name: str, column: ColumnCells, choices: Sequence[str] = ()) -> list[Yaml]:
    """The rules of `cleaning` for the cells of a column: entities, midnights, spellings of roles and choices."""
    rules = [{"text": end, "to": "", "column": name} for end in sorted(column.ends, key=lambda end: (-len(end), end))]
    for entity in sorted(column.entities, key=lambda each: (each.lower() == "&amp;", each)):
        sign = html.unescape(entity)
        if sign not in (entity, _REPLACEMENT) and sign.isprintable():  # &amp; last: &amp;lt; is the text &lt;
            rules.append({"text": entity, "to": sign, "column": name})
    words = sorted(word for word in column.words if word.strip())
    meant = {word: _usual(column.form, word.strip(), choices) for word in words}
    changed = {word.strip(): usual for word, usual in meant.items() if usual != word}
    return rules + [{"cell": word, "to": usual, "column": name} for word, usual in changed.items()]


def _usual(form: str, word: str, choices: Sequence[str]) -> str:
    """The usual spelling of a word without blanks around it."""
    return (role_of(word) if form == "role" else _chosen(word, choices)) or word


def role_of(word: str) -> str | None:
    """EURIO's label for a role, however it is spelled."""
    bare = re.sub(r"[^a-z]", "", word.casefold())
    return next((role for role, starts in _ROLES.items() if bare.startswith(starts)), None)


def roles() -> str:
    """The labels as a pattern."""
    return "|".join(_ROLES)


def _chosen(word: str, choices: Sequence[str]) -> str | None:
    return next((choice for choice in choices if choice.casefold() == word.casefold()), None)


def is_true(word: str) -> bool:
    """Whether a word means yes."""
    return word.casefold() in _TRUE
