"""Conditional requests (RFC 9110 §13): a client that already has the answer gets status 304."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

NOT_MODIFIED_HEADERS = frozenset(
    {"cache-control", "content-language", "content-location", "date", "etag", "expires", "link", "vary"}
)
"""Headers of the answer that a 304 keeps: those of RFC 9110 §15.4.5, and two by which programs find their way on."""


def not_modified(request: Request, headers: Mapping[str, str]) -> Response | None:
    """The answer 304 for a client that has what these headers of an answer describe, else None.

    `ETag` decides where the client names any, else `Last-Modified` does (§13.2.2).
    """
    if "if-none-match" in request.headers:
        is_current = _matches(request.headers["if-none-match"], headers["ETag"])
    else:
        since = _seconds(request.headers.get("if-modified-since", ""))
        modified = _seconds(headers.get("Last-Modified", ""))
        is_current = since is not None and modified is not None and modified <= since
    if not is_current:
        return None
    left = {name: value for name, value in headers.items() if name.lower() in NOT_MODIFIED_HEADERS}
    return Response(status_code=304, headers=left)


def _matches(condition: str, etag: str) -> bool:
    """If-None-Match (§13.1.2): weak comparison with each of its tags."""
    tags = (tag.strip().removeprefix("W/") for tag in condition.split(","))
    return condition == "*" or etag.removeprefix("W/") in tags


def _seconds(date: str) -> float | None:
    """The time of an HTTP date, which is in GMT in each of its three forms; None for other text."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
