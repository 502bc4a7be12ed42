"""A buffer for a body from a worker to a client: the worker never waits for the client."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import AsyncIterator

_PIECE = 256 * 1024


class ResponseBuffer:
    """Bytes that one task writes and another reads: up to `buffer` of them in memory, the rest in a nameless file.

    Reading begins when the buffer is `ready`: complete, or larger than the buffer.
    """

    def __init__(self, buffer: int) -> None:
        self.ready = asyncio.Event()
        self.is_complete = False
        self._buffer = buffer
        self._memory = bytearray()
        self._file: _File | None = None
        self._file_size = 0
        self._is_aborted = False
        self._change = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Add bytes."""
        if self._file is None:
            if len(self._memory) + len(data) <= self._buffer:
                self._memory += data
                return
            self._file = await asyncio.to_thread(_File)
            self.ready.set()
        await asyncio.to_thread(self._file.write, data, self._file_size)
        self._file_size += len(data)
        self._change.set()

    def finish(self) -> None:
        """Mark the body as complete."""
        self.is_complete = True
        self.ready.set()
        self._change.set()

    def abort(self) -> None:
        """Mark the body as aborted: no more bytes will arrive."""
        self._is_aborted = True
        self.ready.set()
        self._change.set()

    @property
    def size(self) -> int:
        """The number of bytes so far."""
        return len(self._memory) + self._file_size

    @property
    def has_overflowed(self) -> bool:
        """Whether it is larger than the buffer, so that reading may have begun."""
        return self._file is not None

    @property
    def body(self) -> bytes | None:
        """The whole body, if it is complete and fits into the buffer."""
        return bytes(self._memory) if self.is_complete and self._file is None else None

    async def read(self) -> AsyncIterator[bytes]:
        """The bytes in pieces; EOFError if it is aborted or closed before it is complete."""
        yield bytes(self._memory)
        offset = 0
        while True:
            self._change.clear()
            while self._file is not None and offset < self._file_size:
                data = await asyncio.to_thread(self._file.read, offset)
                if not data:
                    raise EOFError
                offset += len(data)
                yield data
            if self._is_aborted:
                raise EOFError
            if self.is_complete:
                return
            await self._change.wait()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class _File:
    """A nameless file for several threads; once it is closed, reads and writes do nothing."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (see close)
        self._lock = threading.Lock()

    def write(self, data: bytes, offset: int) -> None:
        with self._lock:
            while data and not self._file.closed:
                written = os.pwrite(self._file.fileno(), data, offset)
                data, offset = data[written:], offset + written

    def read(self, offset: int) -> bytes:
        with self._lock:
            return b"" if self._file.closed else os.pread(self._file.fileno(), _PIECE, offset)

    def close(self) -> None:
        with self._lock:
            self._file.close()
