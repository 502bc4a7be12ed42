"""The cell that shows a person whether an encoding is right, and tables with another encoding than their neighbours."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from st_opendata.tables.encodings.guess import EncodingGuess

_BEFORE, _LONGEST = 20, 50


@dataclass(frozen=True, slots=True)
class TellingCell:
    """A cell as it is read: of the row and column of these numbers, counted from 1 and 0. `other` is the other reading.

    A long text is cut around the character that shows the difference.
    """

    row: int
    position: int
    cell: str
    other: str


def first_cell(rows: Iterable[tuple[int, Sequence[str]]], guess: EncodingGuess) -> TellingCell | None:
    """The first cell with a character that depends on the guess; the first at all where none does."""
    for number, cells in rows:
        for position, cell in enumerate(cells):
            found = (at for at, letter in enumerate(cell) if not guess.telling or letter in guess.telling)
            if (at := next(found, None)) is not None:
                return _shown(number, position, cell, at, guess)
    return None


def _shown(row: int, position: int, cell: str, at: int, guess: EncodingGuess) -> TellingCell:
    start = at - _BEFORE if len(cell) > _LONGEST and at > _BEFORE else 0
    part = cell[start : start + _LONGEST]
    before, after = "…" if start else "", "…" if start + _LONGEST < len(cell) else ""
    other = part.encode(guess.encoding, "replace").decode(guess.other, "replace") if guess.other else part
    return TellingCell(row, position, *(f"{before}{' '.join(text.split())}{after}" for text in (part, other)))


def unlike_neighbours(readings: Sequence[tuple[str, EncodingGuess | None]]) -> dict[int, str]:
    """By the number of each table that is guessed unlike its neighbours the encoding that most of these have.

    Each of the readings has an encoding, and the guess if it was guessed. Tables in Unicode do not count.
    """
    found: dict[int, str] = {}
    for number, (encoding, guess) in enumerate(readings):
        if guess is None or _is_unicode(encoding):
            continue
        others = Counter(other for at, (other, _) in enumerate(readings) if at != number and not _is_unicode(other))
        usual = max(others, key=lambda other: (others[other], other == encoding), default=encoding)
        if _name(usual) not in {_name(same) for same in guess.same}:
            found[number] = usual
    return found


def _is_unicode(encoding: str) -> bool:
    return _name(encoding).startswith("utf")


def _name(encoding: str) -> str:
    return codecs.lookup(encoding).name
