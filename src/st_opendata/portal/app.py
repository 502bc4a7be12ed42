"""The portal as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from st_opendata.portal.endpoint import Endpoint, routes


def make_app(endpoint: Endpoint, base_url: str | None = None) -> Starlette:
    """The application that answers from an endpoint, which it closes when it ends."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await endpoint.close()

    async def tell_health(_request: Request) -> PlainTextResponse:
        text = f"ok {endpoint.release.catalogue} {endpoint.digest}\n"
        return PlainTextResponse(text, headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[*routes(lambda: endpoint, base_url=base_url), Route("/healthz", tell_health)], lifespan=lifespan
    )
