"""The release's own files, at the paths that its catalogue states."""

from __future__ import annotations

import re
import time
from email.utils import formatdate

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from st_opendata.formats import CROISSANT, CSV, FORMATS, N_QUADS, N_TRIPLES, RO_CRATE, TURTLE, format_of
from st_opendata.http.conditions import not_modified
from st_opendata.model.release import File
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.responses import REVALIDATED
from st_opendata.release.layout import CRATE, CROISSANT_FILE, METADATA_SUFFIX, table_file
from st_opendata.vocabularies.file_formats import format_by_extension

PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *(form.media_type for form in FORMATS if form.packed))
"""Media types of formats that are already compressed."""
_TEXT = frozenset(form.media_type for form in (CSV, TURTLE, N_TRIPLES, N_QUADS))
_NAMED = {CROISSANT_FILE: CROISSANT.media_type, CRATE: RO_CRATE.media_type}
_OTHERS = {
    table_file("") + METADATA_SUFFIX: "application/csvm+json",
    ".rq": "application/sparql-query",
    ".yaml": "application/yaml",
}
"""Media types by extension, of files that are not distributions (CSVW §5.2; SPARQL 1.1 §21.1; RFC 9512)."""
_RANGE = rb"(?:[0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})"
_RANGES = re.compile(rb"\s*bytes\s*=\s*(%b(?:\s*,\s*%b)*)\s*" % (_RANGE, _RANGE), re.IGNORECASE)


def serve_file(request: Request, edition: Edition, file: File) -> Response:
    """A file with its media type and its SHA-256 as ETag (RFC 9110, section 8.8.3), whole or in ranges."""
    path = edition.folder / file.path
    status = path.stat()
    modified = min(max(status.st_mtime, edition.since), time.time())
    headers = {
        "ETag": f'"{file.sha256}"',
        "Last-Modified": formatdate(modified, usegmt=True),
        "Cache-Control": REVALIDATED,
    }
    if current := not_modified(request, headers):
        return current
    _leave_ranges(request, status.st_size)
    return FileResponse(path, headers=headers, media_type=_media_type(file.path), stat_result=status)


def _leave_ranges(request: Request, size: int) -> None:
    """Remove ranges from the request that a server must ignore (RFC 9110 §14.2), as the response would refuse them.

    These are all ranges if the unit or the syntax is wrong; else those beyond the end, if there are others.
    """
    headers: list[tuple[bytes, bytes]] = request.scope["headers"]
    given = [value for name, value in headers if name == b"range"]
    if given:
        left = _understood(given[0], size) if len(given) == 1 else []
        ranges = [(b"range", b"bytes=" + b",".join(left))] if left else []
        request.scope["headers"] = [*(each for each in headers if each[0] != b"range"), *ranges]


def _understood(field: bytes, size: int) -> list[bytes]:
    """The ranges of a header that are within a file of that size, else the first one, which is refused (416)."""
    matched = _RANGES.fullmatch(field)
    ranges = [part.strip() for part in matched[1].split(b",")] if matched else []
    ends = [each.partition(b"-")[::2] for each in ranges]
    if any(first and last and int(first) > int(last) for first, last in ends):
        return []
    within = [(int(first) < size) if first else int(last) > 0 for first, last in ends]
    return [each for each, is_there in zip(ranges, within, strict=True) if is_there] or ranges[:1]


def _media_type(path: str) -> str:
    name = path.rpartition("/")[2]
    if special := _NAMED.get(name) or next((kind for end, kind in _OTHERS.items() if name.endswith(end)), None):
        return special
    form = format_of(path) or format_by_extension(path)
    media_type = form.media_type if form else "application/octet-stream"
    return f"{media_type}; charset=utf-8" if media_type in _TEXT else media_type
