"""The vocabulary of a release for programs: ontology and SKOS schemes as RDF documents, with redirections to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from st_opendata.formats import N_TRIPLES, TURTLE, Format
from st_opendata.http.negotiation import choose_language
from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import PREFIXES
from st_opendata.portal.addresses import FORMATS, readings, whole_targets
from st_opendata.portal.api.linked_data import negotiated, redirect
from st_opendata.portal.api.signposting import document_links
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.ontology import Ontology
from st_opendata.portal.data.schemes import find_schemes, scheme_members
from st_opendata.portal.requests import base_url, edition_of, raw_path
from st_opendata.portal.responses import document
from st_opendata.rdf.formats import graph_format
from st_opendata.rdf.writing import rdf_bytes, used_prefixes


def redirect_ontology(request: Request) -> Response:
    """Redirect (303) from the ontology to its page or one of its documents; HTTPException 404 without an ontology."""
    _require_vocabulary(request)
    return negotiated(request, _targets(request, "/ontology", "ontology"))


def redirect_scheme(request: Request) -> Response:
    """Redirect from a scheme to its page or one of its documents; or send such a document, `/scheme/NAME.ttl`."""
    name = request.path_params["name"]
    stem, dot, extension = name.rpartition(".")
    if dot + extension in FORMATS:
        return _send_scheme(request, find_scheme(edition_of(request), stem), stem, dot + extension)
    find_scheme(edition_of(request), name)
    return negotiated(request, _targets(request, f"/scheme/{quote(name)}", f"scheme/{quote(name)}"))


def redirect_concept(request: Request) -> Response:
    """Redirect from a concept to its page or a document about it."""
    scheme = find_scheme(edition_of(request), request.path_params["name"])
    members = scheme_members(edition_of(request), scheme)
    for name in readings(raw_path(request).rpartition("/")[2]):
        if f"<{scheme}/{name}>" in members:
            return redirect(request, f"{scheme}/{name}")
    raise HTTPException(404)


def send_ontology(request: Request) -> Response:
    """The whole ontology in one of the formats; an ontology in one file is sent as its authors' Turtle."""
    _require_vocabulary(request)
    edition, form = edition_of(request), _form(request)
    heads = [head.iri for head in edition.part(Ontology).heads]
    return _document(request, lambda: _write_ontology(edition, form), form, ("/ontology", "ontology"), heads)


def _write_ontology(edition: Edition, form: Format) -> bytes:
    files = edition.part(Ontology).files
    if form is TURTLE and len(files) == 1:
        return edition.path(files[0]).read_bytes()
    triples = (
        quad.triple
        for file in files
        for quad in ox.parse(path=str(edition.path(file)), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    )
    return ox.serialize(triples, format=graph_format(form).engine, prefixes=_prefixes(form)) or b""


def _require_vocabulary(request: Request) -> None:
    if not edition_of(request).has_vocabulary:
        raise HTTPException(404)


def find_scheme(edition: Edition, name: str) -> str:
    """The IRI of the scheme; HTTPException 404 if no scheme has that name."""
    try:
        return find_schemes(edition)[name]
    except KeyError:
        raise HTTPException(404) from None


def _send_scheme(request: Request, iri: str, name: str, extension: str) -> Response:
    edition, form = edition_of(request), FORMATS[extension]
    place = (f"/scheme/{quote(name)}", f"scheme/{quote(name)}")
    return _document(request, lambda: _write_scheme(edition, iri, form), form, place, [iri])


def _write_scheme(edition: Edition, iri: str, form: Format) -> bytes:
    described = edition.index.about([f"<{iri}>", *scheme_members(edition, iri)])
    lines = sorted({f"{each.subject} {each.predicate} {each.object} ." for each in described})
    return rdf_bytes([lines], form, used_prefixes([lines], PREFIXES | edition.release.prefixes))


def _document(
    request: Request, make: Callable[[], bytes], form: Format, place: tuple[str, str], described: Sequence[str]
) -> Response:
    """A document at the path that `place` begins with; its page is at the path after the language."""
    site, (path, page) = base_url(request), place
    others = _targets(request, path, page)
    own = f"{site}{others.pop(form.media_type)}"
    links = document_links(described, own, {kind: f"{site}{address}" for kind, address in others.items()})
    charset = "; charset=utf-8" if form is TURTLE else ""
    headers = {"Link": links, "Vary": "Accept-Language", "Content-Type": form.media_type + charset}
    return document(request, f"{path}{form.extension}", make, headers)


def _targets(request: Request, path: str, page: str) -> dict[str, str]:
    """The addresses of the page and the documents by media type."""
    language = choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    return whole_targets(path, f"/{language}/{page}")


def _form(request: Request) -> Format:
    try:
        return FORMATS[f".{request.path_params['extension']}"]
    except KeyError:
        raise HTTPException(404) from None


def _prefixes(form: Format) -> dict[str, str]:
    return {} if form is N_TRIPLES else PREFIXES


ROUTES = [
    Route("/ontology", redirect_ontology),
    Route("/ontology.{extension}", send_ontology),
    Route("/scheme/{name}", redirect_scheme),
    Route("/scheme/{name}/{concept}", redirect_concept),
]
