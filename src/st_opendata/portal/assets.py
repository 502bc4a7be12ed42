"""Stylesheet, scripts and pictures of the pages; their addresses contain a digest, so that browsers cache them."""

from __future__ import annotations

import mimetypes
from functools import cache
from hashlib import sha256
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = "/static/"
"""The start of the files' addresses."""
_FOLDER = "static"
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """Content and media type of every file, by the name in its address: `portal.1a2b3c4d.css`."""
    found = {}
    for file in files("st_opendata.portal").joinpath(_FOLDER).iterdir():
        if file.is_file():
            content = file.read_bytes()
            stem, _, extension = file.name.rpartition(".")
            kind = mimetypes.types_map.get(f".{extension}", "application/octet-stream")
            found[f"{stem}.{sha256(content).hexdigest()[:8]}.{extension}"] = content, kind
    return found


@cache
def asset_url(name: str) -> str:
    """The address of a file of `static/`; KeyError for an unknown name."""
    stem, _, extension = name.rpartition(".")
    for each in _assets():
        if each.startswith(f"{stem}.") and each.endswith(f".{extension}") and len(each) == len(name) + 9:
            return f"{STATIC}{each}"
    raise KeyError(name)


def has_asset(name: str) -> bool:
    """Whether there is such a file: those that are built from packages may be missing in a checkout."""
    try:
        asset_url(name)
    except KeyError:
        return False
    return True


async def serve_asset(request: Request) -> Response:
    """A file of `static/`."""
    try:
        content, kind = _assets()[request.path_params["name"]]
    except KeyError:
        raise HTTPException(404) from None
    charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else ""
    return Response(content, headers={"Content-Type": kind + charset, "Cache-Control": _FOR_EVER})
