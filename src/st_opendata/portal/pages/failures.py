"""What a visitor sees when a page does not exist or fails."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from st_opendata.http.negotiation import choose_language
from st_opendata.model.text import LANGUAGES
from st_opendata.portal.data.integrity import ChangedFileError
from st_opendata.portal.middleware.cors import CORS_HEADERS
from st_opendata.portal.middleware.security_headers import SECURITY_HEADERS
from st_opendata.portal.rendering import PageView, render


async def show_failure(_request: Request, _error: Exception) -> Response:
    """What is left to say where a page failed: the server logs why. It stands outside of all middleware."""
    return PlainTextResponse(
        "Something went wrong here. Please try again later.\n", 500, SECURITY_HEADERS | CORS_HEADERS
    )


async def show_changed(request: Request, error: Exception) -> Response:
    """What is left to say where a file is no longer what its ETag stands for; it may be put right again."""
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    if "text/html" in request.headers.get("Accept", ""):
        return await show_http_error(request, HTTPException(503, headers=headers))
    assert isinstance(error, ChangedFileError)
    return PlainTextResponse(f"{error.message}\n", 503, headers)


async def show_http_error(request: Request, error: Exception) -> Response:
    """A page for browsers, a line for programs; the status stays."""
    assert isinstance(error, HTTPException)
    if "text/html" not in request.headers.get("Accept", "") or not hasattr(request.state, "edition"):
        return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
    first = request.url.path.split("/", 2)[1]
    language = first if first in LANGUAGES else choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    request.scope["path_params"] = {"language": language}
    # A detail that is not the status' own phrase was written for the visitor, in the language of the page.
    known = {status.phrase for status in HTTPStatus}
    detail = "" if error.detail in known else error.detail
    values = {"code": error.status_code, "detail": detail}
    return render(request, "failure.html", PageView(values, error.status_code, error.headers or {}))
