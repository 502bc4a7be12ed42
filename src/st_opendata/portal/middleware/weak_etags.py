"""ETags of answers that the portal compresses."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class WeakETags:
    """Makes the ETag of compressed answers weak, as their bytes differ from the file's (RFC 9110 §8.8.1).

    Otherwise a client that resumes an interrupted download (If-Range) would join compressed bytes with plain ones. An
    answer 304 has the weak tag too if the client asked with a weak tag or with a date (§15.4.5).
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
