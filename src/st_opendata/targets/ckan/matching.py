"""The field map of one site: the fields of its own schema, matched by name with those that the program can fill.

A field of the portal is known by the name that ckanext-dcat or CKAN gives it, or by another name in `aliases.yaml`. It
gets the value in the form that its validators, subfields and choices want. All else goes to extras, as on a site
without ckanext-scheming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from st_opendata.model.release import PortalKey
from st_opendata.namespaces import expand
from st_opendata.targets.ckan.aliases import plain, read_aliases
from st_opendata.targets.ckan.fields import Field, Schema, read_schema
from st_opendata.targets.ckan.forms import PERIOD
from st_opendata.targets.ckan.keys import with_keys
from st_opendata.targets.ckan.portal_schema import PortalField, PortalSchema
from st_opendata.vocabularies import language_tags

_STRUCTURED = "dcat_ap_full"
"""The field map with repeated fields."""
_GEOMETRY = Field("spatial", (expand("dct:spatial"),), "geojson", {})
"""The field of ckanext-spatial, which searches by it, and of ckanext-dcat."""
_SPOKEN = frozenset({"text", "markdown", "tags", "keywords"})
"""Forms of texts, of which a portal may have a field for each language."""
_NOT_FILLED = frozenset({
    "name", "owner_org", "tag_string", "private", "groups", "type", "id", "state", "resources", "extras", "url_type",
})  # fmt: skip
"""Fields whose values come from elsewhere."""


def fields_of_site(name: str, portal: PortalSchema | None, keys: Sequence[PortalKey] = ()) -> Schema:
    """The field map of a site: `name` is that of the general one, `portal` its own schema, if it has one.

    `keys` are those for the properties of profiles.
    """
    base = with_keys(read_schema(name), keys)
    if portal is None:
        return base
    structured = read_schema(_STRUCTURED)
    is_read = name != "plain"
    """Whether ckanext-dcat makes RDF of the fields."""
    words, iris = (
        {each.name: each for each in read_schema(kind).fields("dataset")} for kind in ("plain", "dcat_extras")
    )
    words = {field.name: field for field in with_keys(read_schema("plain"), keys).extras} | iris | words
    flat = words | iris if is_read else words
    known = _Known(structured.dataset, flat, words, is_read=is_read)
    core = [field for field in base.dataset if field.name not in portal.dataset]
    files = tuple(_resource(base.resource, portal.resource))
    matched = [field for each in portal.dataset.values() if (field := known.match(each))]
    return replace(
        base,
        name=name if any(not field.parts for field in matched if field.name == "contact") else _name_of(matched, name),
        dataset=(*core, *matched),
        extras=_extras(base, structured, matched, portal.dataset),
        resource=files,
        altered=frozenset(_altered((*matched, *files), structured.dataset)) if is_read else frozenset(),
    )


def _name_of(matched: Iterable[Field], name: str) -> str:
    """The name by which the known losses of a site are listed: those of extras do not happen in repeated fields."""
    parts = {field.name for field in matched if field.parts}
    return _STRUCTURED if {"contact", "spatial_coverage"} <= parts else name


class _Known:
    """The fields that the program can fill, by the names that portals give them."""

    def __init__(
        self, structured: Iterable[Field], flat: Mapping[str, Field], words: Mapping[str, Field], *, is_read: bool
    ) -> None:
        self._structured = {field.name: field for field in structured}
        self._flat = flat
        self._words = words
        self._is_read = is_read

    def match(self, portal: PortalField) -> Field | None:
        """The portal's field with the path and form that fill it; None for a field of the portal's own."""
        if portal.name in _NOT_FILLED or portal.is_ignored:
            return None
        if portal.name == _GEOMETRY.name:
            return replace(_GEOMETRY, portal=portal if portal.has_form else None)
        if portal.subfields:
            field = self._structured.get(portal.name)
            return self._with_parts(field, portal) if field and field.parts else None
        if self._is_read and (field := self._structured.get(portal.name)) and not field.parts:
            return self._flat_field(field, portal, exact=True)
        if field := self._flat.get(portal.name):
            return self._flat_field(field, portal, exact=True)
        name = read_aliases().dataset.get(plain(portal.name), "")
        field = self._words.get(name) or self._flat.get(name) or self._structured.get(name)
        return self._flat_field(field, portal, exact=False) if field else self._in_language(portal)

    def _in_language(self, portal: PortalField) -> Field | None:
        """The field of one language, as `title_fr`."""
        stem, _, tag = portal.name.rpartition("_")
        if tag not in language_tags() or not stem:
            return None
        field = self.match(replace(portal, name=stem))
        if field is None or field.form not in _SPOKEN:
            return None
        return replace(field, name=portal.name, language=tag, covers=frozenset())

    def _with_parts(self, field: Field, portal: PortalField) -> Field:
        there = {each.name for each in portal.subfields}
        missing = tuple(part.name for part in field.parts if part.name not in there)
        covers = frozenset(
            name for name, each in self._flat.items() if each.path[:1] == field.path and name != portal.name
        )
        parts = [_with_portal(part, portal.parts.get(part.name)) for part in field.parts]
        for part in field.parts:
            if own := portal.parts.get(f"{part.name}_translated"):  # ckanext-fluent makes the other one of this
                parts.append(_with_portal(replace(part, name=own.name), own))
        return replace(field, portal=portal, parts=tuple(parts), missing=missing, covers=covers)

    def _flat_field(self, field: Field, portal: PortalField, *, exact: bool) -> Field:
        """The field under the portal's name; where ckanext-dcat does not read that, the extra stays, for the RDF."""
        field = _flattened(field, portal)
        same = {name for name, each in self._flat.items() if each.path == field.path and each.form != "licence"}
        covers = frozenset() if self._is_read and not exact else frozenset(same)
        return _with_portal(replace(field, name=portal.name, covers=covers), portal)


def _with_portal(field: Field, portal: PortalField | None) -> Field:
    """The field with the portal's own description of it, where that requires more than a text."""
    if portal is None or not portal.has_form or (field.form == "licence" and portal.choices is None):
        return field
    return replace(field, portal=portal)


def _flattened(field: Field, portal: PortalField) -> Field:
    """The field without parts, and with tags only where CKAN takes tags."""
    if field.parts:
        return replace(field, parts=(), form="period" if field.path == PERIOD else "words")
    return (
        replace(field, form="keywords")
        if field.form == "tags" and not (portal.name == "tags" or portal.languages)
        else field
    )


def _extras(
    base: Schema, structured: Schema, matched: Iterable[Field], portal: Mapping[str, PortalField]
) -> tuple[Field, ...]:
    """The extras that a site with a schema keeps: it refuses those that have the name of a field."""
    filled = {field.name for field in matched}
    listed = {field.name: field for field in (*base.extras, *base.dataset) if field.name not in filled}
    core = {field.name for field in base.dataset}
    named = {field.name: field for field in structured.extras} if base.name != "plain" else {}
    found = {**listed, **named}
    return tuple(found[name] for name in sorted(found) if name not in portal and name not in core)


def _resource(base: Iterable[Field], portal: Mapping[str, PortalField]) -> Iterator[Field]:
    """The fields of files: a site keeps all keys, and checks those that are in its schema."""
    known = {field.name: field for field in base}
    for field in known.values():
        own = portal.get(field.name)
        yield _with_portal(field, own)
    for own in portal.values():
        name = read_aliases().resource.get(plain(own.name), "")
        if own.name not in known and own.name not in _NOT_FILLED and own.name != "url" and name in known:
            yield _with_portal(replace(known[name], name=own.name), own)


def _altered(fields: Iterable[Field], structured: Iterable[Field]) -> Iterator[str]:
    """Properties of which ckanext-dcat gets less than from its own fields, or the words of the portal."""
    repeated = {field.name for field in structured if field.parts}
    for field in fields:
        if (field.name in repeated and not field.parts) or field.form == "geojson" or _has_own_words(field):
            yield from field.path[:1]
        for part in field.parts:
            if part.name in field.missing:
                yield from part.path or field.path


def _has_own_words(field: Field) -> bool:
    """Whether the portal's choices, or its texts by language, replace the values of the general map."""
    portal = field.portal
    if portal is None or (portal.choices is None and not portal.languages):
        return False
    known = set(field.values.values())
    return not known or not known.issubset({each.value for each in portal.choices or ()})
