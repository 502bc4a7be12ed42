"""ETags of what is compressed on its way."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class WeakETags:
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
