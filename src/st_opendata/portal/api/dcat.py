"""The catalogue as DCAT-AP and VoID: the files of the release, or the same with this portal's addresses."""

from __future__ import annotations

from threading import Lock

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.dcat.relocate import move_site, write_statements
from st_opendata.formats import TURTLE
from st_opendata.model.release import File
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.files import serve_file
from st_opendata.portal.requests import edition_of
from st_opendata.rdf.statements import read_statements
from st_opendata.release.layout import CATALOGUE, CATALOGUES, VOID_FILE

_FOLDER = ".moved"
"""A folder among the edition's files; none of their names begins with a dot."""


def show_catalogue_file(request: Request) -> Response:
    """`catalog.{ttl,jsonld,rdf}` and `void.ttl`: the release's own, or with the addresses of this portal.

    The portal rewrites them only if its operator configured the base URL: the Host header of a request is untrusted.
    """
    edition, name = edition_of(request), request.scope["path"].rpartition("/")[2]
    path = name if name in CATALOGUES else VOID_FILE
    own = request.app.state.options.base_url
    if path not in edition.files:
        raise HTTPException(404)
    if own is None or f"{own.rstrip('/')}/" == edition.release.site:
        return serve_file(request, edition, edition.files[path])
    return serve_file(request, edition, edition.part(RelocatedCatalogue).file(path, f"{own.rstrip('/')}/"))


class RelocatedCatalogue:
    """The catalogue and the VoID of an edition at another address; a part of it (`Edition.part`).

    The first request writes them to the folder of the edition's files; they are removed with the edition.
    """

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._lock = Lock()
        self._written: dict[str, File] = {}

    def file(self, path: str, address: str) -> File:
        """The path of one of the files, by its path in the release. A portal has one address."""
        with self._lock:
            if path not in self._written:
                self._write(path, address)
            return self._written[path]

    def _write(self, path: str, address: str) -> None:
        source, formats = (VOID_FILE, {VOID_FILE: TURTLE}) if path == VOID_FILE else (CATALOGUE, CATALOGUES)
        statements = read_statements(self._edition.path(source))
        move_site(statements, self._edition.release.site, address)
        folder = self._edition.folder / _FOLDER
        folder.mkdir(exist_ok=True)
        write_statements(statements, folder, formats)
        self._written |= {name: File.of(self._edition.folder, f"{_FOLDER}/{name}") for name in formats}


ROUTES = [
    *(Route(f"/{path}", show_catalogue_file) for path in (*CATALOGUES, VOID_FILE)),
    Route("/.well-known/void", show_catalogue_file),
]
