"""A cache of answers; it evicts the least recently used first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from st_opendata.sparql.workers.frames import Head, QueryRequest

_OVERHEAD = 1000
"""Approximate bytes that an answer takes in addition to its body and the query."""


@dataclass(frozen=True, slots=True)
class BufferedAnswer:
    """A complete answer."""

    head: Head
    body: bytes


class Cache:
    """At most `size` bytes of answers."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._answers: OrderedDict[bytes, BufferedAnswer] = OrderedDict()

    def get(self, request: QueryRequest) -> BufferedAnswer | None:
        """The answer to that request, None if the cache does not have it."""
        answer = self._answers.get(request.encoded)
        if answer is not None:
            self._answers.move_to_end(request.encoded)
        return answer

    def put(self, request: QueryRequest, answer: BufferedAnswer) -> None:
        """Keep an answer, unless it would take more than a quarter of all."""
        key = request.encoded
        cost = _cost(key, answer)
        if key in self._answers or cost > self._size // 4:
            return
        self._answers[key] = answer
        self._taken += cost
        while self._taken > self._size:
            self._taken -= _cost(*self._answers.popitem(last=False))


def _cost(key: bytes, answer: BufferedAnswer) -> int:
    return len(answer.body) + len(key) + _OVERHEAD
