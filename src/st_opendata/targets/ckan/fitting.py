"""The values that a portal's own field accepts, in the form that it requires, and those that it has no room for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from st_opendata.formats import format_of_media_type
from st_opendata.messages.message import Message, message
from st_opendata.model.text import Text, pick, primary
from st_opendata.namespaces import IANA, expand
from st_opendata.rdf.statements import Term, text_of
from st_opendata.targets.ckan.choices import choose, choose_format, choose_licence_of, described
from st_opendata.targets.ckan.fields import Field
from st_opendata.targets.ckan.forms import FORMS, SINGLE, iri_of
from st_opendata.targets.ckan.graph_source import GraphSource, texts_of
from st_opendata.targets.ckan.limits import as_markdown, legal_tag
from st_opendata.targets.ckan.portal_schema import PortalChoice, PortalField

_LICENCE = expand("dct:license")
_ADDRESSES = frozenset({"iri", "iris", "links", "email"})
_WHOLE = frozenset({"text", "texts", "markdown", "keywords"})
"""Forms that choose among languages, so that they need all values."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The value of a field, None for none, and a message for each value that it changes or drops."""

    value: object
    losses: tuple[Message, ...] = ()


def room_for_one(values: Iterable[object]) -> Iterator[Message]:
    """The loss of all values but the first; none where there is only one."""
    several = list(dict.fromkeys(map(str, values)))
    if len(several) > 1:
        more = ", ".join(several[1:])
        yield message("the site has room for one, {name}; it lacks {others}", name=several[0], others=more)


def fit(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> Fitted:
    """The value for the portal's own field; there is at least one node."""
    if portal.choices is not None:
        return _fit_choices(field, portal, portal.choices, source, nodes)
    if portal.languages:
        return _fit_languages(field, portal, source, nodes)
    if not portal.many and not portal.kind and field.form not in SINGLE:
        value = FORMS[field.form](source, nodes)
        return Fitted(value) if field.form == "tags" else _fit_text(portal, value)
    return _fit_values(field, portal, source, nodes)


def _fit_choices(
    field: Field, portal: PortalField, choices: tuple[PortalChoice, ...], source: GraphSource, nodes: list[Term]
) -> Fitted:
    chosen: dict[str, None] = {}
    losses = []
    for node in nodes:
        if found := _choice(field, choices, source, node):
            chosen[found] = None
        else:
            losses.append(not_a_choice(_called(field, source, node), choices, source.language))
    if portal.many:
        return Fitted(list(chosen), tuple(losses))
    return Fitted(next(iter(chosen), None), (*losses, *room_for_one(chosen)))


def _called(field: Field, source: GraphSource, node: Term) -> str:
    """A value by its name, formats as on a site without choices."""
    form = FORMS["format"](replace(source, iris=False), [node]) if field.form == "format" else None
    return str(form) if form else source.label(node).removeprefix(IANA)


def not_a_choice(value: str, choices: tuple[PortalChoice, ...], language: str) -> Message:
    """The loss of a value for which a list has no choice."""
    return message(
        "{value} is not among the choices of the portal: {choices}", value=value, choices=described(choices, language)
    )


def _choice(field: Field, choices: tuple[PortalChoice, ...], source: GraphSource, node: Term) -> str | None:
    if field.path[-1:] == (_LICENCE,):
        return choose_licence_of(choices, text_of(node), source.labels(node).values())
    if field.form == "format":
        form = format_of_media_type(text_of(node).removeprefix(IANA))
        return choose_format(choices, form) if form else None
    return choose(choices, source, node, field.values.get(text_of(node), ""))


def _fit_text(portal: PortalField, value: object) -> Fitted:
    """One text; a list becomes one."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    wrong = portal.refusal(value)
    return Fitted(None, (_left_out(wrong),)) if wrong else Fitted(value)


def _fit_values(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> Fitted:
    """The values that the validators accept: all, or the first for a field with room for one."""
    values: list[object] = []
    losses = []
    for value in _values(field, portal, source, nodes):
        if wrong := portal.refusal(value):
            losses.append(_left_out(wrong))
        else:
            values.append(json.loads(str(value)) if portal.kind == "object" else value)
    if portal.many:
        return Fitted(values, tuple(losses))
    return Fitted(next(iter(values), None), (*losses, *room_for_one(values)))


def _values(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> list[object]:
    """Each value by itself; texts in several languages are one."""
    if portal.kind == "url" and field.form in ("words", "label"):
        found: list[object] = [iri_of(source, [node]) for node in nodes]
    elif field.form in _WHOLE or (field.form == "geojson" and not portal.many):
        found = [FORMS[field.form](source, nodes)]
    else:
        found = [FORMS[field.form](source, [node]) for node in nodes]
    flat = [item for each in found for item in (each if isinstance(each, list) else [each])]
    return [value for value in flat if value not in (None, "")]


def _left_out(reason: Message) -> Message:
    return message("{text}: it is left out", text=reason)


def _fit_languages(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> Fitted:
    """A text, or a list of tags, for each language of the field (ckanext-fluent).

    A required field needs one in each: where the release has none, it gets the best one in another language.
    """
    if field.form == "tags":
        return _fit_tags(portal, source, nodes)
    if field.form in _ADDRESSES or portal.kind == "url":
        values = [FORMS["email" if field.form == "email" else "iri"](source, [node]) for node in nodes]
        known = [str(each) for each in values if each]
        return Fitted(dict.fromkeys(portal.languages, known[0]) if known else None, tuple(room_for_one(known)))
    literals = [node for node in nodes if isinstance(node, ox.Literal)]
    if literals:
        return fit_texts(portal, texts_of(literals), as_markdown if field.form == "markdown" else str.strip)
    named = [labels for node in nodes if (labels := source.labels(node))]
    tags = dict.fromkeys(tag for labels in named for tag in labels)
    texts = {tag: ", ".join(pick(labels, tag) for labels in named) for tag in tags}
    return fit_texts(portal, texts, str.strip)


def fit_texts(portal: PortalField, texts: Text, shown: Callable[[str], str] = str.strip) -> Fitted:
    """The text for each language of the field."""
    there = {primary(tag) for tag in texts}
    every = portal.required or there <= {"und"}  # a text without a language is one in any
    value = {tag: shown(pick(texts, tag)) for tag in portal.languages if every or primary(tag) in there}
    return Fitted({tag: text for tag, text in value.items() if text} or None, tuple(_languages_lost(portal, there)))


def _languages_lost(portal: PortalField, there: set[str]) -> Iterator[Message]:
    offered = set(map(primary, portal.languages))
    languages = ", ".join(portal.languages)
    if lost := sorted(there - offered - {"und", ""}):
        more = ", ".join(lost)
        yield message("the field has the languages {languages}; it lacks {lost}", languages=languages, lost=more)
    missing = [tag for tag in portal.languages if primary(tag) not in there]
    if portal.required and there - {"und"} and missing:
        yield message(
            "the portal requires a text in {languages}, which the release lacks: it gets that in another language",
            languages=", ".join(missing),
        )


def _fit_tags(portal: PortalField, source: GraphSource, nodes: list[Term]) -> Fitted:
    words: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, ox.Literal):
            words.setdefault(primary(node.language or ""), []).append(node.value)
    there = {tag for tag, each in words.items() if any(map(legal_tag, each))}
    best = next((tag for tag in (source.language, "en", *sorted(there)) if tag in there), "")
    value = {}
    for tag in portal.languages:
        spoken = primary(tag) if primary(tag) in there else best if portal.required else None
        if spoken is not None and spoken in there:
            value[tag] = sorted({legal for word in words[spoken] if (legal := legal_tag(word))})
    return Fitted(value or None, tuple(_languages_lost(portal, there)))
