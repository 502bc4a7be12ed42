"""The changes that publishing would make on a portal, and why: from the release and from the portal's datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, chained, counted, message
from st_opendata.place import Place
from st_opendata.targets.base import Action, Change, FieldDifference, Remote
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

AS_RELEASED = message("as released")
_RELEASED = message("the release changed")
_PUBLIC = message("its release date has come: it becomes public")
_UNLISTED = message("the portal's search does not list it")
_CUT_OFF = message("a write of it was interrupted: what is missing is sent")
_EDITED = message("edited on the portal since it was published")
_TABLE = message("its DataStore table was edited on the portal")
_UNMARKED = message(
    "our mark on it (the extra {key}) is gone, so it was edited on the portal since it was published",
    key=FINGERPRINT_KEY,
)


@dataclass(frozen=True, slots=True)
class DesiredDataset:
    """The desired state of a dataset on this portal.

    `dataset` is its metadata with all resources; `digest` stands for all of it and for the content of the files.
    `organization` is the id of its organisation; it `moves` to that one from the one in which it was published.
    """

    package: Package
    dataset: dict[str, Any]
    digest: str
    catalogue: str
    organization: str = ""
    moves: bool = False

    @property
    def name(self) -> str:
        """The name of the dataset on the portal."""
        return self.package.name

    @property
    def files(self) -> dict[str, Resource]:
        """Its resources by id."""
        return {each.id: each for each in self.package.resources}

    @property
    def identity(self) -> Identity:
        """The identity of the dataset on a portal."""
        ids = frozenset(each.id for each in self.package.resources)
        return Identity(self.catalogue, self.name, ids - self.package.kept)

    def fingerprint(self, *, dataset: Remote | None = None) -> Fingerprint:
        """Our fingerprint for the dataset; `dataset` is the portal's version of it, if known."""
        fields, resource_fields = fields_of(self.dataset)
        sent = content_digest(self.dataset, fields, resource_fields)
        stored = content_digest(dataset, fields, resource_fields) if dataset else sent
        return Fingerprint(
            catalogue=self.catalogue,
            digest=self.digest,
            content=stored,
            fields=fields,
            resource_fields=resource_fields,
            altered=stored != sent,
            name=self.name,
            organization=self.organization if self.moves else "",
        )


@dataclass(frozen=True, slots=True)
class DatasetChange(Change[DesiredDataset]):
    """A change of a CKAN dataset.

    Ids of files are those of resources; `tables` are resources whose DataStore tables are to be loaded in addition to
    theirs. An `amendment` has the only fields to write, as `fingerprint.flat_values` names them; None empties one.
    """

    tables: tuple[str, ...] = ()
    amendment: Mapping[str, object] = field(default_factory=dict)

    @property
    def note(self) -> Message | None:
        """The number of tables to load."""
        if not self.tables:
            return None
        return counted(
            "{digits} table of the DataStore",
            "{digits} tables of the DataStore",
            number="count",
            count=len(self.tables),
            digits=f"{len(self.tables):,}",
        )

    @property
    def details(self) -> dict[str, object]:
        """The files whose tables are loaded, and whether the dataset is private, with the day that ends it."""
        package = self.desired.package if self.desired else None
        day = {"public_from": str(package.publish_from)} if package and package.publish_from else {}
        private = {"private": True, **day} if package and package.private else {}
        return {"tables": list(self._names(self.tables)), **private}


def desired_dataset(package: Package, site: Site, catalogue: str) -> DesiredDataset:
    """The desired state of the package on its portal."""
    resources = []
    for resource in package.resources:
        values = {**resource.metadata, "id": resource.id}
        if resource.file:
            values |= {"url": "", "url_type": "upload", "size": resource.size, "hash": resource.sha256}
        resources.append(values)
    metadata = package.metadata
    dataset = {**metadata, "name": package.name, "private": package.private, "state": "active", "resources": resources}
    organization = site.organization_id_of(str(metadata.get("owner_org", "")))
    return DesiredDataset(package, dataset, _digest(package), catalogue, organization, site.moves)


def _digest(package: Package, *, as_private: bool = False) -> str:
    private = ["private"] if package.private or as_private else []
    return sha256(" ".join([package.digest, *private]).encode()).hexdigest()


def is_confirmed(desired: DesiredDataset, result: Mapping[str, Any] | None, confirmed: Mapping[str, str]) -> bool:
    """Whether search shows this dataset as released, in the same state that the database confirmed before."""
    return bool(
        result
        and is_listed_as_released(desired, result)
        and same_moment(str(result["metadata_modified"]), confirmed.get(str(result["id"]), ""))
    )


def is_listed_as_released(desired: DesiredDataset, result: Mapping[str, Any]) -> bool:
    """Whether search shows this dataset as released."""
    fingerprint = Fingerprint.read(result.get(FINGERPRINT_KEY))
    return bool(
        fingerprint
        and (fingerprint.digest, fingerprint.catalogue, fingerprint.writing)
        == (desired.digest, desired.catalogue, False)
        # Made private or public in bulk, it keeps its date.
        and (result.get("capacity", "public") != "public") == desired.package.private
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
    """The change for a dataset of the release, given the portal's dataset.

    `indexed_at` is the metadata_modified that its search shows: empty if search does not list the dataset, None if
    search was not used.
    """
    uploads = tuple(resource.id for resource in desired.package.resources if resource.file)
    if remote is None:
        return DatasetChange(Action.CREATE, desired.name, message("not on the portal"), desired, files=uploads)
    if reason := _not_ours(desired, remote):
        return DatasetChange(Action.TAKEN, desired.name, reason)
    action, reason = _misplacement(desired, remote, site, overwrite=overwrite) or _state(desired, remote, indexed_at)
    if action in (Action.TAKEN, Action.UNCHANGED):
        known = desired if action == Action.UNCHANGED else None
        return DatasetChange(action, desired.name, reason, known, remote)
    # A portal's statements about its files are reliable only if the dataset is unchanged since our last write.
    as_left = reason in (_RELEASED, _PUBLIC, _UNLISTED, _CUT_OFF)
    if action == Action.DRIFTED and reason in (_EDITED, _UNMARKED):
        action, reason = (Action.UPDATE, _overwritten(reason)) if overwrite else (action, _kept(reason))
    files = _changed_files(desired, remote) if as_left else () if action == Action.DRIFTED else uploads
    differences = compare(remote, desired)
    if action == Action.UPDATE and _is_moved(desired, remote, site):
        after = desired.dataset["owner_org"]
        differences = (FieldDifference("organization", organization_name(remote), after), *differences)
    return DatasetChange(action, desired.name, reason, desired, remote, differences, files)


def with_tables(
    change: DatasetChange, altered: Mapping[str, FieldDifference], *, overwrite: bool = False
) -> DatasetChange:
    """The change if DataStore tables, by resource id, differ from their files: they were edited, or are gone.

    A missing table is loaded again, as a deleted dataset is revived: that overwrites no edit.
    """
    if not altered:
        return change
    differences = (*change.differences, *altered.values())
    tables = tuple(altered)
    edited = any(each.before is not None for each in altered.values())
    settled = change.action == Action.UNCHANGED
    if change.action == Action.DRIFTED or (edited and not overwrite):
        reason = change.reason if change.action == Action.DRIFTED else _kept(_TABLE)
        return replace(change, action=Action.DRIFTED, reason=reason, differences=differences, files=())
    reason = _overwritten(_TABLE) if edited else message("its DataStore table is gone")
    if not settled:
        reason = chained([change.reason, reason])
    return replace(change, action=Action.UPDATE, reason=reason, differences=differences, tables=tables)


def _overwritten(reason: Message) -> Message:
    return message("{reason}: overwritten", reason=reason)


def _kept(reason: Message) -> Message:
    return message("{reason}; --overwrite lets the release win", reason=reason)


def _misplacement(
    desired: DesiredDataset, remote: Remote, site: Site, *, overwrite: bool
) -> tuple[Action, Message] | None:
    """The action for our dataset with another name or organisation, and why; None if it has neither."""
    found: list[Message] = []
    if remote["name"] != desired.name:
        if (published := published_name(remote)) == remote["name"]:
            return Action.TAKEN, message(
                'its files are those of "{name}", published under another id of the catalogue: publish under that id, '
                'or have "{name}" purged',
                name=published,
            )
        found.append(message('renamed to "{name}"', name=remote["name"]))
    moved = remote.get("owner_org") != desired.organization
    if moved and _is_moved(desired, remote, site):
        moved = False
    if moved:
        found.append(message("moved to {organization}", organization=organization_of(remote)))
    if not found:
        return None
    if remote["state"] == "deleted":
        found.append(message("deleted"))
    reason = found[0]
    for more in found[1:]:
        reason = message("{reason} and {more}", reason=reason, more=more)
    if moved and remote.get("owner_org") not in site.editable:
        return Action.DRIFTED, message(
            "{reason}, where {user} may not edit it: have it moved back", reason=reason, user=site.user
        )
    if overwrite:
        return Action.UPDATE, message("{reason}: put back", reason=reason)
    return Action.DRIFTED, message("{reason}; --overwrite puts it back", reason=reason)


def _is_moved(desired: DesiredDataset, remote: Remote, site: Site) -> bool:
    """Whether the release moves the dataset: it is in the organisation in which it was published, now another one.

    A fingerprint without organisation counts as one of a dataset in the organisation of the site. Since the digest
    stands for the organisation too, a release that moves a dataset has another one.
    """
    there, fingerprint = remote.get("owner_org"), fingerprint_of(remote)
    if not desired.moves or not fingerprint or there == desired.organization or fingerprint.digest == desired.digest:
        return False
    return there == (fingerprint.organization or site.organization_id)


def refuse_moves(changes: Sequence[DatasetChange], site: Site) -> None:
    """Raise RemoteError if the release moves a dataset out of an organisation where the user may not edit it."""
    for each in changes:
        if not (
            each.desired and each.remote and each.action == Action.UPDATE and _is_moved(each.desired, each.remote, site)
        ):
            continue
        if each.remote["owner_org"] not in site.editable:
            raise RemoteError(
                message(
                    'the release moves "{dataset}" out of {organization}, where {user} may not edit it',
                    dataset=each.name,
                    organization=organization_of(each.remote),
                    user=site.user,
                ),
                place=Place(site.url),
                remedy=message("Ask an administrator of that organisation to make {user} an editor.", user=site.user),
                status=403,
            )


def organization_name(remote: Remote) -> str | None:
    """The name, else the id, of the organisation that a dataset belongs to."""
    name: str | None = (remote.get("organization") or {}).get("name") or remote.get("owner_org")
    return name


def organization_of(remote: Remote) -> Message:
    """The organisation that a dataset belongs to, by its name."""
    name = organization_name(remote)
    return message('the organisation "{name}"', name=name) if name else message("no organisation")


def _state(desired: DesiredDataset, remote: Remote, indexed_at: str | None) -> tuple[Action, Message]:
    """The action for our dataset with its own name and organisation, and why."""
    fingerprint = fingerprint_of(remote)
    if remote["state"] == "deleted":
        return Action.REVIVE, message("deleted on the portal")
    if fingerprint and fingerprint.writing:
        return Action.UPDATE, _CUT_OFF
    if (
        not fingerprint
        or content_digest(remote, fingerprint.fields, fingerprint.resource_fields) != fingerprint.content
    ):
        return Action.DRIFTED, _EDITED if fingerprint else _UNMARKED
    if indexed_at is not None and not same_moment(indexed_at, str(remote["metadata_modified"])):
        stale = message("the portal's search shows another state than its database")
        return Action.UPDATE, stale if indexed_at else _UNLISTED
    if (fingerprint.digest, fingerprint.catalogue) == (desired.digest, desired.catalogue):
        return Action.UNCHANGED, AS_RELEASED
    package = desired.package
    until_now = not package.private and fingerprint.digest == _digest(package, as_private=True)
    return Action.UPDATE, _PUBLIC if until_now else _RELEASED


def compare(remote: Remote, desired: DesiredDataset) -> tuple[FieldDifference, ...]:
    """Every field that differs: those of the dataset, then the order of the resources, then those of each resource."""
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
        # The lists start at the first difference, since only the beginning of a long value is shown.
        old_order, new_order = ([names[each] for each in ids[first:]] for ids in (before, after))
        found.append(FieldDifference(message("order of the files"), old_order, new_order))
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


def _not_ours(desired: DesiredDataset, remote: Remote) -> Message | None:
    """The reason why a dataset with the desired name is not ours, so that we must not change it; None if it is ours."""
    if desired.identity.is_that_of(remote):
        return None
    fingerprint = fingerprint_of(remote)
    if fingerprint and fingerprint.catalogue == desired.catalogue:
        return message('its name is used by "{name}", which was renamed to it on the portal', name=fingerprint.name)
    dataset = message("a deleted dataset") if remote["state"] == "deleted" else message("a dataset")
    if remote.get("owner_org") != desired.organization:
        dataset = message("{dataset} of {organization}", dataset=dataset, organization=organization_of(remote))
    if fingerprint:
        return message(
            "its name is used by {dataset} from the catalogue {catalogue}",
            dataset=dataset,
            catalogue=fingerprint.catalogue,
        )
    return message("its name is used by {dataset} that was not published from here", dataset=dataset)


def _changed_files(desired: DesiredDataset, remote: Remote) -> tuple[str, ...]:
    """Ids of the uploads whose bytes are not on the portal by its own statement, or not for certain."""
    fingerprint = fingerprint_of(remote)
    there = {
        resource["id"]: (resource.get("hash"), str(resource.get("size")))
        for resource in remote["resources"]
        if resource.get("url_type") == "upload" and (not fingerprint or fingerprint.is_settled(resource))
    }
    return tuple(
        resource.id
        for resource in desired.package.resources
        if resource.file and there.get(resource.id) != (resource.sha256, str(resource.size))
    )


def _millisecond(moment: str) -> str:
    whole, _, fraction = moment.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction[:3]:0<3}"
