"""Converts an IRI into the address of its page, and a requested address into the IRIs that it may mean.

`/id/city/lyon` is the thing with the catalogue's base before that path; `/data/city/lyon.ttl` a document about it,
`/fr/thing/city/lyon` its page in French (Cool URIs for the Semantic Web, W3C Note 2008, section 4.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit

from st_opendata.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from st_opendata.model.release import Release
from st_opendata.namespaces import ST
from st_opendata.sparql.endpoint.formats import HTML

FORMATS = {form.extension: form for form in (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)}
"""The RDF formats of a document by the extension of its address."""
_LONGEST = 2_000
"""The most characters of an IRI: the portal refuses longer ones before any look-up."""
_ILLEGAL = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")
_SAFE = "/:@!$&'()*+,;=~%"
"""Characters that are not escaped in a path; a percent sign is a part of the IRI (RFC 3987, section 3.1)."""
_DOTS = re.compile(r"(^|/)\.{1,2}(/|$)|//|^/|/$")
"""The parts of a path that browsers would change."""
_LINKS = frozenset({"http", "https", "mailto"})


def is_iri(text: str) -> bool:
    """Whether a visitor can request the IRI: it is absolute, of bounded length, and has only valid characters."""
    return len(text) <= _LONGEST and not _ILLEGAL.search(text) and bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:.", text))


def link_of(iri: str) -> str | None:
    """The IRI as the target of a link; None for schemes that a browser should not follow, such as `javascript:`."""
    try:
        return iri if urlsplit(iri).scheme.lower() in _LINKS and is_iri(iri) else None
    except ValueError:  # such as an unclosed [ in the host
        return None


def page_of(release: Release, iri: str, language: str, **query: object) -> str:
    """The address of the page of an IRI."""
    return _address(release, iri, f"/{language}/thing", "", query)


def document_of(release: Release, iri: str, extension: str) -> str:
    """The address of an RDF document about an IRI."""
    return _address(release, iri, "/data", extension, {})


def _address(release: Release, iri: str, start: str, extension: str, query: dict[str, object]) -> str:
    path = iri.removeprefix(release.base)
    if path == iri or not path or "?" in path or "#" in path or _DOTS.search(path):
        start, query = f"{start}{extension}", {"iri": iri} | query
    else:
        start = f"{start}/{quote(path, safe=_SAFE)}{extension}"
    return f"{start}?{urlencode(query)}" if query else start


def targets_of(release: Release, iri: str, language: str) -> dict[str, str]:
    """The addresses of the page and the documents about an IRI by media type; those of the ontology are whole."""
    if iri == ST.rstrip("#"):
        return whole_targets("/ontology", f"/{language}/ontology")
    documents = {form.media_type: document_of(release, iri, extension) for extension, form in FORMATS.items()}
    return {HTML: page_of(release, iri, language)} | documents


def whole_targets(path: str, page: str) -> dict[str, str]:
    """The same for documents at a separate path, each with its extension."""
    return {HTML: page} | {form.media_type: f"{path}{extension}" for extension, form in FORMATS.items()}


def readings(path: str) -> Iterator[str]:
    """The readings of a raw path: unchanged, with non-ASCII letters decoded, completely decoded."""
    yield path
    letters = re.sub("(?:%[89A-Fa-f][0-9A-Fa-f])+", _decoded, path)
    whole = _decoded(path)
    yield from (each for each in dict.fromkeys((letters, whole)) if each != path)


def iris_of(release: Release, path: str) -> Iterator[str]:
    """The IRIs that an address on this portal may stand for; `path` is its raw path without the first slash.

    Visitors reach portals at the catalogue's base, at its site or through a redirection from either.
    """
    starts = [release.base, release.site]
    for start in (release.base, release.site):
        parts = urlsplit(start)
        starts.append(f"{parts.scheme}://{parts.netloc}/")
    for start in dict.fromkeys(starts):
        for each in readings(path):
            yield start + each


def _decoded(found: str | re.Match[str]) -> str:
    text = found if isinstance(found, str) else found[0]
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
