"""The metadata of packages and resources, by the field map of a site, its licences and the publisher's own values.

The values that a site requires and the release lacks are collected, so that one error names them all before the first
write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from st_opendata.errors import ConfigurationError
from st_opendata.formats import Format
from st_opendata.messages.message import Message, message
from st_opendata.namespaces import readable
from st_opendata.place import Place
from st_opendata.rdf.statements import text_of
from st_opendata.spelling import hint
from st_opendata.targets.ckan.choices import choose_format, choose_word
from st_opendata.targets.ckan.fields import Field, Schema
from st_opendata.targets.ckan.filling import as_extras, fill, fill_all
from st_opendata.targets.ckan.fitting import not_a_choice
from st_opendata.targets.ckan.graph_source import GraphSource
from st_opendata.targets.ckan.lacks import Lacks
from st_opendata.targets.ckan.licences import Licence, choose_licence
from st_opendata.targets.ckan.limits import VERSION_LENGTH
from st_opendata.targets.ckan.placement import place_dataset
from st_opendata.targets.ckan.portal_schema import PortalField
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.stated import StatedValues, stated_values
from st_opendata.vocabularies.licences import readable_address

CATALOGUE_ID = "catalogue"
"""The id of the package with the exact catalogue, as that of a dataset."""
_LICENCE = "license_id"
_EMPTY: tuple[object, ...] = (None, "", [], {})
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
    listed: dict[str, Licence | None] = field(default_factory=dict)
    """The entries of the portal's list that were found, by the IRI of the licence."""
    noted: dict[str, tuple[tuple[str, Message], ...]] = field(default_factory=dict)
    """The losses of the values of the publisher, by the IRI of the dataset or file."""
    stated: dict[str, frozenset[str]] = field(default_factory=dict)
    """The fields with values of the publisher, by the IRI of the dataset or file."""
    lost: dict[str, tuple[tuple[str, Message], ...]] = field(default_factory=dict)
    """By the IRI of a dataset, the values for which the portal has no group."""

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Note each dataset for which the publisher states values, and which the release does not have."""
        for name in self.site.settings.datasets if self.site.settings else ():
            if name not in known:
                text = message('the release has no dataset "{name}"{hint}', name=name, hint=hint(name, known))
                self.lacks.refused["datasets", str(text)] = text

    def dataset(self, name: str, iri: str, dataset: str) -> dict[str, object]:
        """The metadata of the dataset of this IRI and id, with the name on the portal.

        A field that the portal requires gets its default if the release has no value; for the catalogue, which comes
        last and is a dataset only on the portal, the value that all datasets have.
        """
        settings = self.site.settings_of(dataset)
        place = place_dataset(self.site, settings, self.source, iri)
        self.lacks.refused.update({(key, str(text)): text for key, text in place.problems})
        self.lost[iri] = place.losses
        filled: dict[str, object] = {"name": name, **place.fields, **fill(self.schema.dataset, self.source, iri)}
        self._set_licence(filled, iri)
        portal = self.site.portal.dataset if self.site.portal else None
        stated = self._stated(settings.fields, portal, iri)
        _state(filled, stated.values)
        extras = [each for each in self._uncovered(filled) if each.name not in stated.extras]
        if listed := as_extras({**fill(extras, self.source, iri), **stated.extras}):
            filled["extras"] = listed
        self.lacks.datasets.add(name)
        for each in _lacking(portal, filled):
            shared = [one.get(each.name) for one in self.made] if dataset == CATALOGUE_ID else []
            if shared and shared[0] and all(one == shared[0] for one in shared):
                filled[each.name] = shared[0]
            else:
                self.lacks.note(each, name, stated.empty.get(each.name, ""))
        _check(name, filled, portal or {})
        self.made.append(filled)
        return filled

    def resource(self, name: str, iri: str, dataset: str) -> dict[str, object]:
        """The metadata of the file of this IRI, in the dataset of this id, which has the name on the portal."""
        filled = fill(self.schema.resource, self.source, iri)
        portal = self.site.portal.resource if self.site.portal else None
        stated = self._stated(self.site.settings_of(dataset).resource_fields, portal, iri)
        _state(filled, {**stated.values, **stated.extras})
        for each in _lacking(portal, filled):
            self.lacks.note(each, name, stated.empty.get(each.name, ""), in_file=True)
        return filled

    def set_format(self, metadata: dict[str, object], iri: str, form: Format | None, called: str) -> None:
        """Set the format of a file: the portal's word for it where it has a list, else its name.

        Several formats share a media type, so the graph cannot give them.
        """
        for each in self.schema.resource:
            if each.form != "format":
                continue
            if each.portal is None or (choices := each.portal.choices) is None:
                metadata[each.name] = form.iri if self.site.iris and form and form.iri else called
            elif found := (form and choose_format(choices, form)) or choose_word(choices, called):
                metadata[each.name] = found
            else:
                metadata.pop(each.name, None)
                self.noted[iri] = (*self.noted[iri], (each.name, not_a_choice(called, choices, self.site.language)))

    def notices(self, name: str, about: str, iri: str) -> Iterator[Notice]:
        """The properties of a dataset or resource without a field, and the values that a field changes."""
        properties = self.source.graph.predicates(iri)
        for predicate, reason in self.schema.unmapped_properties(about, properties).items():
            yield Notice(name, readable(predicate), reason)
        fields = self.schema.fields(about)
        if about == "dataset":
            fields = (*self.schema.dataset, *self._uncovered(fill(self.schema.dataset, self.source, iri)))
        stated = self.stated.get(iri, frozenset())
        losses = (each for each in fill_all(fields, self.source, iri).losses if each[0] not in stated)
        for key, text in (*losses, *self.noted.get(iri, ())):
            yield Notice(name, key, text)
        for key, text in self.lost.get(iri, ()):
            yield Notice(name, key, text)
        if about == "dataset" and (licence := self._licence(iri)) and not self._listed_licence(iri, licence):
            text = message(
                "the portal's list has no “{licence}”: its address is written, {address}",
                licence=self._licence_label(iri),
                address=readable_address(licence),
            )
            yield Notice(name, _LICENCE, text)

    def _uncovered(self, filled: Mapping[str, object]) -> list[Field]:
        """The extras of which no field that is filled says the same."""
        covered = {extra for each in self.schema.dataset if each.name in filled for extra in each.covers}
        return [each for each in self.schema.extras if each.name not in covered]

    def _stated(self, fields: Mapping[str, Any], portal: Mapping[str, PortalField] | None, iri: str) -> StatedValues:
        stated = stated_values(fields, portal, self.source, iri)
        for name, text in stated.problems:
            self.lacks.refused[name, str(text)] = text
        self.noted[iri] = stated.losses
        self.stated[iri] = frozenset({*stated.values, *stated.extras})
        return stated

    def _field(self) -> Field | None:
        """The field of the licence where that is an entry of the portal's list: a field with choices has its own."""
        found = next((each for each in self.schema.dataset if each.form == "licence"), None)
        return None if found is None or found.portal else found

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
        """The entry of the portal's list for the licence."""
        if licence not in self.listed:
            nodes = self.source.values(iri, field_.path) if (field_ := self._field()) else []
            titles = [
                title for node in nodes if text_of(node) == licence for title in self.source.labels(node).values()
            ]
            self.listed[licence] = choose_licence(licence, titles, self.site.licences)
        return self.listed[licence]

    def _set_licence(self, filled: dict[str, object], iri: str) -> None:
        """Replace the licence's IRI by the portal's id for it, or by an address for people if it has none."""
        field_, licence = self._field(), self._licence(iri)
        if field_ and licence:
            entry = self._listed_licence(iri, licence)
            filled[field_.name] = entry.id if entry else readable_address(licence)


def _state(filled: dict[str, object], stated: Mapping[str, object]) -> None:
    """Set the values of the publisher; `contact.phone` is a part of each item of a repeated field."""
    for name, value in stated.items():
        whole, _, part = name.partition(".")
        if part:
            items = filled.get(whole) or [{}]
            assert isinstance(items, list)
            filled[whole] = [{**item, part: value} for item in items]
        else:
            filled[name] = value


def _lacking(portal: Mapping[str, PortalField] | None, filled: MutableMapping[str, object]) -> Iterator[PortalField]:
    """Give required fields their default; those that have neither value nor default, parts of items included."""
    for name, each in (portal or {}).items():
        value = filled.get(name)
        if each.subfields and isinstance(value, list):
            for part in {part.name: part for item in value for part in _lacking(each.parts, item)}.values():
                yield replace(part, name=f"{name}.{part.name}")
        if not each.required or each.is_filled or name in _OURS or value not in _EMPTY:
            continue
        if each.default is None:
            yield each
        else:
            filled[name] = [each.default] if each.many else each.default


def _check(name: str, metadata: Mapping[str, object], portal: Mapping[str, PortalField]) -> None:
    for key in ("title", "notes"):
        if not metadata.get(key) and not (key in portal and portal[key].is_ignored):
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
