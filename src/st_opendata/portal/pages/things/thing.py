"""Requests for things: redirections by the Accept header, documents, pages."""

from __future__ import annotations

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request

from st_opendata.pictures import MapPoint
from st_opendata.portal.addresses import (
    FORMATS,
    document_of,
    is_iri,
    page_of,
    readings,
)
from st_opendata.portal.api.linked_data import known_iri, named_iri
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.names import ThingNames
from st_opendata.portal.pages.figures import small_map
from st_opendata.portal.pages.things.description import PAGE, Thing, describe, things_of
from st_opendata.portal.rendering import PageView
from st_opendata.portal.requests import base_url, edition_of, language_of, raw_path, whole_number
from st_opendata.portal.wording import words_of

_FARTHEST = 10_000
"""The highest page number of a list."""


def show_thing(request: Request) -> PageView:
    """The page of a thing: `/fr/thing/PATH`, or `/fr/thing?iri=IRI`."""
    edition, language = edition_of(request), language_of(request)
    if "path" in request.path_params:
        path = raw_path(request).split("/", 3)[3]
        iri = known_iri(edition, (edition.release.base + each for each in readings(path)))
    else:
        iri = named_iri(request)
    if via := request.query_params.get("via"):
        return _show_pointers(request, iri, via)
    thing = describe(edition, iri, language)
    values = {
        "thing": thing,
        "map": _map(thing, language),
        "dataset": edition.dataset_ids.get(iri),
        "documents": _documents(edition, iri),
        "canonical": base_url(request) + page_of(edition.release, iri, language),
        "more": lambda predicate: page_of(edition.release, iri, language, via=predicate),
    }
    return PageView(values)


def _show_pointers(request: Request, iri: str, via: str) -> PageView:
    """One page of the list of all things that refer to a thing with a property."""
    edition, language = edition_of(request), language_of(request)
    number = whole_number(request.query_params.get("page", "1"), 0, _FARTHEST + 1, otherwise=0)
    if not is_iri(via) or not 1 <= number <= _FARTHEST:
        raise HTTPException(404)
    count = edition.index.pointing(f"<{iri}>").get(f"<{via}>", 0)
    subjects = edition.index.pointers(f"<{iri}>", f"<{via}>", PAGE, (number - 1) * PAGE)
    if not subjects:
        raise HTTPException(404)
    names, words = ThingNames(edition, language), words_of(language)
    values = {
        "name": names.of(iri),
        "property": names.of(via),
        "things": things_of(edition, subjects, names, words),
        "count": count,
        "number": number,
        "pages": -(-count // PAGE),
        "here": page_of(edition.release, iri, language),
        "canonical": base_url(request) + page_of(edition.release, iri, language, via=via, page=number),
        "step": lambda each: page_of(edition.release, iri, language, via=via, page=each),
    }
    return PageView(values, template="pointers.html")


def _map(thing: Thing, language: str) -> Markup | None:
    """The map of the thing, if it has coordinates."""
    if thing.point is None:
        return None
    title = words_of(language)("map-of", thing=thing.name.name)
    return small_map("map", title, MapPoint(thing.name.name, *thing.point), language)


def _documents(edition: Edition, iri: str) -> dict[str, tuple[str, str]]:
    return {
        form.label: (document_of(edition.release, iri, extension), form.media_type)
        for extension, form in FORMATS.items()
    }
