"""The fields of one resource, filled from the statements of a release, and what they cannot hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from st_opendata.messages.message import Message, message
from st_opendata.model.text import pick, primary
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Term, text_of
from st_opendata.targets.ckan.fields import Field
from st_opendata.targets.ckan.fitting import Fitted, fit, fit_texts, room_for_one
from st_opendata.targets.ckan.forms import FORMS, PERIOD, SINGLE, words_by_language
from st_opendata.targets.ckan.graph_source import DISTRIBUTION, GraphSource, geojson_of
from st_opendata.targets.ckan.limits import legal_tag
from st_opendata.vocabularies.licences import licence_name

_DESCRIPTION = (expand("dct:description"),)


@dataclass(frozen=True, slots=True)
class Filled:
    """The values by the names of their fields, in the order of the map, and each loss with the name of its field."""

    values: dict[str, object]
    losses: tuple[tuple[str, Message], ...]


def fill(fields: Iterable[Field], source: GraphSource, node: str) -> dict[str, object]:
    """The fields of one resource that have a value, in the order of the map."""
    return fill_all(fields, source, node).values


def fill_all(fields: Iterable[Field], source: GraphSource, node: str) -> Filled:
    """The fields that have a value, and every value that a field changes or drops, with the reason."""
    values: dict[str, object] = {}
    losses: list[tuple[str, Message]] = []
    for field in fields:
        if field.parts:
            value, lost = _repeated(field, source, node)
            losses += lost
        else:
            fitted = _fitted(field, source, node)
            value = fitted.value
            losses += ((field.name, text) for text in fitted.losses)
        if value not in (None, "", [], {}):
            values[field.name] = value
    return Filled(values, tuple(losses))


def as_extras(values: dict[str, object]) -> list[dict[str, str]]:
    """The values as CKAN's list of extras, which are texts: a list becomes JSON (ckanext-dcat reads that back)."""
    return [
        {"key": name, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for name, value in values.items()
    ]


def _repeated(field: Field, source: GraphSource, node: str) -> tuple[object, list[tuple[str, Message]]]:
    """The items of a repeated field, each with its parts, and what the parts lose."""
    parts = [part for part in field.parts if part.name not in field.missing]
    items: list[dict[str, object]] = []
    losses: dict[tuple[str, str], Message] = {}
    for each in source.values(node, field.path):
        filled = fill_all(parts, source, text_of(each))
        if filled.values:
            items.append(filled.values)
        found = [*filled.losses]
        for part in field.parts:
            if part.name in field.missing and source.values(text_of(each), part.path):
                found.append((part.name, message("the site has no field for it")))
        losses |= {(f"{field.name}.{name}", str(text)): text for name, text in found}
    # The most complete item is first on the page: places with a position before codes of regions.
    items.sort(key=lambda item: (-len(item), str(item.get("text") or item.get("name") or "")))
    return items, [(name, text) for (name, _), text in losses.items()]


def _fitted(field: Field, source: GraphSource, node: str) -> Fitted:
    if field.form == "markdown" and field.path == _DESCRIPTION and (written := source.markdown.get(node)):
        if field.portal and field.portal.languages:
            return fit_texts(field.portal, written)
        return Fitted(written.get(field.language) if field.language else pick(written, source.language))
    nodes = source.values(node, field.path)
    if field.language:
        nodes, source = _spoken(field.language, nodes), replace(source, language=field.language)
    if not nodes:
        return Fitted(None)
    losses = tuple(_losses(field, source, node, nodes))
    if field.portal:
        fitted = fit(field, field.portal, source, nodes)
        return Fitted(fitted.value, tuple(dict.fromkeys((*losses, *fitted.losses))))
    if field.values:
        found = {field.values[text_of(each)] for each in nodes if text_of(each) in field.values}
        return Fitted(found.pop() if len(found) == 1 else None, losses)
    return Fitted(FORMS[field.form](source, nodes), losses)


def _spoken(language: str, nodes: list[Term]) -> list[Term]:
    """The literals in a language."""
    return [node for node in nodes if isinstance(node, ox.Literal) and primary(node.language or "") == language]


def _losses(field: Field, source: GraphSource, node: str, nodes: list[Term]) -> Iterator[Message]:
    """The values for which the form of the field has no room, on every portal."""
    if field.values and not field.portal:
        for value in nodes:
            if text_of(value) not in field.values:
                yield message("{value} has no counterpart on the site and is left out", value=text_of(value))
    if field.form == "licence":
        yield from _several_licences(source, nodes)
    elif field.form == "geojson":
        if not (field.portal and field.portal.many):
            yield from _other_places(source, nodes)
    elif field.path and field.path[0] != DISTRIBUTION and (len(field.path) > 1 or not field.portal):
        through = source.values(node, field.path[:1])
        if len(field.path) > 1 or field.form in SINGLE:
            is_period = field.path[:1] == PERIOD
            names = [FORMS["period"](source, [each]) for each in through] if is_period else source.labels_of(through)
            yield from room_for_one(names)
    if field.form == "tags" and not (field.portal and field.portal.languages):
        yield from _tag_losses(word for words in words_by_language(source, nodes) for word in words)


def _several_licences(source: GraphSource, nodes: list[Term]) -> Iterator[Message]:
    by_name = {licence_name(text_of(node)): source.label(node) for node in nodes}
    if len(by_name) > 1:
        names = ", ".join(by_name.values())
        yield message("its files have several licences, and the site has room for one: {names}", names=names)


def _other_places(source: GraphSource, nodes: list[Term]) -> Iterator[Message]:
    """Places with another geometry than the one that is shown."""
    shown = geojson_of(source, nodes)
    drawn = {source.label(node): geojson_of(source, [node]) for node in nodes}
    first = next((name for name, geometry in drawn.items() if geometry == shown), "")
    yield from room_for_one([first, *(name for name, geometry in drawn.items() if geometry not in (None, shown))])


def _tag_losses(words: Iterable[str]) -> Iterator[Message]:
    for word in dict.fromkeys(words):
        tag = legal_tag(word)
        if tag is None:
            yield message(
                '"{word}" cannot be a tag and is left out: CKAN requires 2 to 100 letters or digits', word=word
            )
        elif tag != word:
            yield message(
                '"{word}" becomes the tag "{tag}": CKAN accepts only letters, digits, spaces and -_.',
                word=word,
                tag=tag,
            )
