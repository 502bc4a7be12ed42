"""The closest of many known words for many others: that of `difflib.get_close_matches`, without comparing all pairs.

The ratio of difflib is at most twice the length of the longest common subsequence, divided by the length of both
words. That length is computed for all known words of one length at once (Hyyrö 2004, "Bit-parallel LCS-length
computation revisited"), with one bit for each word; difflib then decides among the few words that may reach its ratio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

_FEW = 30
"""Up to as many words, difflib alone is faster."""


class Closest:
    """The known words, ready for any number of questions; `cutoff` is the least ratio, more than 0."""

    def __init__(self, known: Iterable[str], cutoff: float) -> None:
        self._cutoff = cutoff
        self._found: dict[str, str | None] = {}
        words = set(known)
        self._few = list(words) if len(words) <= _FEW else []
        lengths = defaultdict[int, list[str]](list)
        for word in words if not self._few else ():
            lengths[len(word)].append(word)
        self._groups = [_Group(group) for group in lengths.values()]

    def of(self, word: str) -> str | None:
        """The known word with the highest ratio, of several the last by code point; None where none has the least."""
        if word not in self._found:
            self._found[word] = self._closest(word)
        return self._found[word]

    def _closest(self, word: str) -> str | None:
        matcher = SequenceMatcher[str](b=word)
        best = (0.0, "")
        for most, candidates in self._levels(word):
            if most < max(best[0], self._cutoff):
                break
            for candidate in candidates:
                matcher.set_seq1(candidate)
                if matcher.real_quick_ratio() >= self._cutoff and matcher.quick_ratio() >= self._cutoff:
                    best = max(best, (matcher.ratio(), candidate))
        return best[1] if best[0] >= self._cutoff else None

    def _levels(self, word: str) -> Iterable[tuple[float, Iterable[str]]]:
        """Known words with the most that their ratio can be, the highest first."""
        if self._few:
            return [(1.0, self._few)]
        found = [level for group in self._groups for level in group.levels(word, self._cutoff)]
        return sorted(found, key=lambda level: level[0], reverse=True)


class _Group:
    """Known words of one length; bit i of a number stands for word i."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._all = (1 << len(words)) - 1
        self._length = len(words[0])
        marks = defaultdict[str, list[bytearray | None]](lambda: [None] * self._length)
        size = (len(words) + 7) // 8
        for number, word in enumerate(words):
            for position, character in enumerate(word):
                bits = marks[character][position]
                if bits is None:
                    bits = marks[character][position] = bytearray(size)
                bits[number >> 3] |= 1 << (number & 7)
        self._marks = {
            character: [int.from_bytes(bits, "little") if bits else 0 for bits in positions]
            for character, positions in marks.items()
        }
        """For each character and position the words that have it there."""

    def levels(self, word: str, cutoff: float) -> Iterator[tuple[float, Iterable[str]]]:
        """The words whose ratio may reach the cutoff, by the length of the subsequence in common."""
        total = len(word) + self._length
        most = min(len(word), self._length)
        least = next((common for common in range(1, most + 1) if 2.0 * common / total >= cutoff), None)
        if least is None:
            if total == 0:
                yield 1.0, self._words
            return
        reached = self._reached(word, most)
        for common in range(most, least - 1, -1):
            exactly = reached[common] & ~(reached[common + 1] if common < most else 0)
            if exactly:
                yield 2.0 * common / total, self._named(exactly)

    def _reached(self, word: str, most: int) -> list[int]:
        """For each number up to `most` the words with a common subsequence of at least that length."""
        rows = [self._all] * self._length
        for character in word:
            marks = self._marks.get(character)
            if marks is None:
                continue
            carry = 0
            for position, mark in enumerate(marks):
                row = rows[position]
                common = row & mark
                rest = row ^ common
                rows[position] = (rest ^ carry) | rest
                carry = common | (carry & row)
        reached = [self._all] + [0] * most
        for row in rows:
            matched = self._all & ~row
            for common in range(most, 0, -1):
                reached[common] |= reached[common - 1] & matched
        return reached

    def _named(self, bits: int) -> Iterator[str]:
        while bits:
            lowest = bits & -bits
            yield self._words[lowest.bit_length() - 1]
            bits ^= lowest
