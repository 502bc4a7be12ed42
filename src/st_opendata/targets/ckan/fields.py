"""Field maps as data: which CKAN field takes which DCAT property. `schemas/` holds one file per site schema.

A field is filled from a property, or from a path of properties, in one of the forms below. Fields without a value in
the graph are left out. Of values in several languages the site's is taken, else English, else any (`model.text.pick`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from st_opendata.documents import Document, read_document
from st_opendata.errors import ConfigurationError
from st_opendata.formats import format_of_media_type
from st_opendata.messages.message import Message, message
from st_opendata.model.text import Text, pick, primary
from st_opendata.namespaces import IANA, expand
from st_opendata.rdf.statements import Term, text_of
from st_opendata.targets.ckan.choices import choose, described
from st_opendata.targets.ckan.graph_source import DISTRIBUTION, GraphSource, geojson_of, texts_of
from st_opendata.targets.ckan.limits import as_markdown, legal_tag
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.vocabularies.licences import licence_name

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FOLDER = Path(__file__).parent / "schemas"
_DESCRIPTION = (expand("dct:description"),)
_SECTIONS = ("plugins", "dataset", "extras", "resource", "elsewhere", "without_field")


@dataclass(frozen=True, slots=True)
class Field:
    """A CKAN field: the path of properties that leads to its values, their form, and a replacement for each value."""

    name: str
    path: tuple[str, ...]
    form: str
    values: Mapping[str, str]
    parts: tuple[Field, ...] = ()
    portal: PortalField | None = None
    """The portal's own description of it, whose form and choices the value must have."""
    covers: frozenset[str] = frozenset()
    """Extras that would say the same."""
    missing: tuple[str, ...] = ()
    """Its parts for which the portal has no subfield."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one kind of site, which its `plugins` identify, or of one site (`matching.fields_of_site`).

    `elsewhere` has the properties that need no field, since other data of CKAN say the same; `without_field` those that
    get lost, with the reason. `altered` are properties of which a field of the portal's own holds less, or in other
    words, than ckanext-dcat needs for the same RDF.
    """

    name: str
    plugins: frozenset[str]
    dataset: tuple[Field, ...]
    extras: tuple[Field, ...]
    resource: tuple[Field, ...]
    elsewhere: frozenset[str]
    without_field: Mapping[str, Message]
    altered: frozenset[str] = frozenset()

    def fields(self, about: str) -> tuple[Field, ...]:
        """All fields of a `dataset` or `resource`."""
        return self.resource if about == "resource" else (*self.dataset, *self.extras)

    def unmapped_properties(self, about: str, properties: Iterable[str]) -> dict[str, Message]:
        """Those properties of a `dataset` or `resource` that get lost, by IRI, with the reason."""
        kept = self.elsewhere | {field.path[0] for field in self.fields(about) if field.path}
        lost = sorted(set(properties) - kept)
        return {name: self.without_field.get(name, message("the site has no field for it")) for name in lost}


def schemas() -> tuple[str, ...]:
    """The names of all site schemas."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def schema_for(plugins: Collection[str]) -> str:
    """The name of the field map for a site: of those whose plugins it has all, the first with most plugins."""
    fitting = [schema for schema in map(read_schema, schemas()) if schema.plugins.issubset(plugins)]
    return max(fitting, key=lambda schema: len(schema.plugins)).name


def read_schema(name: str) -> Schema:
    """The field map of that name.

    Raises:
        ConfigurationError: there is no such field map, or its file says something wrong.
    """
    if name not in schemas():
        raise ConfigurationError(
            message('there is no field map for the site schema "{name}"', name=name),
            remedy=message("Use one of: {names}.", names=", ".join(schemas())),
        )
    document = read_document(_FOLDER / f"{name}.yaml", f"{name}.yaml")
    content = document.data
    if not isinstance(content, dict) or set(content) - set(_SECTIONS):
        text = message("the sections of a field map are {names}", names=", ".join(_SECTIONS))
        raise ConfigurationError(text, place=document.place())
    return Schema(
        name=name,
        plugins=frozenset(content.get("plugins", [])),
        dataset=_fields(document, content, "dataset"),
        extras=_fields(document, content, "extras"),
        resource=_fields(document, content, "resource"),
        elsewhere=frozenset(expand(name) for name in content.get("elsewhere", [])),
        without_field={expand(name): Message(reason) for name, reason in content.get("without_field", {}).items()},
    )


def _fields(document: Document, content: Mapping[str, Any], *steps: str) -> tuple[Field, ...]:
    """The fields of the mapping at `steps` in the document."""
    return tuple(_field(document, name, entry, (*steps, name)) for name, entry in content.get(steps[-1], {}).items())


def _field(document: Document, name: str, entry: Mapping[str, Any], steps: tuple[str, ...]) -> Field:
    form = "parts" if "parts" in entry else entry.get("as", "")
    if form not in _FORMS or set(entry) - {"from", "as", "values", "parts"}:
        raise ConfigurationError(
            message('the field "{name}" needs `as` with one of: {forms}', name=name, forms=", ".join(sorted(_FORMS))),
            place=document.place(steps),
        )
    return Field(
        name=name,
        path=tuple(expand(part) for part in entry["from"].split("/")) if "from" in entry else (),
        form=form,
        values=entry.get("values", {}),
        parts=_fields(document, entry, *steps, "parts"),
    )


def fill(fields: Iterable[Field], source: GraphSource, node: str) -> dict[str, object]:
    """The fields of one resource that have a value, in the order of the map."""
    filled = ((field.name, _value(field, source, node)) for field in fields)
    return {name: value for name, value in filled if value not in (None, "", [])}


def fill_extras(fields: Iterable[Field], source: GraphSource, node: str) -> list[dict[str, str]]:
    """The same as CKAN's list of extras, whose values are texts: a list becomes JSON (ckanext-dcat reads that back)."""
    return [
        {"key": name, "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}
        for name, value in fill(fields, source, node).items()
    ]


def lossy_values(fields: Iterable[Field], source: GraphSource, node: str) -> Iterator[tuple[str, Message]]:
    """Each field that changes or drops a value, with a message that explains the loss."""
    for field in fields:
        nodes = source.values(node, field.path)
        if field.portal:
            yield from _portal_losses(field, field.portal, source, nodes)
        for value in nodes:
            if field.values and not field.portal and text_of(value) not in field.values:
                text = message("{value} has no counterpart on the site and is left out", value=text_of(value))
                yield field.name, text
        if len(field.path) > 1 and field.path[0] != DISTRIBUTION:
            named = list(map(source.label, source.values(node, field.path[:1])))
            if len(named) > 1:
                others = ", ".join(named[1:])
                yield (
                    field.name,
                    message("the site has room for one, {name}; it lacks {others}", name=named[0], others=others),
                )
        if field.form == "tags":
            for word in {
                word: None for words in _by_language(source, source.values(node, field.path)) for word in words
            }:
                tag = legal_tag(word)
                if tag is None:
                    text = message(
                        '"{word}" cannot be a tag and is left out: CKAN requires 2 to 100 letters or digits', word=word
                    )
                    yield field.name, text
                elif tag != word:
                    text = message(
                        '"{word}" becomes the tag "{tag}": CKAN accepts only letters, digits, spaces and -_.',
                        word=word,
                        tag=tag,
                    )
                    yield field.name, text


def _portal_losses(
    field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]
) -> Iterator[tuple[str, Message]]:
    """The losses of these values in the portal's own field."""
    for part in field.parts:
        if part.name in field.missing and any(source.values(text_of(each), part.path) for each in nodes):
            yield f"{field.name}.{part.name}", message("the site has no field for it")
    if portal.kind == "date":
        for node in nodes:
            if not _DATE.match(text_of(node)):
                text = message("{value} is not a day, which the portal requires, and is left out", value=text_of(node))
                yield field.name, text
    if portal.choices is None:
        return
    for node in nodes:
        if choose(portal.choices, source, node, field.values.get(text_of(node), "")) is None:
            text = message(
                "{value} is not among the choices of the portal: {choices}",
                value=source.label(node),
                choices=described(portal.choices, source.language),
            )
            yield field.name, text


def _portal_value(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> object:
    """The value in the form that the portal's own field accepts; None if it accepts none of these."""
    if portal.choices is not None:
        found = [choose(portal.choices, source, node, field.values.get(text_of(node), "")) for node in nodes]
        chosen = list(dict.fromkeys(filter(None, found)))
        return chosen if portal.many else next(iter(chosen), None)
    if portal.languages:
        return _translated(field, portal, source, nodes)
    if portal.many:
        listed = (_FORMS[field.form](source, [node]) for node in nodes)
        return [item for each in listed for item in (each if isinstance(each, list) else [each]) if item]
    if portal.kind == "url" and field.form in ("words", "links", "iris", "label"):
        return _iri(source, nodes)
    return _single_value(field, portal, _FORMS[field.form](source, nodes))


def _single_value(field: Field, portal: PortalField, value: object) -> object:
    """A value for a field without choices, languages and repetition; None if it is not of the field's kind."""
    if portal.kind == "object":
        return json.loads(str(value)) if field.form == "geojson" and value else None
    if portal.kind == "date":
        return value if _DATE.match(str(value)) else None
    return ", ".join(map(str, value)) if isinstance(value, list) and field.form != "tags" else value


def _translated(field: Field, portal: PortalField, source: GraphSource, nodes: list[Term]) -> object:
    """A text, or a list of tags, for each language of the field (ckanext-fluent).

    A required field needs a text in each: where the release has none, it gets the best one in another language.
    """
    if field.form == "tags":
        words = {tag: [word for word in _words_in(nodes, tag) if legal_tag(word)] for tag in portal.languages}
        return {tag: sorted({str(legal_tag(word)) for word in each}) for tag, each in words.items() if each} or None
    literals = [node for node in nodes if isinstance(node, ox.Literal)]
    texts = texts_of(literals) if literals else source.labels(nodes[0])
    shown = as_markdown if field.form == "markdown" else str.strip
    return {tag: shown(text) for tag, text in _in_languages(portal, texts).items() if text} or None


def _in_languages(portal: PortalField, texts: Text) -> dict[str, str]:
    return {tag: pick(texts, tag) for tag in portal.languages if portal.required or tag in map(primary, texts)}


def _words_in(nodes: list[Term], tag: str) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ox.Literal) and primary(node.language or "") == tag]


def _value(field: Field, source: GraphSource, node: str) -> object:
    if field.form == "markdown" and field.path == _DESCRIPTION and (written := source.markdown.get(node)):
        translated = field.portal and field.portal.languages and _in_languages(field.portal, written)
        return translated or pick(written, source.language)
    nodes = source.values(node, field.path)
    if field.portal and not field.parts and nodes:
        return _portal_value(field, field.portal, source, nodes)
    if field.parts:
        parts = [part for part in field.parts if part.name not in field.missing]
        filled = [part for part in (fill(parts, source, text_of(each)) for each in nodes) if part]
        # The most complete item is first on the page: places with a position before codes of regions.
        return sorted(filled, key=lambda part: (-len(part), str(part.get("text") or part.get("name") or "")))
    if field.values:
        found = {field.values[text_of(each)] for each in nodes if text_of(each) in field.values}
        return found.pop() if len(found) == 1 else None  # files under two licences have no licence in common
    return _FORMS[field.form](source, nodes) if nodes else None


def _by_language(source: GraphSource, nodes: list[Term]) -> Iterator[list[str]]:
    """Keywords in the site's language, else in English, else all: the first of these groups with a legal tag."""
    literals = [node for node in nodes if isinstance(node, ox.Literal)]
    for language in (source.language, "en", None):
        found = [node.value for node in literals if language in (None, (node.language or "").partition("-")[0])]
        yield found
        if any(map(legal_tag, found)):
            return


def _tags(source: GraphSource, nodes: list[Term]) -> list[dict[str, str]]:
    """CKAN returns tags sorted and without duplicates, so they are sent that way."""
    *_, words = _by_language(source, nodes)
    legal = {tag for word in words if (tag := legal_tag(word))}
    return [{"name": tag} for tag in sorted(legal)]


def _iri(_source: GraphSource, nodes: list[Term]) -> str | None:
    return next((node.value for node in nodes if isinstance(node, ox.NamedNode)), None)


def _media_type(source: GraphSource, nodes: list[Term]) -> str | None:
    """The bare media type: CKAN serves the download with it. As IRI for sites that are harvested from their own RDF."""
    iri = _iri(source, nodes)
    return iri if source.iris or not iri else iri.removeprefix(IANA)


def _format(source: GraphSource, nodes: list[Term]) -> str | None:
    """The name of the format: CKAN's facets and previews use it. As IRI for sites harvested from their own RDF."""
    form = format_of_media_type((_iri(source, nodes) or "").removeprefix(IANA))
    if form is None:
        return None
    return form.iri if source.iris else form.ckan_label or form.label


_FORMS: dict[str, Callable[[GraphSource, list[Term]], object]] = {
    "email": lambda source, nodes: (_iri(source, nodes) or "").removeprefix("mailto:"),
    "format": _format,
    "geojson": geojson_of,
    "iri": _iri,
    "iris": lambda _, nodes: list(map(text_of, nodes)),
    "label": lambda source, nodes: next(
        (label for node in nodes if (label := source.label(node)) != text_of(node)), None
    ),
    "licence": lambda _, nodes: text_of(nodes[0]) if len(set(map(licence_name, map(text_of, nodes)))) == 1 else None,
    "links": lambda _, nodes: "\n".join(map(text_of, nodes)),
    "literal": lambda _, nodes: text_of(nodes[0]),
    "markdown": lambda source, nodes: as_markdown(source.text(nodes)),
    "media_type": _media_type,
    "number": lambda _, nodes: int(text_of(nodes[0])),
    "parts": lambda _, nodes: nodes,
    "statement": lambda source, nodes: as_markdown(source.label(nodes[0])),
    "tags": _tags,
    "text": lambda source, nodes: source.text(nodes),
    "words": lambda source, nodes: ", ".join(source.label(node) for node in nodes),
}
"""text, markdown: a literal; tags: keywords; iri, iris, links, email: nodes; label, statement, words: their names."""
