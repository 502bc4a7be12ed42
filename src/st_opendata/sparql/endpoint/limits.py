"""The limits of one endpoint, and the number of workers that they allow."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from math import inf

from st_opendata.errors import UsageError
from st_opendata.messages.message import message

_KB, _MB, _GB = 1 << 10, 1 << 20, 1 << 30
_BYTES_A_QUAD = 350
_BYTES_ANYWAY = 60 * _MB
"""Memory of a store in memory, measured on CORDIS-like data: bytes for each quad, and bytes for the process."""

_MOST_IN_MEMORY = 400_000
"""The most quads of a store in memory: loading takes 4 seconds for each million, and a store on disk opens at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an endpoint; all sizes in bytes.

    A query may run for `seconds` and wait for a worker as long, give `rows` rows (or triples) and `bytes` bytes before
    compression, take `worker_memory` in addition to the store, and be `query` bytes long itself. `queue` queries may
    wait for a worker. A result of up to `buffer` bytes is sent only when it is whole; a longer one streams. The server
    closes the connection of a client that reads nothing for `stall` seconds. `cache` is the size of the response cache.

    `memory` is the limit of all processes together. It decides how many workers there are, at most `workers`, and
    whether the store is in memory or on disk. `threads` make the files that are kept of a large release.
    """

    seconds: float = 30.0
    rows: int = 1_000_000
    bytes: int = 256 * _MB
    worker_memory: int = 512 * _MB
    query: int = 256 * _KB
    queue: int = 64
    buffer: int = 4 * _MB
    stall: float = 60.0
    cache: int = 64 * _MB
    memory: int = 4 * _GB
    workers: int = max(4, 2 * (os.cpu_count() or 1))
    threads: int = os.cpu_count() or 1

    def __post_init__(self) -> None:
        """Raises UsageError for a limit that leaves nothing."""
        for field in fields(self):
            least = 0 if field.name in ("cache", "queue") else 1
            if field.name not in ("seconds", "stall") and getattr(self, field.name) < least:
                raise UsageError(
                    message("the limit `{name}` is too small", name=field.name),
                    remedy=message("Give {least} or more.", least=least),
                )
        if not (0 < self.seconds < inf and 0 < self.stall < inf):
            raise UsageError(message("a time limit must be more than 0 seconds and finite"))
        if self.workers_on_disk() < 1:
            raise UsageError(
                message("the total memory is less than the memory of one worker"),
                remedy=message("Raise the total memory, or lower the memory of a worker."),
            )

    @property
    def making_memory(self) -> int:
        """The memory for making the columns, or the index: both are made at once, and the store after them."""
        return min(self.worker_memory, self.memory // 3)

    def fits_memory(self, quads: int) -> bool:
        """Whether a store with this number of quads is soon loaded, and leaves room for two workers in memory."""
        size = _BYTES_ANYWAY + quads * _BYTES_A_QUAD
        return quads <= _MOST_IN_MEMORY and self.workers_in_memory(size) >= min(2, self.workers)

    def workers_in_memory(self, store: int) -> int:
        """Workers in addition to the parent that loaded a store of this size; each may later have its own copy of it.

        Reading writes reference counts into the pages that a worker shares with its parent, so that they are copied.
        """
        return min(self.workers, max(0, self.memory - store) // (store + self.worker_memory))

    def workers_on_disk(self) -> int:
        """Workers whose store is on disk, in pages that the kernel shares among them and can reclaim."""
        return min(self.workers, self.memory // self.worker_memory)
