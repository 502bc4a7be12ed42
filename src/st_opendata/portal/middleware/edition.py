"""The edition that answers a request."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from st_opendata.portal.data.current import Current


class BorrowedEdition:
    """Gives each request the edition that was current when it began."""

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
