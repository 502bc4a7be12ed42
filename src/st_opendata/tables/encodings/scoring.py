"""How likely words are in an encoding and a language: the lower the cost, the likelier."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from st_opendata.tables.encodings.candidates import Candidate
from st_opendata.tables.encodings.letters import languages, nearest_cost, pair_costs
from st_opendata.tables.encodings.symbols import symbol_cost

_FOREIGN = 7.0
"""The extra cost of a word of another language."""
_OTHER_LANGUAGE, _OTHER_WORD = 20.0, 1.0
"""The cost of a file in none of the known languages, and of each such word: names may be in any language."""
_PLAIN, _PLAIN_MOST = 0.3, 25.0
"""The weight of words of ASCII letters, and their highest cost against a language."""
_CASE = 7.0
"""The cost of a capital inside a word of small letters, or of a small letter among capitals."""
_DIGIT = 2.0
_ALONE = 2.5
"""The cost of a letter beyond ASCII next to a digit, and of one that is a word by itself."""
_BOTH_CASES = "ß"


@dataclass(frozen=True, slots=True)
class ScoredReading:
    """A text that the bytes may be: the encodings that give it, the one to name first, and its cost."""

    names: tuple[str, ...]
    cost: float


def weigh(
    groups: Iterable[Sequence[Candidate]], words: Iterable[bytes], plain: Iterable[bytes], known: Sequence[str]
) -> list[ScoredReading]:
    """Readings, the likeliest first; each group is of candidates that give the same text."""
    found = [(candidates, [_Word(word, candidates[0]) for word in words]) for candidates in groups]
    quick = sorted(((sum(word.nearest() for word in read), number) for number, (_, read) in enumerate(found)))
    start = _starts(plain, known)
    readings = [_reading(*found[number], start, known) for _, number in quick[:_WEIGHED]]
    return sorted(readings, key=lambda reading: reading.cost)


_WEIGHED = 10
"""Groups that are weighed language by language: those that any language takes best."""


def _starts(plain: Iterable[bytes], known: Sequence[str]) -> list[float]:
    """The cost of each language before the words are read."""
    tags, sums = languages(), [0.0] * len(languages())
    for word in plain:
        text = word.decode("ascii")
        costs = [pair_costs(*pair) for pair in zip(f" {text}", f"{text} ", strict=True)]
        each = [sum(column) for column in zip(*costs, strict=True)]
        least = min(each) + _FOREIGN
        sums = [total + min(cost, least) for total, cost in zip(sums, each, strict=True)]
    against = [min(_PLAIN_MOST, _PLAIN * (total - min(sums))) for total in sums]
    if not any(tag in known for tag in tags):
        return against
    return [0.0 if tag in known else _OTHER_LANGUAGE + cost for tag, cost in zip(tags, against, strict=True)]


def _reading(
    candidates: Sequence[Candidate], words: Sequence[_Word], start: Sequence[float], known: Sequence[str]
) -> ScoredReading:
    sums = list(start)
    for word in words:
        costs = word.costs()
        least = min(costs) + _FOREIGN
        sums = [total + (cost if cost < least else least) for total, cost in zip(sums, costs, strict=True)]
    other = _OTHER_WORD * len(words) if any(tag in known for tag in languages()) else 0.0
    found = (
        (total + candidate.cost(tag) + (0.0 if tag in known else other), number, tag)
        for total, tag in zip(sums, languages(), strict=True)
        for number, candidate in enumerate(candidates)
    )
    cost, number, tag = min(found)
    names = [candidate.name for candidate in candidates]
    first = names[number] if tag in known else names[0]
    return ScoredReading((first, *(name for name in names if name != first)), cost)


class _Word:
    """A word in an encoding: its fixed cost in any language, and the pairs of letters that the languages know."""

    __slots__ = ("fixed", "pairs")

    def __init__(self, word: bytes, candidate: Candidate) -> None:
        text = "".join(chr(byte) if byte < 0x80 else candidate.characters[byte - 0x80] for byte in word)
        kinds = "".join(map(_kind, text))
        self.fixed = _case_cost(text, kinds)
        folded = "".join(_small(letter) if kind == "L" else " " for letter, kind in zip(text, kinds, strict=True))
        self.pairs: list[tuple[str, str]] = []
        last = len(text) - 1
        for at, byte in enumerate(word):
            beyond = byte >= 0x80
            if beyond:
                before, after = kinds[at - 1] if at else " ", kinds[at + 1] if at < last else " "
                alone = _ALONE if "L" not in (before, after) else 0.0
                self.fixed += alone if kinds[at] == "L" else symbol_cost(text[at], before, after)
            if beyond or (at and word[at - 1] >= 0x80):
                self.pairs.append((folded[at - 1] if at else " ", folded[at]))
            if beyond and at == last:
                self.pairs.append((folded[at], " "))

    def nearest(self) -> float:
        """The cost in the language that takes each pair best."""
        return self.fixed + sum(nearest_cost(*pair) for pair in self.pairs)

    def costs(self) -> list[float]:
        """The cost in each language."""
        if not self.pairs:
            return [self.fixed] * len(languages())
        return [self.fixed + sum(column) for column in zip(*(pair_costs(*pair) for pair in self.pairs), strict=True)]


def _kind(character: str) -> str:
    if character.isdecimal():
        return "0"
    return "L" if unicodedata.category(character) in ("Lu", "Ll") and character != "µ" else " "


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


def _case_cost(text: str, kinds: str) -> float:
    """The cost of letters beyond ASCII whose case differs from that of their neighbours."""
    cost = 0.0
    for at, letter in enumerate(text):
        if kinds[at] != "L" or at == 0:
            continue
        before = text[at - 1]
        if kinds[at - 1] == "0" and not letter.isascii():
            cost += _DIGIT
        if kinds[at - 1] != "L" or (letter.isascii() and before.isascii()) or letter in _BOTH_CASES:
            continue
        if letter.isupper():
            cost += _CASE if before.islower() and before not in _BOTH_CASES else 0.0
        elif before.isupper() and at > 1 and kinds[at - 2] == "L" and text[at - 2].isupper():
            cost += _CASE
    return cost
