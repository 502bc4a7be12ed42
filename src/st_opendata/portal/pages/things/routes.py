"""Requests for things: redirections by what the client asks for, documents, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from st_opendata.http.negotiation import choose_language, choose_type
from st_opendata.model.text import LANGUAGES
from st_opendata.pictures import Place
from st_opendata.portal.api.signposting import document_links
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.pages.figures import small_map
from st_opendata.portal.pages.things.addresses import (
    FORMATS,
    document_of,
    iris_of,
    is_iri,
    page_of,
    readings,
    targets_of,
)
from st_opendata.portal.pages.things.description import PAGE, Thing, describe, things_of
from st_opendata.portal.pages.things.documents import write_document
from st_opendata.portal.pages.things.names import Names
from st_opendata.portal.rendering import base_url, document, edition_of, language_of, page, raw_path, whole_number
from st_opendata.portal.wording import words_of
from st_opendata.rdf import UnwritableTripleError
from st_opendata.sparql.endpoint.formats import graph_types, other_types, split_names

_FARTHEST = 10_000
"""The last page of a list."""


def redirect_id(request: Request) -> Response:
    """From a thing to a document about it, 303 (Cool URIs for the Semantic Web, section 4.3)."""
    edition = edition_of(request)
    path = raw_path(request).removeprefix("/id/")
    return redirect(request, _known(edition, (edition.release.base + each for each in readings(path))))


def redirect_path(request: Request) -> Response:
    """The same for the path of an IRI as it stands, where a redirection from the IRI's own host leads here."""
    edition = edition_of(request)
    return redirect(request, _known(edition, iris_of(edition.release, raw_path(request).removeprefix("/"))))


def redirect(request: Request, iri: str) -> Response:
    """To the page or the document about an IRI that the Accept header asks for; 406 with the list of all else."""
    language = choose_language(request.headers.get("Accept-Language"), LANGUAGES)
    return negotiated(request, targets_of(edition_of(request).release, iri, language))


def negotiated(request: Request, targets: dict[str, str]) -> Response:
    """303 to the target that `format` in the address names or the Accept header likes best; 406 where there is none."""
    headers = {"Vary": "Accept, Accept-Language"}
    chosen = chosen_target(request, targets)
    if chosen is None:
        listed = "".join(f"{media_type}: {base_url(request)}{target}\n" for media_type, target in targets.items())
        return PlainTextResponse(f"None of the forms fits the Accept header. There are:\n{listed}", 406, headers)
    return RedirectResponse(targets[chosen], 303, headers)


def chosen_target(request: Request, targets: Mapping[str, str]) -> str | None:
    """The media type of one of these targets: of the first format in the address that is known, else by Accept.

    The first of equals is chosen, and none where the client likes none.
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
        iri = _asked(request)
    else:
        iri = _known(edition, (edition.release.base + each for each in readings(start.removeprefix("/data/"))))
    return _send(request, iri, extension)


def _send(request: Request, iri: str, extension: str) -> Response:
    """The document about an IRI, with links to what it describes, to its other forms and to its address."""
    edition, form = edition_of(request), FORMATS[extension]
    others = targets_of(edition.release, iri, choose_language(request.headers.get("Accept-Language"), LANGUAGES))
    site = base_url(request)
    own = f"{site}{others.pop(form.media_type)}"
    links = document_links([iri], own, {kind: f"{site}{address}" for kind, address in others.items()})
    charset = "; charset=utf-8" if form.media_type == "text/turtle" else ""
    headers = {"Link": links, "Vary": "Accept-Language", "Content-Type": form.media_type + charset}
    try:
        return document(request, f"{iri} {extension}", lambda: write_document(edition, iri, form), headers)
    except UnwritableTripleError as error:
        return PlainTextResponse(f"{error}\n", 406)


def show_thing(request: Request) -> Response:
    """The page of a thing: `/fr/thing/PATH`, or `/fr/thing?iri=IRI`."""
    edition, language = edition_of(request), language_of(request)
    if "path" in request.path_params:
        path = raw_path(request).split("/", 3)[3]
        iri = _known(edition, (edition.release.base + each for each in readings(path)))
    else:
        iri = _asked(request)
    if via := request.query_params.get("via"):
        return _show_pointers(request, iri, via)
    thing = describe(edition, iri, language)
    return page(
        request,
        "thing.html",
        thing=thing,
        map=_map(thing, language),
        dataset=_dataset(edition, iri),
        documents=_documents(edition, iri),
        canonical=base_url(request) + page_of(edition.release, iri, language),
        more=lambda predicate: page_of(edition.release, iri, language, via=predicate),
    )


def _show_pointers(request: Request, iri: str, via: str) -> Response:
    """One page of the list of all things that a property leads from."""
    edition, language = edition_of(request), language_of(request)
    number = whole_number(request.query_params.get("page", "1"), 0, _FARTHEST + 1, otherwise=0)
    if not is_iri(via) or not 1 <= number <= _FARTHEST:
        raise HTTPException(404)
    count = edition.index.pointing(f"<{iri}>").get(f"<{via}>", 0)
    subjects = edition.index.pointers(f"<{iri}>", f"<{via}>", PAGE, (number - 1) * PAGE)
    if not subjects:
        raise HTTPException(404)
    names, words = Names(edition, language), words_of(language)
    return page(
        request,
        "pointers.html",
        name=names.of(iri),
        property=names.of(via),
        things=things_of(edition, subjects, names, words),
        count=count,
        number=number,
        pages=-(-count // PAGE),
        here=page_of(edition.release, iri, language),
        canonical=base_url(request) + page_of(edition.release, iri, language, via=via, page=number),
        step=lambda each: page_of(edition.release, iri, language, via=via, page=each),
    )


def _map(thing: Thing, language: str) -> Markup | None:
    """Where the thing is, if it has coordinates."""
    if thing.point is None:
        return None
    title = words_of(language)("map-of", thing=thing.name.name)
    return small_map("map", title, Place(thing.name.name, *thing.point), language)


def _documents(edition: Edition, iri: str) -> dict[str, tuple[str, str]]:
    return {
        form.label: (document_of(edition.release, iri, extension), form.media_type)
        for extension, form in FORMATS.items()
    }


def _dataset(edition: Edition, iri: str) -> str | None:
    """The id of the dataset that the IRI is of."""
    return next((dataset.id for dataset in edition.release.datasets if dataset.iri == iri), None)


def _asked(request: Request) -> str:
    """The IRI that the query names, of which the release says something."""
    return _known(edition_of(request), request.query_params.getlist("iri")[:1])


def _known(edition: Edition, candidates: Iterable[str]) -> str:
    """The first of these IRIs that stands in the release; HTTPException 404 where none does."""
    for iri in candidates:
        if is_iri(iri) and (edition.index.knows(f"<{iri}>") or edition.index.pointing(f"<{iri}>")):
            return iri
    raise HTTPException(404)


ROUTES = [
    Route("/id/{path:path}", redirect_id),
    Route("/data/{path:path}", send_document),
    Route("/data.{extension}", send_document),
    Route("/{language:language}/thing/{path:path}", show_thing),
    Route("/{language:language}/thing", show_thing),
]
