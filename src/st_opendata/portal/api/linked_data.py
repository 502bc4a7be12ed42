"""RDF documents about one thing: its concise bounded description, and the things that refer to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from st_opendata.formats import TURTLE, Format
from st_opendata.http.negotiation import choose_language, choose_type
from st_opendata.model.text import LANGUAGES
from st_opendata.namespaces import PREFIXES, RDF
from st_opendata.portal.addresses import FORMATS, iris_of, is_iri, readings, targets_of
from st_opendata.portal.api.signposting import document_links
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.requests import base_url, edition_of, raw_path
from st_opendata.portal.responses import document
from st_opendata.rdf.writing import UnwritableTripleError, rdf_bytes, used_prefixes
from st_opendata.sparql.endpoint.formats import graph_types, other_types, split_names

MOST_POINTERS = 1_000
"""The most triples with the thing as their object, for all properties together."""


def redirect_id(request: Request) -> Response:
    """Redirect from a thing to a document about it, 303 (Cool URIs for the Semantic Web, section 4.3)."""
    edition = edition_of(request)
    path = raw_path(request).removeprefix("/id/")
    return redirect(request, known_iri(edition, (edition.release.base + each for each in readings(path))))


def redirect_path(request: Request) -> Response:
    """The same for the path of an IRI, if the IRI's own host redirects to this portal."""
    edition = edition_of(request)
    return redirect(request, known_iri(edition, iris_of(edition.release, raw_path(request).removeprefix("/"))))


def redirect(request: Request, iri: str) -> Response:
    """Redirect to the page or document about an IRI that the Accept header prefers; else 406 with the list of all."""
    language = choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    return negotiated(request, targets_of(edition_of(request).release, iri, language))


def negotiated(request: Request, targets: dict[str, str]) -> Response:
    """Redirect (303) to the target that `format` in the address names or the Accept header prefers; else 406."""
    headers = {"Vary": "Accept, Accept-Language"}
    chosen = chosen_target(request, targets)
    if chosen is None:
        listed = "".join(f"{media_type}: {base_url(request)}{target}\n" for media_type, target in targets.items())
        return PlainTextResponse(f"None of the forms fits the Accept header. There are:\n{listed}", 406, headers)
    return RedirectResponse(targets[chosen], 303, headers)


def chosen_target(request: Request, targets: Mapping[str, str]) -> str | None:
    """The media type of one of these targets: of the first known format in the address, else by Accept.

    The first of equal preferences wins; None if the client accepts none of them.
    """
    for named in graph_types(split_names(request.query_params.getlist("format"))):
        if named in targets:
            return named
    others = other_types(tuple(targets))
    found = choose_type(request.headers.get("Accept"), (*targets, *others))
    return others.get(found, found) if found else None


def send_document(request: Request) -> Response:
    """The RDF document at `/data/PATH.ttl`, or at `/data.ttl?iri=IRI`."""
    edition = edition_of(request)
    path = raw_path(request)
    start, dot, name = path.rpartition(".")
    extension = dot + name
    if extension not in FORMATS:
        raise HTTPException(404)
    if start == "/data":
        iri = named_iri(request)
    else:
        iri = known_iri(edition, (edition.release.base + each for each in readings(start.removeprefix("/data/"))))
    return _send(request, iri, extension)


def _send(request: Request, iri: str, extension: str) -> Response:
    """The document about an IRI, with links to the thing that it describes, to its other formats and to its address."""
    edition, form = edition_of(request), FORMATS[extension]
    others = targets_of(edition.release, iri, choose_language(request.headers.get("Accept-Language"), LANGUAGES))
    site = base_url(request)
    own = f"{site}{others.pop(form.media_type)}"
    links = document_links([iri], own, {kind: f"{site}{address}" for kind, address in others.items()})
    charset = "; charset=utf-8" if form == TURTLE else ""
    headers = {"Link": links, "Vary": "Accept-Language", "Content-Type": form.media_type + charset}
    try:
        return document(request, f"{iri} {extension}", lambda: write_document(edition, iri, form), headers)
    except UnwritableTripleError as error:
        return PlainTextResponse(f"{error}\n", 406)


def write_document(edition: Edition, iri: str, form: Format) -> bytes:
    """All triples of the thing, the claims about it, and at most `MOST_POINTERS` that refer to it.

    That is its concise bounded description (W3C Member Submission, 2005), which includes statements about its
    statements; there are no blank nodes.

    Raises:
        UnwritableTripleError: the format cannot carry a triple.
    """
    lines = sorted(_lines(edition, f"<{iri}>"))
    return rdf_bytes([lines], form, used_prefixes([lines], PREFIXES | edition.release.prefixes))


def _lines(edition: Edition, term: str) -> set[str]:
    index = edition.index
    claims = [origin.subject for origin in index.naming(f"<{RDF}subject>", [term])]
    lines = {f"{each.subject} {each.predicate} {each.object} ." for each in index.about([term, *claims])}
    left = MOST_POINTERS
    for predicate in index.pointing(term):
        subjects = index.pointers(term, predicate, left)
        lines |= {f"{subject} {predicate} {term} ." for subject in subjects}
        left -= len(subjects)
        if left <= 0:
            break
    return lines


def named_iri(request: Request) -> str:
    """The IRI in the query, if the release describes it."""
    return known_iri(edition_of(request), request.query_params.getlist("iri")[:1])


def known_iri(edition: Edition, candidates: Iterable[str]) -> str:
    """The first of these IRIs that the release has; HTTPException 404 if it has none of them."""
    for iri in candidates:
        if is_iri(iri) and (edition.index.knows(f"<{iri}>") or edition.index.pointing(f"<{iri}>")):
            return iri
    raise HTTPException(404)


ROUTES = [
    Route("/id/{path:path}", redirect_id),
    Route("/data/{path:path}", send_document),
    Route("/data.{extension}", send_document),
]
