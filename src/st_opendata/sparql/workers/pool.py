"""The workers of one release in the server: the pool lends each to one query at a time, in turn, and replaces it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from st_opendata.errors import InputError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.sparql.endpoint.errors import (
    QueryError,
    busy_error,
    closing_error,
    depth_error,
    engine_error,
    memory_error,
    store_error,
    wait_error,
)
from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.workers.filling import Filling
from st_opendata.sparql.workers.frames import (
    FRAME_HEAD,
    MESSAGE,
    FrameType,
    QueryRequest,
    Shortage,
    error_of,
    frame,
    read_head,
)

_log = logging.getLogger(__name__)
_GRACE = 5.0
"""Seconds for the fork server to notice that it is no longer needed, and seconds to report an exit."""
_RESTART, _LONGEST_PAUSE = 1.0, 300.0
"""Seconds after which a store that cannot be loaded is tried again; each pause is twice the last one."""
_LATER = 10.0
"""Seconds after which a store that the columns do without is made: the first visitors need not share the processor."""
_PIECE = 256 * 1024
_TICKS = os.sysconf("SC_CLK_TCK")


class Worker:
    """A process that answers queries; `is_reusable` while it can answer another one.

    If it has no store (`is_whole`), it answers those that the columns can answer.
    """

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_whole: bool) -> None:
        """Use `Worker.connect`."""
        self.pid = pid
        self.is_whole = is_whole
        self.is_reusable = True
        self.has_low_priority = False
        self.exit: asyncio.Future[Shortage | None] = asyncio.get_running_loop().create_future()
        """Done when the worker has died: the resource that it lacked, None if unknown."""
        self.cpu_seconds = 0.0
        """The result of `read_cpu_seconds` after its last answer."""
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, pid: int, connection: socket.socket, *, is_whole: bool) -> Worker:
        """The worker at the other end of a connection."""
        return cls(pid, *await asyncio.open_unix_connection(sock=connection, limit=_PIECE), is_whole=is_whole)

    async def ask(self, request: QueryRequest) -> AsyncIterator[tuple[FrameType, bytes]]:
        """The parts of the answer, with the end as the last; OSError or EOFError if the worker dies."""
        self.is_reusable = False
        self._writer.write(frame(FrameType.REQUEST, request.encoded))
        await self._writer.drain()
        kind = FrameType.REQUEST
        while kind is not FrameType.END:
            kind, size = read_head(await self._reader.readexactly(FRAME_HEAD))
            yield kind, await self._reader.readexactly(size)

    def read_cpu_seconds(self) -> float:
        """Its total processor seconds (proc(5), utime), without those in which the kernel assigned memory."""
        try:
            content = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:  # it has just died
            return 0.0
        return int(content.rpartition(")")[2].split()[11]) / _TICKS

    def close(self) -> None:
        """Close the connection; an idle worker then ends."""
        self._writer.close()


class Pool:
    """Workers for the release in `folder`, a copy of that in `home`. All methods belong to one event loop."""

    def __init__(self, folder: Path, limits: Limits, disk: Path | None, home: Path) -> None:
        self.on_disk = False
        self.size = 0
        """The number of workers when none is being replaced."""
        self._folder = folder
        self._limits = limits
        self._places = {"disk": str(disk) if disk else None, "home": str(home.resolve())}
        self._workers: dict[int, Worker] = {}
        self._connecting: dict[int, asyncio.Task[None]] = {}
        """Workers whose connections are being opened."""
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._closed = False
        self._restarting: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._fills_later = False
        self._is_ready = False
        self._filling = Filling(limits)

    async def start(self, *, early: bool = False) -> None:
        """Load the store and wait for the first worker; raises InputError.

        If `early` is set and files have to be made on disk first, queries wait for them, not the caller; the store is
        made last, for the queries that need it.
        """
        self._early = early
        self._loaded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._control, self._fork_server = await asyncio.to_thread(_start_fork_server)
        except OSError as error:
            problem = message(
                "the process that loads the store cannot be started: {reason}", reason=system_reason(error)
            )
            raise InputError(problem) from error
        self._control.settimeout(0)
        order = {"release": str(self._folder), "limits": asdict(self._limits)} | self._places
        self._send(order | {"reload": self.size > 0, "early": early})
        asyncio.get_running_loop().add_reader(self._control.fileno(), self._receive)
        try:
            await self._loaded
        except (InputError, asyncio.CancelledError):
            await self._end_fork_server()
            raise

    async def close(self) -> None:
        """End all processes, also busy ones; queries that wait for a worker get QueryError."""
        if self._closed:
            return
        self._closed = True
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(closing_error())
        self._filling.fail(closing_error())
        if self._restarting:
            self._restarting.cancel()
            await asyncio.wait((self._restarting,))
        await self._end_fork_server()

    @property
    def has_store(self) -> bool:
        """Whether there is a store; without one, queries that the columns cannot answer wait until it is made."""
        return self._filling.is_done

    @property
    def idle(self) -> int:
        """The number of workers that could take a query at once."""
        return len(self._idle)

    @asynccontextmanager
    async def acquire(self, *, whole: bool = False) -> AsyncIterator[Worker]:
        """A worker for one query, with a store if `whole` is set; it is killed if it returns with an unfinished answer.

        Raises:
            QueryError: too many are waiting already, no worker was free in time, or the store cannot be made.
        """
        if whole:
            await self._filling.wait(lambda: self._send({"fill": True}))
        worker = await self._take()
        try:
            yield worker
        finally:
            if worker.is_reusable:
                self._offer(worker)
            else:
                self._send({"kill": worker.pid})

    def fill_later(self) -> None:
        """Make a store that is not there yet in the background, soon after queries are answered without it."""
        self._fills_later = True
        if self._is_ready and not self.has_store and not self._later:
            self._later = asyncio.get_running_loop().call_later(_LATER, self._send, {"fill": True})

    def lower_priority(self, worker: Worker) -> None:
        """Give a worker a lower priority for the processor than the others; this cannot be undone."""
        worker.has_low_priority = True
        self._send({"renice": worker.pid})

    async def failure_of(self, worker: Worker) -> QueryError:
        """The reason why a worker died during an answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                match await asyncio.shield(worker.exit):
                    case Shortage.MEMORY:
                        return memory_error(self._limits.worker_memory)
                    case Shortage.STACK:
                        return depth_error()
        return engine_error()

    async def _take(self) -> Worker:
        if self._closed:
            raise closing_error()
        if self._idle and not self._waiting:
            return self._idle.pop()
        if len(self._waiting) >= self._limits.queue:
            raise busy_error(self._limits.queue, wait=max(1, round(self._limits.seconds / 3)))
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await place
        except (TimeoutError, asyncio.CancelledError) as error:
            if place in self._waiting:
                self._waiting.remove(place)
            if place.done() and not place.cancelled() and not place.exception():
                self._offer(place.result())  # it arrived at the same moment
            if isinstance(error, TimeoutError):
                raise wait_error(self._limits.seconds) from None
            raise

    def _offer(self, worker: Worker) -> None:
        if worker.exit.done() or self._closed:
            return
        if self.has_store and not worker.is_whole:  # it ends, and one with the store takes its place
            worker.close()
            return
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)

    def _receive(self) -> None:
        """Read one message of the fork server."""
        received, descriptors = b"", [0]
        with suppress(ConnectionResetError):  # it ended before it had read all messages
            received, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 1)
        if not received:
            self._lose_fork_server()
            return
        content = json.loads(received)
        if "worker" in content:
            pid, connection = content["worker"], socket.socket(fileno=descriptors[0])
            connecting = self._connect(pid, connection, is_whole=content["whole"])
            self._connecting[pid] = asyncio.get_running_loop().create_task(connecting)
        elif "exit" in content:
            self._drop(content["exit"], content["shortage"] and Shortage(content["shortage"]))
        elif "error" in content:
            self._fail(error_of(content["error"]))
        elif "filled" in content:
            self._end_filling(content["filled"])
        else:
            self._know(content, is_ready="ready" in content)

    def _know(self, content: Mapping[str, Any], *, is_ready: bool) -> None:
        """The fork server is ready, or makes files first: the caller of `start` continues if it asked for that."""
        self.size, self.on_disk = content["workers"], content["on_disk"]
        if is_ready and content["whole"]:
            self._filling.end()
        elif is_ready:
            _log.info("Queries are answered from columns; those that need the store wait until it is made.")
            self._is_ready = True
            if self._fills_later:
                self.fill_later()
        elif self._early and not self._loaded.done():
            _log.info("The data of queries are made on disk; pages are served, and queries wait for them.")
            self._loaded.set_result(None)

    def _end_filling(self, failure: Mapping[str, Any] | None) -> None:
        """There is a store now, or not for that reason."""
        if failure:
            error = error_of(dict(failure))
            _log.error("The store cannot be made: %s", error)
            self._filling.fail(store_error(error))
            return
        _log.info("The store is made.")
        self._filling.end()
        idle, self._idle = self._idle, deque()
        for worker in idle:
            self._offer(worker)

    def _fail(self, error: InputError) -> None:
        """The fork server ends without a store."""
        if self._loaded.done():
            _log.error("The store cannot be loaded: %s", error)
        else:
            self._loaded.set_exception(error)

    async def _connect(self, pid: int, connection: socket.socket, *, is_whole: bool) -> None:
        worker = await Worker.connect(pid, connection, is_whole=is_whole)
        if self._connecting.pop(pid, None) is None:  # it has died meanwhile
            worker.close()
            return
        self._workers[pid] = worker
        self._offer(worker)
        if not self._loaded.done():
            self._loaded.set_result(None)

    def _drop(self, pid: int, shortage: Shortage | None = None) -> None:
        self._connecting.pop(pid, None)
        worker = self._workers.pop(pid, None)
        if worker is None:
            return
        worker.exit.set_result(shortage)
        worker.close()
        if worker in self._idle:
            self._idle.remove(worker)

    def _lose_fork_server(self) -> None:
        self._disconnect()
        if not self._loaded.done():
            self._loaded.set_exception(InputError(message("the process that loads the store ended and gave no reason")))
        elif not self._closed:
            _log.error("The parent of the SPARQL workers has ended: the store is loaded again.")
            self._restarting = asyncio.get_running_loop().create_task(self._restart())

    async def _restart(self) -> None:
        await asyncio.to_thread(self._fork_server.wait)
        last, pause = "", _RESTART
        while not self._closed:
            try:
                await self.start()
            except InputError as error:
                if str(error) != last:
                    last = str(error)
                    _log.error("The store cannot be loaded again; the server tries regularly: %s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                return

    def _disconnect(self) -> None:
        """Close all connections; workers end with their parent, and their parent without a server."""
        if self._later:
            self._later.cancel()
        if self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
        for pid in [*self._connecting, *self._workers]:
            self._drop(pid)

    async def _end_fork_server(self) -> None:
        is_loading = not self._workers and not self._connecting
        self._disconnect()
        if is_loading:  # it looks at no message
            self._fork_server.kill()
        try:
            await asyncio.to_thread(self._fork_server.wait, _GRACE)
        except subprocess.TimeoutExpired:
            self._fork_server.kill()
            await asyncio.to_thread(self._fork_server.wait)

    def _send(self, content: dict[str, Any]) -> None:
        with suppress(OSError):  # the fork server has ended, which `_receive` notices
            self._control.send(json.dumps(content).encode())


def _start_fork_server() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The connection to a new fork server, and its process; raises OSError."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "st_opendata.sparql.workers.fork_server", str(theirs.fileno())]
    with theirs:
        try:
            # Its own process group: Ctrl-C is for the server, which lets running queries end. The same session: Linux
            # shares the processor among sessions first, and a worker in a new one would start its queries late.
            process = subprocess.Popen(  # noqa: S603 (our own module)
                command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], process_group=0
            )
        except OSError:
            ours.close()
            raise
    return ours, process
