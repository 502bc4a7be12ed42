"""What one endpoint may take, and how many workers that makes."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from math import inf

from st_opendata.errors import UsageError

_KB, _MB, _GB = 1 << 10, 1 << 20, 1 << 30
_BYTES_A_QUAD = 350
_BYTES_ANYWAY = 60 * _MB
"""Memory of a store in memory, measured on CORDIS-like data: so much for each quad, and so much for the process."""

_LEAST_COLUMNS = 64 * _MB


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of an endpoint; all sizes in bytes.

    A query may run for `seconds` and wait for a worker as long, give `rows` rows (or triples) and `bytes` bytes before
    compression, take `worker_memory` beside the store, and be `query` bytes long itself. `queue` queries may wait for a
    worker. A result of up to `buffer` bytes is sent only when it is whole; a longer one streams. A client that reads
    nothing for `stall` seconds is left. Answers are kept for those who ask again, `cache` bytes of them.

    `memory` is what all processes may take together. From it follow the number of workers, of which there are at most
    `workers`, and whether the store is in memory or on disk.
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

    def __post_init__(self) -> None:
        """Raises UsageError for a limit that leaves nothing."""
        for field in fields(self):
            least = 0 if field.name in ("cache", "queue") else 1
            if field.name not in ("seconds", "stall") and getattr(self, field.name) < least:
                raise UsageError(f"the limit `{field.name}` is too small", remedy=f"Give {least} or more.")
        if not (0 < self.seconds < inf and 0 < self.stall < inf):
            raise UsageError("a time limit must be more than 0 seconds, and have an end")
        if self.workers_on_disk() < 1:
            raise UsageError(
                "the memory in all is less than one worker may take",
                remedy="Raise the memory in all, or lower that of a worker.",
            )

    @property
    def columns(self) -> int:
        """Of a worker's memory, what columns may take of it; 0 where it is too little for them."""
        part = self.worker_memory // 4
        return part if part >= _LEAST_COLUMNS else 0

    def fits_memory(self, quads: int) -> bool:
        """Whether a store of so many quads leaves room for two workers in memory."""
        return self.workers_in_memory(_BYTES_ANYWAY + quads * _BYTES_A_QUAD) >= min(2, self.workers)

    def workers_in_memory(self, store: int) -> int:
        """Workers beside the parent that loaded a store of this size; each may come to hold all of it once more.

        Reading writes reference counts into the pages that a worker shares with its parent, so that they are copied.
        """
        return min(self.workers, max(0, self.memory - store) // (store + self.worker_memory))

    def workers_on_disk(self) -> int:
        """Workers whose store is on disk, in pages that the kernel shares among them and takes back."""
        return min(self.workers, self.memory // self.worker_memory)
