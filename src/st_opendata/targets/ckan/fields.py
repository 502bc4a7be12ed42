"""Field maps as data: which CKAN field takes which DCAT property. `schemas/` holds one file per site schema.

A field is filled from a property, or from a path of properties, in one of the forms of `forms.py`. Fields without a
value in the graph are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from st_opendata.documents import Document, read_document
from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import expand
from st_opendata.targets.ckan.forms import FORMS
from st_opendata.targets.ckan.portal_schema import PortalField

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
    portal: PortalField | None = None
    """The portal's own description of it, whose form and choices the value must have."""
    covers: frozenset[str] = frozenset()
    """Extras that would say the same."""
    language: str = ""
    """The only language of its values, for a field that a portal has for each language; empty for any."""
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
    of_profiles: frozenset[str] = frozenset()
    """Properties of profiles, whose keys ckanext-dcat does not read."""

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
    if form not in FORMS or set(entry) - {"from", "as", "values", "parts"}:
        raise ConfigurationError(
            message('the field "{name}" needs `as` with one of: {forms}', name=name, forms=", ".join(sorted(FORMS))),
            place=document.place(steps),
        )
    return Field(
        name=name,
        path=tuple(expand(part) for part in entry["from"].split("/")) if "from" in entry else (),
        form=form,
        values=entry.get("values", {}),
        parts=_fields(document, entry, *steps, "parts"),
    )
