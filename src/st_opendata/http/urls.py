"""Web addresses as users type them."""

from __future__ import annotations

from urllib.parse import SplitResult, quote, urlsplit


def web_url(text: str) -> SplitResult | None:
    """The parts of an http(s) URL, None for anything else.

    >>> web_url("https://example.org/a"), web_url("http:a"), web_url("http://[::1/a")
    (SplitResult(scheme='https', netloc='example.org', path='/a', query='', fragment=''), None, None)
    """
    try:
        parts = urlsplit(text)
        return parts if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:  # a [ without ], or a port that is not a number
        return None


def url_path(path: str) -> str:
    """The path of a file as it is in an address: each part percent-encoded where it must be (RFC 3986 §3.3).

    >>> url_path("roofs/files/Bericht 2024 (100 %).pdf")
    'roofs/files/Bericht%202024%20%28100%20%25%29.pdf'
    """
    return quote(path)
