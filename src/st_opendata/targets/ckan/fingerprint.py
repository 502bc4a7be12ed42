"""The fingerprint of a dataset: a normal form of its fields, equal before sending and after reading, and its digest.

CKAN strips titles, sorts tags, turns numbers of extras into text, makes links of uploads and leaves out empty values.
So a normal form is compared, and only of the fields that we publish: others may be added on the portal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from st_opendata.targets.base import Remote

FINGERPRINT_KEY = "st_opendata"
"""Key of the extra that holds the fingerprint."""
GROUP = "groups:"
EXTRA = "extras:"
"""Start of the field that stands for one group of a dataset."""
_BEGINNING = 8
"""Characters of an id: two files of a dataset that share them are both sent again, which does no harm."""
_MOST_PENDING = 1000
_NOT_COMPARED = frozenset({"owner_org", "id"})
_CKAN = frozenset({
    *("creator_user_id", "id", "isopen", "license_title", "license_url", "metadata_created"),
    *("metadata_modified", "name", "num_resources", "num_tags", "organization", "owner_org", "private"),
    *("relationships_as_object", "relationships_as_subject", "state", "tracking_summary", "type"),
})  # fmt: skip
"""Fields of a dataset that CKAN fills itself."""
_CKAN_RESOURCE = frozenset({
    *("cache_last_updated", "cache_url", "created", "datastore_active", "id", "last_modified", "metadata_modified"),
    *("datastore_contains_all_records_of_source_file", "package_id", "position", "resource_type", "revision_id"),
    *("state", "tracking_summary", "url", "url_type"),
})  # fmt: skip
_PASSING = frozenset({
    *("creator_user_id", "isopen", "license_title", "license_url", "metadata_modified", "num_resources", "num_tags"),
    *("organization", "plugin_data", "tracking_summary"),
})  # fmt: skip
"""Fields of a dataset that change without an edit, or that say again what another field says."""
_SHORT = 16
_PASSING_RESOURCE = frozenset({
    *("cache_last_updated", "cache_url", "datastore_active", "datastore_contains_all_records_of_source_file"),
    *("metadata_modified", "package_id", "position", "revision_id", "tracking_summary"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Our note on a dataset.

    `catalogue` is the base IRI of the catalogue that it belongs to; `digest` the digest of the published dataset;
    `content` the digest of the dataset that the portal made of it, over `fields` and `resource_fields`; if that differs
    from the data that were sent, it is `altered`. While `writing`, a write is not finished, and the portal's dataset
    may be half old, half new. `name` is the published name and `organization` the id of its organisation, both empty in
    fingerprints of older versions.

    `pending` are the files that the unfinished write may still have to send, by the beginnings of their ids; None if
    these may be all. The dataset was in the state that we left at the moment `since`: what the portal states of any
    other file is true, unless it got that file later, from another person.
    """

    catalogue: str
    digest: str
    content: str
    fields: tuple[str, ...]
    resource_fields: tuple[str, ...]
    writing: bool = False
    altered: bool = False
    name: str = ""
    organization: str = ""
    pending: tuple[str, ...] | None = None
    since: str = ""

    def sending(self, files: Sequence[str], since: str = "") -> Fingerprint:
        """The fingerprint of a write that has yet to send these files, by their ids; all others are there `since`."""
        pending = tuple(sorted({each[:_BEGINNING] for each in files})) if len(files) <= _MOST_PENDING else None
        return replace(self, writing=True, pending=pending, since=since)

    def is_settled(self, resource: Remote) -> bool:
        """Whether the portal has exactly the bytes of this file that it states."""
        if not self.writing:
            return True
        if self.pending is None or str(resource["id"])[:_BEGINNING] in self.pending:
            return False
        stored = resource.get("last_modified")  # the portal sets it when a file is uploaded
        return bool(stored) and str(stored) <= self.since

    def text(self) -> str:
        """The fingerprint as the value of an extra."""
        values = {
            "catalogue": self.catalogue,
            "digest": self.digest,
            "content": self.content,
            "fields": " ".join(self.fields),
            "resource_fields": " ".join(self.resource_fields),
            **({"name": self.name} if self.name else {}),
            **({"organization": self.organization} if self.organization else {}),
            **({"writing": True} if self.writing else {}),
            **({"altered": True} if self.altered else {}),
            **({"pending": " ".join(self.pending)} if self.writing and self.pending is not None else {}),
            **({"since": self.since} if self.writing and self.since else {}),
        }
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def read(cls, text: object) -> Fingerprint | None:
        """The fingerprint in the value of an extra; None for another value."""
        try:
            values = json.loads(str(text))
            return cls(
                catalogue=str(values["catalogue"]),
                digest=str(values["digest"]),
                content=str(values["content"]),
                fields=tuple(str(values["fields"]).split()),
                resource_fields=tuple(str(values["resource_fields"]).split()),
                writing=bool(values.get("writing")),
                altered=bool(values.get("altered")),
                name=str(values.get("name", "")),
                organization=str(values.get("organization", "")),
                pending=tuple(str(values["pending"]).split()) if "pending" in values else None,
                since=str(values.get("since", "")),
            )
        except (ValueError, KeyError, TypeError):
            return None


def fingerprint_of(remote: Remote) -> Fingerprint | None:
    """The fingerprint on a dataset."""
    return Fingerprint.read(_extras(remote.get("extras")).get(FINGERPRINT_KEY))


def is_unfinished(remote: Remote | None) -> bool:
    """Whether a write of the dataset on the portal was begun and not finished."""
    fingerprint = fingerprint_of(remote) if remote else None
    return bool(fingerprint and fingerprint.writing)


def fields_of(dataset: Remote) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the fields of a dataset and of its resources, sorted; without those that are not compared."""
    mine = {name for name, value in _flat(dataset).items() if not _empty(normal(value))}
    resources = {name for each in dataset["resources"] for name in _resource(each)}
    return tuple(sorted(mine - _NOT_COMPARED)), tuple(sorted(resources))


def added_fields(remote: Remote, fields: Iterable[str], resource_fields: Iterable[str]) -> tuple[str, ...]:
    """Names of fields that people added on the portal, to the dataset or a file: not these fields and not CKAN's."""
    flat = _flat(remote).items()
    mine = {name for name, value in flat if not _empty(normal(value)) and not name.startswith(GROUP)}
    theirs = {name for each in remote["resources"] for name in _resource(each)}
    return tuple(sorted((mine - {*fields, *_CKAN}) | (theirs - {*resource_fields, *_CKAN_RESOURCE})))


def content(dataset: Remote, fields: Iterable[str], resource_fields: Iterable[str]) -> dict[str, Any]:
    """The normal form of these fields; of resources, in their order, under `resources`."""
    desired = frozenset(resource_fields)
    flat = _flat(dataset)
    values = {
        name: _tags(flat[name]) if name == "tags" else normal(flat[name]) for name in sorted(fields) if name in flat
    }
    resources = [
        {name: value for name, value in _resource(each).items() if name in desired} for each in dataset["resources"]
    ]
    return {name: value for name, value in values.items() if not _empty(value)} | {"resources": resources}


def content_digest(dataset: Remote, fields: Iterable[str], resource_fields: Iterable[str]) -> str:
    """SHA-256 of the normal form."""
    text = json.dumps(content(dataset, fields, resource_fields), sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def flat_values(dataset: Remote) -> dict[str, Any]:
    """The normal form of each field of a dataset that has a value; extras and groups are separate fields."""
    values = {name: _tags(value) if name == "tags" else normal(value) for name, value in _flat(dataset).items()}
    return {name: value for name, value in values.items() if not _empty(value)}


def state_digests(dataset: Remote) -> dict[str, str]:
    """By field, the start of a SHA-256 of all that people or programs may edit of a dataset and its resources.

    Our fingerprint is one of the fields.
    """
    shown = {name: value for name, value in flat_values(dataset).items() if name not in _PASSING}
    if mark := _extras(dataset.get("extras")).get(FINGERPRINT_KEY):
        shown[FINGERPRINT_KEY] = mark
    shown["resources"] = [
        normal({name: value for name, value in each.items() if name not in _PASSING_RESOURCE})
        for each in dataset["resources"]
    ]
    texts = {name: json.dumps(value, sort_keys=True, ensure_ascii=False) for name, value in sorted(shown.items())}
    return {name: sha256(text.encode()).hexdigest()[:_SHORT] for name, text in texts.items()}


def agree(one: Remote, other: Remote) -> bool:
    """Whether two readings of a dataset have the same fingerprint and the same values of all fields that it covers."""
    fingerprint = fingerprint_of(one)
    if not fingerprint or fingerprint != fingerprint_of(other):
        return False
    digests = {content_digest(each, fingerprint.fields, fingerprint.resource_fields) for each in (one, other)}
    return one["state"] == other["state"] and len(digests) == 1


def normal(value: object) -> Any:  # noqa: ANN401 (JSON)
    """A value as text, without empty parts; lists keep their order."""
    if isinstance(value, Mapping):
        return {key: inner for key, item in sorted(value.items()) if not _empty(inner := normal(item))}
    if isinstance(value, list | tuple):
        return [inner for item in value if not _empty(inner := normal(item))]
    if value is None or isinstance(value, bool):
        return value
    return str(value).replace("\r\n", "\n").strip()


def extras_with(extras: object, ours: object, fingerprint: Fingerprint) -> list[dict[str, str]]:
    """The extras to send: those that others added, ours over them, and the fingerprint."""
    merged = {**_extras(extras), **_extras(ours), FINGERPRINT_KEY: fingerprint.text()}
    return [{"key": key, "value": value} for key, value in sorted(merged.items())]


def _flat(dataset: Remote) -> dict[str, Any]:
    """The fields without the resources; each extra but the fingerprint, and each group, is a separate field."""
    fields = {name: value for name, value in dataset.items() if name not in ("resources", "extras", "groups")}
    extras = {f"{EXTRA}{key}": value for key, value in _extras(dataset.get("extras")).items() if key != FINGERPRINT_KEY}
    groups = {f"{GROUP}{name}": True for name in group_names(dataset)}
    return fields | extras | groups


def group_names(dataset: Remote) -> list[str]:
    """Names of the groups of a dataset."""
    listed = dataset.get("groups")
    return [str(each["name"]) for each in listed if each.get("name")] if isinstance(listed, list) else []


def _tags(tags: object) -> list[str]:
    """Names of tags, sorted: CKAN makes records of them and sorts them."""
    listed = tags if isinstance(tags, list) else []
    return sorted({str(tag["name"] if isinstance(tag, Mapping) else tag).strip() for tag in listed})


def _resource(resource: Mapping[str, object]) -> dict[str, Any]:
    """A resource in normal form, without the link to an upload, which the portal sets."""
    values = {name: normal(value) for name, value in resource.items()}
    if resource.get("url_type") == "upload":
        values.pop("url", None)
    return {name: value for name, value in sorted(values.items()) if not _empty(value)}


def _extras(extras: object) -> dict[str, str]:
    if not isinstance(extras, list):
        return {}
    return {str(extra["key"]): str(extra["value"]).strip() for extra in extras if "key" in extra and "value" in extra}


def _empty(value: object) -> bool:
    return value is None or value in ("", [], {})
