"""The portal as a process: it listens until a signal, lets running requests end, and removes its files."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import uvicorn

from st_opendata.errors import InputError
from st_opendata.messages.message import Message, counted, message
from st_opendata.messages.system_errors import system_reason
from st_opendata.portal.app import make_app
from st_opendata.portal.connections import Connection, ConnectionLimits, Connections, fitted
from st_opendata.portal.data.current import Current
from st_opendata.portal.options import Options
from st_opendata.sparql.endpoint import Limits
from st_opendata.system.limits import STOP_SIGNALS
from st_opendata.system.scratch import remove_leftovers

_GRACE = 30
"""Seconds that running requests have to end."""
_QUEUE = 2048
"""The most connections that wait to be accepted."""
_AT_ONCE = 128
"""The most connections that are accepted at once, before they are counted."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The release to serve and its address; `store` is the folder for data that do not fit into memory."""

    release: Path
    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = field(default_factory=Limits)
    store: Path | None = None
    options: Options = field(default_factory=Options)

    @property
    def connections(self) -> ConnectionLimits:
        """The limits on clients' connections."""
        return ConnectionLimits(per_client=self.options.connections)

    def url_at(self, port: int) -> str:
        """The address of the portal when it listens on that port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}/"


def serve(serving: Serving, on_ready: Callable[[Message], None]) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; once the portal answers, `on_ready` gets its address and the data's place.

    Raises:
        InputError: the release cannot be read, or the port is taken.
    """
    asyncio.run(_serve(serving, on_ready))


def try_out(serving: Serving) -> None:
    """Start the portal on a port that is free, fetch its start page and stop it.

    Raises:
        InputError: the release cannot be read, or the portal does not answer as it should.
    """
    asyncio.run(_try_out(serving))


async def _serve(serving: Serving, on_ready: Callable[[Message], None]) -> None:
    async with _running(serving, serving.port) as (port, current, task):
        pool = current.edition.endpoint.pool
        storage = message("on disk") if pool.on_disk else message("in memory")
        on_ready(
            counted(
                "The portal answers at {url} ({workers} query worker, data {storage}). Ctrl-C ends it.",
                "The portal answers at {url} ({workers} query workers, data {storage}). Ctrl-C ends it.",
                number="workers",
                url=serving.url_at(port),
                workers=pool.size,
                storage=storage,
            )
        )
        await task


async def _try_out(serving: Serving) -> None:
    async with _running(serving, 0) as (port, _, _):
        try:
            await asyncio.to_thread(lambda: urlopen(serving.url_at(port), timeout=30).close())  # noqa: S310 (our own)
        except OSError as error:
            raise InputError(message("the portal does not answer: {reason}", reason=str(error))) from error


@asynccontextmanager
async def _running(serving: Serving, port: int) -> AsyncIterator[tuple[int, Current, asyncio.Task[None]]]:
    """A server that answers: its port, the current edition, and the task that ends at a signal.

    A signal that ends programs (`STOP_SIGNALS`) ends the server once it answers; before that, it is raised again at the
    end.
    """
    with listen(serving.host, port) as listener, _signals() as signals:
        remove_leftovers()  # folders of servers that were killed
        current = Current(serving.release, serving.limits, serving.store)
        await signals.during(current.open())
        connections = Connections(fitted(serving.connections), serving.options.is_proxy)
        server = uvicorn.Server(_config(serving, current, connections))
        signals.hear = lambda: setattr(server, "should_exit", True)
        watching = asyncio.create_task(connections.watch())
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not task.done():
                await asyncio.sleep(0.02)
            listener.listen(_QUEUE)
            current.edition.endpoint.pool.fill_later()
            yield listener.getsockname()[1], current, task
        finally:
            server.should_exit = True
            await task
            watching.cancel()
            await current.close()


class _Signals:
    """The handlers of signals."""

    def __init__(self) -> None:
        self.hear: Callable[[], object] = lambda: None
        self.raised: int | None = None

    async def during(self, opening: Coroutine[Any, Any, None]) -> None:
        """Await the work; a signal cancels it, and is raised again at the end."""
        task = asyncio.ensure_future(opening)
        self.hear = task.cancel
        await task


@contextmanager
def _signals() -> Iterator[_Signals]:
    """Let the loop handle the signals that end programs, in place of the previous handlers."""
    loop, signals = asyncio.get_running_loop(), _Signals()

    def handle(number: int) -> None:
        signals.raised = signals.raised or number
        signals.hear()

    before = {number: handler for number in STOP_SIGNALS if (handler := signal.getsignal(number)) is not signal.SIG_IGN}
    for number in before:
        loop.add_signal_handler(number, handle, number)
    was_cancelled = False
    try:
        yield signals
    except asyncio.CancelledError:
        was_cancelled = True
        raise
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler or signal.SIG_DFL)
        if was_cancelled and signals.raised:
            signal.raise_signal(signals.raised)


def listen(host: str, port: int) -> socket.socket:
    """A socket whose connections send data at once; raises InputError if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_QUEUE)
    except OSError as error:
        raise InputError(
            message(
                "the portal cannot listen on {address}: {reason}",
                address=f"{host}:{port}",
                reason=system_reason(error),
            ),
            remedy=message("Name another --port."),
        ) from None
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which those of create_server do
    # not; without it the body of an answer waits 40 ms for the client to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _config(serving: Serving, current: Current, connections: Connections) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(current, serving.options),
        http=partial(Connection, connections=connections),  # type: ignore[arg-type]  # it is called as a class is
        ws="none",
        log_config=None,  # the command configures the logs
        access_log=False,  # the application writes its own, in a format for programs
        server_header=False,
        lifespan="on",
        forwarded_allow_ips=serving.options.believed,
        backlog=_AT_ONCE,
        timeout_graceful_shutdown=_GRACE,
    )
