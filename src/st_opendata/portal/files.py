"""The release's own files, at the paths that its catalogue states."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from st_opendata.formats import format_of
from st_opendata.model.release import File
from st_opendata.portal.conditions import matches_etag
from st_opendata.portal.edition import Edition

_TEXT = frozenset({"text/csv", "text/turtle", "application/n-triples", "application/n-quads"})


def serve_file(request: Request, edition: Edition, file: File) -> Response:
    """A file with its media type and its SHA-256 as ETag (RFC 9110, section 8.8.3), whole or in ranges."""
    etag = f'"{file.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache", "Access-Control-Allow-Origin": "*"}
    if matches_etag(request.headers.get("If-None-Match"), etag):
        return Response(status_code=304, headers=headers)
    media_type = _media_type(file.path)
    return FileResponse(edition.folder / file.path, headers=headers, media_type=media_type)


def _media_type(path: str) -> str:
    if path.endswith("-metadata.json"):
        return "application/csvm+json"
    form = format_of(path)
    media_type = form.media_type if form else "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type in _TEXT else media_type
