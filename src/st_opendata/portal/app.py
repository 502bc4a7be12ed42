"""The portal as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from st_opendata.http.negotiation import choose_language
from st_opendata.model.text import LANGUAGES
from st_opendata.portal.addresses import iris_of
from st_opendata.portal.api import API_ROUTES
from st_opendata.portal.api.linked_data import chosen_target, redirect_path
from st_opendata.portal.assets import STATIC, serve_asset
from st_opendata.portal.data.current import Current
from st_opendata.portal.data.integrity import ChangedFileError, WholeFile
from st_opendata.portal.files import serve_file
from st_opendata.portal.middleware.stack import stack
from st_opendata.portal.options import Options
from st_opendata.portal.pages.failures import show_changed, show_failure, show_http_error
from st_opendata.portal.pages.page import Page
from st_opendata.portal.pages.registry import PAGES
from st_opendata.portal.requests import edition_of, page_url, raw_path
from st_opendata.release.layout import CATALOGUES
from st_opendata.sparql.endpoint import PATHS, routes
from st_opendata.sparql.endpoint.formats import HTML

_QUERY = next(page for page in PAGES if page.path == "query")


def make_app(current: Current, options: Options, pages: Sequence[Page] = PAGES) -> Starlette:
    """The application that serves the current edition, which it opens and closes if it is not open yet."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        opened_here = not current.is_open
        if opened_here:
            await current.open()
        watching = asyncio.create_task(current.watch())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        if opened_here:
            await current.close()

    app = Starlette(
        routes=[
            Route("/healthz", tell_health),
            Route(f"{STATIC}{{name}}", serve_asset),
            *routes(lambda request: edition_of(request).endpoint, page=show_editor, base_url=options.base_url),
            Route("/", choose_home),
            *API_ROUTES,
            *(page.route for page in pages),
            Route("/{path:path}", serve_path),
        ],
        middleware=stack(current, options, posted=PATHS),
        exception_handlers={HTTPException: show_http_error, ChangedFileError: show_changed, Exception: show_failure},
        lifespan=lifespan,
    )
    app.state.options = options
    app.state.current = current
    app.state.pages = pages
    return app


async def tell_health(request: Request) -> Response:
    """The health of the portal: the release that it serves; further lines state parts that are not served, and why."""
    edition, current = edition_of(request), request.app.state.current
    lines = [f"ok {edition.release.catalogue} {edition.digest}"]
    if current.failure:
        reason = ". ".join(line.strip().rstrip(".") for line in current.failure.splitlines())
        lines.append(f"the release in the folder is not served: {reason}")
    lines += [f"{path} is not served: it was changed" for path in edition.intact.changed]
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "no-store"})


async def choose_home(request: Request) -> Response:
    """The start page in the language that the browser asks for; the catalogue for clients that accept only RDF."""
    language = choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    home, headers = f"/{language}/", {"Vary": "Accept, Accept-Language"}
    files = {form.media_type: f"/{name}" for name, form in CATALOGUES.items() if name in edition_of(request).files}
    chosen = chosen_target(request, {HTML: home} | files)
    return RedirectResponse(files[chosen], 303, headers) if chosen in files else RedirectResponse(home, 302, headers)


async def show_editor(request: Request) -> Response:
    """The page with the editor in the language that the browser asks for; with the answer if there is a query."""
    language = choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    path, varying = page_url(language, "query"), {"Vary": "Accept, Accept-Language"}
    if not request.scope["query_string"]:
        return RedirectResponse(path, 303, varying)
    there = {"path": path, "raw_path": path.encode(), "path_params": {"language": language}}
    response = await _QUERY.respond(Request({**request.scope, **there}))
    response.headers.update(varying)
    return response


async def serve_path(request: Request) -> ASGIApp:
    """A file of the release at the path that its catalogue states, else the resource whose IRI has this path.

    That is a thing, or the release if the path is that of its base IRI.
    """
    edition = edition_of(request)
    file = edition.files.get(request.path_params["path"])
    if file is None and edition.release.base in iris_of(edition.release, raw_path(request).removeprefix("/")):
        return await choose_home(request)
    if file is None:
        return await run_in_threadpool(redirect_path, request)
    await run_in_threadpool(edition.path, file.path)
    return WholeFile(serve_file(request, edition, file), edition.intact, file.path)
