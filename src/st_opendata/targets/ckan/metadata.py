"""The metadata of packages and resources, by the field map of a site, its licences and the publisher's own values.

The values that a site requires and the release lacks are collected, so that one error names them all before the first
write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import Message, message
from st_opendata.model.targets import DatasetTarget
from st_opendata.model.text import pick
from st_opendata.namespaces import readable
from st_opendata.place import Place
from st_opendata.rdf.statements import text_of
from st_opendata.targets.ckan.fields import Field, Schema, fill, fill_extras, lossy_values
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.lacks import Lacks
from st_opendata.targets.ckan.licences import Licence, choose_licence
from st_opendata.targets.ckan.limits import VERSION_LENGTH
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.stated import StatedValues, stated_values
from st_opendata.vocabularies.licences import readable_address

CATALOGUE_ID = "catalogue"
"""The id of the package with the exact catalogue, as that of a dataset."""
_LICENCE = "license_id"
_OURS = frozenset({"name", "owner_org", "tag_string", "title", "notes", "url", "upload"})
"""Fields that are always sent, or that an upload fills."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A loss on the way to a site: a property without field, a value without counterpart, a changed tag."""

    package: str
    field: str
    text: Message


@dataclass(frozen=True, slots=True)
class MetadataMaker:
    """Makes the metadata of one site; `lacks` collects what it requires and does not get."""

    site: Site
    schema: Schema
    source: GraphSource
    lacks: Lacks = field(default_factory=Lacks)
    made: list[Mapping[str, object]] = field(default_factory=list)

    def dataset(self, name: str, iri: str, dataset: str) -> dict[str, object]:
        """The metadata of the dataset of this IRI and id, with the name on the portal.

        A field that the portal requires gets its default if the release has no value; for the catalogue, which comes
        last and is a dataset only on the portal, the value that all datasets have.
        """
        filled: dict[str, object] = {
            "name": name,
            "owner_org": self.site.organization,
            **fill(self.schema.dataset, self.source, iri),
        }
        self._set_licence(filled, iri)
        portal = self.site.portal.dataset if self.site.portal else None
        stated = self._stated(self._settings(dataset).fields, portal, iri)
        filled |= stated.values
        covered = {extra for each in self.schema.dataset if each.name in filled for extra in each.covers}
        extras = [each for each in self.schema.extras if each.name not in covered and each.name not in stated.extras]
        if listed := fill_extras(extras, self.source, iri):
            filled["extras"] = listed
        if stated.extras:
            more = [{"key": key, "value": value} for key, value in stated.extras.items()]
            filled["extras"] = [*listed, *more]
        self.lacks.datasets.add(name)
        for each in _lacking(portal, filled):
            shared = [one.get(each.name) for one in self.made] if dataset == CATALOGUE_ID else []
            if shared and shared[0] and all(one == shared[0] for one in shared):
                filled[each.name] = shared[0]
            else:
                self.lacks.note(each, name, in_file=False)
        _check(name, filled)
        self.made.append(filled)
        return filled

    def resource(self, name: str, iri: str, dataset: str) -> dict[str, object]:
        """The metadata of the file of this IRI, in the dataset of this id, which has the name on the portal."""
        filled = fill(self.schema.resource, self.source, iri)
        portal = self.site.portal.resource if self.site.portal else None
        stated = self._stated(self._settings(dataset).resource_fields, portal, iri)
        filled |= {**stated.values, **stated.extras}
        for each in _lacking(portal, filled):
            self.lacks.note(each, name, in_file=True)
        return filled

    def notices(self, name: str, about: str, iri: str) -> Iterator[Notice]:
        """The properties of a dataset or resource without a field, and the values that a field changes."""
        properties = self.source.graph.predicates(iri)
        for predicate, reason in self.schema.unmapped_properties(about, properties).items():
            yield Notice(name, readable(predicate), reason)
        for key, text in lossy_values(self.schema.fields(about), self.source, iri):
            yield Notice(name, key, text)
        if about == "dataset" and (licence := self._licence(iri)) and not self._listed_licence(iri, licence):
            text = message(
                "the portal's list has no “{licence}”: its address is written, {address}",
                licence=self._licence_label(iri),
                address=readable_address(licence),
            )
            yield Notice(name, _LICENCE, text)

    def _settings(self, dataset: str) -> DatasetTarget:
        return self.site.settings.of(dataset) if self.site.settings else DatasetTarget()

    def _stated(self, fields: Mapping[str, Any], portal: Mapping[str, PortalField] | None, iri: str) -> StatedValues:
        stated = stated_values(fields, portal, self.source, iri)
        for name, text in stated.problems:
            self.lacks.refused[name, str(text)] = text
        return stated

    def _field(self) -> Field | None:
        return next((each for each in self.schema.dataset if each.form == "licence"), None)

    def _licence(self, iri: str) -> str | None:
        """The IRI of the licence that all files of a dataset have; None if there is none, or several."""
        field_ = self._field()
        value = fill([field_], self.source, iri).get(field_.name) if field_ else None
        return str(value) if value else None

    def _licence_label(self, iri: str) -> str:
        field_ = self._field()
        nodes = self.source.values(iri, field_.path) if field_ else []
        return self.source.label(nodes[0]) if nodes else ""

    def _listed_licence(self, iri: str, licence: str) -> Licence | None:
        """The entry of the portal for the licence: of its field's own choices, else of its list."""
        field_ = self._field()
        own = self.site.portal.dataset.get(field_.name) if self.site.portal and field_ else None
        listed = self.site.licences
        if own and own.choices is not None:
            listed = tuple(Licence(each.value, pick(each.labels, "en")) for each in own.choices)
        titles = [
            title
            for node in (self.source.values(iri, field_.path) if field_ else [])
            if text_of(node) == licence
            for title in self.source.labels(node).values()
        ]
        return choose_licence(licence, titles, listed)

    def _set_licence(self, filled: dict[str, object], iri: str) -> None:
        """Replace the licence's IRI by the portal's id for it, or by an address for people if it has none."""
        field_, licence = self._field(), self._licence(iri)
        if not field_ or not licence:
            return
        if entry := self._listed_licence(iri, licence):
            filled[field_.name] = entry.id
        elif self.site.portal and (own := self.site.portal.dataset.get(field_.name)) and own.choices is not None:
            del filled[field_.name]
        else:
            filled[field_.name] = readable_address(licence)


def _lacking(portal: Mapping[str, PortalField] | None, filled: MutableMapping[str, object]) -> Iterator[PortalField]:
    """Give required fields their default; those that have neither value nor default."""
    for name, each in (portal or {}).items():
        if not each.required or each.is_filled or name in _OURS or filled.get(name) not in (None, "", [], {}):
            continue
        if each.default is None:
            yield each
        else:
            filled[name] = [each.default] if each.many else each.default


def _check(name: str, metadata: Mapping[str, object]) -> None:
    for key in ("title", "notes"):
        if not metadata.get(key):
            raise ConfigurationError(
                message("CKAN requires the field {key} of every dataset", key=key),
                place=Place(name),
                remedy=message("State title and description."),
            )
    version = str(metadata.get("version", ""))
    if len(version) not in VERSION_LENGTH:
        raise ConfigurationError(
            message(
                "the version has {length} characters; CKAN takes at most {most}",
                length=len(version),
                most=VERSION_LENGTH.stop - 1,
            ),
            place=Place(name),
            remedy=message("Shorten the version, and describe it in versionNotes."),
        )
