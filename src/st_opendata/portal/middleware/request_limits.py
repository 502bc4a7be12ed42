"""Requests that are too large, or too many from one client."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from st_opendata.portal.connections import client_of

_MOST_DIGITS = 15


class RequestLimits:
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
        """A body without a stated length that grows too large ends in a disconnection."""
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
