"""The place of datasets on a portal: organisations, groups, visibility and the files that are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import ConfigurationError, RemoteError, UsageError
from st_opendata.model.targets import TargetSettings
from st_opendata.namespaces import expand
from st_opendata.rdf.statements import parse_statements, text_of
from st_opendata.targets.base import Action
from st_opendata.targets.ckan import sending
from st_opendata.targets.ckan.fingerprint import extras_with
from st_opendata.targets.ckan.packages import Package, packages
from st_opendata.targets.ckan.plan import DatasetChange, decide, desired_dataset, refuse_moves
from st_opendata.targets.ckan.portal_schema import PortalChoice
from st_opendata.targets.ckan.revision import revision, with_groups_of
from st_opendata.targets.ckan.site import Site
from st_opendata.targets.ckan.summary import make_plan

BASE = "https://example.org/tiny/"
CITY = Site(
    "https://portal.example",
    "city",
    organization_id="c",
    user="editor",
    editable={"c": "city", "r": "roads"},
    organizations=(PortalChoice("city", {}), PortalChoice("roads", {"": "City office"})),
    groups=(PortalChoice("regions", {"": "Regions and cities"}), PortalChoice("water", {})),
    own_groups=frozenset({"regions"}),
    schema="plain",
    moves=True,
    day=date(2026, 11, 30),
)


def site(**stated: Any) -> Site:
    return replace(CITY, settings=TargetSettings.model_validate({"kind": "ckan", "url": CITY.url, **stated}))


def of_places(**stated: Any) -> Site:
    return site(datasets={"places": stated})


@pytest.mark.parametrize(
    ("stated", "organization", "groups"),
    [
        ({}, "city", []),
        ({"organization": "roads", "groups": "regions"}, "roads", ["regions"]),
        ({"organization": {"from": "dct:publisher/foaf:name"}}, "roads", []),  # by the title of the organisation
        ({"organization": {"from": "version", "values": {"9": "roads"}, "default": "city"}}, "city", []),
        ({"groups": {"from": "theme"}}, "city", ["regions"]),
    ],
)
def test_organisation_and_groups(release: Path, stated: Any, organization: str, groups: list[str]) -> None:
    places = packages(release, of_places(**stated))[0].metadata
    assert places["owner_org"] == organization
    assert places.get("groups", []) == [{"name": name} for name in groups]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"organization": "road"}, 'did you mean "roads"?: city, roads'),
        ({"organization": "road"}, "editor may create datasets in these organisations only"),
        ({"organization": {"from": "version", "values": {"9": "roads"}}}, "the expression has no value"),
        ({"groups": ["regoins"]}, 'groups: "regoins" is not among the choices of the portal; did you mean "regions"?'),
        ({"groups": ["water"]}, 'only its members may add datasets to the group "water"'),
    ],
)
def test_places_that_the_portal_does_not_have(release: Path, stated: Any, expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        packages(release, of_places(**stated))
    assert expected in str(refused.value)
    assert packages(release, of_places(**stated), ["says"])  # what another dataset states does not matter


def test_a_theme_without_a_group_is_named(release: Path) -> None:
    none = replace(of_places(groups={"from": "theme"}), groups=(PortalChoice("water", {}),))
    places = packages(release, none)[0]
    assert "groups" not in places.metadata
    assert "Regions and cities is not among the choices" in str([str(each.text) for each in places.notices])


def published(package: Package, there: Site, **changes: Any) -> dict[str, Any]:
    """The dataset as the portal shows it after it was published in the place that was stated."""
    made = desired_dataset(package, there, BASE)
    name = str(made.dataset["owner_org"])
    shown = {
        **made.dataset,
        "id": "p",
        "metadata_modified": "2026-11-01T00:00:00.1",
        "groups": made.dataset.get("groups", []),
    }
    shown |= {"owner_org": made.organization, "organization": {"name": name}}
    return {**shown, "extras": extras_with(None, made.dataset.get("extras"), made.fingerprint()), **changes}


def change(release: Path, before: Site, after: Site, **changes: Any) -> DatasetChange:
    remote = published(packages(release, before)[0], before, **changes)
    return decide(desired_dataset(packages(release, after)[0], after, BASE), remote, after)


def test_the_release_moves_a_dataset_and_a_person_does_not(release: Path) -> None:
    roads = of_places(organization="roads")
    moved = change(release, CITY, roads)
    assert (moved.action, moved.files) == (Action.UPDATE, ())
    assert [(each.field, each.before, each.after) for each in moved.differences] == [("organization", "city", "roads")]
    by_hand = change(release, roads, roads, owner_org="c", organization={"name": "city"})
    assert by_hand.action == Action.DRIFTED
    assert change(release, roads, roads).action == Action.UNCHANGED
    by_option = replace(roads, moves=False)
    assert change(release, CITY, by_option).action == Action.DRIFTED


def test_a_move_needs_rights_in_both_organisations(release: Path) -> None:
    roads = replace(of_places(organization="roads"), editable={"r": "roads"})
    with pytest.raises(RemoteError, match='moves "tiny-places" out of the organisation "city"'):
        refuse_moves([change(release, CITY, roads)], roads)


def test_a_group_of_others_stays_and_one_of_ours_is_restored(release: Path) -> None:
    stated = of_places(groups=["regions"])
    others = [{"name": "regions"}, {"name": "water"}]
    assert change(release, stated, stated, groups=others).action == Action.UNCHANGED
    assert change(release, stated, stated, groups=[{"name": "water"}]).action == Action.DRIFTED
    left = change(release, stated, CITY, groups=others)
    assert left.remote
    data = revision(left.remote, left, left.desired.fingerprint()) if left.desired else {}
    assert data["update"]["groups"] == [{"name": "water"}]
    assert with_groups_of({"regions"}, data, left.remote)["update"]["groups"] == []
    assert with_groups_of({"water"}, data, left.remote) is data


@pytest.mark.parametrize(
    ("stated", "private"),
    [
        ({}, False),
        ({"private": True}, True),
        ({"private": False}, False),
        ({"publishFrom": "2026-12-01"}, True),
        ({"publishFrom": "2026-11-30"}, False),
    ],
)
def test_a_dataset_is_private_until_its_day(release: Path, stated: Any, private: bool) -> None:
    places, *_, catalogue = packages(release, of_places(**stated))
    assert desired_dataset(places, CITY, BASE).dataset["private"] == places.private == private
    assert not catalogue.private
    with catalogue.resources[0].open() as file:
        graph = parse_statements(file.read(), "catalogue.ttl")
    subjects = graph.subjects()
    assert (f"{BASE}dataset/places" in subjects) != private
    assert any(each.startswith(f"{BASE}distribution/places/") for each in subjects) != private
    assert f"{BASE}dataset/says" in subjects
    assert all(graph.predicates(text_of(value)) for _, value in graph.of(expand("dcat:dataset")))


def test_a_catalogue_that_is_private_describes_all(release: Path) -> None:
    *_, catalogue = packages(release, site(private=True))
    assert catalogue.private
    with catalogue.resources[0].open() as file:
        assert f"{BASE}dataset/places" in parse_statements(file.read(), "catalogue.ttl").subjects()


def test_from_its_day_it_becomes_public_without_a_file(release: Path) -> None:
    before = of_places(publishFrom="2026-12-01")
    public = change(release, before, replace(before, day=date(2026, 12, 1)))
    assert (public.action, public.files) == (Action.UPDATE, ())
    assert "its release date has come" in str(public.reason)
    assert public.remote
    assert public.desired
    assert revision(public.remote, public, public.desired.fingerprint())["update"]["private"] is False
    hidden = change(release, CITY, before)
    assert hidden.remote
    assert hidden.desired
    writing = replace(hidden.desired.fingerprint(), writing=True)
    assert revision(hidden.remote, hidden, writing)["update"]["private"] is True


def formats(package: Package) -> set[str]:
    return {str(each.metadata["format"]) for each in package.resources}


def test_formats_that_are_not_wanted(release: Path) -> None:
    places, says, _ = packages(release, site(formats={"nt": False}, datasets={"says": {"formats": ["csv"]}}))
    assert "N-Triples" not in formats(places)
    assert {"CSV", "Turtle", "XLSX"} <= formats(places)
    assert {each.path.rpartition(".")[2] for each in says.left} >= {"nt", "ttl", "xlsx"}
    assert {str(each.reason) for each in says.left} == {"stated"}
    assert "CSV" in formats(says)


def test_only_what_is_large_and_many_times_its_table_stays(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(each.left for each in packages(release, CITY))
    monkeypatch.setattr(sending, "SMALL", 100)
    places = packages(release, CITY)[0]
    tables = sum(each.size for each in places.resources if each.metadata["format"] == "CSV")
    assert places.left
    assert all(each.distribution.file.size > 5 * tables for each in places.left if not each.distribution.table)
    kept = {each.path for each in packages(release, site(formats={"nt": True}))[0].left}
    assert {each.path for each in places.left} - kept == {"places/places.nt"}
    linked = packages(release, replace(CITY, link_base="https://files.example/r"))[0]
    links = {each.url for each in linked.resources if each.file is None and each.sha256}
    assert "https://files.example/r/places/places.nt" in links
    made = desired_dataset(places, CITY, BASE)
    plan = make_plan(CITY, [DatasetChange(Action.CREATE, places.name, made.package.notices[0].text, made)], (), "x")
    assert [str(each) for each in plan.notes if "each more than 5 times" in str(each)]


def test_a_file_that_stays_is_not_refused_for_its_size(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SMALL", 100)
    left = packages(release, CITY)[0].left
    small = replace(CITY, max_upload=1)
    files = [each.distribution.file for each in left]
    sending.refuse_large(files, {"places": left}, small)
    with pytest.raises(UsageError, match="larger than the site's limit"):
        sending.refuse_large(files, {}, small)
