"""The pages for errors: a page that does not exist or fails."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from st_opendata.http.negotiation import choose_language
from st_opendata.messages.message import message
from st_opendata.model.text import LANGUAGES
from st_opendata.portal.data.integrity import ChangedFileError
from st_opendata.portal.middleware.cors import CORS_HEADERS
from st_opendata.portal.middleware.security_headers import SECURITY_HEADERS
from st_opendata.portal.rendering import PageView, render

_FAILED = message("Something went wrong here. Please try again later.")


async def show_failure(request: Request, _error: Exception) -> Response:
    """The answer if a page failed, outside of all middleware; the log gives the reason."""
    text = _FAILED[_language(request)] if _is_for_reader(request) else str(_FAILED)
    return PlainTextResponse(f"{text}\n", 500, SECURITY_HEADERS | CORS_HEADERS)


async def show_changed(request: Request, error: Exception) -> Response:
    """The answer if a file no longer has the bytes that its ETag stands for; it may be repaired."""
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    if _is_for_reader(request):
        return await show_http_error(request, HTTPException(503, headers=headers))
    assert isinstance(error, ChangedFileError)
    return PlainTextResponse(f"{error.message_text()}\n", 503, headers)


async def show_http_error(request: Request, error: Exception) -> Response:
    """A page for browsers, a line for programs; the status stays."""
    assert isinstance(error, HTTPException)
    if not _is_for_reader(request) or not hasattr(request.state, "edition"):
        return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
    request.scope["path_params"] = {"language": _language(request)}
    # A detail that is not the status' own phrase was written for the visitor, in the language of the page.
    known = {status.phrase for status in HTTPStatus}
    detail = "" if error.detail in known else error.detail
    values = {"code": error.status_code, "detail": detail}
    return render(request, "failure.html", PageView(values, error.status_code, error.headers or {}))


def _is_for_reader(request: Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _language(request: Request) -> str:
    """The language in the address, else the one that the browser prefers."""
    first = request.url.path.split("/", 2)[1]
    return first if first in LANGUAGES else choose_language(request.headers.get("Accept-Language"), LANGUAGES)
