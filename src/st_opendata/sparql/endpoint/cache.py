"""Answers kept for those who ask the same again, the longest unused dropped first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from st_opendata.sparql.workers.frames import Head, Question

_OVERHEAD = 1000
"""Bytes that an answer takes beside its body and the query, about."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer of which all is known."""

    head: Head
    body: bytes


class Cache:
    """At most `size` bytes of answers."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._answers: OrderedDict[bytes, Whole] = OrderedDict()

    def get(self, question: Question) -> Whole | None:
        """The answer to that question, None where it is not kept."""
        answer = self._answers.get(question.encoded)
        if answer is not None:
            self._answers.move_to_end(question.encoded)
        return answer

    def put(self, question: Question, answer: Whole) -> None:
        """Keep an answer, unless it would take more than a quarter of all."""
        key = question.encoded
        cost = _cost(key, answer)
        if key in self._answers or cost > self._size // 4:
            return
        self._answers[key] = answer
        self._taken += cost
        while self._taken > self._size:
            self._taken -= _cost(*self._answers.popitem(last=False))


def _cost(key: bytes, answer: Whole) -> int:
    return len(answer.body) + len(key) + _OVERHEAD
