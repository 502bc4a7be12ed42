"""Datasets of a portal that become ours, or that the plan names: by name, identifier or links."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast
from urllib.parse import quote_plus

import pytest

from st_opendata.targets.base import Action
from st_opendata.targets.ckan.adoption import adoption, find_adoptable, is_adoptable
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fingerprint import FINGERPRINT_KEY
from st_opendata.targets.ckan.packages import packages
from st_opendata.targets.ckan.plan import DesiredDataset, desired_dataset
from st_opendata.targets.ckan.site import Site

SITE = Site("https://portal.example", "office", organization_id="o", schema="plain")
BASE = "https://example.org/tiny/"
MARK = {
    "key": FINGERPRINT_KEY,
    "value": '{"catalogue":"c","digest":"d","content":"c","fields":"","resource_fields":""}',
}


class Client:
    """A search that finds these datasets; `filters` are those it got."""

    def __init__(self, *datasets: dict[str, Any]) -> None:
        self.datasets, self.filters = datasets, list[str]()

    @property
    def asked(self) -> str:
        """The last filter."""
        return self.filters[-1]

    def read(self, action: str, question: dict[str, Any]) -> Any:
        assert action == "package_search"
        self.filters.append(question["fq"])
        return {"count": len(self.datasets), "results": list(self.datasets)}


@pytest.fixture(scope="module")
def desired(release: Path) -> list[DesiredDataset]:
    return [desired_dataset(each, SITE, BASE) for each in packages(release, SITE)]


def remote(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"id-{name}",
        "name": name,
        "state": "active",
        "owner_org": "o",
        "resources": [],
        "extras": [],
        **more,
    }


@pytest.mark.parametrize(
    "found",
    [
        remote("old", identifier=f"{BASE}dataset/places"),
        remote("old", extras=[{"key": "identifier", "value": f"{BASE}dataset/places"}]),
        remote("old", resources=[{"id": "r", "url": f"{BASE}places/cities.csv"}]),
    ],
)
def test_a_dataset_is_found_by_identifier_or_links(desired: list[DesiredDataset], found: dict[str, Any]) -> None:
    client = Client(found)
    assert list(find_adoptable(cast(CkanClient, client), desired)) == ["tiny-places"]
    assert client.asked.startswith('organization:"office" AND (')
    assert f'"{BASE}dataset/places"' in client.asked


def test_a_search_fits_into_a_url(desired: list[DesiredDataset]) -> None:
    client = Client()
    many = [desired[0]] * 50
    assert find_adoptable(cast(CkanClient, client), many) == {}
    assert len(client.filters) > 1
    assert max(len(quote_plus(each)) for each in client.filters) < 3500


@pytest.mark.parametrize(
    "other",
    [
        remote("old", identifier=f"{BASE}dataset/places", extras=[MARK]),
        remote("old", identifier=f"{BASE}dataset/elsewhere"),
        remote("old", resources=[{"id": "r", "url": "https://elsewhere.example/places/cities.csv"}]),
    ],
)
def test_others_are_left_alone(desired: list[DesiredDataset], other: dict[str, Any]) -> None:
    assert find_adoptable(cast(CkanClient, Client(other)), desired) == {}


def test_nothing_is_taken_over_without_the_option(desired: list[DesiredDataset]) -> None:
    found = find_adoptable(cast(CkanClient, Client(remote("old", identifier=f"{BASE}dataset/places"))), desired)
    there, reason = found["tiny-places"]
    kept = adoption(desired[0], there, reason, adopt=False)
    assert kept.action == Action.TAKEN
    assert "--adopt takes it over" in str(kept.reason)
    change = adoption(desired[0], there, reason, adopt=True)
    assert change.action == Action.ADOPT
    assert change.remote == there
    assert len(change.files) == len(desired[0].package.resources)
    assert ("name", "old", "tiny-places") in [(each.field, each.before, each.after) for each in change.differences]


def test_only_unmarked_datasets_of_the_organisation_are_taken_over_by_their_name(
    desired: list[DesiredDataset],
) -> None:
    assert is_adoptable(desired[0], remote("tiny-places"))
    assert not is_adoptable(desired[0], remote("tiny-places", owner_org="x"))
    assert not is_adoptable(desired[0], remote("tiny-places", state="deleted"))
    assert not is_adoptable(desired[0], remote("tiny-places", extras=[MARK]))
    assert not is_adoptable(desired[0], remote("tiny-places", resources=[{"id": desired[0].package.resources[0].id}]))
