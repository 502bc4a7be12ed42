"""Media types of results (SPARQL 1.1 Query Results) and of graphs, and clients' names for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from st_opendata.rdf.formats import GRAPH_FORMATS, GRAPHS, AnswerFormat
from st_opendata.sparql.workers.frames import Serialization

HTML = "text/html"
"""The media types of pages for people."""
PAGE_NAMES = frozenset({HTML, "html"})


@cache
def other_types(media_types: tuple[str, ...]) -> dict[str, str]:
    """Further media types that clients may use for graphs, each with the one that it stands for."""
    return {other: form.media_type for form in GRAPHS if form.media_type in media_types for other in form.also}


@cache
def offered(forms: tuple[AnswerFormat, ...]) -> dict[str, AnswerFormat]:
    """The forms by every media type that names them, the preferred ones first."""
    first = {form.media_type: form for form in forms}
    return first | {media_type: form for form in forms for media_type in form.also}


@cache
def _called(forms: tuple[AnswerFormat, ...]) -> dict[str, Serialization]:
    """How to write each form, by every name in lower case, every media type and the part after its slash."""
    found: dict[str, Serialization] = {}
    for form in forms:
        own = Serialization(form.name, form.media_type)
        for name in (form.name, *form.names, *_media_names(form.media_type)):
            found.setdefault(name, own)
        for media_type in form.also:
            for name in _media_names(media_type):
                found.setdefault(name, Serialization(form.name, media_type))
    return found


def _media_names(media_type: str) -> tuple[str, str]:
    return media_type, media_type.partition("/")[2]


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """The names of formats in values of a parameter, of which one may be a whole Accept header, without weights.

    A plus sign that was not percent-encoded arrives as a space.
    """
    parts = (part.partition(";")[0] for value in values for part in value.split(","))
    return tuple(name for part in parts if (name := part.strip().lower().replace(" ", "+")))


def form_called(names: Iterable[str], forms: tuple[AnswerFormat, ...]) -> Serialization | None:
    """How to write the first of these names that is one of the forms; None if there is no such name."""
    called = _called(forms)
    return next((called[name] for name in names if name in called), None)


def graph_types(names: Iterable[str]) -> Iterator[str]:
    """The media types of graphs, or of pages, that these names stand for."""
    for name in names:
        if name in PAGE_NAMES:
            yield HTML
        elif writing := form_called([name], GRAPHS):
            yield GRAPH_FORMATS[writing.form].media_type


def content_type(media_type: str) -> str:
    """The value of Content-Type: with a charset for texts; other types are always UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
