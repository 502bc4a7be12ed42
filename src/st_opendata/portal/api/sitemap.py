"""The sitemap (sitemaps.org) and `robots.txt` (RFC 9309), which leads to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.model.text import LANGUAGES
from st_opendata.portal.requests import alternates, base_url, edition_of
from st_opendata.portal.responses import content

MOST_PLACES = 50_000
"""The most addresses of one file (sitemaps.org)."""
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page: its path after the language, and the date of its last change."""

    path: str
    changed: str


def show_sitemap(request: Request) -> Response:
    """The pages of the portal in all languages; an index of files if there are too many for one."""
    base, edition = base_url(request), edition_of(request)
    number = request.path_params.get("number")
    entries = [entry for page in request.app.state.pages for entry in page.listed(edition)]
    parts = list(_parts(entries, MOST_PLACES // len(LANGUAGES)))
    if number is None and len(parts) > 1:
        return content(request, sitemap_index(base, len(parts)), "application/xml")
    if number is not None and not 1 <= number <= len(parts):
        raise HTTPException(404)
    return content(request, sitemap(base, parts[(number or 1) - 1]), "application/xml")


def sitemap(base: str, entries: Sequence[SitemapEntry]) -> str:
    """Each page once in each language, with its translations (sitemaps.org; hreflang as Google reads it)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<urlset {_NAMESPACES}>"]
    for entry in entries:
        addresses = {language: base + address for language, address in alternates(quote(entry.path)).items()}
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
            for language, address in addresses.items()
        )
        lines += [
            f"<url><loc>{escape(address)}</loc><lastmod>{escape(entry.changed)}</lastmod>{links}</url>"
            for address in addresses.values()
        ]
    return "\n".join([*lines, "</urlset>", ""])


def sitemap_index(base: str, count: int) -> str:
    """The files of a sitemap that has more than one."""
    places = (f"<sitemap><loc>{escape(base)}/sitemap-{number}.xml</loc></sitemap>" for number in range(1, count + 1))
    namespace = _NAMESPACES.partition(" ")[0]
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<sitemapindex {namespace}>", *places, "</sitemapindex>", ""]
    )


def _parts(entries: Sequence[SitemapEntry], size: int) -> Iterator[Sequence[SitemapEntry]]:
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


def show_robots(request: Request) -> Response:
    """Robots may read everything except addresses with a query, as a page has countless states."""
    text = f"User-agent: *\nDisallow: /*?\nAllow: /\n\nSitemap: {base_url(request)}/sitemap.xml\n"
    return content(request, text, "text/plain")


ROUTES = [
    Route("/sitemap.xml", show_sitemap),
    Route("/sitemap-{number:int}.xml", show_sitemap),
    Route("/robots.txt", show_robots),
]
