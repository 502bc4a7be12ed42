"""What publishing would do to a portal, and why, from what a release holds and what the portal shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from st_opendata.targets.base import Action, Change, FieldDifference, LandingPage, Plan, Remote
from st_opendata.targets.ckan.fingerprint import (
    FINGERPRINT_KEY,
    Fingerprint,
    content,
    content_digest,
    fields_of,
    fingerprint_of,
)
from st_opendata.targets.ckan.identity import Identity, published_name
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.site import Site

_RELEASED = "the release changed"
_UNLISTED = "the portal's search does not list it"
_EDITED = "edited on the portal since it was published"
_TABLE = "its DataStore table was edited on the portal"
_WINS = "--overwrite lets the release win"
_UNMARKED = (
    f"our mark on it (the extra {FINGERPRINT_KEY}) is gone, so it was edited on the portal since it was published"
)


@dataclass(frozen=True, slots=True)
class DesiredDataset:
    """A dataset as this portal is to hold it.

    `dataset` is its metadata with all resources, without what the portal would drop (`dropped`); `digest` stands for
    all of it and for the content of the files.
    """

    package: Package
    dataset: dict[str, Any]
    dropped: tuple[str, ...]
    digest: str
    catalogue: str

    @property
    def name(self) -> str:
        """The name by which the portal knows the dataset."""
        return self.package.name

    @property
    def files(self) -> dict[str, Resource]:
        """Its resources by id."""
        return {each.id: each for each in self.package.resources}

    @property
    def identity(self) -> Identity:
        """What it is known by on a portal."""
        return Identity(self.catalogue, self.name, frozenset(each.id for each in self.package.resources))

    def fingerprint(self, *, writing: bool = False, dataset: Remote | None = None) -> Fingerprint:
        """Our fingerprint for it; `dataset` is what the portal made of it, where that is known."""
        fields, resource_fields = fields_of(self.dataset)
        sent = content_digest(self.dataset, fields, resource_fields)
        stored = content_digest(dataset, fields, resource_fields) if dataset else sent
        return Fingerprint(
            self.catalogue, self.digest, stored, fields, resource_fields, writing, stored != sent, self.name
        )


@dataclass(frozen=True, slots=True)
class DatasetChange(Change[DesiredDataset]):
    """A change of a CKAN dataset.

    Ids of files are those of resources; `tables` are resources whose DataStore tables are to be loaded beside the
    tables of these files.
    """

    tables: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """How many tables are loaded."""
        number = len(self.tables)
        return f"{number:,} table{'' if number == 1 else 's'} of the DataStore" if number else ""

    @property
    def details(self) -> dict[str, object]:
        """The files whose tables are loaded."""
        return {"tables": list(self._names(self.tables))}


def make_plan(
    site: Site, changes: Sequence[DatasetChange], dropped: Sequence[str], ghosts: Sequence[str], catalogue: str
) -> Plan[DatasetChange]:
    """The plan of these changes; `dropped` are fields that the site would drop, `catalogue` is the exact one's dataset.

    `ghosts` are names that its search lists once more than its database: left by a crash of the portal while a dataset
    was created, seen by members of the organisation only.
    """
    packages = [change.desired.package for change in changes if change.desired]
    stated = (key for each in packages for key in {(notice.field, notice.text) for notice in each.notices})
    losses = dict(sorted(Counter(stated).items()))
    return Plan(
        changes=tuple(changes),
        pages=(
            LandingPage("datasets", "The datasets", f"{site.url}/organization/{site.organization}"),
            LandingPage("catalogue", "The catalogue, for harvesters", f"{site.url}/dataset/{catalogue}"),
        ),
        warnings=tuple(
            f"The portal's search lists {name}, its database does not: have its administrator rebuild the index."
            for name in ghosts
        ),
        notes=(
            *(f"The portal has no field {name}: it is left out." for name in dropped),
            *(
                f"Not on the portal: {field} of {number:,} dataset{'' if number == 1 else 's'}: {text}"
                for (field, text), number in losses.items()
            ),
        ),
        details={
            "portal": {
                "url": site.url,
                "version": site.version,
                "plugins": sorted(site.plugins),
                "user": site.user,
                "organization": site.organization,
            },
            "left_out": list(dropped),
            "losses": [{"field": field, "reason": text, "datasets": n} for (field, text), n in losses.items()],
        },
    )


def desired_dataset(package: Package, site: Site, catalogue: str) -> DesiredDataset:
    """The package as this portal is to hold it."""
    metadata, dropped = site.supported(package.metadata)
    resources = []
    for resource in package.resources:
        values = {**resource.metadata, "id": resource.id}
        if resource.file:
            values |= {"url": "", "url_type": "upload", "size": resource.size, "hash": resource.sha256}
        resources.append(values)
    dataset = {**metadata, "name": package.name, "private": False, "state": "active", "resources": resources}
    digest = sha256(" ".join([package.digest, *dropped]).encode()).hexdigest()
    return DesiredDataset(package, dataset, dropped, digest, catalogue)


def is_confirmed(desired: DesiredDataset, result: Mapping[str, Any] | None, confirmed: Mapping[str, str]) -> bool:
    """Whether search shows this dataset as the release has it, in the very state confirmed by the database before."""
    fingerprint = Fingerprint.read(result.get("st_opendata")) if result else None
    return bool(
        result
        and fingerprint
        and (fingerprint.digest, fingerprint.catalogue, fingerprint.writing)
        == (desired.digest, desired.catalogue, False)
        and result.get("capacity", "public") == "public"  # made private in bulk, it keeps its date
        and same_moment(str(result["metadata_modified"]), confirmed.get(str(result["id"]), ""))
    )


def same_moment(one: str, other: str) -> bool:
    """Whether two instants of CKAN are the same to the millisecond, which is what its search keeps."""
    return _millisecond(one) == _millisecond(other)


def decide(
    desired: DesiredDataset,
    remote: Remote | None,
    site: Site,
    *,
    indexed_at: str | None = None,
    overwrite: bool = False,
) -> DatasetChange:
    """What to do with a dataset of the release that the portal shows so.

    `indexed_at` is the metadata_modified that its search shows: empty where search does not list the dataset, None
    where search was not asked.
    """
    uploads = tuple(resource.id for resource in desired.package.resources if resource.file)
    if remote is None:
        return DatasetChange(Action.CREATE, desired.name, "not on the portal", desired, files=uploads)
    if reason := _not_ours(desired, remote, site):
        return DatasetChange(Action.TAKEN, desired.name, reason)
    action, reason = _misplacement(desired, remote, site, overwrite=overwrite) or _state(desired, remote, indexed_at)
    if action == Action.TAKEN:
        return DatasetChange(action, desired.name, reason, remote=remote)
    if action == Action.UNCHANGED:
        return DatasetChange(action, desired.name, reason, desired, remote)
    if action == Action.DRIFTED and reason in (_EDITED, _UNMARKED):
        action, reason = (Action.UPDATE, f"{reason}: overwritten") if overwrite else (action, f"{reason}; {_WINS}")
    # Only where the portal is as we left it does it hold the files that it states to hold.
    as_left = reason in (_RELEASED, _UNLISTED)
    files = _changed_files(desired, remote) if as_left else () if action == Action.DRIFTED else uploads
    return DatasetChange(action, desired.name, reason, desired, remote, compare(remote, desired), files)


def with_tables(
    change: DatasetChange, altered: Mapping[str, FieldDifference], *, overwrite: bool = False
) -> DatasetChange:
    """The change where DataStore tables, by resource id, are not those of their files: an edit, or they are gone.

    A table that is not there is loaded again, as a deleted dataset is revived: nobody's edit is overwritten by that.
    """
    if not altered:
        return change
    differences = (*change.differences, *altered.values())
    tables = tuple(altered)
    edited = any(each.before is not None for each in altered.values())
    settled = change.action == Action.UNCHANGED
    if change.action == Action.DRIFTED or (edited and not overwrite):
        reason = change.reason if change.action == Action.DRIFTED else f"{_TABLE}; {_WINS}"
        return replace(change, action=Action.DRIFTED, reason=reason, differences=differences, files=())
    reason = f"{_TABLE}: overwritten" if edited else "its DataStore table is gone"
    if not settled:
        reason = f"{change.reason}; {reason}"
    return replace(change, action=Action.UPDATE, reason=reason, differences=differences, tables=tables)


def _misplacement(desired: DesiredDataset, remote: Remote, site: Site, *, overwrite: bool) -> tuple[Action, str] | None:
    """What to do with a dataset of ours that has another name or organisation; None where it has neither."""
    found = []
    organization = organization_of(remote)
    if remote["name"] != desired.name:
        if (published := published_name(remote)) == remote["name"]:
            reason = f"its files are those of {published}, published under another id of the catalogue"
            return Action.TAKEN, f"{reason}: publish under that id, or have {published} purged"
        found.append(f"renamed to {remote['name']}")
    moved = remote.get("owner_org") != site.organization_id
    if moved:
        found.append(f"moved to the organisation {organization}")
    if not found:
        return None
    if remote["state"] == "deleted":
        found.append("deleted")
    reason = " and ".join(found)
    if moved and remote.get("owner_org") not in site.editable:
        return Action.DRIFTED, f"{reason}, where {site.user} may not edit it: have it moved back there"
    if overwrite:
        return Action.UPDATE, f"{reason}: put back"
    return Action.DRIFTED, f"{reason}; --overwrite puts it back"


def organization_of(remote: Remote) -> str:
    """The name of the organisation that a dataset belongs to."""
    return str((remote.get("organization") or {}).get("name") or remote.get("owner_org") or "no organisation")


def _state(desired: DesiredDataset, remote: Remote, indexed_at: str | None) -> tuple[Action, str]:
    """What a dataset of ours needs that is in its place, and why."""
    fingerprint = fingerprint_of(remote)
    if remote["state"] == "deleted":
        return Action.REVIVE, "deleted on the portal"
    if fingerprint and fingerprint.writing:
        return Action.UPDATE, "a write of it was cut off: everything is sent again"
    if (
        not fingerprint
        or content_digest(remote, fingerprint.fields, fingerprint.resource_fields) != fingerprint.content
    ):
        return Action.DRIFTED, _EDITED if fingerprint else _UNMARKED
    if indexed_at is not None and not same_moment(indexed_at, str(remote["metadata_modified"])):
        return Action.UPDATE, "the portal's search shows another state than its database" if indexed_at else _UNLISTED
    if (fingerprint.digest, fingerprint.catalogue) == (desired.digest, desired.catalogue):
        return Action.UNCHANGED, "as released"
    return Action.UPDATE, _RELEASED


def compare(remote: Remote, desired: DesiredDataset) -> tuple[FieldDifference, ...]:
    """Every field that would be another, dataset first, then the order of the resources, then each of these."""
    fields, resource_fields = fields_of(desired.dataset)
    fingerprint = fingerprint_of(remote)
    fields = tuple({*fields, *(fingerprint.fields if fingerprint else ())})
    resource_fields = tuple({*resource_fields, *(fingerprint.resource_fields if fingerprint else ())})
    old, new = content(remote, fields, resource_fields), content(desired.dataset, fields, resource_fields)
    was, will = ({each["id"]: each for each in side.pop("resources")} for side in (old, new))
    found = list(_differences(old, new, None))
    before, after = [each for each in was if each in will], [each for each in will if each in was]
    if before != after:
        first = next(number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1])
        names = {each: str(will[each].get("name", each)) for each in after}
        # What differs comes first, for long values are shown by their beginning.
        old_order, new_order = ([names[each] for each in ids[first:]] for ids in (before, after))
        found.append(FieldDifference("order of the files", old_order, new_order))
    for identifier in [*will, *(each for each in was if each not in will)]:
        there, here = was.get(identifier), will.get(identifier)
        title = str((here or there or {}).get("name", identifier))
        if there and here:
            found += _differences(there, here, title)
        else:
            found.append(FieldDifference("resource", there and title, here and title, title))
    return tuple(found)


def _differences(old: Mapping[str, object], new: Mapping[str, object], resource: str | None) -> list[FieldDifference]:
    return [
        FieldDifference(name, old.get(name), new.get(name), resource)
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _not_ours(desired: DesiredDataset, remote: Remote, site: Site) -> str | None:
    """Why a dataset with the wanted name is another one, and not ours to touch; None where it is ours."""
    if desired.identity.is_that_of(remote):
        return None
    taken = f"its name is taken by a {'deleted ' if remote['state'] == 'deleted' else ''}dataset"
    fingerprint = fingerprint_of(remote)
    if fingerprint and fingerprint.catalogue == desired.catalogue:
        return f"its name is taken by {fingerprint.name}, which was renamed to it on the portal"
    if remote.get("owner_org") != site.organization_id:
        taken = f'{taken} of "{organization_of(remote)}"'
    return (
        f"{taken} of the catalogue {fingerprint.catalogue}"
        if fingerprint
        else f"{taken} that was not published from here"
    )


def _changed_files(desired: DesiredDataset, remote: Remote) -> tuple[str, ...]:
    """Ids of the uploads whose bytes the portal does not state to have."""
    there = {
        resource["id"]: (resource.get("hash"), str(resource.get("size")))
        for resource in remote["resources"]
        if resource.get("url_type") == "upload"
    }
    return tuple(
        resource.id
        for resource in desired.package.resources
        if resource.file and there.get(resource.id) != (resource.sha256, str(resource.size))
    )


def _millisecond(moment: str) -> str:
    whole, _, fraction = moment.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction[:3]:0<3}"
