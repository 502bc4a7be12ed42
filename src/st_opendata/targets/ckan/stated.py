"""Values that the publisher states for fields of a portal (`targets:` of catalogue.yaml): constants and expressions."""

from __future__ import annotations

import json
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
from st_opendata.targets.ckan.constants import check_constant
from st_opendata.targets.ckan.fields import Field, read_schema, schemas
from st_opendata.targets.ckan.filling import fill_all
from st_opendata.targets.ckan.fitting import Fitted, room_for_one
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.vocabularies import code_of

_CORE = ("author", "author_email", "maintainer", "maintainer_email", "title", "notes", "url", "version", "license_id")
"""Fields of every CKAN that a publisher may state; without a schema all others are extras."""


@dataclass(frozen=True, slots=True)
class StatedValues:
    """The values for one dataset or file, and what is wrong with them, each with the name of its field.

    A value of `contact.phone` is one for that part of each item of a repeated field. `empty` has the expressions that
    have no value, and `losses` what a field of the portal changes or drops of those that have one.
    """

    values: Mapping[str, object]
    extras: Mapping[str, str]
    problems: tuple[tuple[str, Message], ...]
    empty: Mapping[str, str]
    losses: tuple[tuple[str, Message], ...]


def stated_values(
    fields: Mapping[str, JsonValue], portal: Mapping[str, PortalField] | None, source: GraphSource, iri: str
) -> StatedValues:
    """The values of these fields for the node of this IRI; `portal` has those of the portal, None without schema."""
    values: dict[str, object] = {}
    extras: dict[str, str] = {}
    problems: list[tuple[str, Message]] = []
    empty: dict[str, str] = {}
    losses: list[tuple[str, Message]] = []
    for name, stated in fields.items():
        try:
            own = _portal_field(name, portal)
            fitted = _value(stated, own, source, iri)
        except MessageError as error:
            problems.append((name, error.message))
            continue
        losses += ((name, text) for text in fitted.losses)
        if fitted.value in (None, "", [], {}):
            if isinstance(stated, dict) and "from" in stated:
                empty[name] = f"{{from: {stated['from']}}}"
                losses.append((name, message("{expression} has no value, and no default", expression=empty[name])))
        elif portal is None and name not in _CORE:
            extras[name] = _as_text(fitted.value)
        else:
            values[name] = fitted.value
    return StatedValues(values, extras, tuple(problems), empty, tuple(losses))


def _as_text(value: object) -> str:
    """The text of an extra: a list becomes JSON, as those of the program do."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _portal_field(name: str, portal: Mapping[str, PortalField] | None) -> PortalField:
    """The portal's description of a field, or of a part of a repeated one. Raises MessageError if it has none."""
    if portal is None or (name in _CORE and name not in portal):
        return PortalField(name, {})
    if name in portal:
        return portal[name]
    whole, _, part = name.partition(".")
    parts = portal[whole].parts if whole in portal else {}
    if part in parts:
        return parts[part]
    near = hint(part, parts) if parts else hint(name, portal)
    raise MessageError(message("the portal has no such field{hint}", hint=near))


def _value(stated: JsonValue, portal: PortalField, source: GraphSource, iri: str) -> Fitted:
    """The value in the form of the portal's field; None if an expression has none. Raises MessageError."""
    if not isinstance(stated, dict) or "from" not in stated:
        return Fitted(check_constant(stated, portal, source.language))
    replacements = stated.get("values") or {}
    assert isinstance(replacements, dict)
    field = _source_field(str(stated["from"]))
    if replacements:
        words = [word for node in source.values(iri, field.path) for word in _words(text_of(node))]
        fitted = _replaced(replacements, portal, words)
    else:
        filled = fill_all([replace(field, name=portal.name, portal=portal, parts=())], source, iri)
        fitted = Fitted(filled.values.get(portal.name), tuple(text for _, text in filled.losses))
    if fitted.value in (None, "", []):
        default = stated.get("default")
        return fitted if default is None else Fitted(check_constant(default, portal, source.language))
    return Fitted(check_constant(fitted.value, portal, source.language), fitted.losses)


def _replaced(replacements: Mapping[str, JsonValue], portal: PortalField, words: Iterable[str]) -> Fitted:
    """The replacements of the values that these words name."""
    found = (replacements.get(word) for word in words)
    chosen = list(dict.fromkeys(str(each) for each in found if each is not None))
    if portal.many:
        return Fitted(chosen)
    return Fitted(next(iter(chosen), None), tuple(room_for_one(chosen)))


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
