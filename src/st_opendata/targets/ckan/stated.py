"""Values that the publisher states for fields of a portal (`targets:` of catalogue.yaml): constants and expressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pydantic import JsonValue

from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.rdf.statements import text_of
from st_opendata.spelling import hint
from st_opendata.targets.ckan.aliases import plain, read_aliases
from st_opendata.targets.ckan.choices import described, suggestion
from st_opendata.targets.ckan.fields import Field, fill, read_schema, schemas
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.vocabularies import code_of

_CORE = ("author", "author_email", "maintainer", "maintainer_email", "title", "notes", "url", "version", "license_id")
"""Fields of every CKAN that a publisher may state; without a schema all others are extras."""
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True, slots=True)
class StatedValues:
    """The values for one dataset or file, and what is wrong with them, each with the name of its field."""

    values: Mapping[str, object]
    extras: Mapping[str, str]
    problems: tuple[tuple[str, Message], ...]


def stated_values(
    fields: Mapping[str, JsonValue], portal: Mapping[str, PortalField] | None, source: GraphSource, iri: str
) -> StatedValues:
    """The values of these fields for the node of this IRI; `portal` has those of the portal, None without schema."""
    values: dict[str, object] = {}
    extras: dict[str, str] = {}
    problems: list[tuple[str, Message]] = []
    for name, stated in fields.items():
        own = portal.get(name) if portal is not None else PortalField(name, {})
        if own is None and name not in _CORE:
            known = message("the portal has no such field{hint}", hint=hint(name, portal or ()))
            problems.append((name, known))
            continue
        own = own or PortalField(name, {})
        try:
            value = _value(stated, own, source, iri)
        except MessageError as error:
            problems.append((name, error.message))
            continue
        if value in (None, "", [], {}):
            continue
        if portal is None and name not in _CORE:
            extras[name] = str(value)
        else:
            values[name] = value
    return StatedValues(values, extras, tuple(problems))


def _value(stated: JsonValue, portal: PortalField, source: GraphSource, iri: str) -> object:
    """The value in the form of the portal's field; None if an expression has none. Raises MessageError."""
    if not isinstance(stated, dict) or "from" not in stated:
        return _constant(stated, portal, source.language)
    replacements = stated.get("values") or {}
    assert isinstance(replacements, dict)
    field = _source_field(str(stated["from"]))
    if replacements:
        found = [replacements.get(word) for node in source.values(iri, field.path) for word in _words(text_of(node))]
        chosen = list(dict.fromkeys(str(each) for each in found if each is not None))
        result: object = chosen if portal.many else next(iter(chosen), None)
    else:
        result = fill([replace(field, name=portal.name, portal=portal, parts=())], source, iri).get(portal.name)
    if result in (None, "", []):
        result = stated.get("default")
    return None if result is None else _constant(result, portal, source.language)


def _words(value: str) -> Iterator[str]:
    """The names by which `values` may name a value: itself, its code, the end of its IRI."""
    yield value
    yield from filter(None, (code_of(table, value) for table in ("frequency", "access-right", "data-theme")))
    yield value.rstrip("/#").replace("#", "/").rpartition("/")[2]


@cache
def _source_field(name: str) -> Field:
    """The field of the program that an expression names: a path of properties, a key of dataset.yaml, a known field."""
    if ":" in name:
        if any(step.partition(":")[0] not in PREFIXES for step in name.split("/")):
            raise MessageError(
                message('"{name}" is not a path of properties, as dct:publisher/foaf:name is', name=name)
            )
        return Field(name, tuple(map(expand, name.split("/"))), "words", {})
    known = {plain(field.name): field for field in _known_fields()}
    alias = read_aliases().dataset.get(plain(name), "")
    field = known.get(plain(name)) or known.get(plain(alias))
    if field is None:
        names = sorted({each.name for each in _known_fields()})
        raise MessageError(message('there is no field "{name}"{hint}', name=name, hint=hint(name, names)))
    return replace(field, form="words") if field.parts else field


def _known_fields() -> Iterable[Field]:
    """The fields of all general maps; where several have a name, the one with words for people is last."""
    return [field for name in schemas() for field in read_schema(name).fields("dataset")]


def _constant(value: object, portal: PortalField, language: str) -> object:
    """A constant in the form of the portal's field. Raises MessageError where the field does not accept it."""
    if portal.many:
        listed = value if isinstance(value, list) else [value]
        return [_single(each, portal, language) for each in listed]
    if isinstance(value, list) and portal.choices is not None:
        raise MessageError(message("the portal accepts one value here"))
    if portal.languages and not isinstance(value, dict):
        return dict.fromkeys(portal.languages, value)
    return value if isinstance(value, dict | list) else _single(value, portal, language)


def _single(value: object, portal: PortalField, language: str) -> object:
    text = str(value)
    if portal.choices is not None:
        for choice in portal.choices:
            if text == choice.value:
                return choice.value
        raise MessageError(
            message(
                '"{value}" is not among the choices of the portal{hint}: {choices}',
                value=text,
                hint=suggestion(text, portal.choices),
                choices=described(portal.choices, language),
            )
        )
    if portal.kind == "number" and not text.lstrip("+-").isdecimal():
        raise MessageError(message('the portal accepts a whole number here, not "{value}"', value=text))
    if portal.kind == "boolean" and text.casefold() in (*_TRUE, *_FALSE):
        return text.casefold() in _TRUE
    return value
