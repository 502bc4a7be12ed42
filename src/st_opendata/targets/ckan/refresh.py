"""Reading a portal with as few requests as a right plan takes: one search, then only what search may be wrong about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.place import Place
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.datastore import look_at_tables
from st_opendata.targets.ckan.fingerprint import MARK, Mark, Shown, agree
from st_opendata.targets.ckan.identity import has_files, kept_because, published_name
from st_opendata.targets.ckan.packages import Package
from st_opendata.targets.ckan.plan import (
    Change,
    Kind,
    Plan,
    Wanted,
    decide,
    is_settled,
    same_moment,
    wanted_of,
    with_tables,
)
from st_opendata.targets.ckan.preflight import Portal
from st_opendata.targets.ckan.views import DefaultViews, expected_tables, is_loaded_with

_PAGE = 1000
"""Rows asked for at a time; a site may give fewer (ckan.search.rows_max)."""
_FIELDS = ("id", "name", "metadata_modified", "state", "capacity", f"extras_{MARK}")
Listed = Mapping[str, Any]
"""A dataset as search shows it, with the keys of `_FIELDS`."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the publisher asked for beside the release: edits overwritten, datasets of no release deleted."""

    overwrite: bool = False
    prune: bool = False


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Reads one portal, at most `workers` requests at a time, and remembers what it saw.

    `confirmed` holds the `metadata_modified` at which search shows datasets, by id, as the portal's database has them.
    """

    client: CkanClient
    portal: Portal
    confirmed: dict[str, str]
    workers: int = 4
    default_views: DefaultViews = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    """The organisation of each dataset of the others, by id; asked for once, where one of ours may have been moved."""
    looking: Lock = field(default_factory=Lock)

    def plan(self, packages: Sequence[Package], catalogue: str, wish: Wish) -> Plan:
        """What publishing these packages of the catalogue (its base IRI) would do. Raises RemoteError."""
        wanted = [wanted_of(package, self.portal, catalogue) for package in packages]
        listed = list(self.listed())
        by_name: dict[str, list[Listed]] = defaultdict(list)
        for each in listed:
            by_name[str(each["name"])].append(each)
        ours = [each for each in listed if _belongs(each, catalogue)]
        members = self._members(self.portal.organization, {str(each["id"]) for each in listed}) if listed else ()

        def changed(each: Wanted, *, published: bool = True) -> Change:
            found = by_name.get(each.name, [])
            if len(found) == 1 and found[0]["id"] in members and is_settled(each, found[0], self.confirmed):
                change = Change(Kind.UNCHANGED, each.name, "as released", each)
            else:
                change = self.look(each, found, wish, (ours, members) if published else None)
            return self._with_tables(each, change, wish)

        *datasets, own = wanted
        first = changed(own)
        self._refuse_twin(own, first)
        # Where nothing of the catalogue was ever published, no dataset is looked for under other names.
        published = bool(ours) or first.kind != Kind.CREATE
        with ThreadPoolExecutor(self.workers) as pool:
            changes = [first, *pool.map(lambda each: changed(each, published=published), datasets)]
            seen = {each.name for each in wanted} | {str(each.shown["name"]) for each in changes if each.shown}
            left = [each for each in ours if each["name"] not in seen]
            changes += filter(None, pool.map(lambda each: self._leave(each, wanted, wish), left))
        dropped = sorted({name for each in wanted for name in each.dropped})
        made = sorted(changes, key=lambda change: change.name)
        ghosts = [each.name for each in made if len(by_name[each.name]) > (each.kind != Kind.CREATE)]
        return Plan(self.portal, tuple(made), tuple(dropped), tuple(ghosts), own.name)

    def listed(self) -> Iterator[Listed]:
        """Every dataset of the organisation as search shows it, private ones too."""
        question = {
            "fq": f'organization:"{self.portal.organization}"',
            "rows": _PAGE,
            "sort": "name asc, id asc",
            "include_private": True,
            "include_drafts": True,
            "fl": list(_FIELDS),
        }
        start = 0
        while True:
            answer = self.client.read("package_search", {**question, "start": start})
            yield from answer["results"]
            start += len(answer["results"])
            if not answer["results"] or start >= answer["count"]:
                return

    def _members(self, organization: str, without: Collection[str] = ()) -> Collection[str]:
        """Ids of an organisation's datasets by the portal's database, deleted ones left out.

        Those of `without` where the portal does not tell it.
        """
        try:
            listed = self.client.read("member_list", {"id": organization, "object_type": "package"})
        except RemoteError as error:
            if error.status not in (403, 404):
                raise
            return without
        return frozenset(str(each[0]) for each in listed)

    def _in_its_organization(self, shown: Shown, members: Collection[str]) -> Shown:
        """The dataset with the organisation that it has, where it is not in ours, whose `members` are given.

        CKAN shows datasets as its search has them, which does not learn of a move by `package_owner_org_update`.
        """
        there = shown["id"] in members or shown["state"] == "deleted"
        if there or shown.get("owner_org") != self.portal.organization_id:
            return shown
        with self.looking:
            if not self.moved:  # a revived dataset is in none: CKAN does not make it a member again
                for name in self.client.read("organization_list"):
                    if name != self.portal.organization:
                        self.moved.update(dict.fromkeys(self._members(name), str(name)))
                self.moved.setdefault("", "")
        if (name := self.moved.get(str(shown["id"]))) is None:
            return shown
        identifier = next((key for key, each in self.portal.editable.items() if each == name), "")
        return {**shown, "owner_org": identifier, "organization": {"name": name}}

    def look(
        self,
        wanted: Wanted,
        listed: Sequence[Listed],
        wish: Wish,
        known: tuple[Sequence[Listed], Collection[str]] | None,
    ) -> Change:
        """What to do with one dataset, as the portal's database has it.

        Known are all datasets that search shows with the catalogue's mark, among which it may have another name, and
        the ids of all in the organisation; None where nothing of the catalogue was published.
        """
        try:
            shown = self.show(wanted.name)
        except RemoteError as error:
            if error.status != 403:
                raise
            return Change(Kind.TAKEN, wanted.name, "its name is taken by a dataset that the token may not read")
        if known and not (shown and wanted.identity.is_that_of(shown)):
            try:
                elsewhere = self._elsewhere(wanted, known[0])
            except RemoteError as error:
                if error.status != 403:
                    raise
                return Change(Kind.TAKEN, wanted.name, "its files are those of a dataset that the token may not read")
            if shown and elsewhere:
                taken = f"{decide(wanted, shown, self.portal).reason}; ours was renamed to {elsewhere['name']}"
                reason = f"{taken}: have the other renamed or deleted, then --overwrite puts ours back"
                return Change(Kind.TAKEN, wanted.name, reason, shown=elsewhere)
            shown = elsewhere or shown
        if known and shown:
            shown = self._in_its_organization(shown, known[1])
        found = (str(each["metadata_modified"]) for each in listed if shown and each["id"] == shown["id"])
        moment: str | None = next(found, "")
        settled = moment or (str(shown["metadata_modified"]) if shown else "")
        if shown and moment and not same_moment(moment, str(shown["metadata_modified"])) and self._only_saved(shown):
            moment = None
        change = decide(wanted, shown, self.portal, listed=moment, overwrite=wish.overwrite)
        if change.kind == Kind.UNCHANGED and shown:
            self.confirmed[shown["id"]] = settled
        return change

    def _only_saved(self, shown: Shown) -> bool:
        """Whether search is behind by its date alone: CKAN before 2.12 dates what is saved unchanged, in search not."""
        question = {"fq": f'id:"{shown["id"]}"', "include_private": True, "include_drafts": True}
        results = self.client.read("package_search", question)["results"]
        return len(results) == 1 and agree(results[0], shown)

    def show(self, name: str) -> Shown | None:
        """The dataset of this name or id in the portal's database; None where there is none. Raises RemoteError."""
        try:
            shown: Shown = self.client.read("package_show", {"id": name})
        except RemoteError as error:
            if error.status != 404:
                raise
            return None
        return shown

    def _elsewhere(self, wanted: Wanted, ours: Sequence[Listed]) -> Shown | None:
        """The dataset under another name, or of another organisation; None where the portal has it nowhere.

        Search tells it of those whose mark has the name, which copies have too; that has the files is preferred. A file
        of it tells it of all others, deleted ones included.

        Raises:
            RemoteError: with status 403 where the token may not read it.
        """
        named = [each for each in ours if _published_as(each) == wanted.name != each["name"]]
        marked = [
            shown for each in named if (shown := self.show(str(each["id"]))) and wanted.identity.is_that_of(shown)
        ]
        for shown in marked:
            if has_files(shown, wanted.identity.resources):
                return shown
        for resource in wanted.package.resources:
            try:
                found = self.client.read("resource_show", {"id": resource.id})
            except RemoteError as error:
                if error.status != 404:
                    raise
            else:
                return self.show(str(found["package_id"]))
        return next(iter(marked), None)

    def _with_tables(self, wanted: Wanted, change: Change, wish: Wish) -> Change:
        """The change with what is to be done for DataStore tables that are not those of their files."""
        if change.kind not in (Kind.UNCHANGED, Kind.UPDATE, Kind.DRIFTED):
            return change
        there = {each["id"] for each in change.shown["resources"]} if change.shown else None
        sent = {each.file for each in wanted.package.resources if each.id in change.files}
        tables = {
            identifier: table
            for identifier, table in expected_tables(wanted.package.resources, self.portal).items()
            if not is_loaded_with(table, sent) and (there is None or identifier in there)
        }
        altered = look_at_tables(self.client, tables, whole=wish.overwrite)
        if altered and change.shown is None:
            shown = self.show(wanted.name)
            if shown is None:
                return decide(wanted, None, self.portal)
            change = replace(change, shown=shown)
        return with_tables(change, altered, overwrite=wish.overwrite)

    def _leave(self, listed: Listed, release: Sequence[Wanted], wish: Wish) -> Change | None:
        """What to do with a dataset that has the mark of the catalogue and is not in the release under its name.

        None where only search has it.
        """
        shown = self.show(str(listed["id"]))
        if shown is None or shown["state"] == "deleted":
            return None
        name, names = str(shown["name"]), {each.name for each in release}
        resources = {identifier for each in release for identifier in each.identity.resources}
        if reason := kept_because(shown, release[0].catalogue, names, resources):
            return Change(Kind.LEFT, name, f"{reason}; --prune does not delete it")
        if not wish.prune:
            return Change(Kind.LEFT, name, "no longer in the release; --prune deletes it")
        return Change(Kind.DELETE, name, "no longer in the release", shown=shown)

    def _refuse_twin(self, catalogue: Wanted, found: Change) -> None:
        """Raise RemoteError where the files of a catalogue were published under another id of the catalogue.

        Ids of files are made of their IRIs, and a portal takes each once: what has the same base is the same catalogue.
        """
        if found.kind != Kind.TAKEN or not found.shown or published_name(found.shown) != found.shown["name"]:
            return
        other = f"the dataset {found.shown['name']}"
        raise RemoteError(
            f"the catalogue {catalogue.catalogue} is on the portal already, under another id: {other} has its files",
            place=Place(self.client.url),
            remedy="Publish it under the id and in the organisation of before, or have what is there purged.",
            status=409,
        )


def _published_as(listed: Listed) -> str:
    """The name under which a dataset was published, as its mark has it."""
    mark = Mark.read(listed.get(MARK))
    return mark.name if mark else ""


def _belongs(listed: Listed, catalogue: str) -> bool:
    mark = Mark.read(listed.get(MARK))
    return bool(mark and mark.catalogue == catalogue)
