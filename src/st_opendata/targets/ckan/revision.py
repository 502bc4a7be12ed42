"""The data of the writes: package_create and package_revise, built so that no data of other users get lost.

package_revise merges lists by position. Every list is therefore taken out (`filter`) before the new one is put in
(`update`), the list of resources too: only that keeps their order. Files are addressed by the resource's id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from st_opendata.targets.base import Remote
from st_opendata.targets.ckan.connection import Uploads
from st_opendata.targets.ckan.fingerprint import (
    EXTRA,
    GROUP,
    Fingerprint,
    extras_with,
    fields_of,
    fingerprint_of,
    group_names,
)
from st_opendata.targets.ckan.plan import DatasetChange, DesiredDataset
from st_opendata.targets.ckan.site import Site

_PER_RESOURCE = "update__resources__"


def new_dataset(desired: DesiredDataset) -> dict[str, Any]:
    """A dataset with its metadata and the first of its resources: private, and by its fingerprint being written.

    The other resources come with the files, in one revise: a portal validates, stores and indexes all resources of a
    dataset in each write of it. The first shows whether another dataset has our files, since it takes each id of
    a resource once, and refuses ours before anything is written.
    """
    mark = desired.fingerprint().sending([each.id for each in desired.package.resources if each.file])
    extras = extras_with(None, desired.dataset.get("extras"), mark)
    resources = [_new_resource(resource) for resource in desired.dataset["resources"][:1]]
    return {**desired.dataset, "private": True, "extras": extras, "resources": resources}


def expected_remote(draft: Remote, desired: DesiredDataset) -> Remote:
    """The finished dataset of a draft on the portal: the portal's own values, with our resources."""
    return {**draft, "private": desired.package.private, "resources": desired.dataset["resources"]}


def writing_fingerprint(remote: Remote, change: DatasetChange) -> Fingerprint:
    """The fingerprint of a dataset during an update: it covers the old and the new fields, and all files to send."""
    assert change.desired
    before = fingerprint_of(remote)
    after = change.desired.fingerprint().sending(change.files, str(remote["metadata_modified"]))
    if not before:
        return after
    return replace(
        after,
        fields=tuple(sorted({*before.fields, *after.fields})),
        resource_fields=tuple(sorted({*before.resource_fields, *after.resource_fields})),
    )


def upload_parts(change: DatasetChange, largest: int) -> list[tuple[str, ...]]:
    """The files to send, by their ids, in parts of at most `largest` bytes or one file; the last goes with the rest.

    A failure costs no more than a part. Files that fit into one part go with the rest, in one write; otherwise each
    part is a separate write, and the last one is empty.
    """
    assert change.desired
    parts: list[list[str]] = [[]]
    size = 0
    for resource in change.desired.package.resources:
        if resource.id not in change.files:
            continue
        size += resource.size
        if parts[-1] and size > largest:
            parts.append([])
            size = resource.size
        parts[-1].append(resource.id)
    whole = len(parts) == 1 and size <= largest
    return [*map(tuple, parts), *([] if whole else [()])]


def part_revision(draft: Remote, change: DatasetChange, part: Collection[str]) -> dict[str, Any]:
    """A revise that brings the files of this part with their metadata, and leaves the rest of the draft unchanged.

    A dataset that becomes private does so with the first part.
    """
    assert change.desired
    sent = {each["id"]: each for each in change.desired.dataset["resources"] if each["id"] in part}
    there = {each["id"] for each in draft["resources"]}
    resources = [
        _merge(each, sent[each["id"]], set()) if each["id"] in sent else dict(each) for each in draft["resources"]
    ]
    resources += [_new_resource(each) for identifier, each in sent.items() if identifier not in there]
    private = bool(draft["private"]) or change.desired.package.private
    return {"filter": ["-resources"], "update": {"private": private, "resources": resources}}


def fingerprint_revision(remote: Remote, fingerprint: Fingerprint, fields: Collection[str] = ()) -> dict[str, Any]:
    """A revise that changes nothing but the fingerprint.

    Extras that have become fields of the site are left out, as by a site that got ckanext-scheming: it refuses them.
    """
    extras = [extra for extra in remote.get("extras", ()) if extra["key"] not in fields]
    return {"filter": ["-extras"], "update": {"extras": extras_with(extras, None, fingerprint)}}


def with_requirements(first: dict[str, Any], remote: Remote, desired: DesiredDataset, site: Site) -> dict[str, Any]:
    """The first revise of an update, with what the site requires by now: it refuses every write of a dataset without.

    A file that is not in the release, which the next revise removes, gets the values of another file. A text in what
    is a repeated field by now is taken out.
    """
    if site.portal is None:
        return first
    required = [name for name, each in site.portal.dataset.items() if each.required and name in desired.dataset]
    lacking = {name: desired.dataset[name] for name in required if remote.get(name) != desired.dataset[name]}
    ours = {str(each["id"]): each for each in desired.dataset["resources"]}
    of_files = [name for name, each in site.portal.resource.items() if each.required and not each.is_filled]
    values: dict[str, dict[str, object]] = {}
    for resource in remote["resources"]:
        model: dict[str, Any] = ours.get(str(resource["id"])) or next(iter(ours.values()), {})
        found = {name: model[name] for name in of_files if model.get(name) and resource.get(name) != model[name]}
        values |= {f"{_PER_RESOURCE}{resource['id']}": found} if found else {}
    texts = [name for name, each in site.portal.dataset.items() if each.subfields and isinstance(remote.get(name), str)]
    lacking |= {name: desired.dataset[name] for name in texts if name in desired.dataset}
    removed = [f"-{name}" for name in texts]
    return {**first, "filter": [*first["filter"], *removed], "update": {**first["update"], **lacking}, **values}


def final_revision(remote: Remote, fingerprint: Fingerprint, *, private: bool = False) -> dict[str, Any]:
    """A revise that changes nothing but the fingerprint, and makes public unless the dataset is private."""
    revise = fingerprint_revision(remote, fingerprint)
    return {**revise, "update": {**revise["update"], "private": private}}


def with_groups_of(own: Collection[str], data: Mapping[str, Any], remote: Remote) -> Mapping[str, Any]:
    """The revise with those of the dataset's groups to which the user may add datasets.

    CKAN refuses a revise that names other groups, even those that the dataset has; what it does not name stays there.
    """
    update = data["update"]
    names = group_names(update if "groups" in update else remote)
    if all(name in own for name in names):
        return data
    groups = [{"name": name} for name in names if name in own]
    return {**data, "filter": sorted({*data["filter"], "-groups"}), "update": {**update, "groups": groups}}


def revision(draft: Remote, change: DatasetChange, fingerprint: Fingerprint) -> dict[str, Any]:
    """A revise that turns the draft into the desired dataset, and makes it public unless another write follows.

    A dataset that is private, or becomes so, is never public in between.

    Our fields and resources that are no longer in the release are removed; fields that others added stay.
    """
    assert change.desired
    desired = change.desired
    before = fingerprint_of(change.remote) if change.remote else None
    fields, resource_fields = fields_of(desired.dataset)
    gone = set(before.fields) - set(fields) if before else set()
    resource_gone = set(before.resource_fields) - set(resource_fields) if before else set()
    extras = [extra for extra in draft.get("extras", ()) if f"{EXTRA}{extra['key']}" not in gone]
    there_now, ours = group_names(draft), group_names(desired.dataset)
    groups = [*(name for name in there_now if f"{GROUP}{name}" not in gone and name not in ours), *ours]
    there = {resource["id"]: resource for resource in draft["resources"]}
    update: dict[str, Any] = {
        **{name: value for name, value in desired.dataset.items() if name != "owner_org"},
        "private": desired.package.private or (bool(draft["private"]) and fingerprint.writing),
        "extras": extras_with(extras, desired.dataset.get("extras"), fingerprint),
        "resources": [_merge(there.get(each["id"]), each, resource_gone) for each in desired.dataset["resources"]],
    }
    if (draft.get("organization") or {}).get("name") != desired.dataset.get("owner_org"):
        update["owner_org"] = desired.dataset["owner_org"]
    update.pop("groups", None)
    if set(groups) != set(there_now):  # what a revise does not name stays, also where it was added meanwhile
        update["groups"] = [{"name": name} for name in groups]
    lists = {name for name, value in update.items() if isinstance(value, list)}
    return {"filter": [f"-{name}" for name in sorted(gone | lists) if name in draft], "update": update}


def amendment(change: DatasetChange) -> dict[str, Any]:
    """A revise that writes the amended fields, and keeps all others; a field without a value is emptied."""
    assert change.remote
    extras = {str(each["key"]): each["value"] for each in change.remote.get("extras", ())}
    update: dict[str, Any] = {}
    for name, value in change.amendment.items():
        if name.startswith(EXTRA):
            extras[name.removeprefix(EXTRA)] = value
            update["extras"] = [{"key": key, "value": each} for key, each in extras.items() if each is not None]
        elif name == "tags":
            update["tags"] = [{"name": each} for each in value or ()] if isinstance(value, list | None) else []
        else:
            update[name] = "" if value is None else value
    lists = sorted(name for name, value in update.items() if isinstance(value, list))
    return {"filter": [f"-{name}" for name in lists if name in change.remote], "update": update}


def uploads(change: DatasetChange, part: Collection[str]) -> Uploads:
    """The files of a part to send with the revision, by the key of the request."""
    assert change.desired
    return {
        f"{_PER_RESOURCE}{resource.id}__upload": (resource.file_name, resource.open)
        for resource in change.desired.package.resources
        if resource.id in part
    }


def _merge(remote: Remote | None, resource: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """A resource with the notes of the portal and others on it: its DataStore table, its place on the disk.

    The link of an upload is sent as its file name, as CKAN's own form does: it makes the link of it again.
    """
    if remote is None:
        return _new_resource(resource)
    kept = {name: value for name, value in remote.items() if name not in gone}
    if not _is_upload(resource):
        return {**kept, **resource, "url_type": ""}  # CKAN ignores None, so an upload would stay one
    link = str(remote["url"]).rpartition("/")[2] if _is_upload(remote) else ""
    return {**kept, **resource, "url": link, "url_type": "upload" if link else None}


def _new_resource(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that is new: an upload has an empty link until its file is there."""
    return {name: value for name, value in resource.items() if name != "url_type"}


def _is_upload(resource: Remote) -> bool:
    return resource.get("url_type") == "upload"
