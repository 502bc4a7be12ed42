"""What publishing does about a dataset that was pulled: by its fields on the portal, and by the changed ones."""

from __future__ import annotations

from typing import Any

import pytest

from st_opendata.model.pulled import PulledDataset
from st_opendata.targets.base import Action
from st_opendata.targets.ckan.fingerprint import state_digests
from st_opendata.targets.ckan.pulled import change_of
from st_opendata.targets.ckan.revision import amendment

REMOTE: dict[str, Any] = {
    "id": "4f0c",
    "name": "trees",
    "title": "Trees",
    "notes": "All trees.\r\n",
    "metadata_modified": "2026-01-01T00:00:00",
    "tags": [{"name": "tree", "display_name": "tree"}],
    "extras": [{"key": "guid", "value": "9"}, {"key": "language", "value": "de"}],
    "groups": [{"name": "green"}],
    "resources": [{"id": "77aa", "name": "", "url": "https://x.example/a.csv", "position": 0}],
}
ORIGIN = PulledDataset("4f0c", "trees", state_digests(REMOTE))
CHANGED = PulledDataset("4f0c", "trees", state_digests(REMOTE), changed=("title",))


def test_an_unchanged_dataset_stays() -> None:
    assert change_of(ORIGIN, REMOTE, {}).action is Action.UNCHANGED


@pytest.mark.parametrize(
    "passing",
    [
        {"metadata_modified": "2026-02-02T00:00:00"},
        {"num_tags": 7, "organization": {"title": "New"}},
        {"notes": "All trees."},
        {"url": ""},
        {"resources": [{**REMOTE["resources"][0], "datastore_active": True, "position": 3}]},
    ],
)
def test_what_changes_without_an_edit_does_not_count(passing: dict[str, Any]) -> None:
    assert change_of(ORIGIN, {**REMOTE, **passing}, {}).action is Action.UNCHANGED


@pytest.mark.parametrize(
    "edit",
    [
        {"title": "New"},
        {"url": "https://x.example/"},
        {"tags": []},
        {"extras": REMOTE["extras"][:1]},
        {"groups": []},
        {"resources": []},
        {"private": True},
    ],
)
def test_an_edit_on_the_portal_is_kept(edit: dict[str, Any]) -> None:
    for origin, written in ((ORIGIN, {}), (CHANGED, {"title": "Ours"})):
        change = change_of(origin, {**REMOTE, **edit}, written)
        assert (change.action, dict(change.amendment)) == (Action.DRIFTED, {})


def test_only_the_changed_field_is_written() -> None:
    change = change_of(CHANGED, REMOTE, {"title": "All the trees"})
    assert change.action is Action.UPDATE
    assert [(each.field, each.before, each.after) for each in change.differences] == [
        ("title", "Trees", "All the trees")
    ]
    assert amendment(change) == {"filter": [], "update": {"title": "All the trees"}}


def test_lists_and_extras_are_written_whole() -> None:
    change = change_of(CHANGED, REMOTE, {"tags": ["oak", "tree"], "extras:language": None, "extras:version": "2"})
    assert amendment(change) == {
        "filter": ["-extras", "-tags"],
        "update": {
            "tags": [{"name": "oak"}, {"name": "tree"}],
            "extras": [{"key": "guid", "value": "9"}, {"key": "version", "value": "2"}],
        },
    }


def test_what_was_written_already_is_not_written_again() -> None:
    change = change_of(CHANGED, {**REMOTE, "title": "All the trees"}, {"title": "All the trees"})
    assert change.action is Action.UNCHANGED
