"""Conditional requests (RFC 9110 §13): clients that have an answer already do not get it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def has_current(headers: Mapping[str, str], etag: str, modified: float) -> bool:
    """Whether the client has what has this tag and was modified at that time: the tag says so where it names any.

    Else If-Modified-Since does (RFC 9110, section 13.2.2).
    """
    if "if-none-match" in headers:
        return matches_etag(headers["if-none-match"], etag)
    since = _seconds(headers.get("if-modified-since", ""))
    return since is not None and int(modified) <= since


def matches_etag(condition: str | None, etag: str) -> bool:
    """If-None-Match (RFC 9110, section 13.1.2): weak comparison with each of its tags."""
    tags = (tag.strip().removeprefix("W/") for tag in (condition or "").split(","))
    return condition == "*" or etag.removeprefix("W/") in tags


def _seconds(date: str) -> float | None:
    """The time of an HTTP date, which is in GMT in each of its three forms; None where it is none."""
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
