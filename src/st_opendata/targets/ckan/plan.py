"""What publishing would do to a portal, and why, from what a release holds and what the portal shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

from st_opendata.targets.ckan.fingerprint import MARK, Mark, Shown, content, content_digest, fields_of, mark_of
from st_opendata.targets.ckan.identity import Identity, published_name
from st_opendata.targets.ckan.packages import Package
from st_opendata.targets.ckan.preflight import Portal


class Kind(StrEnum):
    """What is to be done with a dataset."""

    CREATE = "create"
    UPDATE = "update"
    REVIVE = "revive"
    DELETE = "delete"
    UNCHANGED = "unchanged"
    DRIFTED = "drifted"
    """Somebody edited, renamed or moved it on the portal; the release wins only when told."""
    TAKEN = "taken"
    """The name is that of a dataset that we did not publish."""
    LEFT = "left"
    """Ours, but no longer in the release; deleted only when told."""


_RELEASED = "the release changed"
_UNLISTED = "the portal's search does not list it"
_EDITED = "edited on the portal since it was published"
_TABLE = "its DataStore table was edited on the portal"
_WINS = "--overwrite lets the release win"
_UNMARKED = f"our mark on it (the extra {MARK}) is gone, so it was edited on the portal since it was published"
WRITES = frozenset({Kind.CREATE, Kind.UPDATE, Kind.REVIVE, Kind.DELETE})


@dataclass(frozen=True, slots=True)
class Wanted:
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
    def identity(self) -> Identity:
        """What it is known by on a portal."""
        return Identity(self.catalogue, self.name, frozenset(each.id for each in self.package.resources))

    def mark(self, *, writing: bool = False, dataset: Shown | None = None) -> Mark:
        """Our mark for it; `dataset` is what the portal made of it, where that is known."""
        fields, resource_fields = fields_of(self.dataset)
        sent = content_digest(self.dataset, fields, resource_fields)
        held = content_digest(dataset, fields, resource_fields) if dataset else sent
        return Mark(self.catalogue, self.digest, held, fields, resource_fields, writing, held != sent, self.name)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the dataset, or of the resource titled `resource`, before and after; None where it is not there."""

    field: str
    before: object
    after: object
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done with one dataset, and why.

    `files` are ids of resources whose files are to be sent, `tables` those whose DataStore tables are to be loaded
    beside the tables of these files. `shown` is the dataset as the portal has it, maybe under another name; None where
    it has none or it was not necessary to read it.
    """

    kind: Kind
    name: str
    reason: str
    wanted: Wanted | None = None
    shown: Shown | None = None
    differences: tuple[Difference, ...] = ()
    files: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the files to be sent."""
        resources = self.wanted.package.resources if self.wanted else ()
        return sum(resource.size for resource in resources if resource.id in self.files)


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes by name, and the fields that the portal would drop; `catalogue` names the exact catalogue's dataset.

    `ghosts` are names that its search lists once more than its database: left by a crash of the portal while a dataset
    was created, seen by members of the organisation only.
    """

    portal: Portal
    changes: tuple[Change, ...]
    dropped: tuple[str, ...]
    ghosts: tuple[str, ...] = ()
    catalogue: str = ""

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)

    @property
    def pages(self) -> tuple[str, str]:
        """Where to look: the pages of the organisation and of the exact catalogue."""
        url = self.portal.url
        return f"{url}/organization/{self.portal.organization}", f"{url}/dataset/{self.catalogue}"

    @property
    def losses(self) -> dict[tuple[str, str], int]:
        """What the site has no place for, as field and reason, with the number of datasets that state it."""
        packages = [change.wanted.package for change in self.changes if change.wanted]
        stated = (key for each in packages for key in {(notice.field, notice.text) for notice in each.notices})
        return dict(sorted(Counter(stated).items()))

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes that write."""
        return tuple(change for change in self.changes if change.kind in WRITES)


def wanted_of(package: Package, portal: Portal, catalogue: str) -> Wanted:
    """The package as this portal is to hold it."""
    metadata, dropped = portal.held(package.metadata)
    resources = []
    for resource in package.resources:
        values = {**resource.metadata, "id": resource.id}
        if resource.file:
            values |= {"url": "", "url_type": "upload", "size": resource.size, "hash": resource.sha256}
        resources.append(values)
    dataset = {**metadata, "name": package.name, "private": False, "state": "active", "resources": resources}
    digest = sha256(" ".join([package.digest, *dropped]).encode()).hexdigest()
    return Wanted(package, dataset, dropped, digest, catalogue)


def is_settled(wanted: Wanted, listed: Mapping[str, Any] | None, confirmed: Mapping[str, str]) -> bool:
    """Whether search shows this dataset as the release has it, in the very state confirmed by the database before."""
    mark = Mark.read(listed.get("st_opendata")) if listed else None
    return bool(
        listed
        and mark
        and (mark.digest, mark.catalogue, mark.writing) == (wanted.digest, wanted.catalogue, False)
        and listed.get("capacity", "public") == "public"  # made private in bulk, it keeps its date
        and same_moment(str(listed["metadata_modified"]), confirmed.get(str(listed["id"]), ""))
    )


def same_moment(one: str, other: str) -> bool:
    """Whether two instants of CKAN are the same to the millisecond, which is what its search keeps."""
    return _millisecond(one) == _millisecond(other)


def decide(
    wanted: Wanted, shown: Shown | None, portal: Portal, *, listed: str | None = None, overwrite: bool = False
) -> Change:
    """What to do with a dataset of the release that the portal shows so.

    `listed` is the metadata_modified that its search shows: empty where search does not list the dataset, None where
    search was not asked.
    """
    uploads = tuple(resource.id for resource in wanted.package.resources if resource.file)
    if shown is None:
        return Change(Kind.CREATE, wanted.name, "not on the portal", wanted, files=uploads)
    if reason := _not_ours(wanted, shown, portal):
        return Change(Kind.TAKEN, wanted.name, reason)
    kind, reason = _place(wanted, shown, portal, overwrite=overwrite) or _state(wanted, shown, listed)
    if kind == Kind.TAKEN:
        return Change(kind, wanted.name, reason, shown=shown)
    if kind == Kind.UNCHANGED:
        return Change(kind, wanted.name, reason, wanted, shown)
    if kind == Kind.DRIFTED and reason in (_EDITED, _UNMARKED):
        kind, reason = (Kind.UPDATE, f"{reason}: overwritten") if overwrite else (kind, f"{reason}; {_WINS}")
    # Only where the portal is as we left it does it hold the files that it states to hold.
    as_left = reason in (_RELEASED, _UNLISTED)
    files = _changed_files(wanted, shown) if as_left else () if kind == Kind.DRIFTED else uploads
    return Change(kind, wanted.name, reason, wanted, shown, compare(shown, wanted), files)


def with_tables(change: Change, altered: Mapping[str, Difference], *, overwrite: bool = False) -> Change:
    """The change where DataStore tables, by resource id, are not those of their files: an edit, or they are gone.

    A table that is not there is loaded again, as a deleted dataset is revived: nobody's edit is overwritten by that.
    """
    if not altered:
        return change
    differences = (*change.differences, *altered.values())
    tables = tuple(altered)
    edited = any(each.before is not None for each in altered.values())
    settled = change.kind == Kind.UNCHANGED
    if change.kind == Kind.DRIFTED or (edited and not overwrite):
        reason = change.reason if change.kind == Kind.DRIFTED else f"{_TABLE}; {_WINS}"
        return replace(change, kind=Kind.DRIFTED, reason=reason, differences=differences, files=())
    reason = f"{_TABLE}: overwritten" if edited else "its DataStore table is gone"
    if not settled:
        reason = f"{change.reason}; {reason}"
    return replace(change, kind=Kind.UPDATE, reason=reason, differences=differences, tables=tables)


def _place(wanted: Wanted, shown: Shown, portal: Portal, *, overwrite: bool) -> tuple[Kind, str] | None:
    """What to do with a dataset of ours that has another name or organisation; None where it has neither."""
    found = []
    organization = organization_of(shown)
    if shown["name"] != wanted.name:
        if (published := published_name(shown)) == shown["name"]:
            reason = f"its files are those of {published}, published under another id of the catalogue"
            return Kind.TAKEN, f"{reason}: publish under that id, or have {published} purged"
        found.append(f"renamed to {shown['name']}")
    moved = shown.get("owner_org") != portal.organization_id
    if moved:
        found.append(f"moved to the organisation {organization}")
    if not found:
        return None
    if shown["state"] == "deleted":
        found.append("deleted")
    reason = " and ".join(found)
    if moved and shown.get("owner_org") not in portal.editable:
        return Kind.DRIFTED, f"{reason}, where {portal.user} may not edit it: have it moved back there"
    if overwrite:
        return Kind.UPDATE, f"{reason}: put back"
    return Kind.DRIFTED, f"{reason}; --overwrite puts it back"


def organization_of(shown: Shown) -> str:
    """The name of the organisation that a dataset belongs to."""
    return str((shown.get("organization") or {}).get("name") or shown.get("owner_org") or "no organisation")


def _state(wanted: Wanted, shown: Shown, listed: str | None) -> tuple[Kind, str]:
    """What a dataset of ours needs that is in its place, and why."""
    mark = mark_of(shown)
    if shown["state"] == "deleted":
        return Kind.REVIVE, "deleted on the portal"
    if mark and mark.writing:
        return Kind.UPDATE, "a write of it was cut off: everything is sent again"
    if not mark or content_digest(shown, mark.fields, mark.resource_fields) != mark.content:
        return Kind.DRIFTED, _EDITED if mark else _UNMARKED
    if listed is not None and not same_moment(listed, str(shown["metadata_modified"])):
        return Kind.UPDATE, "the portal's search shows another state than its database" if listed else _UNLISTED
    if (mark.digest, mark.catalogue) == (wanted.digest, wanted.catalogue):
        return Kind.UNCHANGED, "as released"
    return Kind.UPDATE, _RELEASED


def compare(shown: Shown, wanted: Wanted) -> tuple[Difference, ...]:
    """Every field that would be another, dataset first, then the order of the resources, then each of these."""
    fields, resource_fields = fields_of(wanted.dataset)
    mark = mark_of(shown)
    fields = tuple({*fields, *(mark.fields if mark else ())})
    resource_fields = tuple({*resource_fields, *(mark.resource_fields if mark else ())})
    old, new = content(shown, fields, resource_fields), content(wanted.dataset, fields, resource_fields)
    was, will = ({each["id"]: each for each in side.pop("resources")} for side in (old, new))
    found = list(_differences(old, new, None))
    before, after = [each for each in was if each in will], [each for each in will if each in was]
    if before != after:
        first = next(number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1])
        names = {each: str(will[each].get("name", each)) for each in after}
        # What differs comes first, for long values are shown by their beginning.
        old_order, new_order = ([names[each] for each in ids[first:]] for ids in (before, after))
        found.append(Difference("order of the files", old_order, new_order))
    for identifier in [*will, *(each for each in was if each not in will)]:
        there, here = was.get(identifier), will.get(identifier)
        title = str((here or there or {}).get("name", identifier))
        if there and here:
            found += _differences(there, here, title)
        else:
            found.append(Difference("resource", there and title, here and title, title))
    return tuple(found)


def _differences(old: Mapping[str, object], new: Mapping[str, object], resource: str | None) -> list[Difference]:
    return [
        Difference(name, old.get(name), new.get(name), resource)
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _not_ours(wanted: Wanted, shown: Shown, portal: Portal) -> str | None:
    """Why a dataset with the wanted name is another one, and not ours to touch; None where it is ours."""
    if wanted.identity.is_that_of(shown):
        return None
    taken = f"its name is taken by a {'deleted ' if shown['state'] == 'deleted' else ''}dataset"
    mark = mark_of(shown)
    if mark and mark.catalogue == wanted.catalogue:
        return f"its name is taken by {mark.name}, which was renamed to it on the portal"
    if shown.get("owner_org") != portal.organization_id:
        taken = f'{taken} of "{organization_of(shown)}"'
    return f"{taken} of the catalogue {mark.catalogue}" if mark else f"{taken} that was not published from here"


def _changed_files(wanted: Wanted, shown: Shown) -> tuple[str, ...]:
    """Ids of the uploads whose bytes the portal does not state to have."""
    there = {
        resource["id"]: (resource.get("hash"), str(resource.get("size")))
        for resource in shown["resources"]
        if resource.get("url_type") == "upload"
    }
    return tuple(
        resource.id
        for resource in wanted.package.resources
        if resource.file and there.get(resource.id) != (resource.sha256, str(resource.size))
    )


def _millisecond(moment: str) -> str:
    whole, _, fraction = moment.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction[:3]:0<3}"
