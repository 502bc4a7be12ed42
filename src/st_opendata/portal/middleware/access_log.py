"""The access log: one line for each request in the Combined Log Format (Apache HTTP Server, mod_log_config)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The month names of the log format, in every locale of the machine."""
_CLIENT_LEFT = 499
"""nginx's status for a client that disconnects before the answer."""
_log = logging.getLogger("st_opendata.access")


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
        status, sent, otherwise = 0, 0, 500

        async def send_counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
            otherwise = _CLIENT_LEFT
        except ClientDisconnect:
            otherwise = _CLIENT_LEFT
        finally:
            _log.info("%s", _line(scope, status or otherwise, sent, self._now()))


def log_refusal(client: str, status: int) -> None:
    """Log a request that was refused before all of it had arrived."""
    _log.info("%s", f'{_combined(client, "-", status, 0, time.time())} "-" "-"')


def _line(scope: Scope, status: int, sent: int, moment: float) -> str:
    headers = dict(scope["headers"])
    client = (scope.get("client") or ("-",))[0]
    path = scope.get("raw_path") or scope["path"].encode()
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    asked = _quoted(b" ".join((scope["method"].encode(), path + query, b"HTTP/" + scope["http_version"].encode())))
    referrer, agent = (_quoted(headers.get(name, b"-")) for name in (b"referer", b"user-agent"))
    return f'{_combined(client, asked, status, sent, moment)} "{referrer}" "{agent}"'


def _combined(client: str, asked: str, status: int, sent: int, moment: float) -> str:
    day = datetime.fromtimestamp(moment, UTC)
    when = f"{day.day:02}/{_MONTHS[day.month - 1]}/{day.year}:{day:%H:%M:%S} +0000"
    return f'{client} - - [{when}] "{asked}" {status} {sent or "-"}'


def _quoted(value: bytes) -> str:
    """The text without characters that would end the line or the quotation, as programs read the log."""
    return value.decode("latin-1").encode("unicode_escape").decode("ascii").replace('"', '\\"')
