"""Which of several forms of a document a client asks for (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header


def negotiate(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that the Accept header likes best, of equals the first; None where none is acceptable.

    Without a header, or with an empty one, anything is acceptable.
    """
    if not accept or not accept.strip():
        return offered[0]
    wanted = parse_accept_header(accept, MIMEAccept)
    qualities = [(wanted.quality(each), each) for each in offered]
    best = max(quality for quality, _ in qualities)
    return next(each for quality, each in qualities if quality == best) if best > 0 else None
