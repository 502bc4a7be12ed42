"""The head of a request: checks that it names one host, and joins lists in several lines."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from st_opendata.messages.message import message
from st_opendata.sparql.endpoint import QueryError, problem_response

_HOST = re.compile(rb"(?:\[[0-9A-Fa-fv:.]+\]|(?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(?::\d{0,5})?")
"""A host with an optional port (RFC 3986 §3.2.2), without a comma, which would join two."""
_LISTS = (
    *(b"accept", b"accept-charset", b"accept-encoding", b"accept-language"),
    *(b"access-control-request-headers", b"if-match", b"if-none-match"),
)
"""Request headers with lists as values that the portal reads."""


class SingleHost:
    """Refuses requests that do not name one host (RFC 9112 §3.2), as caches and proxies could choose another one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            may_lack = scope["http_version"] == "1.0"
            if len(hosts) > 1 or not (hosts or may_lack) or not all(map(_HOST.fullmatch, hosts)):
                failure = QueryError(
                    400,
                    "bad-request",
                    message("the request does not name one host"),
                    message("Give its name in one Host field."),
                )
                await problem_response(failure)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class JoinedLists:
    """Joins several lines with parts of the same list into one (RFC 9110 §5.3)."""

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
