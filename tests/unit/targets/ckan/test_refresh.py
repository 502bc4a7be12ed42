"""Reading a portal: its search page by page, and what is to be done with what it has."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import pytest

from st_opendata.errors import RemoteError
from st_opendata.messages.message import message
from st_opendata.targets.base import Policy
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import Fingerprint, extras_with, fingerprint_of
from st_opendata.targets.ckan.identity import has_files
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.plan import desired_dataset
from st_opendata.targets.ckan.refresh import RemoteReader
from st_opendata.targets.ckan.site import Site

PORTAL = Site("https://p.example", "city", "2.12.0", organization_id="0b5e", user="editor")


class Search:
    """A portal that gives at most this many rows in one answer (ckan.search.rows_max), even if clients request more."""

    def __init__(self, datasets: int, rows_max: int) -> None:
        self.names = [f"d{number}" for number in range(datasets)]
        self.rows_max = rows_max
        self.asked = 0

    def read(self, _action: str, question: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        start, rows = question["start"], min(question["rows"], self.rows_max)
        return {"count": len(self.names), "results": [{"name": name} for name in self.names[start : start + rows]]}


@pytest.mark.parametrize(
    ("datasets", "rows_max", "asked"), [(0, 1000, 1), (1000, 1000, 1), (1001, 1000, 2), (1000, 300, 4)]
)
def test_every_dataset_is_listed_once(datasets: int, rows_max: int, asked: int) -> None:
    search = Search(datasets, rows_max)
    reader = RemoteReader(cast(CkanClient, search), PORTAL, {})
    assert [each["name"] for each in reader.results(PORTAL.organization)] == search.names
    assert search.asked == asked


BASE = "https://example.org/"
MOMENT = "2026-11-23T20:00:00.120456"
NAMES = ("places", "notes", "all-catalogue")
Dataset = dict[str, Any]


def package(name: str) -> Package:
    resource = Resource(f"{name}-file", {"name": "File"}, Path("file.pdf"), 1, "0" * 64, "file.pdf")
    metadata: Dataset = {"name": name, "owner_org": "city", "title": name, "notes": "Text"}
    return Package(name, metadata, (resource,), f"digest of {name}", f"{BASE}{name}")


def published(name: str) -> Dataset:
    """The dataset as a portal shows it after it was published."""
    desired = desired_dataset(package(name), PORTAL, BASE)
    dataset = deepcopy(desired.dataset) | {"id": f"id-{name}", "owner_org": "0b5e", "organization": {"name": "city"}}
    return dataset | {"metadata_modified": MOMENT, "extras": extras_with(None, None, desired.fingerprint())}


class Holding:
    """A portal that has these datasets; it counts what it is asked."""

    def __init__(self, *datasets: Dataset) -> None:
        self.url = PORTAL.url
        self.datasets = list(datasets)
        self.asked = Counter[str]()

    def read(self, action: str, question: Dataset | None = None) -> Any:
        self.asked[action] += 1
        asked = question or {}
        match action:
            case "package_search":
                found = [each for each in self.datasets if (each["owner_org"], each["state"]) == ("0b5e", "active")]
                return {"count": len(found), "results": list(map(self.listed, found))}
            case "member_list":
                return [[each["id"], "package", "organization"] for each in self.datasets if each["state"] == "active"]
            case "package_show":
                found = [each for each in self.datasets if asked["id"] in (each["id"], each["name"])]
            case "resource_show":
                found = [each for each in self.datasets if has_files(each, {str(asked["id"])})]
                if found:
                    return {"package_id": found[0]["id"]}
        if not found:
            raise RemoteError(message("not found"), status=404)
        return found[0]

    @staticmethod
    def listed(dataset: Dataset) -> Dataset:
        fingerprint = fingerprint_of(dataset)
        kept = {key: dataset[key] for key in ("id", "name", "metadata_modified", "state")}
        return {**kept, "capacity": "public", "st_opendata": fingerprint.text() if fingerprint else None}


def plan(holding: Holding, *names: str, **policy: bool) -> dict[str, tuple[str, str]]:
    """Kind and reason of each change."""
    reader = RemoteReader(cast(CkanClient, holding), PORTAL, {})
    made = reader.plan([package(name) for name in (*names, "all-catalogue")], BASE, Policy(**policy))
    return {change.name: (str(change.action), str(change.reason)) for change in made.changes}


def test_on_an_empty_portal_nothing_is_looked_for_under_other_names() -> None:
    holding = Holding()
    assert {action for action, _ in plan(holding, "places", "notes").values()} == {"create"}
    assert holding.asked["resource_show"] == 1  # of the catalogue
    assert holding.asked["member_list"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "by-hand"},
        {"name": "by-hand", "extras": []},
        {"name": "by-hand", "resources": []},
        {"name": "by-hand", "state": "deleted"},
    ],
)
@pytest.mark.parametrize("renamed", ["places", "all-catalogue"])
def test_a_renamed_one_is_neither_created_nor_pruned(changes: Dataset, renamed: str) -> None:
    datasets = {name: published(name) for name in NAMES}
    datasets[renamed] |= changes
    for policy in ({}, {"prune": True}):
        found = plan(Holding(*datasets.values()), "places", "notes", **policy)
        assert found.keys() == set(NAMES)
        action, reason = found[renamed]
        assert (action, reason.startswith('renamed to "by-hand"')) == ("drifted", True)
        assert [action for action, _ in found.values()].count("unchanged") == 2


def test_datasets_that_swapped_their_names_are_both_told() -> None:
    places, notes = published("places") | {"name": "notes"}, published("notes") | {"name": "places"}
    found = plan(Holding(places, notes, published("all-catalogue")), "places", "notes", overwrite=True, prune=True)
    assert found["places"][0] == found["notes"][0] == "taken"
    assert 'used by "notes", which was renamed to it on the portal; ours was renamed to "notes":' in found["places"][1]
    assert found.keys() == set(NAMES)


def test_pruned_is_only_what_was_surely_published_from_here() -> None:
    gone, renamed, copied = published("gone"), published("renamed") | {"name": "by-hand"}, published("places")
    copied |= {"name": "copy", "id": "id-copy", "resources": []}
    others = published("others") | {
        "extras": extras_with([], None, Fingerprint("https://other.example/", "d", "c", (), ()))
    }
    lost = published("lost") | {"extras": []}
    there = [published(name) for name in NAMES]
    found = plan(Holding(*there, gone, renamed, copied, others, lost), "places", "notes", prune=True)
    assert {name: action for name, (action, _) in found.items() if name not in NAMES} == {
        "gone": "delete", "by-hand": "left", "copy": "left",
    }  # fmt: skip
    found = plan(Holding(*there, gone), "places", "notes")
    assert found["gone"] == ("left", "no longer in the release; --prune deletes it")


def test_a_catalogue_under_another_id_is_refused_before_the_first_write() -> None:
    before = published("before-catalogue")
    before["resources"][0]["id"] = "all-catalogue-file"
    with pytest.raises(RemoteError, match='under another id: the dataset "before-catalogue" has its files'):
        plan(Holding(before), "places")


def test_of_a_copy_and_a_renamed_one_the_one_with_the_files_is_ours() -> None:
    copied = published("places") | {"name": "a-copy", "id": "id-copy", "resources": []}
    datasets = [copied, published("places") | {"name": "z"}, published("notes"), published("all-catalogue")]
    found = plan(Holding(*datasets), "places", "notes", prune=True)
    assert found["places"] == ("drifted", 'renamed to "z"; --overwrite puts it back')
    assert found["a-copy"] == ("left", 'a copy of "places", made on the portal; --prune does not delete it')
    assert found.keys() == {*NAMES, "a-copy"}
