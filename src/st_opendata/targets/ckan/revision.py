"""The data of the writes: package_create and package_revise, put together so that nothing of others gets lost.

package_revise merges lists by position. Whatever is a list is therefore taken out (`filter`) before the new one is put
in (`update`), the list of resources too: that alone keeps their order. Files are addressed by the resource's id.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from st_opendata.targets.ckan.connection import Uploads
from st_opendata.targets.ckan.fingerprint import Mark, Shown, extras_with, fields_of, mark_of
from st_opendata.targets.ckan.plan import Change, Wanted

_PER_RESOURCE = "update__resources__"


def new_dataset(wanted: Wanted) -> dict[str, Any]:
    """A dataset with its metadata and the first of its resources: private, and marked as being written.

    The other resources come with the files, in one revise: a portal validates, stores and indexes all resources of a
    dataset in each write of it. By the first it tells whether another dataset has our files, since it takes each id of
    a resource once, and refuses ours before anything is written.
    """
    extras = extras_with(None, wanted.dataset.get("extras"), wanted.mark(writing=True))
    resources = [_sent(resource) for resource in wanted.dataset["resources"][:1]]
    return {**wanted.dataset, "private": True, "extras": extras, "resources": resources}


def as_held(begun: Shown, wanted: Wanted) -> Shown:
    """What the portal will hold once a dataset that it has begun is finished: its own values, with our resources."""
    return {**begun, "private": False, "resources": wanted.dataset["resources"]}


def begun_mark(shown: Shown, wanted: Wanted) -> Mark:
    """The mark of a dataset being updated: until it is done, its fields are those of before and of after."""
    before, after = mark_of(shown), wanted.mark(writing=True)
    if not before:
        return after
    return replace(
        after,
        fields=tuple(sorted({*before.fields, *after.fields})),
        resource_fields=tuple(sorted({*before.resource_fields, *after.resource_fields})),
    )


def marking(shown: Shown, mark: Mark, fields: Collection[str] = ()) -> dict[str, Any]:
    """A revise that changes nothing but the mark.

    Extras that have become fields of the site are left out, as by a site that got ckanext-scheming: it refuses them.
    """
    extras = [extra for extra in shown.get("extras", ()) if extra["key"] not in fields]
    return {"filter": ["-extras"], "update": {"extras": extras_with(extras, None, mark)}}


def settling(shown: Shown, mark: Mark) -> dict[str, Any]:
    """A revise that changes nothing but the mark, and makes public."""
    revise = marking(shown, mark)
    return {**revise, "update": {**revise["update"], "private": False}}


def revision(begun: Shown, change: Change, mark: Mark) -> dict[str, Any]:
    """A revise that makes of the dataset as begun what is wanted, and makes it public unless more is to be written.

    Fields and resources of ours that are no longer wanted are removed; fields that others added stay.
    """
    assert change.wanted
    wanted = change.wanted
    before = mark_of(change.shown) if change.shown else None
    fields, resource_fields = fields_of(wanted.dataset)
    gone = set(before.fields) - set(fields) if before else set()
    resource_gone = set(before.resource_fields) - set(resource_fields) if before else set()
    extras = [extra for extra in begun.get("extras", ()) if f"extras:{extra['key']}" not in gone]
    there = {resource["id"]: resource for resource in begun["resources"]}
    update = {
        **{name: value for name, value in wanted.dataset.items() if name != "owner_org"},
        "private": bool(begun["private"]) if mark.writing else False,
        "extras": extras_with(extras, wanted.dataset.get("extras"), mark),
        "resources": [_merged(there.get(each["id"]), each, resource_gone) for each in wanted.dataset["resources"]],
    }
    if (begun.get("organization") or {}).get("name") != wanted.dataset.get("owner_org"):
        update["owner_org"] = wanted.dataset["owner_org"]
    lists = {name for name, value in update.items() if isinstance(value, list)}
    return {"filter": [f"-{name}" for name in sorted(gone | lists) if name in begun], "update": update}


def uploads(change: Change) -> Uploads:
    """The files to send with the revision, by the key of the request."""
    assert change.wanted
    return {
        f"{_PER_RESOURCE}{resource.id}__upload": (resource.file_name, resource.open)
        for resource in change.wanted.package.resources
        if resource.id in change.files
    }


def _merged(shown: Shown | None, resource: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    """A resource with what the portal and others noted on it: its DataStore table, its place on the disk.

    The link of an upload is sent as its file name, as CKAN's own form does: it makes the link of it again.
    """
    if shown is None:
        return _sent(resource)
    kept = {name: value for name, value in shown.items() if name not in gone}
    if not _is_upload(resource):
        return {**kept, "url_type": None, **resource}
    link = str(shown["url"]).rpartition("/")[2] if _is_upload(shown) else ""
    return {**kept, **resource, "url": link, "url_type": "upload" if link else None}


def _sent(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that is new: an upload has an empty link until its file is there."""
    return {name: value for name, value in resource.items() if name != "url_type"}


def _is_upload(resource: Shown) -> bool:
    return resource.get("url_type") == "upload"
