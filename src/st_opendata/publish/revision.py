"""The data of the writes: package_create and package_revise, put together so that nothing of others gets lost.

package_revise merges lists by position. Whatever is a list is therefore taken out (`filter`) before the new one is put
in (`update`); resources are always addressed by id.
"""

from __future__ import annotations

from typing import Any

from st_opendata.publish.client import Uploads
from st_opendata.publish.content import Mark, Shown, extras_with, fields_of, mark_of
from st_opendata.publish.plan import Change, Wanted

_PER_RESOURCE = "update__resources__"


def new_dataset(wanted: Wanted) -> dict[str, Any]:
    """A dataset with all its metadata and none of its files: private, and marked as being written."""
    extras = extras_with(None, wanted.dataset.get("extras"), wanted.mark(writing=True))
    resources = [_sent(resource) for resource in wanted.dataset["resources"]]
    return {**wanted.dataset, "private": True, "extras": extras, "resources": resources}


def as_held(begun: Shown, wanted: Wanted) -> Shown:
    """What the portal will hold once a dataset that it has begun is finished: its values, with the files in place."""
    files = {resource["id"]: resource for resource in wanted.dataset["resources"] if _is_upload(resource)}
    kept = ("url_type", "size", "hash")
    resources = [
        {**resource, **{key: files[resource["id"]][key] for key in kept}} if resource["id"] in files else resource
        for resource in begun["resources"]
    ]
    return {**begun, "private": False, "resources": resources}


def marking(shown: Shown, mark: Mark) -> dict[str, Any]:
    """A revise that changes nothing but the mark."""
    return {"filter": ["-extras"], "update": {"extras": extras_with(shown.get("extras"), None, mark)}}


def revision(begun: Shown, change: Change, mark: Mark) -> dict[str, Any]:
    """A revise that makes of the dataset as begun what is wanted, settles the mark and makes it public.

    Fields and resources of ours that are no longer wanted are removed; those that others added stay.
    """
    assert change.wanted
    wanted = change.wanted
    metadata = {
        name: value for name, value in wanted.dataset.items() if name not in ("resources", "extras", "owner_org")
    }
    before = mark_of(change.shown) if change.shown else None
    gone = _gone(before, wanted)
    kept_extras = [extra for extra in begun.get("extras", ()) if f"extras:{extra['key']}" not in gone]
    metadata["extras"] = extras_with(kept_extras, wanted.dataset.get("extras"), mark)
    there = {resource["id"] for resource in begun["resources"]}
    ids = {resource["id"] for resource in wanted.dataset["resources"]}
    filters = [f"-{name}" for name in sorted(gone) if ":" not in name and name in begun]
    filters += [f"-{name}" for name, value in metadata.items() if isinstance(value, list) and name in begun]
    filters += [f"-resources__{each}" for each in sorted(there - ids)]
    data: dict[str, Any] = {}
    for resource in wanted.dataset["resources"]:
        if resource["id"] in there:
            shown = next(each for each in begun["resources"] if each["id"] == resource["id"])
            filters += _resource_filters(shown, resource, before)
            data[f"{_PER_RESOURCE}{resource['id']}"] = _sent(resource, new=False)
    if new := [_sent(resource) for resource in wanted.dataset["resources"] if resource["id"] not in there]:
        data[f"{_PER_RESOURCE}extend"] = new
    return {"filter": filters, "update": metadata, **data}


def uploads(change: Change) -> Uploads:
    """The files to send with the revision, by the key of the request."""
    assert change.wanted
    return {
        f"{_PER_RESOURCE}{resource.id}__upload": (resource.file_name, resource.open)
        for resource in change.wanted.package.resources
        if resource.id in change.files
    }


def _gone(before: Mark | None, wanted: Wanted) -> set[str]:
    """Fields that we published before and publish no longer."""
    return set(before.fields) - set(fields_of(wanted.dataset)[0]) if before else set()


def _resource_filters(shown: Shown, resource: dict[str, Any], before: Mark | None) -> list[str]:
    """What to take out of a resource before its new values are put in."""
    published = set(before.resource_fields) if before else set()
    names = {name for name in published - set(resource) if name in shown}
    names |= {name for name, value in resource.items() if isinstance(value, list) and name in shown}
    return [f"-resources__{resource['id']}__{name}" for name in sorted(names)]


def _sent(resource: dict[str, Any], *, new: bool = True) -> dict[str, Any]:
    """A resource as it is sent: an upload has an empty link until its file is there, and keeps the one it has."""
    if not _is_upload(resource):
        return resource
    left_out = {"url_type"} if new else {"url_type", "url"}
    return {name: value for name, value in resource.items() if name not in left_out}


def _is_upload(resource: Shown) -> bool:
    return resource.get("url_type") == "upload"
