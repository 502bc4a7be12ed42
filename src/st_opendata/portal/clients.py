"""What clients of every kind may count on: headers in several lines, and answers for pages of other sites.

Both are plain ASGI, so that streamed answers pass untouched.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LISTS = (
    *(b"accept", b"accept-charset", b"accept-encoding", b"accept-language"),
    *(b"access-control-request-headers", b"if-match", b"if-none-match"),
)
"""Headers of requests whose values are lists and that something here reads."""
_EXPOSED = (
    *("Accept-Ranges", "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length"),
    *("Content-Range", "Date", "ETag", "Last-Modified", "Link", "Location", "Retry-After", "Vary"),
)
SHARED_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(_EXPOSED)}
_SHARED = [(name.lower().encode(), value.encode()) for name, value in SHARED_HEADERS.items()]
_DAY = "86400"
"""Seconds for which a browser may keep what it is allowed."""


class JoinedLines:
    """Makes one line of several that hold parts of the same list (RFC 9110 §5.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            headers: list[tuple[bytes, bytes]] = scope["headers"]
            names = [name for name, _ in headers]
            if repeated := [name for name in _LISTS if names.count(name) > 1]:
                joined = [(name, b", ".join(value for each, value in headers if each == name)) for name in repeated]
                scope = {**scope, "headers": [*(each for each in headers if each[0] not in repeated), *joined]}
        await self.app(scope, receive, send)


class OtherSites:
    """Lets pages of other sites read everything (Fetch §3.3), and says what may be asked of each address (OPTIONS).

    Nothing here depends on who asks, so that there is nothing to protect from them. `posted` are the paths that take
    POST beside GET and HEAD.
    """

    def __init__(self, app: ASGIApp, *, posted: Collection[str]) -> None:
        self.app = app
        self._posted = posted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_SHARED]
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._options(scope)(scope, receive, send_shared)
        else:
            await self.app(scope, receive, send_shared)

    def _options(self, scope: Scope) -> Response:
        asked = Headers(scope=scope)
        methods = ["GET", "HEAD", *(["POST"] if scope["path"] in self._posted else []), "OPTIONS"]
        allowed = {"Allow": ", ".join(methods)}
        if "Access-Control-Request-Method" in asked:
            allowed |= {"Access-Control-Allow-Methods": ", ".join(methods[:-1]), "Access-Control-Max-Age": _DAY}
            if names := asked.get("Access-Control-Request-Headers"):
                allowed |= {"Access-Control-Allow-Headers": names, "Vary": "Access-Control-Request-Headers"}
        return Response(headers=allowed)
