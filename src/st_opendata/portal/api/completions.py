"""Completions for the SPARQL editor: classes and properties that the release uses, with labels, and prefixes."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from st_opendata.model.text import pick
from st_opendata.namespaces import PREFIXES, RDFS, readable
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.requests import edition_of, language_of
from st_opendata.release.layout import ONTOLOGY, VOID_FILE

_KINDS = {"http://rdfs.org/ns/void#class": "class", "http://rdfs.org/ns/void#property": "property"}


def serve_completions(request: Request) -> Response:
    """Terms and prefixes as JSON; the address names the edition, so that browsers cache it."""
    terms, language = edition_of(request).part(_terms), language_of(request)
    content = {
        "terms": [{"name": name, "kind": kind, "label": pick(labels, language)} for name, kind, labels in terms],
        "prefixes": PREFIXES | edition_of(request).release.prefixes,
    }
    return JSONResponse(content, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _terms(edition: Edition) -> tuple[tuple[str, str, dict[str, str]], ...]:
    """Prefixed name, kind and labels of each class and property that void.ttl counts, by name.

    A part of the edition (`Edition.part`).
    """
    labels = _labels(edition)
    found = {(readable(f"<{iri}>"), kind, iri) for iri, kind in _used(edition)}
    return tuple((name, kind, labels.get(iri, {})) for name, kind, iri in sorted(found) if "/" not in name)


def _used(edition: Edition) -> Iterator[tuple[str, str]]:
    for quad in ox.parse(path=str(edition.path(VOID_FILE)), format=ox.RdfFormat.TURTLE):
        kind = _KINDS.get(quad.predicate.value)
        if kind and isinstance(quad.object, ox.NamedNode):
            yield quad.object.value, kind


def _labels(edition: Edition) -> dict[str, dict[str, str]]:
    """Labels of the terms that the release's own ontology defines, by IRI and language."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(edition.path(ONTOLOGY).rglob("*.ttl")):
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            if quad.predicate.value == f"{RDFS}label" and isinstance(quad.object, ox.Literal):
                found.setdefault(str(quad.subject)[1:-1], {})[quad.object.language or "und"] = quad.object.value
    return found


ROUTES = [Route("/{language:language}/completions/{digest}.json", serve_completions)]
