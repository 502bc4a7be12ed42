"""Collecting all problems of a description, so that a publisher sees them at once."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from st_opendata.documents import Document, Steps
from st_opendata.errors import ConfigurationError
from st_opendata.place import Place
from st_opendata.tables.lookalikes import differ_in_case, first_difference, look_alike


class Problems:
    """What is wrong in one document; `add` while reading on, `raise_any` at the end."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: list[tuple[Place, str]] = []

    def add(self, loc: Steps, message: str) -> None:
        """Note a problem with the node at `loc`."""
        entry = (self._document.place(loc), message)
        if entry not in self._found:
            self._found.append(entry)

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self) -> None:
        """Raise one ConfigurationError for everything that was added.

        Raises:
            ConfigurationError: something was added; its place is that of the first problem in the file.
        """
        if not self._found:
            return
        found = sorted(self._found, key=lambda entry: (entry[0].line or 0, entry[0].offset or 0))
        place, message = found[0]
        more = [f"line {other.line}, column {other.offset}: {text}" for other, text in found[1:]]
        if more:
            message = "\n  ".join([message, f"and {len(more)} more in this file:", *more])
        raise ConfigurationError(message, place=place, remedy="Correct the description and run the command again.")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None when none is like it."""
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    match = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None


def hint(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` with the nearest known word, or what is known, when it is few.

    Where the two look alike, the character that differs is named.
    """
    candidates = list(known)
    near = nearest(word, candidates)
    if near and look_alike(word, near) and not differ_in_case(word, near):
        number, found, expected = first_difference(word, near)
        return f'; did you mean "{near}"? Character {number}: {found}, not {expected}'
    if near:
        return f'; did you mean "{near}"?'
    return f"; known here: {', '.join(candidates)}" if 0 < len(candidates) <= 30 else ""
