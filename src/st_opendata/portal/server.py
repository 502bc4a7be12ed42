"""The portal as a process: it listens until it is told to stop, lets running requests end, and tidies up."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import uvicorn

from st_opendata.errors import InputError
from st_opendata.portal.app import make_app
from st_opendata.portal.current import Current
from st_opendata.portal.endpoint import Limits
from st_opendata.portal.options import Options

_GRACE = 30
"""Seconds that running requests have to end."""
_CONNECTIONS = 1000
"""Connections at a time; more are refused with 503."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What to serve and where: a release, with `store` as the folder for data that leave memory no room."""

    release: Path
    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = field(default_factory=Limits)
    store: Path | None = None
    options: Options = field(default_factory=Options)

    def url_at(self, port: int) -> str:
        """The address of the portal when it listens on that port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{port}/"


def serve(serving: Serving, told: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `told` hears, once it answers, where it listens and how the data are held.

    Raises:
        InputError: the release cannot be read, or the port is taken.
    """
    asyncio.run(_serve(serving, told))


def try_out(serving: Serving) -> None:
    """Start the portal on a port that is free, fetch its start page and stop it.

    Raises:
        InputError: the release cannot be read, or the portal does not answer as it should.
    """
    asyncio.run(_try_out(serving))


async def _serve(serving: Serving, told: Callable[[str], None]) -> None:
    async with _running(serving, serving.port) as (port, current, task):
        pool = current.edition.endpoint.pool
        kept = "on disk" if pool.on_disk else "in memory"
        told(f"The portal answers at {serving.url_at(port)} ({pool.size} query workers, data {kept}). Ctrl-C ends it.")
        await task


async def _try_out(serving: Serving) -> None:
    async with _running(serving, 0) as (port, _, _):
        try:
            await asyncio.to_thread(lambda: urlopen(serving.url_at(port), timeout=30).close())  # noqa: S310 (our own)
        except OSError as error:
            raise InputError(f"the portal does not answer: {error}") from error


@asynccontextmanager
async def _running(serving: Serving, port: int) -> AsyncIterator[tuple[int, Current, asyncio.Task[None]]]:
    """A server that answers: its port, the current edition behind it, and the task that ends when it is told to."""
    with listen(serving.host, port) as listener:
        current = Current(serving.release, serving.limits, serving.store)
        await current.open()
        server = uvicorn.Server(_config(serving, current))
        # uvicorn stops at these signals and then raises them again: that must not end the process before all is tidy.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, lambda: None)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not task.done():
                await asyncio.sleep(0.02)
            yield listener.getsockname()[1], current, task
        finally:
            server.should_exit = True
            await task
            await current.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket whose connections send what they are given at once; raises InputError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"the portal cannot listen on {host}:{port}: {error.strerror}", remedy="Name another --port."
        ) from None
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which those of create_server do
    # not; without it the body of an answer waits 40 ms for the client to acknowledge the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _config(serving: Serving, current: Current) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(current, serving.options),
        log_config=None,  # logs are set up by the command
        access_log=False,  # the application writes one itself, in a form that programs read
        server_header=False,
        lifespan="on",
        forwarded_allow_ips=list(serving.options.trusted_proxies),
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
    )
