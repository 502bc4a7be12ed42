"""The remote state, with as few requests as a correct plan needs: one search, then reads where search may be wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.place import Place
from st_opendata.targets.base import Action, Plan, Policy, Remote, Sending
from st_opendata.targets.ckan.adoption import adoption, find_adoptable, is_adoptable
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import compare_tables
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY, Fingerprint, fingerprint_of, is_unfinished
from st_opendata.targets.ckan.identity import has_files, published_name, reason_to_keep
from st_opendata.targets.ckan.packages import Package
from st_opendata.targets.ckan.plan import (
    AS_RELEASED,
    DatasetChange,
    DesiredDataset,
    decide,
    desired_dataset,
    is_confirmed,
    is_listed_as_released,
    refuse_moves,
    same_moment,
    with_tables,
)
from st_opendata.targets.ckan.rights import read_own_groups
from st_opendata.targets.ckan.site import Site, find_by_files, read_dataset, search_agrees, search_datasets
from st_opendata.targets.ckan.summary import make_plan
from st_opendata.targets.ckan.views import DefaultViews, expected_tables, is_loaded_with

_PAGE = 1000
"""Rows of one request; a site may give fewer (ckan.search.rows_max)."""
_FIELDS = ("id", "name", "metadata_modified", "state", "capacity", f"extras_{FINGERPRINT_KEY}")
SearchResult = Mapping[str, Any]
"""A dataset as search shows it, with the keys of `_FIELDS`."""


_PARTIAL = message(
    "The catalogue for harvesters stays unchanged: other datasets on the portal are not those of this release. A run "
    "without --only writes it."
)


@dataclass(frozen=True, slots=True)
class Known:
    """The datasets of the organisations that the release names, as the portal shows them.

    `listed` are the results of search by name, empty for another name; `ours` those with a fingerprint of the
    catalogue; `members` the names of organisations by the ids of their datasets.
    """

    listed: Mapping[str, Sequence[SearchResult]]
    ours: Sequence[SearchResult]
    members: Mapping[str, str]
    organizations: frozenset[str]


@dataclass(frozen=True, slots=True)
class RemoteReader:
    """Reads one portal, at most `workers` requests at a time, and remembers the state of datasets.

    `confirmed` holds the `metadata_modified` at which search shows datasets, by id, as the portal's database has them.
    """

    client: CkanClient
    site: Site
    confirmed: dict[str, str]
    workers: int = 4
    default_views: DefaultViews = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    """The organisation of each dataset outside the publisher's, by id; read once, if a dataset may have been moved."""
    groups: list[frozenset[str]] = field(default_factory=list)
    """The names of the groups to which the user may add datasets; read once, if a dataset has groups."""
    looking: Lock = field(default_factory=Lock)
    leading: list[DesiredDataset] = field(default_factory=list)
    """The dataset of the catalogue in the plan, which is written first."""
    on_sending: Sending | None = None

    def plan(self, packages: Sequence[Package], catalogue: str, policy: Policy) -> Plan[DatasetChange]:
        """The changes that publishing these packages of the catalogue (its base IRI) makes; the last one is its own.

        `policy.only` has names of packages. Raises RemoteError.
        """
        desired = [desired_dataset(package, self.site, catalogue) for package in packages]
        *datasets, own = desired
        self.leading[:] = [own]
        chosen = [each for each in datasets if not policy.only or each.name in policy.only]
        others = [each for each in datasets if policy.only and each.name not in policy.only]
        known = self._known(desired, catalogue)
        first = self._change_of(own, known, policy)
        self._refuse_twin(own, first)
        # If nothing of the catalogue was ever published, no dataset can have another name.
        published = bool(known.ours) or first.action != Action.CREATE
        whole = all(any(is_listed_as_released(each, found) for found in known.listed[each.name]) for each in others)
        with ThreadPoolExecutor(self.workers) as pool:
            found = pool.map(lambda each: self._change_of(each, known, policy, published=published), chosen)
            changes = self._with_adoptions([*([first] if whole else []), *found], policy)
            if not policy.only:
                seen = {each.name for each in desired} | {str(each.remote["name"]) for each in changes if each.remote}
                left = [each for each in known.ours if each["name"] not in seen]
                changes += filter(None, pool.map(lambda each: self._leftover(each, desired, policy), left))
        refuse_moves(changes, self.site)
        made = sorted(changes, key=lambda change: change.name)
        ghosts = [each.name for each in made if len(known.listed[each.name]) > (each.action != Action.CREATE)]
        page = own.name if whole or first.action != Action.CREATE else ""
        return make_plan(self.site, made, ghosts, page, [] if whole else [_PARTIAL])

    def _known(self, desired: Sequence[DesiredDataset], catalogue: str) -> Known:
        """The datasets of the organisations of these datasets, by search and database."""
        # With --only, another dataset may state an organisation that the portal does not have.
        organizations = sorted({str(each.dataset["owner_org"]) for each in desired} - {""})
        results = {name: list(self.results(name)) for name in organizations}
        listed: dict[str, list[SearchResult]] = defaultdict(list)
        for each in (each for found in results.values() for each in found):
            listed[str(each["name"])].append(each)
        ours = [each for found in listed.values() for each in found if _belongs(each, catalogue)]
        return Known(listed, ours, self._all_members(results), frozenset(organizations))

    def _change_of(
        self, desired: DesiredDataset, known: Known, policy: Policy, *, published: bool = True
    ) -> DatasetChange:
        """The change for one dataset; without `published`, it has no other name on the portal."""
        found = known.listed[desired.name]
        there = len(found) == 1 and known.members.get(str(found[0]["id"])) == desired.dataset["owner_org"]
        if there and is_confirmed(desired, found[0], self.confirmed):
            change = DatasetChange(Action.UNCHANGED, desired.name, AS_RELEASED, desired)
        else:
            change = self.examine(desired, found, policy, known if published else None)
        return self.with_tables_of(desired, change, policy)

    def leads(self) -> bool:
        """Whether the dataset of the catalogue on the portal is ours: of two releases at once, ours has won."""
        found = [(each, self.read_dataset(each.name)) for each in self.leading]
        marks = [(each, fingerprint_of(remote)) for each, remote in found if remote]
        return any(mark and mark.digest == each.digest for each, mark in marks)

    def _with_adoptions(self, changes: Sequence[DatasetChange], policy: Policy) -> list[DatasetChange]:
        """The changes; one that would create a dataset which the organisation has under another name takes it over."""
        created = [each.desired for each in changes if each.action == Action.CREATE and each.desired]
        found = find_adoptable(self.client, created) if created else {}
        taken: set[str] = set()
        made = []
        for each in changes:
            remote, reason = found.get(each.name, ({}, each.reason))
            if each.desired and remote and str(remote["id"]) not in taken:
                taken.add(str(remote["id"]))
                whole = self.read_dataset(str(remote["id"])) or remote
                made.append(adoption(each.desired, whole, reason, adopt=policy.adopt))
            else:
                made.append(each)
        return made

    def results(self, organization: str) -> Iterator[SearchResult]:
        """Every dataset of an organisation as search shows it, private ones too."""
        return search_datasets(
            self.client,
            organization,
            _PAGE,
            include_private=True,
            include_drafts=True,
            fl=list(_FIELDS),
        )

    def _all_members(self, results: Mapping[str, Sequence[SearchResult]]) -> dict[str, str]:
        """The organisation of each dataset, by its id, of those that search shows in some of these organisations."""
        if not any(results.values()):
            return {}
        listed = {name: self._members(name, {str(each["id"]) for each in found}) for name, found in results.items()}
        return {identifier: name for name, members in listed.items() for identifier in members}

    def _members(self, organization: str, without: Collection[str] = ()) -> Collection[str]:
        """Ids of an organisation's datasets by the portal's database, deleted ones left out.

        Those of `without` if the portal does not give them.
        """
        try:
            listed = self.client.read("member_list", {"id": organization, "object_type": "package"})
        except RemoteError as error:
            if error.status not in (403, 404):
                raise
            return without
        return frozenset(str(each[0]) for each in listed)

    def _in_its_organization(self, remote: Remote, known: Known) -> Remote:
        """The dataset with its real organisation, if CKAN shows it in one of those of the release.

        CKAN shows datasets from its search, which does not learn of a move by `package_owner_org_update`.
        """
        shown = self.site.editable.get(str(remote.get("owner_org")), "")
        if remote.get("owner_org") == self.site.organization_id:
            shown = self.site.organization
        name = known.members.get(str(remote["id"]))
        if remote["state"] == "deleted" or shown not in known.organizations or name == shown:
            return remote
        if name is None:
            name = self._elsewhere_in(remote, known)
        if name is None:
            return remote
        identifier = self.site.organization_id_of(name) if name else ""
        return {**remote, "owner_org": identifier, "organization": {"name": name}}

    def _elsewhere_in(self, remote: Remote, known: Known) -> str | None:
        """The name of the organisation, other than ours, that a dataset belongs to; None if it is not known."""
        with self.looking:
            if not self.organizations:  # a revived dataset has no organisation: CKAN does not make it a member again
                for name in self.client.read("organization_list"):
                    if name not in known.organizations:
                        self.organizations.update(dict.fromkeys(self._members(name), str(name)))
                self.organizations.setdefault("", "")
        return self.organizations.get(str(remote["id"]))

    def examine(
        self,
        desired: DesiredDataset,
        results: Sequence[SearchResult],
        policy: Policy,
        known: Known | None,
    ) -> DatasetChange:
        """The change for one dataset, by the portal's database.

        Among the datasets that are `known` it may have another name; None where nothing of the catalogue was published.
        """
        try:
            remote = self.read_dataset(desired.name)
        except RemoteError as error:
            if error.status != 403:
                raise
            return _unreadable(desired, message("its name is used by a dataset that the token may not read"))
        if known and not (remote and desired.identity.is_that_of(remote)):
            try:
                elsewhere = self._elsewhere(desired, known.ours)
            except RemoteError as error:
                if error.status != 403:
                    raise
                return _unreadable(desired, message("its files are those of a dataset that the token may not read"))
            if remote and elsewhere:
                reason = message(
                    '{reason}; ours was renamed to "{name}": have the other renamed or deleted, then --overwrite puts '
                    "ours back",
                    reason=decide(desired, remote, self.site).reason,
                    name=elsewhere["name"],
                )
                return DatasetChange(Action.TAKEN, desired.name, reason, remote=elsewhere)
            remote = elsewhere or remote
        if known and remote:
            remote = self._in_its_organization(remote, known)
        found = (str(each["metadata_modified"]) for each in results if remote and each["id"] == remote["id"])
        moment: str | None = next(found, "")
        settled = moment or (str(remote["metadata_modified"]) if remote else "")
        if remote and moment and not same_moment(moment, str(remote["metadata_modified"])):
            agrees = search_agrees(self.client, remote, include_private=True, include_drafts=True)
            moment = None if agrees else moment
        if remote and remote["name"] == desired.name and is_adoptable(desired, remote):
            reason = message("its name is used by a dataset that was not published from here")
            if remote["id"] == desired.package.origin:
                reason = message("the catalogue was pulled from it")
            return adoption(desired, remote, reason, adopt=policy.adopt)
        change = decide(desired, remote, self.site, indexed_at=moment, overwrite=policy.overwrite)
        if change.action == Action.UNCHANGED and remote:
            self.confirmed[remote["id"]] = settled
        return change

    def own_groups(self) -> frozenset[str]:
        """The names of the groups to which the user may add datasets. Raises RemoteError."""
        if self.site.own_groups is not None:
            return self.site.own_groups
        with self.looking:
            if not self.groups:
                self.groups.append(read_own_groups(self.client))
        return self.groups[0]

    def read_dataset(self, name: str) -> Remote | None:
        """The dataset of this name or id in the portal's database; None if it is not there. Raises RemoteError."""
        return read_dataset(self.client, name)

    def _elsewhere(self, desired: DesiredDataset, marked: Sequence[SearchResult]) -> Remote | None:
        """The dataset under another name, or of another organisation; None if the portal has it nowhere.

        Search finds those with the name in their fingerprint, also copies; the one with the files is preferred.
        All others, deleted ones included, are found by one of their files.

        Raises:
            RemoteError: with status 403 where the token may not read it.
        """
        named = [each for each in marked if _published_as(each) == desired.name != each["name"]]
        candidates = [
            remote
            for each in named
            if (remote := self.read_dataset(str(each["id"]))) and desired.identity.is_that_of(remote)
        ]
        for remote in candidates:
            if has_files(remote, desired.identity.resources):
                return remote
        ours = [each for each in desired.files if each in desired.identity.resources]
        return find_by_files(self.client, ours) or next(iter(candidates), None)

    def with_tables_of(self, desired: DesiredDataset, change: DatasetChange, policy: Policy) -> DatasetChange:
        """The change, extended by DataStore tables that differ from their files.

        After an interrupted write, all rows are compared: any table may be incomplete.
        """
        if change.action not in (Action.UNCHANGED, Action.UPDATE, Action.DRIFTED):
            return change
        there = {each["id"] for each in change.remote["resources"]} if change.remote else None
        sent = {each.file for each in desired.package.resources if each.id in change.files}
        tables = {
            identifier: table
            for identifier, table in expected_tables(desired.package.resources, self.site).items()
            if not is_loaded_with(table, sent) and (there is None or identifier in there)
        }
        unfinished = change.action == Action.UPDATE and is_unfinished(change.remote)
        altered = compare_tables(self.client, tables, whole=policy.overwrite or unfinished)
        if unfinished:
            return replace(change, tables=tuple(altered))
        if altered and change.remote is None:
            remote = self.read_dataset(desired.name)
            if remote is None:
                return decide(desired, None, self.site)
            change = replace(change, remote=remote)
        return with_tables(change, altered, overwrite=policy.overwrite)

    def _leftover(
        self, result: SearchResult, release: Sequence[DesiredDataset], policy: Policy
    ) -> DatasetChange | None:
        """The change for a dataset that has a fingerprint of the catalogue and is not in the release under its name.

        None if only search has it.
        """
        remote = self.read_dataset(str(result["id"]))
        if remote is None or remote["state"] == "deleted":
            return None
        name, names = str(remote["name"]), {each.name for each in release}
        resources = {identifier for each in release for identifier in each.identity.resources}
        if reason := reason_to_keep(remote, release[0].catalogue, names, resources):
            text = message("{reason}; --prune does not delete it", reason=reason)
            return DatasetChange(Action.LEFT, name, text)
        if not policy.prune:
            return DatasetChange(Action.LEFT, name, message("no longer in the release; --prune deletes it"))
        return DatasetChange(Action.DELETE, name, message("no longer in the release"), remote=remote)

    def _refuse_twin(self, catalogue: DesiredDataset, found: DatasetChange) -> None:
        """Raise RemoteError where the files of a catalogue were published under another id of the catalogue.

        Ids of files are derived from their IRIs, and a portal accepts each once: one base means one catalogue.
        """
        if found.action != Action.TAKEN or not found.remote or published_name(found.remote) != found.remote["name"]:
            return
        raise RemoteError(
            message(
                'the catalogue {catalogue} is on the portal already, under another id: the dataset "{dataset}" has its '
                "files",
                catalogue=catalogue.catalogue,
                dataset=found.remote["name"],
            ),
            place=Place(self.client.url),
            remedy=message(
                "Publish it under the previous id and in the previous organisation, or have the datasets on the portal "
                "purged."
            ),
            status=409,
        )


def _unreadable(desired: DesiredDataset, reason: Message) -> DatasetChange:
    return DatasetChange(Action.TAKEN, desired.name, reason)


def _published_as(result: SearchResult) -> str:
    """The name under which a dataset was published, by its fingerprint."""
    fingerprint = Fingerprint.read(result.get(FINGERPRINT_KEY))
    return fingerprint.name if fingerprint else ""


def _belongs(result: SearchResult, catalogue: str) -> bool:
    fingerprint = Fingerprint.read(result.get(FINGERPRINT_KEY))
    return bool(fingerprint and fingerprint.catalogue == catalogue)
