"""Reading a portal with as few requests as a right plan takes: one search, then only what search may be wrong about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.place import Place
from st_opendata.publish.client import CkanClient
from st_opendata.publish.content import MARK, Mark, Shown, agree
from st_opendata.publish.furnishing import DefaultViews
from st_opendata.publish.packages import Package
from st_opendata.publish.plan import Change, Kind, Plan, Wanted, decide, is_settled, same_moment, wanted_of
from st_opendata.publish.preflight import Portal

_PAGE = 1000
"""Rows asked for at a time; a site may give fewer (ckan.search.rows_max)."""
_FIELDS = ("id", "name", "metadata_modified", "state", f"extras_{MARK}")
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

    def plan(self, packages: Sequence[Package], catalogue: str, wish: Wish) -> Plan:
        """What publishing these packages of the catalogue (its base IRI) would do. Raises RemoteError."""
        wanted = [wanted_of(package, self.portal, catalogue) for package in packages]
        listed = list(self.listed())
        by_name: dict[str, list[Listed]] = defaultdict(list)
        for each in listed:
            by_name[str(each["name"])].append(each)

        def changed(each: Wanted) -> Change:
            found = by_name.get(each.name, [])
            if len(found) == 1 and is_settled(each, found[0], self.confirmed):
                return Change(Kind.UNCHANGED, each.name, "as released", each)
            return self.look(each, found, wish)

        names = {each.name for each in wanted}
        ours = [each for each in listed if each["name"] not in names and _belongs(each, catalogue)]
        with ThreadPoolExecutor(self.workers) as pool:
            changes = [*pool.map(changed, wanted), *pool.map(lambda each: self._leave(each, wish), ours)]
        for change in changes:
            if change and change.kind == Kind.CREATE and change.name == wanted[-1].name:
                self._refuse_twin(wanted[-1])
        dropped = sorted({name for each in wanted for name in each.dropped})
        made = sorted((change for change in changes if change), key=lambda change: change.name)
        ghosts = [each.name for each in made if len(by_name[each.name]) > (each.kind != Kind.CREATE)]
        return Plan(self.portal, tuple(made), tuple(dropped), tuple(ghosts))

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

    def look(self, wanted: Wanted, listed: Sequence[Listed], wish: Wish) -> Change:
        """What to do with one dataset, as the portal's database has it."""
        try:
            shown = self.show(wanted.name)
        except RemoteError as error:
            if error.status != 403:
                raise
            return Change(Kind.TAKEN, wanted.name, "its name is taken by a dataset that the token may not read")
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
        """The dataset in the portal's database; None where there is none. Raises RemoteError."""
        try:
            shown: Shown = self.client.read("package_show", {"id": name})
        except RemoteError as error:
            if error.status != 404:
                raise
            return None
        return shown

    def _refuse_twin(self, catalogue: Wanted) -> None:
        """Raise RemoteError where another dataset has the files of a catalogue that is new under its name.

        Ids of files are made of their IRIs, and a portal takes each once: what has the same base was published from
        there under another id, or in another organisation.
        """
        try:
            twin = self.client.read("resource_show", {"id": catalogue.package.resources[0].id})
        except RemoteError as error:
            if error.status == 404:
                return
            if error.status != 403:
                raise
            other = "a dataset that the token may not read"
        else:
            shown = self.show(str(twin["package_id"]))
            other = f"the dataset {shown['name']}" if shown else f"the dataset with the id {twin['package_id']}"
        raise RemoteError(
            f"the catalogue {catalogue.catalogue} is on the portal already, under another id: {other} has its files",
            place=Place(self.client.url),
            remedy="Publish it under the id and in the organisation of before, or have what is there purged.",
            status=409,
        )

    def _leave(self, listed: Listed, wish: Wish) -> Change | None:
        """What to do with a dataset of ours that is in the release no more; None where only search has it."""
        name = str(listed["name"])
        if not wish.prune:
            return Change(Kind.LEFT, name, "no longer in the release; --prune deletes it")
        shown = self.show(name)
        if shown is None or shown["state"] == "deleted":
            return None
        return Change(Kind.DELETE, name, "no longer in the release", shown=shown)


def _belongs(listed: Listed, catalogue: str) -> bool:
    mark = Mark.read(listed.get(MARK))
    return bool(mark and mark.catalogue == catalogue)
