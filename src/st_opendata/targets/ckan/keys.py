"""The properties of profiles on a CKAN: as extras, or in fields of a schema that has their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from st_opendata.model.release import PortalKey
from st_opendata.namespaces import expand
from st_opendata.targets.ckan.fields import Field, Schema

_FORMS = {"text": ("text", "texts"), "literal": ("literal", "iris")}
"""By the kind of value: the forms of one and of a list; IRIs otherwise."""
_AGENT = (
    ("_name", "foaf:name", "text"),
    ("_email", "foaf:mbox", "email"),
    ("_url", "foaf:homepage", "iri"),
    ("_type", "dct:type", "iri"),
)
"""The parts of an agent, with the ends of their keys (ckanext-dcatde)."""


def with_keys(schema: Schema, keys: Iterable[PortalKey]) -> Schema:
    """The field map with these keys as extras of datasets and as keys of files; those that it has stay."""
    found = list(keys)
    extras = [field for key in found if "dataset" in key.on for field in _fields(key)]
    files = [field for key in found if "distribution" in key.on for field in _fields(key)]
    taken = {field.name for field in schema.fields("dataset")}
    there = {field.name for field in schema.resource}
    return replace(
        schema,
        of_profiles=frozenset(key.property for key in found),
        extras=(*schema.extras, *(each for each in extras if each.name not in taken)),
        resource=(*schema.resource, *(each for each in files if each.name not in there)),
    )


def _fields(key: PortalKey) -> Iterator[Field]:
    if key.value == "agent":
        for end, name, form in _AGENT:
            yield Field(f"{key.name}{end}", (key.property, expand(name)), form, {})
    else:
        one, several = _FORMS.get(key.value, ("iri", "iris"))
        yield Field(key.name, (key.property,), several if key.listed else one, {})
