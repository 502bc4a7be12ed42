"""Field maps as data: which CKAN field takes which DCAT property. `schemas/` holds one file per site schema.

A field is filled from a property, or from a path of properties, in one of the forms below. Fields without a value in
the graph are left out. Of values in several languages the site's is taken, else English, else any (`model.text.pick`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from st_opendata.documents import Document, read_document
from st_opendata.errors import ConfigurationError
from st_opendata.formats import format_of_media_type
from st_opendata.messages.message import Message, message
from st_opendata.model.text import pick
from st_opendata.namespaces import IANA, expand
from st_opendata.rdf.labels import best_label
from st_opendata.rdf.statements import Statements, Term, text_of
from st_opendata.targets.ckan.limits import as_markdown, legal_tag

_FOLDER = Path(__file__).parent / "schemas"
_SECTIONS = ("plugins", "dataset", "extras", "resource", "elsewhere", "without_field")


@dataclass(frozen=True, slots=True)
class Field:
    """A CKAN field: the path of properties that leads to its values, their form, and a replacement for each value."""

    name: str
    path: tuple[str, ...]
    form: str
    values: Mapping[str, str]
    parts: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of one kind of site, which its `plugins` identify.

    `elsewhere` has the properties that need no field, since other data of CKAN say the same; `without_field` those that
    get lost, with the reason.
    """

    name: str
    plugins: frozenset[str]
    dataset: tuple[Field, ...]
    extras: tuple[Field, ...]
    resource: tuple[Field, ...]
    elsewhere: frozenset[str]
    without_field: Mapping[str, Message]

    def fields(self, about: str) -> tuple[Field, ...]:
        """All fields of a `dataset` or `resource`."""
        return self.resource if about == "resource" else (*self.dataset, *self.extras)

    def unmapped_properties(self, about: str, properties: Iterable[str]) -> dict[str, Message]:
        """Those properties of a `dataset` or `resource` that get lost, by IRI, with the reason."""
        kept = self.elsewhere | {field.path[0] for field in self.fields(about) if field.path}
        lost = sorted(set(properties) - kept)
        return {name: self.without_field.get(name, message("the site has no field for it")) for name in lost}


@dataclass(frozen=True, slots=True)
class GraphSource:
    """The source of the values of fields; `iris` requests IRIs in place of words for people."""

    graph: Statements
    language: str
    iris: bool

    def values(self, node: str, path: tuple[str, ...]) -> list[Term]:
        """The values that the path leads to from a node, sorted, each once; the node itself for the empty path."""
        found: dict[Term, None] = {ox.NamedNode(node): None}
        for predicate in path:
            found = {value: None for each in found for value in self.graph.values(text_of(each), predicate)}
        return sorted(found, key=text_of) if len(found) > 1 else list(found)

    def label(self, node: Term) -> str:
        """The name of a node in the site's language, else its IRI or text."""
        name = text_of(node)
        return best_label(lambda label: self.text(self.graph.values(name, label))) or name

    def text(self, values: Iterable[Term]) -> str:
        """The first literal in the site's language."""
        literals = [value for value in values if isinstance(value, ox.Literal)]
        by_language = {each.language or "und": each.value for each in sorted(literals, key=text_of, reverse=True)}
        return pick(by_language, self.language).strip()


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
        for value in source.values(node, field.path):
            if field.values and text_of(value) not in field.values:
                text = message("{value} has no counterpart on the site and is left out", value=text_of(value))
                yield field.name, text
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


def _value(field: Field, source: GraphSource, node: str) -> object:
    nodes = source.values(node, field.path)
    if field.parts:
        filled = [part for part in (fill(field.parts, source, text_of(each)) for each in nodes) if part]
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
    "iri": _iri,
    "iris": lambda _, nodes: list(map(text_of, nodes)),
    "label": lambda source, nodes: next(
        (label for node in nodes if (label := source.label(node)) != text_of(node)), None
    ),
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
