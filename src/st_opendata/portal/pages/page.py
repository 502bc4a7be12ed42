"""The definition of a portal page: its address in each language, its view, and its entries in menu and sitemap."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.portal.api.sitemap import SitemapEntry
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.rendering import PageView, render
from st_opendata.portal.requests import edition_of

Show = Callable[[Request], PageView] | Callable[[Request], Awaitable[PageView]]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A page in the menu: its path, the name of its text, and the first parts of the paths below it."""

    path: str
    text: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, in each language: `path` follows the language in its address, as in Starlette's routes.

    `show` gives its contents, and runs in a thread unless it is a coroutine. `entries` are its addresses in the
    sitemap; empty if their number is not bounded. `applies` says whether an edition has this page; if not, it is 404.
    """

    path: str
    template: str
    show: Show
    entries: Callable[[Edition], Iterable[SitemapEntry]] = lambda _edition: ()
    menu: MenuItem | None = None
    applies: Callable[[Edition], bool] = lambda _edition: True

    @property
    def route(self) -> Route:
        """The route of the page."""
        return Route(f"/{{language:language}}/{self.path}", self.respond)

    def listed(self, edition: Edition) -> Iterable[SitemapEntry]:
        """Its entries in the sitemap of an edition."""
        return self.entries(edition) if self.applies(edition) else ()

    async def respond(self, request: Request) -> Response:
        """The page of a request."""
        if inspect.iscoroutinefunction(self.show):
            await run_in_threadpool(self._require, request)
            return await run_in_threadpool(render, request, self.template, await self.show(request))
        return await run_in_threadpool(self._make, request)

    def _make(self, request: Request) -> Response:
        self._require(request)
        view = self.show(request)
        assert isinstance(view, PageView)
        return render(request, self.template, view)

    def _require(self, request: Request) -> None:
        if not self.applies(edition_of(request)):
            raise HTTPException(404)
