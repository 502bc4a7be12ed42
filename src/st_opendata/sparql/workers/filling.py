"""Queries that wait until there is a store: columns answer the others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from st_opendata.sparql.endpoint.errors import QueryError, busy_error, filling_error
from st_opendata.sparql.endpoint.limits import Limits

_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
"""Seconds in which a store that cannot be made is not tried again; each pause is twice the last one."""


class Filling:
    """Whether a store is made, and who waits for it. All methods belong to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self.is_done = False
        self._limits = limits
        self._waiting: set[asyncio.Future[None]] = set()
        self._failure: QueryError | None = None
        self._pause = 0.0
        self._next = 0.0

    async def wait(self, begin: Callable[[], None]) -> None:
        """Wait for the store; `begin` asks for it, once more where another query has done so.

        Raises:
            QueryError: it cannot be made, is not made in time, or too many wait for it.
        """
        if self.is_done:
            return
        loop = asyncio.get_running_loop()
        if self._failure and loop.time() < self._next:
            raise self._failure
        if len(self._waiting) >= self._limits.queue:
            raise busy_error(self._limits.queue, wait=10)
        place: asyncio.Future[None] = loop.create_future()
        self._waiting.add(place)
        begin()
        try:
            async with asyncio.timeout(self._limits.seconds):
                await place
        except TimeoutError:
            raise filling_error() from None
        finally:
            self._waiting.discard(place)

    def end(self) -> None:
        """There is a store."""
        self.is_done = True
        for place in self._waiting:
            if not place.done():
                place.set_result(None)

    def fail(self, error: QueryError) -> None:
        """There is none, and those who wait hear why; it is tried again later."""
        self._pause = min(max(_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
        self._failure, self._next = error, asyncio.get_running_loop().time() + self._pause
        for place in self._waiting:
            if not place.done():
                place.set_exception(error)
