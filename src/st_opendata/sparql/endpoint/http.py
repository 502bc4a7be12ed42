"""The endpoint over HTTP: `/sparql` and `/data`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from st_opendata.http.conditions import not_modified
from st_opendata.http.negotiation import choose_type
from st_opendata.messages.message import message
from st_opendata.rdf.formats import GRAPH_FORMATS, GRAPHS
from st_opendata.sparql.endpoint.cache import BufferedAnswer
from st_opendata.sparql.endpoint.endpoint import Endpoint, StreamedAnswer
from st_opendata.sparql.endpoint.errors import PROBLEM_TYPE, QueryError
from st_opendata.sparql.endpoint.formats import HTML, content_type, offered
from st_opendata.sparql.endpoint.protocol import (
    GRAPH_METHODS,
    QUERY_METHODS,
    Parameters,
    endpoint_url,
    format_error,
    read_graph_request,
    read_parameters,
    read_query_request,
)
from st_opendata.sparql.endpoint.service import describe, graphs_of, write_description
from st_opendata.sparql.workers.frames import Head, QueryRequest

Page = Callable[[Request], Awaitable[Response]]
"""Makes the page for a browser; the address of its request has the parameters of a query."""

PATHS = ("/sparql", "/sparql/")
"""Paths of the endpoint; its description names the first."""
_T = TypeVar("_T")
_PIECE = 64 * 1024
_MOMENT = 0.05
"""Seconds."""
_VARY = "Accept, Accept-Encoding"
_LONGEST_ADDRESS = 8000
"""Bytes of a posted query that the address of a page may have (RFC 9110 §4.1)."""


def routes(
    endpoint_of: Callable[[Request], Endpoint], *, page: Page | None = None, base_url: str | None = None
) -> list[Route]:
    """`/sparql` (SPARQL 1.1 Protocol and Service Description) and `/data` (Graph Store HTTP Protocol, reading only).

    `endpoint_of` gives the endpoint for a request. `page` makes the page for browsers at `/sparql`. `base_url` is the
    address of the site for visitors, by default the one that the request names.
    """

    async def sparql(request: Request) -> ASGIApp:
        endpoint, url = endpoint_of(request), endpoint_url(request, base_url)
        if request.method not in ("GET", "HEAD", "POST"):
            return _other_method(request.method, QUERY_METHODS)
        parameters = await read_parameters(request, endpoint.limits)
        if request.method != "POST" and not parameters.pairs:
            is_own = request.scope["path"] == PATHS[0]
            return await _describe_service(request, endpoint, url, page) if is_own else RedirectResponse(url, 308)
        if page and (for_page := _page_request(request, parameters)):
            return await page(for_page)
        query, seconds = read_query_request(request, parameters, url)
        return await _answer(request, endpoint, query, seconds)

    async def data(request: Request) -> ASGIApp:
        endpoint = endpoint_of(request)
        if request.method not in ("GET", "HEAD"):
            return _other_method(request.method, GRAPH_METHODS)
        query = read_graph_request(request, list(graphs_of(endpoint.release)))
        return await _answer(request, endpoint, query, None)

    return [
        Route(path, _Handler(work), methods=None, include_in_schema=False)
        for work, paths in ((sparql, PATHS), (data, ("/data", "/data/")))
        for path in paths
    ]


class _Handler:
    """An ASGI application that answers a failure with a problem."""

    def __init__(self, work: Callable[[Request], Awaitable[ASGIApp]]) -> None:
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._work(request)
        except QueryError as failure:
            response = problem_response(failure)
        await response(scope, receive, send)


def problem_response(failure: QueryError) -> Response:
    """A failure as RFC 9457 requires it, in English."""
    headers = {"Cache-Control": "no-store"}
    if failure.wait is not None:
        headers["Retry-After"] = str(failure.wait)
    body = json.dumps(failure.problem(), ensure_ascii=False, indent=1).encode()
    return Response(body + b"\n", failure.status, headers, PROBLEM_TYPE)


def _other_method(method: str, allowed: str) -> Response:
    problem = message('the method "{method}" is refused: a release never changes', method=method)
    failure = QueryError(405, "read-only", problem, message("Use one of {methods}.", methods=allowed))
    response = problem_response(failure)
    response.headers["Allow"] = allowed
    return response


def _page_request(request: Request, parameters: Parameters) -> Request | None:
    """The request with all parameters in its address, if its answer is a page with such an address."""
    is_query = len(parameters.all("query")) == 1 and not parameters.all("update")
    if not is_query or not parameters.want_page(request.headers.get("accept")):
        return None
    query = urlencode(parameters.pairs).encode()
    if request.method == "POST" and len(query) > _LONGEST_ADDRESS:
        return None
    return Request({**request.scope, "method": "GET", "query_string": query})


async def _describe_service(request: Request, endpoint: Endpoint, url: str, page: Page | None) -> Response:
    """The page for a browser; the service description for other clients (Service Description §2)."""
    offers = offered(GRAPHS)
    chosen = choose_type(request.headers.get("accept"), (*offers, *([HTML] if page else [])))
    if page and chosen == HTML:
        return await page(request)
    if chosen is None:
        raise format_error(GRAPHS)
    headers = {"Vary": "Accept", "Cache-Control": "public, no-cache", "ETag": endpoint.tag_of(f"{url} {chosen}")}
    if current := not_modified(request, headers):
        return current
    triples = await asyncio.to_thread(describe, endpoint.release, endpoint.description, url)
    body = await asyncio.to_thread(write_description, triples, GRAPH_FORMATS[offers[chosen].name])
    return Response(body, headers=headers, media_type=content_type(chosen))


async def _answer(request: Request, endpoint: Endpoint, query: QueryRequest, seconds: float | None) -> ASGIApp:
    query = endpoint.apply_limits(query)
    headers = {"Vary": _VARY, "Cache-Control": "no-store"}
    if query.is_deterministic:
        headers |= {"Cache-Control": "public, no-cache", "ETag": endpoint.tag(query)}
        if current := not_modified(request, headers):
            return current
    is_old = request.scope["http_version"] == "1.0"
    answer = await _while_connected(request, endpoint.answer(query, seconds, whole=is_old))
    if answer is None:
        return _NoResponse()
    headers |= _head(answer.head)
    if isinstance(answer, BufferedAnswer):
        return _PacedResponse(answer.body, headers, endpoint.limits.stall)
    if answer.body.is_complete:
        headers["Content-Length"] = str(answer.body.size)
    return _StreamedResponse(answer, headers, endpoint.limits.stall)


def _head(head: Head) -> dict[str, str]:
    headers = {"Content-Type": content_type(head.media_type)}
    return headers | ({"Content-Encoding": head.encoding} if head.encoding else {})


async def _while_connected(request: Request, work: Coroutine[Any, Any, _T]) -> _T | None:
    """The result of the work; None if the client disconnects first, which cancels the work.

    The check begins only after a moment, since most answers are there before.
    """
    waiting, watching = asyncio.current_task(), None
    assert waiting
    has_left = False

    async def watch() -> None:
        nonlocal has_left
        while (await request.receive())["type"] != "http.disconnect":
            pass
        has_left = waiting.cancel()

    def begin() -> None:
        nonlocal watching
        watching = asyncio.create_task(watch())

    soon = asyncio.get_running_loop().call_later(_MOMENT, begin)
    try:
        return await work
    except asyncio.CancelledError:
        if has_left and not waiting.uncancel():
            return None
        raise
    finally:
        soon.cancel()
        if watching:
            watching.cancel()


class _NoResponse:
    """The response for a client that has disconnected."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send nothing."""


class _PacedResponse:
    """A whole body, for a client that may be slow but must continue to read."""

    def __init__(self, body: bytes, headers: dict[str, str], stall: float) -> None:
        self._body = body
        self._headers = headers | {"Content-Length": str(len(body))}
        self._stall = stall

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await _start(send, self._headers)
        body = self._body if scope["method"] != "HEAD" else b""
        last = max(0, len(body) - 1) // _PIECE * _PIECE
        for offset in range(0, last, _PIECE):
            if not await _send_piece(send, body[offset : offset + _PIECE], self._stall):
                return
        await send({"type": "http.response.body", "body": body[last:]})


class _StreamedResponse:
    """A body in pieces. An interrupted one has no end, so that the server aborts the connection."""

    def __init__(self, answer: StreamedAnswer, headers: dict[str, str], stall: float) -> None:
        self._answer = answer
        self._headers = headers
        self._stall = stall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watching = asyncio.create_task(self._leave(receive))
        try:
            await _start(send, self._headers)
            if scope["method"] != "HEAD":
                async for data in self._answer.body.read():
                    for offset in range(0, len(data), _PIECE):
                        if not await _send_piece(send, data[offset : offset + _PIECE], self._stall):
                            return
            await send({"type": "http.response.body"})
        except EOFError:
            return
        finally:
            watching.cancel()
            self._answer.close()

    async def _leave(self, receive: Receive) -> None:
        """Abort the answer when the client disconnects."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._answer.task.cancel()


async def _start(send: Send, headers: dict[str, str]) -> None:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})


async def _send_piece(send: Send, data: bytes, stall: float) -> bool:
    """Whether the client read the answer in time."""
    try:
        async with asyncio.timeout(stall):
            await send({"type": "http.response.body", "body": data, "more_body": True})
    except TimeoutError:
        return False
    return True
