"""CKAN's fields as DCAT statements: the field maps of `ckan.fields` read the other way.

Both maps are tried, as portals mix them: fields of ckanext-dcat's schema, and extras under the names that it gives.
All languages are kept (ckanext-fluent: `title_translated`, or a mapping).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from st_opendata.model.text import is_language_tag
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements, Term, iris, text_of
from st_opendata.targets.ckan.fields import Field, read_schema, schemas
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY
from st_opendata.targets.ckan.limits import as_markdown, from_markdown
from st_opendata.targets.ckan.pull import Json
from st_opendata.vocabularies.licences import licence_code, licence_of_id

_IRI = re.compile(r"(https?|mailto|urn|doi):[^\x00-\x20<>\"{}|\\^`]+")
_NO_CHARACTER = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABEL, _STATED = expand("skos:prefLabel"), expand("rdfs:label")
_LICENCE, _DISTRIBUTION = expand("dct:license"), expand("dcat:distribution")
_DESCRIPTION = (expand("dct:description"),)
_OPEN_DEFINITION = "http://www.opendefinition.org/licenses/"
_BARE = frozenset({"format", "media_type", "number"})
_CORE = frozenset({
    "id", "name", "type", "state", "private", "isopen", "owner_org", "organization", "resources", "extras",
    "num_resources", "num_tags", "creator_user_id", "metadata_created", "metadata_modified", "license_title",
    "license_url", "relationships_as_object", "relationships_as_subject", "plugin_data", "title", "notes", "tags",
    "author", "maintainer", "maintainer_email", "uri", "keywords", "title_translated", "notes_translated",
})  # fmt: skip
"""Keys that are CKAN's own, or that this module reads."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """All fields of the field maps, those of a schema with subfields before those of extras."""

    dataset: tuple[Field, ...]
    resource: tuple[Field, ...]


def read_map() -> FieldMap:
    """The field maps of all site schemas as one."""
    found = [read_schema(name) for name in schemas()]
    return FieldMap(
        tuple(field for each in found for field in each.fields("dataset")),
        tuple(field for each in found for field in each.resource),
    )


def clean(value: str) -> str:
    """The text without characters that files cannot have."""
    return _NO_CHARACTER.sub("", value).replace("\r\n", "\n").strip()


def is_markdown(remote: Json) -> bool:
    """Whether a description of the dataset or of a resource has marks of Markdown, which plain text would lose."""
    texts = [remote.get("notes"), *(each.get("description") for each in remote.get("resources") or ())]
    return any(
        as_markdown(from_markdown(text)) != text for each in texts if isinstance(each, str) for text in [clean(each)]
    )


def written(text: object, *, markdown: bool) -> str:
    """A description for the catalogue: as Markdown, or as the plain text that CKAN shows for it."""
    shown = str(text or "")
    return clean(shown if markdown else from_markdown(shown))


def extras_of(remote: Json) -> dict[str, str]:
    """The extras of a dataset, without our fingerprint."""
    listed = remote.get("extras")
    pairs = (
        [(str(each.get("key")), str(each.get("value"))) for each in listed if isinstance(each, Mapping)]
        if isinstance(listed, list)
        else []
    )
    return {key: value for key, value in pairs if key != FINGERPRINT_KEY}


def state_dataset(fields: FieldMap, remote: Json, node: str, language: str) -> Statements:
    """The metadata of a dataset of CKAN as statements about `node`, and its resources as distributions."""
    stater = _Stater(Statements(), language, is_markdown(remote))
    of_files = [each for each in fields.resource if each.path != (_LICENCE,) or not has_licence(remote)]
    for number, resource in enumerate(remote.get("resources") or ()):
        distribution = f"{node}#distribution-{number}"
        stater.graph.add(node, _DISTRIBUTION, ox.NamedNode(distribution))
        stater.state_all(of_files, resource, distribution)
    stater.state_all(fields.dataset, {**extras_of(remote), **remote}, node)
    for key, name in (("metadata_created", "dct:issued"), ("metadata_modified", "dct:modified")):
        if remote.get(key) and not stater.graph.values(node, expand(name)):
            stater.graph.add(node, expand(name), ox.Literal(str(remote[key])))
    return stater.graph


def unmapped_fields(fields: FieldMap, remote: Json) -> Iterator[tuple[str, str]]:
    """Fields and extras that no field map knows, with their values on one line."""
    known = _CORE | {field.name for field in fields.dataset} - {"identifier"}
    for key, value in {**remote, **extras_of(remote)}.items():
        if key not in known and value not in (None, "", [], {}, False):
            yield key, " ".join(clean(_display(value)).split())


def _display(value: object) -> str:
    """A value of JSON for people: of records with a title, such as groups, the titles."""
    if isinstance(value, list) and all(isinstance(each, Mapping) and "title" in each for each in value):
        return ", ".join(str(each["title"]) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Stater:
    graph: Statements
    language: str
    markdown: bool
    """Whether descriptions stay Markdown."""

    def state_all(self, fields: Iterable[Field], remote: Json, node: str) -> None:
        """State the fields, those with the shortest paths first: they name the nodes that others refer to."""
        for field in sorted(fields, key=lambda each: len(each.path)):
            value = _by_language(remote.get(f"{field.name}_translated")) or remote.get(field.name)
            if field.form == "tags":
                value = remote.get("keywords") or value
            if field.name == "license_id" and value:
                value = _licence(str(value), remote.get("license_url"))
            if value not in (None, "", [], {}):
                self.state(field, value, node)

    def state(self, field: Field, value: object, node: str) -> None:
        """State one field, unless something is stated in its place already."""
        if field.parts:
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(item, Mapping):
                    self._state_parts(field, item, node, number)
        elif field.form == "label":
            for literal in self._literals(value):
                self.graph.add(node, _LABEL, literal)
        elif field.path and field.form not in _BARE:
            for target in self._targets(node, field):
                if not self.graph.values(target, field.path[-1]):
                    for term in list(self._terms(field, value, target)):
                        self.graph.add(target, field.path[-1], term)

    def _state_parts(self, field: Field, item: Json, node: str, number: int) -> None:
        own = str(item.get("uri") or "")
        child = own if _iri_node(own) else _below(node, field.name) + (f"-{number}" if number else "")
        if any(item.get(part.name) for part in field.parts):
            self.graph.add(node, field.path[0], ox.NamedNode(child))
            self.state_all(field.parts, item, child)

    def _targets(self, node: str, field: Field) -> list[str]:
        """The nodes that the path leads to but for its last step, made if they are missing."""
        found = [node]
        for predicate in field.path[:-1]:
            known = [iri for each in found for iri in iris(self.graph.values(each, predicate))]
            if not known:
                known = [_below(node, re.split("[/#]", predicate)[-1].lower())]
                self.graph.add(found[0], predicate, ox.NamedNode(known[0]))
            found = known
        return found

    def _terms(self, field: Field, value: object, node: str) -> Iterator[Term]:
        back = [key for key, code in field.values.items() if code == value]
        match field.form:
            case _ if len(back) == 1:
                yield ox.NamedNode(back[0])
            case "text" | "markdown":
                kept = self.markdown and field.path == _DESCRIPTION
                yield from self._literals(value, plain=field.form == "markdown" and not kept)
            case "tags":
                yield from self._tags(value)
            case "statement":
                child = _below(node, field.name)
                for literal in self._literals(value, plain=True):
                    self.graph.add(child, _STATED, literal)
                yield ox.NamedNode(child)
            case "email":
                yield from filter(None, (_iri_node(f"mailto:{text}") for text in texts_of(value)))
            case "iri" | "iris" | "licence" | "links" | "words":
                yield from map(_node, texts_of(value))
            case _:
                yield from map(ox.Literal, texts_of(value)[:1])

    def _literals(self, value: object, *, plain: bool = False) -> Iterator[ox.Literal]:
        texts = value if isinstance(value, Mapping) else {self.language: value}
        for language, text in texts.items():
            if isinstance(text, str) and clean(text) and is_language_tag(str(language)):
                yield ox.Literal(clean(from_markdown(text) if plain else text), language=str(language).lower())

    def _tags(self, value: object) -> Iterator[ox.Literal]:
        by_language = value if isinstance(value, Mapping) else {self.language: value}
        for language, tags in by_language.items():
            for tag in tags if isinstance(tags, list) else []:
                text = tag.get("display_name") or tag.get("name") if isinstance(tag, Mapping) else tag
                yield from self._literals({language: text})


def _by_language(value: object) -> object:
    """Texts by language, which an extra holds as JSON."""
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    return value if isinstance(value, Mapping) else None


def geometry_of(remote: Json) -> Mapping[str, Any] | None:
    """The geometry of the dataset by ckanext-spatial: a GeoJSON object in `spatial`; None if there is none."""
    found = _by_language(extras_of(remote).get("spatial") or remote.get("spatial"))
    return found if isinstance(found, Mapping) and {"type", "coordinates"} <= found.keys() else None


def has_licence(remote: Json) -> bool:
    """Whether the portal states a licence for the dataset as a whole, by an address or an id that means only one."""
    value = str(remote.get("license_id") or "")
    return bool(value) and _iri_node(_licence(value, remote.get("license_url"))) is not None


def _licence(value: str, url: object) -> str:
    """The value for CKAN's id of a licence: the only licence with it, or a page that the EU table has."""
    if licence := licence_of_id(value):
        return licence
    return next((page for page in (str(url or ""), _OPEN_DEFINITION + value) if licence_code(page)), value)


def _below(node: str, name: str) -> str:
    """An IRI for a node that has none; an IRI has one fragment."""
    return f"{node}{'-' if '#' in node else '#'}{name.replace('_', '-')}"


def _node(text: str) -> Term:
    return _iri_node(text) or ox.Literal(text)


def _iri_node(text: str) -> ox.NamedNode | None:
    """The node of an absolute IRI; None for other text."""
    try:
        return ox.NamedNode(text) if _IRI.fullmatch(text) else None
    except ValueError:
        return None


def texts_of(value: object) -> list[str]:
    """The texts of a list, of JSON with a list, of lines, or of one text."""
    if isinstance(value, str) and value.startswith("["):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, list):
        return [clean(text) for text in map(str, value) if clean(text)]
    return [clean(line) for line in str(value).splitlines() if clean(line)]


def distributions_of(graph: Statements, node: str) -> list[str]:
    """The distributions of a dataset."""
    return list(map(text_of, graph.values(node, _DISTRIBUTION)))
