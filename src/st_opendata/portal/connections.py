"""The connections of a portal: limits on the time and size of a request's head, and on the connections of a client.

uvicorn has no such limits; docs/decisions/0025 lists the alternatives that were tried.
"""

from __future__ import annotations

import asyncio
import fcntl
import resource
import struct
import termios
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from st_opendata.portal.middleware.access_log import log_refusal

_LINGER = 2.0
"""Seconds in which a client may read a refusal, while the portal discards its further bytes (RFC 9112 §9.6)."""
_PIPELINED = 16
"""The most requests that wait on one connection for the answer to an earlier one."""
_FILES_OF_A_CONNECTION = 3
"""File descriptors of a connection: its socket, the file that is sent, and the buffer of an answer."""
_OTHER_FILES = 200
_LEAST = 20
"""The fewest connections of a portal, even if the limit on open files is low."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The limits of clients: a head arrives within `head_seconds` and has at most `head_bytes` and `fields` lines.

    A body arrives within `body_seconds` and a second more for each `body_rate` bytes. The portal disconnects a client
    that reads nothing for `stall_seconds`. One client has at most `per_client` connections, all clients `total`.
    """

    head_seconds: float = 10.0
    head_bytes: int = 64 * 1024
    fields: int = 100
    body_seconds: float = 10.0
    body_rate: int = 1000
    stall_seconds: float = 60.0
    per_client: int = 200
    total: int = 1000


class _Awaited(Enum):
    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class Connections:
    """All connections of a server. All methods belong to one event loop."""

    def __init__(self, limits: ConnectionLimits, is_trusted: Callable[[str], bool]) -> None:
        """Clients at an address that `is_trusted` are proxies, without a limit per client."""
        self.limits = limits
        self._is_trusted = is_trusted
        self._clients: dict[str, dict[Connection, None]] = {}
        self._all: dict[Connection, None] = {}

    @property
    def number(self) -> int:
        """How many connections there are."""
        return len(self._all)

    def enter(self, connection: Connection) -> None:
        """Add a new connection; if there are too many, close one that waits for a request."""
        own = self._clients.setdefault(client_of(connection.peer), {})
        own[connection] = self._all[connection] = None
        if len(own) > self.limits.per_client and not self._is_trusted(connection.peer):
            _make_room(own, connection)
        elif self.number > self.limits.total:
            _make_room(self._all, connection)

    def leave(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        self._all.pop(connection, None)
        own = self._clients.get(client_of(connection.peer), {})
        own.pop(connection, None)
        if not own:
            self._clients.pop(client_of(connection.peer), None)

    async def watch(self) -> None:
        """Close connections that take too long, until this is cancelled."""
        pause = min(1.0, self.limits.head_seconds / 10)
        while True:
            await asyncio.sleep(pause)
            now = asyncio.get_running_loop().time()
            for connection in [*self._all]:
                connection.end_overdue(now)


class Connection(HttpToolsProtocol):
    """A connection within the limits of `Connections`; it speaks HTTP/1.1 and ignores requests to upgrade."""

    def __init__(self, *args: Any, connections: Connections, **kwargs: Any) -> None:  # noqa: ANN401 (those of uvicorn)
        super().__init__(*args, **kwargs)
        self.peer = ""
        """The address of the client."""
        self.waits_since = self.loop.time()
        """When the connection began to wait for the present event."""
        self._registry = connections
        self._limits = connections.limits
        self._awaited = _Awaited.HEAD
        self._got = self._head = self._fields = 0
        self._is_new = False
        self._ended = self._is_resumed = False
        self._refusal: tuple[HTTPStatus, str] | None = None
        self._unsent, self._unsent_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """A client has connected."""
        super().connection_made(cast(asyncio.Transport, _Gentle(transport, self)))
        self.peer = self.client[0] if self.client else ""
        self._registry.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed, by either side."""
        self._registry.leave(self)
        super().connection_lost(exc)

    @property
    def is_waiting(self) -> bool:
        """Whether it can be closed without losing an answer: no whole request has come since the last answer."""
        if self.pipeline or self.transport.is_closing():
            return False
        is_arriving = self._awaited is _Awaited.BODY and not (self.cycle and self.cycle.response_started)
        return is_arriving or not (self._is_answering or self._bytes_unsent())

    def data_received(self, data: bytes) -> None:
        """Bytes of requests have come."""
        if self._ended:
            return
        self._unset_keepalive_if_required()
        self._got += len(data)
        self._is_new = False
        try:
            self._parse(data)
        except httptools.HttpParserError:
            self.refuse(*(self._refusal or (HTTPStatus.BAD_REQUEST, "This is not a valid HTTP/1.1 request.")))
            return
        if self._awaited is _Awaited.NOTHING and not self._is_answering:  # blank lines
            self._await(_Awaited.HEAD)
        if self._awaited is _Awaited.HEAD and not self._is_new and self._got > self._limits.head_bytes:
            self.refuse(*self._too_large())

    def on_message_begin(self) -> None:
        """The parser: a request begins."""
        if len(self.pipeline) >= _PIPELINED:
            self._stop(HTTPStatus.BAD_REQUEST, "Too many requests were sent without waiting for an answer.")
        if self._is_resumed:
            return
        self._await(_Awaited.HEAD)
        self._got, self._is_new = 1, True
        self._head = self._fields = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """The parser: a part of the target."""
        if not self._is_resumed:
            self._count_head(len(url))
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser: a field of the head, or one after the body."""
        if self._is_resumed:
            return
        self._fields += 1
        self._count_head(len(name) + len(value))
        if self._awaited is _Awaited.HEAD:  # fields after a body are not those of the head (RFC 9110 §6.5.1)
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The parser: the head is whole."""
        if self._is_resumed:
            return
        self._take_host_of_target()
        super().on_headers_complete()
        self._await(_Awaited.BODY)

    def on_message_complete(self) -> None:
        """The parser: the request is whole, or asks to upgrade."""
        if self.parser.should_upgrade():
            return
        self._await(_Awaited.NOTHING)
        super().on_message_complete()

    def end_overdue(self, now: float) -> None:
        """Refuse the request or close the connection if the client has taken too long."""
        if self.parser is None or self._has_stalled(now):
            return
        waited = now - self.waits_since
        if self._ended:
            if waited > _LINGER:
                self.transport.abort()
        elif self._awaited is _Awaited.BODY:
            if self.flow.read_paused:  # the portal has paused reading
                self.waits_since = now
            elif waited > self._limits.body_seconds + self._got / self._limits.body_rate:
                self.refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
        elif self._awaited is _Awaited.HEAD and not self._is_answering and waited > self._limits.head_seconds:
            if self._got:
                self.refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")
            else:
                self.transport.close()

    def refuse(self, status: HTTPStatus, text: str) -> None:
        """Answer the present request with an error, and no later one; an answer that has begun is aborted."""
        self._ended, self.waits_since = True, self.loop.time()
        self._unset_keepalive_if_required()
        is_asked = self._is_answering
        has_begun = bool(self.pipeline) or (is_asked and self.cycle.response_started)
        if is_asked:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        elif self._awaited is _Awaited.BODY:  # the client has its answer already
            has_begun = True
        if has_begun:
            self.transport.close()
            return
        if not is_asked:
            log_refusal(self.peer or "-", status)
        body = f"{text}\n".encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        again = "Retry-After: 5\r\n" if status is HTTPStatus.SERVICE_UNAVAILABLE else ""
        self.transport.write(f"{head}{again}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        self.transport.write_eof()

    def linger(self) -> bool:
        """Whether the client still sends an answered request; from now on its bytes are discarded, for a short time."""
        if self._ended or self._awaited is not _Awaited.BODY or self._is_answering or self.transport.is_closing():
            return False
        self._ended, self.waits_since = True, self.loop.time()
        self.flow.resume_reading()
        return True

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _parse(self, data: bytes) -> None:
        """Parse the received bytes; a request to upgrade is answered like any other (RFC 9110 §7.8).

        The parser stops after the head of such a request. A new parser continues and gets the length of the body.
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                self.parser = httptools.HttpRequestParser(self)
                framing = (each for each in self.headers if each[0] in (b"content-length", b"transfer-encoding"))
                fields = b"".join(b"%s: %s\r\n" % each for each in framing)
                self._is_resumed = True
                self.parser.feed_data(b"POST / HTTP/1.1\r\n" + fields + b"\r\n")
                self._is_resumed = False
            else:
                return

    def _await(self, what: _Awaited) -> None:
        self._awaited, self.waits_since, self._got = what, self.loop.time(), 0

    def _count_head(self, size: int) -> None:
        self._head += size
        if self._head > self._limits.head_bytes or self._fields > self._limits.fields:
            self._stop(*self._too_large())

    def _too_large(self) -> tuple[HTTPStatus, str]:
        most = f"{self._limits.head_bytes:,} bytes or {self._limits.fields} fields"
        text = f"The head of the request has more than {most}. A long query can be sent by POST."
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text

    def _stop(self, status: HTTPStatus, text: str) -> None:
        """Refuse the request from within the parser, which wraps errors in one of its own classes."""
        self._refusal = status, text
        raise ValueError(text)

    def _take_host_of_target(self) -> None:
        """A target that names a host overrules the Host field (RFC 9112 §3.2.2)."""
        if self.url.startswith(b"/") or b"://" not in self.url:
            return
        authority = self.url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
        self.headers[:] = [(name, authority if name == b"host" else value) for name, value in self.headers]

    def _bytes_unsent(self) -> int:
        """The bytes of answers that the client has not read yet, including those in the kernel."""
        queued = 0
        with suppress(OSError):
            number = self.transport.get_extra_info("socket").fileno()
            [queued] = struct.unpack("i", fcntl.ioctl(number, termios.TIOCOUTQ, b"\0" * 4))
        return queued + self.transport.get_write_buffer_size()

    def _has_stalled(self, now: float) -> bool:
        """Whether the client has stopped reading its answer; if so, closes the connection."""
        unsent = self._bytes_unsent()
        if not unsent or unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        elif now - self._unsent_since > self._limits.stall_seconds:
            self.transport.abort()
            return True
        return False


class _Gentle:
    """A transport that lets a client read its answer before it closes, and ignores writes once it is closing.

    A socket that is closed while bytes arrive is reset, and the answer is lost (RFC 9112 §9.6). asyncio's own
    transport logs a line for each write after a client has disconnected.
    """

    def __init__(self, inner: asyncio.Transport, connection: Connection) -> None:
        self._inner = inner
        self._connection = connection

    def write(self, data: bytes) -> None:
        if not self._inner.is_closing():
            self._inner.write(data)

    def close(self) -> None:
        if self._connection.linger():
            self._inner.write_eof()
        else:
            self._inner.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (what the transport has)
        return getattr(self._inner, name)


def client_of(address: str) -> str:
    """The client behind an address: for IPv6 its network, as one client has all addresses of it (RFC 6177)."""
    with suppress(ValueError):
        parsed = ip_address(address.partition("%")[0])
        if isinstance(parsed, IPv6Address):
            if parsed.ipv4_mapped:
                return str(parsed.ipv4_mapped)
            return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return address


def fitted(limits: ConnectionLimits) -> ConnectionLimits:
    """The limits, reduced to the files that this process may open; raises that number if the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = limits.total * _FILES_OF_A_CONNECTION + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        total = max(_LEAST, (soft - _OTHER_FILES) // _FILES_OF_A_CONNECTION)
        limits = replace(limits, total=min(limits.total, total))
    return replace(limits, per_client=min(limits.per_client, max(1, limits.total // 2)))


def _make_room(connections: Iterable[Connection], newest: Connection) -> None:
    """Close the connection that has waited longest for a request; if none waits, refuse the newest."""
    for each in sorted(connections, key=lambda each: each.waits_since):
        if each is not newest and each.is_waiting:
            each.transport.close()
            return
    newest.refuse(HTTPStatus.SERVICE_UNAVAILABLE, "There are too many connections.")
