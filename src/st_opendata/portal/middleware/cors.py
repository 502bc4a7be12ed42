"""Answers for pages of other sites (Fetch §3.3), and for OPTIONS."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_EXPOSED = (
    *("Accept-Ranges", "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Length"),
    *("Content-Range", "Date", "ETag", "Last-Modified", "Link", "Location", "Retry-After", "Vary"),
)
CORS_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(_EXPOSED)}
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in CORS_HEADERS.items()]
_DAY = "86400"
"""Seconds for which a browser may cache the permissions."""


class CrossOrigin:
    """Lets pages of other sites read everything (Fetch §3.3), and answers OPTIONS with the methods of each address.

    Answers do not depend on the client, so there is nothing to protect. `posted` are the paths that accept POST in
    addition to GET and HEAD.
    """

    def __init__(self, app: ASGIApp, *, posted: Collection[str]) -> None:
        self.app = app
        self._posted = posted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_RAW_HEADERS]
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._options(scope)(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    def _options(self, scope: Scope) -> Response:
        asked = Headers(scope=scope)
        methods = ["GET", "HEAD", *(["POST"] if scope["path"] in self._posted else []), "OPTIONS"]
        allowed = {"Allow": ", ".join(methods)}
        if "Access-Control-Request-Method" in asked:
            allowed |= {"Access-Control-Allow-Methods": ", ".join(methods[:-1]), "Access-Control-Max-Age": _DAY}
            if names := asked.get("Access-Control-Request-Headers"):
                allowed |= {"Access-Control-Allow-Headers": names, "Vary": "Access-Control-Request-Headers"}
        return Response(headers=allowed)
