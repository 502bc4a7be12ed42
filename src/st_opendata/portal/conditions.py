"""Conditional requests (RFC 9110 §13): clients that have an answer already are only told so."""

from __future__ import annotations


def matches_etag(condition: str | None, etag: str) -> bool:
    """If-None-Match (RFC 9110, section 13.1.2): weak comparison with each of its tags."""
    tags = (tag.strip().removeprefix("W/") for tag in (condition or "").split(","))
    return condition == "*" or etag.removeprefix("W/") in tags
