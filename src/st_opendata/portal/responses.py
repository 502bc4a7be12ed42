"""Answers for programs: bytes with an ETag; the portal does not send them again to a client that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from st_opendata.http.conditions import not_modified
from st_opendata.portal.requests import edition_of

REVALIDATED = "public, no-cache"
"""Cache-Control of answers that clients may store, but must revalidate before each use."""


def document(request: Request, what: str, make: Callable[[], bytes], headers: Mapping[str, str]) -> Response:
    """The result of `make` for the edition, which depends on `what` only; not made if the client has it.

    The ETag is weak, as an answer may be compressed on its way (RFC 9110 §8.8.1).
    """
    headers = {"ETag": edition_of(request).endpoint.tag_of(what), "Cache-Control": REVALIDATED, **headers}
    return not_modified(request, headers) or Response(make(), headers=headers)


def content(request: Request, text: str | bytes, media_type: str, *, name: str | None = None) -> Response:
    """Bytes for programs, with an ETag; `name` is the file name for a download."""
    data = text.encode() if isinstance(text, str) else text
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    headers = {
        "Content-Type": f"{media_type}{charset}",
        "ETag": f'"{sha256(data).hexdigest()[:32]}"',
        "Cache-Control": REVALIDATED,
        **({"Content-Disposition": f'attachment; filename="{name}"'} if name else {}),
    }
    return not_modified(request, headers) or Response(data, headers=headers)
