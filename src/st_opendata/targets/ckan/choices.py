"""The choice of a portal's list that says what a value of the release says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from st_opendata.formats import Format
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import AUTHORITY
from st_opendata.rdf.statements import Term, text_of
from st_opendata.spelling import nearest
from st_opendata.targets.ckan.aliases import plain, read_aliases
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.licences import Licence, choose_licence
from st_opendata.targets.ckan.portal_schema import PortalChoice
from st_opendata.vocabularies import code_of, label, language_tag

_CONCEPT = re.compile(f"{re.escape(AUTHORITY)}([a-z-]+)/([^/#]+)")
_SHOWN = 12
"""The most choices that a message lists."""


def choose(choices: Sequence[PortalChoice], source: GraphSource, node: Term, replacement: str = "") -> str | None:
    """The value of the choice for a node: by its IRI, code, words or labels in any language; None if none fits.

    `replacement` is another value that stands for the node, and is tried first.
    """
    words = _by_word(choices)
    exact = {choice.value: choice.value for choice in choices}
    for word in filter(None, (replacement, *_words(source, node))):
        if found := exact.get(word) or words.get(plain(word)):
            return found
    concept = _CONCEPT.fullmatch(text_of(node))
    known = read_aliases().concepts.get(concept[1], {}).get(concept[2], frozenset()) if concept else frozenset()
    return next((value for word, value in words.items() if word in known), None)


def choose_format(choices: Sequence[PortalChoice], form: Format) -> str | None:
    """The value of the choice for a format: by what CKAN or people call it, its media type, extension or IRI."""
    names = (form.ckan_label, form.label, form.name, form.media_type, form.file_type, form.extension, *form.extensions)
    return choose_word(choices, *filter(None, names))


def choose_word(choices: Sequence[PortalChoice], *names: str) -> str | None:
    """The value of the choice with the first of these names that one has."""
    words = _by_word(choices)
    return next((words[plain(name)] for name in names if plain(name) in words), None)


def choose_licence_of(choices: Sequence[PortalChoice], iri: str, titles: Iterable[str]) -> str | None:
    """The value of the choice for the licence of this IRI, as `choose_licence` finds it in a list of licences."""
    listed = [Licence(each.value, title) for each in choices for title in (*each.labels.values(), each.value)]
    found = choose_licence(iri, titles, listed)
    return found.id if found else None


def _by_word(choices: Sequence[PortalChoice]) -> dict[str, str]:
    """The values by their plain words: first the values themselves, then labels and the ends of IRIs."""
    found: dict[str, str] = {}
    for choice in choices:
        found.setdefault(plain(choice.value), choice.value)
    for choice in choices:
        for text in (*choice.labels.values(), *_tail(choice.value)):
            found.setdefault(plain(text), choice.value)
    return found


def described(choices: Sequence[PortalChoice], language: str) -> str:
    """The first choices for a message: values, with their labels where these say more."""
    shown = []
    for choice in choices[:_SHOWN]:
        text = choice.labels.get(language) or choice.labels.get("en") or next(iter(choice.labels.values()), "")
        shown.append(choice.value if plain(text) in ("", plain(choice.value)) else f"{choice.value} ({text})")
    return ", ".join([*shown, *(["…"] if len(choices) > _SHOWN else [])])


def suggestion(value: str, choices: Sequence[PortalChoice]) -> Message | str:
    """`; did you mean "x"?` with the choice whose value or label is most similar; empty if none is."""
    words = {text: choice.value for choice in choices for text in (*choice.labels.values(), choice.value)}
    near = nearest(value, words)
    return message('; did you mean "{near}"?', near=words[near]) if near else ""


def _words(source: GraphSource, node: Term) -> Iterator[str]:
    """All that names the node: its IRI, its code in an EU table, its labels, the tag of a language."""
    name = text_of(node)
    yield name
    if isinstance(node, ox.NamedNode):
        if concept := _CONCEPT.fullmatch(name):
            table, code = concept.groups()
            yield code
            if table == "language":
                yield language_tag(code) or ""
            if (known := code_of(table, name) if table in _TABLES else None) is not None:
                yield from label(table, known).values()
        yield from source.labels(node).values()
        yield from _tail(name)


def _tail(value: str) -> tuple[str, ...]:
    """The last part of an IRI, by which lists name the same concept under another start."""
    return (re.split("[/#]", value.rstrip("/"))[-1],) if "://" in value else ()


_TABLES = frozenset({
    "access-right", "data-theme", "dataset-type", "distribution-status", "file-type", "frequency", "language",
    "licence", "planned-availability",
})  # fmt: skip
"""The EU tables whose labels are here."""
