"""What every response and request goes through: headers for browsers, bounds, the edition.

All are plain ASGI, so that streamed answers pass untouched.
"""

from __future__ import annotations

import re
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from st_opendata.portal.connections import client_of
from st_opendata.portal.data.current import Current
from st_opendata.sparql.endpoint import QueryError, problem_response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
"""Nothing inline, nothing from elsewhere (W3C CSP 3)."""
SAFE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_SAFE = [(name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()]
_HOST = re.compile(rb"(?:\[[0-9A-Fa-fv:.]+\]|(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(?::\d{0,5})?")
"""A host and perhaps a port (RFC 3986 §3.2.2), without the comma that joins two."""
_MOST_DIGITS = 15


class SafeHeaders:
    """Adds the headers that tell a browser what a page may do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name for name, _ in headers}
                message["headers"] = [*headers, *(each for each in _SAFE if each[0] not in given)]
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


class OneHost:
    """Refuses requests that do not name one host (RFC 9112 §3.2): caches and proxies could take another than we do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            may_lack = scope["http_version"] == "1.0"
            if len(hosts) > 1 or not (hosts or may_lack) or not all(map(_HOST.fullmatch, hosts)):
                failure = QueryError(
                    400, "bad-request", "a request names one host", "Give its name as the one Host field."
                )
                await problem_response(failure)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Bounds:
    """Refuses requests that are too large (413) or too many from one client (429); those below `free` do not count."""

    def __init__(self, app: ASGIApp, *, largest_body: int, per_minute: int, free: str) -> None:
        self.app = app
        self._free = free
        self._largest = largest_body
        self._rate = RateLimitItemPerMinute(per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        client = client_of((scope.get("client") or ("unknown",))[0])
        if not scope["path"].startswith(self._free) and not self._limiter.hit(self._rate, client):
            reset = self._limiter.get_window_stats(self._rate, client).reset_time
            wait = str(max(1, round(reset - time.time())))
            refusal = PlainTextResponse(
                f"Too many requests: {self._rate.amount} in a minute are served to one client.\n",
                429,
                {"Retry-After": wait},
            )
            await refusal(scope, receive, send)
            return
        if not scope["query_string"].isascii():
            await PlainTextResponse("The parameters of an address are percent-encoded.\n", 400)(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or len(length) > _MOST_DIGITS or int(length) > self._largest:
            await self._too_large()(scope, receive, send)
            return
        await self._bounded(scope, receive, send)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A body of unstated length ends as a disconnection where it grows too large."""
        got, has_begun = 0, False

        async def receive_bounded() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            return {"type": "http.disconnect"} if got > self._largest else message

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive_bounded, send_noted)
        except ClientDisconnect:
            if got <= self._largest or has_begun:
                raise
            await self._too_large()(scope, receive, send)

    def _too_large(self) -> PlainTextResponse:
        return PlainTextResponse(f"The request is larger than {self._largest:,} bytes.\n", 413)


class WeakTags:
    """Makes the ETag of what is compressed on its way weak: it stands for other bytes then (RFC 9110 §8.8.1).

    Who goes on with a download that broke off (If-Range) would else join compressed bytes with plain ones. To who asks
    by a weak tag, or by a date, whether it is still right, the answer has the weak tag (§15.4.5).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_weakly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                tag = headers.get("ETag", "")
                had = message["status"] == 304 and f"W/{tag}" in Headers(scope=scope).get("If-None-Match", f"W/{tag}")
                if tag.startswith('"') and ("Content-Encoding" in headers or had):
                    headers["ETag"] = f"W/{tag}"
            await send(message)

        await self.app(scope, receive, send_weakly if scope["type"] == "http" else send)


class WithEdition:
    """Gives each request the edition of the moment it began."""

    def __init__(self, app: ASGIApp, *, current: Current) -> None:
        self.app = app
        self._current = current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        async with self._current.borrowed() as edition:
            scope.setdefault("state", {})["edition"] = edition
            await self.app(scope, receive, send)
