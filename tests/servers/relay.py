"""A relay before a portal. It hands on every request, unless a test does something else at a stage of one."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BufferedReader
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Stage(StrEnum):
    """How far a request has come."""

    BEFORE = "before"
    """Nothing of it has been handed on."""
    HALF = "half"
    """Half of its body has been handed on."""
    SENT = "sent"
    """All of it has been handed on: the portal is at work."""
    ANSWERED = "answered"
    """The answer has been handed back."""


@dataclass(frozen=True)
class Request:
    """A request, by its number since `begin`.

    `upload` says whether it is a form with files; `port` is that from which it goes to the portal, 0 until it does.
    """

    number: int
    method: str
    action: str
    upload: bool
    port: int = 0


class Cut(Exception):  # noqa: N818 (a fault that a test wants)
    """End the connection here. The portal still processes requests that were passed on completely."""


class Answer(Exception):  # noqa: N818
    """Give this answer; the portal does not hear of the request."""

    def __init__(self, status: str, content: str = "", **headers: str) -> None:
        super().__init__()
        lines = {"Content-Length": str(len(content.encode())), "Connection": "close", "Content-Type": "text/html"}
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | headers).items())
        self.bytes = f"HTTP/1.1 {status}\r\n{head}\r\n{content}".encode()


Act = Callable[[Request, Stage], None]
"""What to do at a stage of a request: raises Cut or Answer, or returns to let the request continue."""


def nothing(request: Request, stage: Stage) -> None:
    """Hand everything on."""


class Relay(ThreadingTCPServer):
    """The relay, with all requests since `begin` and the seconds that the portal took for each, by number."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, target: str, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = (urlsplit(target).hostname or "", urlsplit(target).port or 80)
        self.tls = tls
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_address[1]}"
        self.changed = Condition()
        self.running = 0
        self.begin()

    def __enter__(self) -> Self:
        self.thread = Thread(target=self.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()

    def begin(self, act: Act = nothing) -> None:
        """Count anew when what is under way has ended, and do this from now on."""
        self.drain()
        self.act = act
        self.requests: list[Request] = []
        self.seconds: dict[int, float] = {}

    def drain(self) -> None:
        """Return when no request is under way: the portal has finished what it was sent."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.running, 60)

    def arrived(self, method: str, action: str, upload: bool) -> Request:
        """Number a request."""
        with self.changed:
            request = Request(len(self.requests) + 1, method, action, upload)
            self.requests.append(request)
        return request

    def count(self, change: int) -> None:
        """Note that a request begins or has ended."""
        with self.changed:
            self.running += change
            self.changed.notify_all()


class _Handler(BaseRequestHandler):
    """One request of one connection."""

    server: Relay

    def handle(self) -> None:
        self.server.count(1)
        try:
            with suppress(OSError):
                if self.server.tls:
                    self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                self.relay()
        finally:
            self.request.close()
            self.server.count(-1)

    def relay(self) -> None:
        with self.request.makefile("rb") as incoming:
            head = b""
            while (line := incoming.readline()) != b"\r\n":
                if not line:  # the client has gone
                    return
                head += line
            method, path = head.decode("latin-1").split()[:2]
            upload = b"multipart/form-data" in head
            request = self.server.arrived(method, path.partition("?")[0].rpartition("/")[2], upload)
            length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
            try:
                self.exchange(request, head, incoming, int(length[1]) if length else 0)
            except Cut:
                self.request.shutdown(socket.SHUT_RDWR)
            except Answer as answer:
                self.request.sendall(answer.bytes)

    def exchange(self, request: Request, head: bytes, incoming: BufferedReader, length: int) -> None:
        act = self.server.act
        act(request, Stage.BEFORE)
        with socket.create_connection(self.server.target, timeout=120) as portal:
            request = replace(request, port=portal.getsockname()[1])
            portal.sendall(re.sub(rb"(?im)^connection: .*\r\n", b"", head) + b"Connection: close\r\n\r\n")
            self.hand_on(portal, incoming, length // 2)
            act(request, Stage.HALF)
            self.hand_on(portal, incoming, length - length // 2)
            began = time.monotonic()
            try:
                act(request, Stage.SENT)
            finally:  # when the connection is cut too
                answer = b"".join(iter(lambda: portal.recv(1 << 16), b""))
                self.server.seconds[request.number] = time.monotonic() - began
        self.request.sendall(answer)
        act(request, Stage.ANSWERED)

    @staticmethod
    def hand_on(portal: socket.socket, incoming: BufferedReader, size: int) -> None:
        while size:
            block = incoming.read(min(size, 1 << 16))
            if not block:
                raise Cut
            portal.sendall(block)
            size -= len(block)
