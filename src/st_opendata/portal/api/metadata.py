"""What programs read: the catalogue as DCAT-AP and VoID with this portal's addresses, sitemap, robots, contact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from xml.sax.saxutils import escape, quoteattr

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.dcat.relocate import FORMATS, move_site, write_statements
from st_opendata.formats import PARQUET, TURTLE
from st_opendata.model.release import File
from st_opendata.model.text import LANGUAGES
from st_opendata.portal.data.descriptions import describe, find_contacts
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.files import serve_file
from st_opendata.portal.pages.vocabulary.schemes import find_schemes
from st_opendata.portal.rendering import base_url, content, edition_of, page_url
from st_opendata.rdf.statements import read_statements

_VOID, _CATALOGUE = "void.ttl", "catalog.ttl"
_FOLDER = ".moved"
"""Beside the files of the edition, of which none begins with a dot."""
_SECURITY_KNOWN = timedelta(days=90)
"""How long a contact may be used without asking again; RFC 9116 wants less than a year."""
MOST_PLACES = 50_000
"""Addresses of one file (sitemaps.org)."""
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def show_catalogue_file(request: Request) -> Response:
    """`catalog.{ttl,jsonld,rdf}` and `void.ttl`: the release's own, or with the addresses of this portal.

    They are written anew only where the person who runs the portal named its address: what a request calls it is
    anybody's word.
    """
    edition, name = edition_of(request), request.scope["path"].rpartition("/")[2]
    path = name if name in FORMATS else _VOID
    own = request.app.state.options.base_url
    if path not in edition.files:
        raise HTTPException(404)
    if own is None or f"{own.rstrip('/')}/" == edition.release.site:
        return serve_file(request, edition, edition.files[path])
    return serve_file(request, edition, edition.part(Moved).file(path, f"{own.rstrip('/')}/"))


class Moved:
    """The catalogue and the VoID of an edition at another address; a part of it (`Edition.part`).

    They are written once, when they are first asked for, beside the files of the edition, and go with them.
    """

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._lock = Lock()
        self._written: dict[str, File] = {}

    def file(self, path: str, address: str) -> File:
        """One of them, by its path in the release. There is one address for each portal."""
        with self._lock:
            if path not in self._written:
                self._write(path, address)
            return self._written[path]

    def _write(self, path: str, address: str) -> None:
        source, formats = (_VOID, {_VOID: TURTLE}) if path == _VOID else (_CATALOGUE, FORMATS)
        statements = read_statements(self._edition.path(source))
        move_site(statements, self._edition.release.site, address)
        folder = self._edition.folder / _FOLDER
        folder.mkdir(exist_ok=True)
        write_statements(statements, folder, formats)
        self._written |= {name: File.of(self._edition.folder, f"{_FOLDER}/{name}") for name in formats}


def show_sitemap(request: Request) -> Response:
    """The pages of the portal in all languages; an index of files where they are more than one file holds."""
    base = base_url(request)
    number = request.path_params.get("number")
    parts = list(_parts(pages_of(edition_of(request)), MOST_PLACES // len(LANGUAGES)))
    if number is None and len(parts) > 1:
        return content(request, sitemap_index(base, len(parts)), "application/xml")
    if number is not None and not 1 <= number <= len(parts):
        raise HTTPException(404)
    return content(request, sitemap(base, parts[(number or 1) - 1]), "application/xml")


def pages_of(edition: Edition) -> list[tuple[str, str]]:
    """Path after the language, and date of the last change, of every page that stands for itself.

    Pages of things are left out: they are as many as the facts like, and the pages of tables lead to them.
    """
    changed = edition.release.created[:10]
    optional = (("story", bool(edition.story)), ("ontology", edition.has_vocabulary))
    whole = ("", *(path for path, shown in optional if shown), "query")
    schemes = (f"scheme/{name}" for name in sorted(find_schemes(edition)))
    found = [(path, changed) for path in (*whole, *schemes)]
    for dataset in edition.part(describe).values():
        day = (dataset.modified or changed)[:10]
        found.append((f"dataset/{dataset.id}", day))
        readable = {file.table for file in dataset.release.distributions if file.format == PARQUET}
        found += [(f"dataset/{dataset.id}/table/{table}", day) for table in dataset.release.rows if table in readable]
    return found


def sitemap(base: str, pages: Sequence[tuple[str, str]]) -> str:
    """Each page once in each language, with its translations (sitemaps.org; hreflang as Google reads it)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<urlset {_NAMESPACES}>"]
    for path, day in pages:
        addresses = {each: f"{base}{page_url(each, path)}" for each in LANGUAGES}
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{each}" href={quoteattr(address)}/>'
            for each, address in addresses.items()
        )
        lines += [
            f"<url><loc>{escape(address)}</loc><lastmod>{escape(day)}</lastmod>{links}</url>"
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


def _parts(pages: Sequence[tuple[str, str]], size: int) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(pages), size):
        yield pages[start : start + size]


def show_robots(request: Request) -> Response:
    """Everything may be read but the endless states of a page: what stands after a question mark."""
    text = f"User-agent: *\nDisallow: /*?\nAllow: /\n\nSitemap: {base_url(request)}/sitemap.xml\n"
    return content(request, text, "text/plain")


def show_security(request: Request) -> Response:
    """Whom to tell of a weakness (RFC 9116): the contact point of the catalogue, 404 where it names none."""
    contacts = edition_of(request).part(find_contacts)
    if not contacts:
        raise HTTPException(404)
    expires = datetime.now(UTC).date() + _SECURITY_KNOWN
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires}T00:00:00Z",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {base_url(request)}/.well-known/security.txt",
    ]
    return content(request, "\n".join([*lines, ""]), "text/plain")


ROUTES = [
    *(Route(f"/{path}", show_catalogue_file) for path in (*FORMATS, _VOID)),
    Route("/.well-known/void", show_catalogue_file),
    Route("/sitemap.xml", show_sitemap),
    Route("/sitemap-{number:int}.xml", show_sitemap),
    Route("/robots.txt", show_robots),
    Route("/.well-known/security.txt", show_security),
]
