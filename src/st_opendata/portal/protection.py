"""What every response and request goes through: headers for browsers, bounds, the edition, the access log.

All are plain ASGI, so that streamed answers pass untouched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from st_opendata.portal.current import Current

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
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As the log format has them, whatever the language of the machine."""
_MOST_DIGITS = 15
_log = logging.getLogger("st_opendata.access")


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
        client = (scope.get("client") or ("unknown",))[0]
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
        await self.app(scope, self._bounded(receive), send)

    def _bounded(self, receive: Receive) -> Receive:
        """A body of unstated length ends as a disconnection where it grows too large."""
        got = 0

        async def receive_bounded() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            return {"type": "http.disconnect"} if got > self._largest else message

        return receive_bounded

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


class AccessLog:
    """One line for each request in the Combined Log Format (Apache HTTP Server, mod_log_config)."""

    def __init__(self, app: ASGIApp, *, now: Callable[[], float] = time.time) -> None:
        self.app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, sent = 0, 0

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            _log.info("%s", _line(scope, status, sent, self._now()))


def _line(scope: Scope, status: int, sent: int, moment: float) -> str:
    headers = dict(scope["headers"])
    client = (scope.get("client") or ("-",))[0]
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    asked = _quoted(b" ".join((scope["method"].encode(), path + query, b"HTTP/" + scope["http_version"].encode())))
    day = datetime.fromtimestamp(moment, UTC)
    when = f"{day.day:02}/{_MONTHS[day.month - 1]}/{day.year}:{day:%H:%M:%S} +0000"
    referrer, agent = (_quoted(headers.get(name, b"-")) for name in (b"referer", b"user-agent"))
    return f'{client} - - [{when}] "{asked}" {status} {sent or "-"} "{referrer}" "{agent}"'


def _quoted(value: bytes) -> str:
    """Without what would end the line or the quotation: the log is read by programs."""
    return value.decode("latin-1").encode("unicode_escape").decode("ascii").replace('"', '\\"')
