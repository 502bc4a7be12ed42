"""What is decided from a release and what a portal shows: pure, without a portal."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_opendata.targets.base import Action
from st_opendata.targets.ckan.fields import schema_for
from st_opendata.targets.ckan.fingerprint import (
    Fingerprint,
    added_fields,
    content_digest,
    extras_with,
    fields_of,
    fingerprint_of,
    normal,
)
from st_opendata.targets.ckan.identity import published_name, reason_to_keep
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.plan import (
    DatasetChange,
    DesiredDataset,
    decide,
    desired_dataset,
    is_confirmed,
    same_moment,
)
from st_opendata.targets.ckan.revision import (
    new_dataset,
    part_revision,
    revision,
    upload_parts,
    writing_fingerprint,
)
from st_opendata.targets.ckan.site import Site

PORTAL = Site(
    url="https://portal.example.org",
    version="2.12.0",
    plugins=frozenset({"scheming_datasets"}),
    schema=schema_for({"scheming_datasets"}),
    user="editor",
    organization="city",
    organization_id="0b5e",
    language="en",
)
BASE = "https://example.org/"
MOMENT = "2026-11-23T20:00:00.120456"


def resource(number: int, text: bytes = b"a,b\n") -> Resource:
    name = f"table{number}.csv"
    metadata: dict[str, object] = {"name": f"Table {number}", "format": "CSV"}
    return Resource(f"0000000{number}-aaaa", metadata, Path(name), len(text), sha256(text).hexdigest(), name)


def desired(title: str = "Places", *resources: Resource, digest: str = "d1", **metadata: object) -> DesiredDataset:
    fields = {"name": "places", "owner_org": "city", "title": title, "notes": "Text", **metadata}
    return desired_dataset(
        Package("places", fields, resources or (resource(1), resource(2)), digest, f"{BASE}places"), PORTAL, BASE
    )


def remote(as_published: DesiredDataset, **changes: object) -> dict[str, Any]:
    """The dataset as CKAN shows it after it was published."""
    dataset = deepcopy(as_published.dataset)
    dataset |= {"id": "p1", "owner_org": "0b5e", "organization": {"name": "city"}, "metadata_modified": MOMENT}
    dataset["extras"] = extras_with(None, dataset.get("extras"), as_published.fingerprint())
    dataset["tags"] = [{"name": tag["name"], "state": "active"} for tag in reversed(dataset.get("tags", []))]
    for each in dataset["resources"]:
        each |= {"url": f"https://portal.example.org/download/{each['name']}", "created": MOMENT, "position": 0}
    return dataset | changes


def action(change: DatasetChange) -> tuple[str, int]:
    return str(change.action), len(change.files)


def test_what_is_not_there_is_created_with_all_files() -> None:
    assert action(decide(desired(), None, PORTAL)) == ("create", 2)


def test_what_is_as_released_stays() -> None:
    tagged = desired(tags=[{"name": "a b"}, {"name": "c"}])
    assert action(decide(tagged, remote(tagged), PORTAL)) == ("unchanged", 0)


def test_a_release_that_changed_names_fields_and_files() -> None:
    change = decide(desired("All", resource(1, b"x\n"), resource(2), digest="d2"), remote(desired()), PORTAL)
    assert (change.action, change.files) == (Action.UPDATE, (resource(1).id,))
    assert [(each.resource, each.field) for each in change.differences] == [
        (None, "title"),
        ("Table 1", "hash"),
        ("Table 1", "size"),
    ]


@pytest.mark.parametrize("overwrite", [False, True])
def test_edits_win_unless_told(overwrite: bool) -> None:
    change = decide(desired(digest="d2"), remote(desired(), title="By hand"), PORTAL, overwrite=overwrite)
    assert action(change) == (("update", 2) if overwrite else ("drifted", 0))
    assert [(each.field, each.before, each.after) for each in change.differences] == [("title", "By hand", "Places")]


def test_a_field_that_others_added_is_no_edit() -> None:
    there = remote(desired(), author="Somebody")
    there["extras"].append({"key": "reviewed", "value": "yes"})
    assert decide(desired(), there, PORTAL).action == Action.UNCHANGED


def test_another_order_of_resources_is_an_edit() -> None:
    there = remote(desired())
    there["resources"].reverse()
    assert decide(desired(), there, PORTAL).action == Action.DRIFTED


def test_a_write_that_was_cut_off_is_sent_in_full() -> None:
    there = remote(desired())
    there["extras"] = extras_with([], None, replace(desired().fingerprint(), writing=True))
    assert action(decide(desired(), there, PORTAL)) == ("update", 2)


def test_a_write_that_was_cut_off_sends_what_is_missing() -> None:
    there = remote(desired())
    mark = desired().fingerprint().sending([resource(2).id], MOMENT)
    there["extras"] = extras_with([], None, mark)
    assert action(decide(desired(), there, PORTAL)) == ("update", 2)  # the portal states no moment of an upload
    for each in there["resources"]:
        each["last_modified"] = MOMENT
    assert decide(desired(), there, PORTAL).files == (resource(2).id,)
    there["resources"][0]["last_modified"] = MOMENT.replace("456", "457")
    assert action(decide(desired(), there, PORTAL)) == ("update", 2)


def test_files_go_in_parts() -> None:
    change = decide(
        desired("Places", resource(1, b"1" * 6), resource(2, b"2" * 4), resource(3, b"3" * 5)), None, PORTAL
    )
    one, two, three = change.files
    assert upload_parts(change, 15) == [(one, two, three)]
    assert upload_parts(change, 10) == [(one, two), (three,), ()]
    assert upload_parts(change, 0) == [(one,), (two,), (three,), ()]
    assert upload_parts(replace(change, files=()), 10) == [()]
    assert upload_parts(replace(change, files=(three,)), 4) == [(three,), ()]


def test_a_part_leaves_the_rest_and_never_shows_what_becomes_private() -> None:
    there = remote(desired(), private=False)
    after = desired("Places", resource(1, b"new"), resource(2), resource(3))
    change = decide(after, there, PORTAL)
    data = part_revision(there, change, (resource(1).id, resource(3).id))
    assert data["filter"] == ["-resources"]
    assert set(data["update"]) == {"private", "resources"}
    first, second, third = data["update"]["resources"]
    assert (first["hash"], third["url"]) == (sha256(b"new").hexdigest(), "")
    assert second == there["resources"][1]
    assert data["update"]["private"] is False
    hidden = replace(after, package=replace(after.package, private=True))
    assert part_revision(there, replace(change, desired=hidden), ())["update"]["private"] is True


def test_a_deleted_one_is_revived() -> None:
    assert action(decide(desired(), remote(desired(), state="deleted"), PORTAL)) == ("revive", 2)


def test_search_that_lies_is_repaired() -> None:
    assert action(decide(desired(), remote(desired()), PORTAL, indexed_at="2026-11-23T21:00:00Z")) == ("update", 2)
    assert decide(desired(), remote(desired()), PORTAL, indexed_at="2026-11-23T20:00:00.12Z").action == Action.UNCHANGED


def test_what_search_does_not_list_is_written_again_without_files() -> None:
    change = decide(desired(), remote(desired()), PORTAL, indexed_at="")
    assert (*action(change), str(change.reason)) == ("update", 0, "the portal's search does not list it")
    assert decide(desired(), remote(desired(), title="By hand"), PORTAL, indexed_at="").action == Action.DRIFTED
    assert decide(desired(), remote(desired()), PORTAL).action == Action.UNCHANGED  # where search was not asked


def test_a_mark_notes_what_the_portal_altered() -> None:
    assert not desired().fingerprint(dataset=remote(desired())).altered
    altered = desired().fingerprint(dataset=remote(desired(), title="PLACES"))
    assert altered.altered
    assert Fingerprint.read(altered.text()) == altered


@pytest.mark.parametrize(
    "theirs",
    [
        {"owner_org": "f00d", "organization": {"name": "others"}, "extras": [], "resources": []},
        {"extras": [], "resources": []},
        {"extras": extras_with([], None, Fingerprint("https://other.example/", "d", "c", (), ()))},
    ],
)
def test_what_others_published_is_never_ours(theirs: dict[str, object]) -> None:
    for options in ({}, {"overwrite": True}):
        assert decide(desired(), remote(desired(), **theirs), PORTAL, **options).action == Action.TAKEN


def test_without_its_mark_it_is_known_by_its_resources() -> None:
    assert decide(desired(), remote(desired(), extras=[]), PORTAL).action == Action.DRIFTED


def test_search_is_trusted_only_in_the_state_that_was_confirmed() -> None:
    fingerprint = desired().fingerprint()
    listed = {
        "id": "p1",
        "name": "places",
        "metadata_modified": "2026-11-23T20:00:00.12Z",
        "st_opendata": fingerprint.text(),
    }
    assert is_confirmed(desired(), listed, {"p1": MOMENT})
    assert not is_confirmed(desired(), listed, {})
    assert not is_confirmed(desired(), listed, {"p1": "2026-11-23T20:00:01"})
    assert not is_confirmed(desired(digest="d2"), listed, {"p1": MOMENT})
    assert not is_confirmed(
        desired(), listed | {"st_opendata": replace(fingerprint, writing=True).text()}, {"p1": MOMENT}
    )
    assert not is_confirmed(desired(), None, {"p1": MOMENT})


def test_a_new_dataset_is_private_and_marked_until_its_files_are_there() -> None:
    data = new_dataset(desired())
    fingerprint = fingerprint_of(data)
    assert (data["private"], fingerprint and fingerprint.writing) == (True, True)
    assert [(each["id"], each["url"]) for each in data["resources"]] == [(resource(1).id, "")]


def test_a_revision_removes_what_is_no_longer_stated_and_keeps_what_others_noted() -> None:
    before = desired(version="1", extras=[{"key": "source", "value": "x"}])
    there = remote(before)
    there["extras"].append({"key": "reviewed", "value": "yes"})
    there["resources"][0]["datastore_active"] = True
    after = desired("Places", resource(3), resource(1), digest="d2")
    change = decide(after, there, PORTAL)
    begun = there | {"extras": extras_with(there["extras"], None, writing_fingerprint(there, change))}
    data = revision(begun, change, after.fingerprint())
    assert {"-version", "-extras", "-resources"} <= set(data["filter"])
    assert {extra["key"] for extra in data["update"]["extras"]} == {"reviewed", "st_opendata"}
    new, kept = data["update"]["resources"]
    assert (new["id"], new["url"]) == (resource(3).id, "")
    assert (kept["datastore_active"], kept["url"], kept["url_type"]) == (True, "Table 1", "upload")


def test_moments_of_search_and_database_compare_to_the_millisecond() -> None:
    assert same_moment("2026-11-23T20:00:00Z", "2026-11-23T20:00:00.000123")
    assert same_moment("2026-11-23T20:00:00.1Z", "2026-11-23T20:00:00.100999")
    assert not same_moment("2026-11-23T20:00:00.1Z", "2026-11-23T20:00:00.010999")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine under load
@given(JSON)
def test_the_normal_form_is_stable(value: object) -> None:
    assert normal(normal(value)) == normal(value)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4))
def test_a_mark_survives_its_text_and_knows_its_content(fields: dict[str, object]) -> None:
    dataset = {**fields, "resources": []}
    fingerprint = Fingerprint(BASE, "d", content_digest(dataset, "abcd", ()), tuple("abcd"), ())
    assert Fingerprint.read(fingerprint.text()) == fingerprint
    assert Fingerprint.read("no mark") is None
    changed = {**dataset, "a": "something else"}
    assert (content_digest(changed, fingerprint.fields, ()) == fingerprint.content) == (
        normal(fields.get("a")) == "something else"
    )


THEIRS = "0ff1ce"
NO_FILES: dict[str, Any] = {"resources": []}


def marked(fingerprint: Fingerprint) -> dict[str, Any]:
    return {"extras": extras_with([], None, fingerprint)}


def older(each: DesiredDataset) -> Fingerprint:
    """The mark of a version that did not note the name."""
    return replace(each.fingerprint(), name="")


@pytest.mark.parametrize(
    ("changes", "ours"),
    [
        ({}, True),
        ({"name": "by-hand"}, True),
        ({"name": "by-hand", "extras": []}, True),  # known by its files
        ({"name": "by-hand", **NO_FILES}, True),  # known by its mark
        ({"name": "by-hand", "extras": [], **NO_FILES}, False),
        ({"extras": [], **NO_FILES}, False),
        ({"owner_org": THEIRS}, True),
        ({**marked(replace(desired().fingerprint(), name="others")), **NO_FILES}, False),
        (marked(Fingerprint("https://other.example/", "d", "c", (), ())), False),
        ({**marked(older(desired())), "title": "By hand", **NO_FILES}, True),  # by its name, as older versions did
        ({**marked(older(desired())), "name": "by-hand", **NO_FILES}, False),
    ],
)
def test_a_dataset_is_known_by_mark_or_files(changes: dict[str, Any], ours: bool) -> None:
    assert desired().identity.is_that_of(remote(desired(), **changes)) == ours


def test_the_name_under_which_it_was_published() -> None:
    assert published_name(remote(desired(), name="by-hand")) == "places"
    assert published_name(remote(desired(), extras=[])) == ""
    assert published_name(remote(desired(), **marked(older(desired())))) == "places"
    assert published_name(remote(desired(), name="by-hand", **marked(older(desired())))) == ""


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"title": "Edited"}, None),
        (marked(older(desired())), None),
        ({"name": "by-hand"}, 'renamed on the portal; "places"'),
        ({"name": "by-hand", "title": "Edited", **marked(older(desired()))}, "may have been renamed"),
        ({"extras": []}, "its database does not"),
        (marked(Fingerprint("https://other.example/", "d", "c", (), ())), "its database does not"),
    ],
)
def test_what_may_be_pruned(changes: dict[str, Any], says: str | None) -> None:
    because = reason_to_keep(remote(desired(), **changes), BASE, {"others"}, {"not-one-of-its-files"})
    assert because is None if says is None else says in str(because)


def test_what_belongs_to_the_release_is_not_pruned() -> None:
    there = remote(desired(), name="copy")
    assert str(reason_to_keep(there, BASE, {"places"}, set())) == 'a copy of "places", made on the portal'
    assert str(reason_to_keep(there, BASE, set(), {resource(1).id})) == "it has files of the release"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "by-hand"}, 'renamed to "by-hand"; --overwrite puts it back'),
        ({"name": "by-hand", "extras": []}, 'renamed to "by-hand"; --overwrite puts it back'),
        ({"name": "by-hand", "state": "deleted"}, 'renamed to "by-hand" and deleted; --overwrite puts it back'),
        (
            {"owner_org": THEIRS, "organization": {"name": "others"}},
            'moved to the organisation "others", where editor may not edit it: have it moved back',
        ),
    ],
)
def test_a_name_or_organisation_that_people_changed_is_told(changes: dict[str, Any], reason: str) -> None:
    change = decide(desired(), remote(desired(), **changes), PORTAL)
    assert (change.action, str(change.reason), change.files) == (Action.DRIFTED, reason, ())


def test_it_is_put_back_when_told() -> None:
    portal = replace(PORTAL, editable={THEIRS: "others", "0b5e": "city"})
    there = remote(desired(), name="by-hand", owner_org=THEIRS, organization={"name": "others"})
    change = decide(desired(), there, portal, overwrite=True)
    assert change.action == Action.UPDATE
    assert str(change.reason) == 'renamed to "by-hand" and moved to the organisation "others": put back'
    update = revision(there, change, desired().fingerprint())["update"]
    assert (update["name"], update["owner_org"]) == ("places", "city")


def test_where_the_user_may_not_edit_nothing_is_put_back() -> None:
    there = remote(desired(), owner_org=THEIRS, organization={"name": "others"})
    assert decide(desired(), there, PORTAL, overwrite=True).action == Action.DRIFTED


def test_the_same_files_under_another_id_of_the_catalogue_stay() -> None:
    before = desired(name="before")
    before = replace(
        before, package=replace(before.package, name="before"), dataset={**before.dataset, "name": "before"}
    )
    for options in ({}, {"overwrite": True}):
        change = decide(desired(), remote(before), PORTAL, **options)
        assert (change.action, "published under another id" in str(change.reason)) == (Action.TAKEN, True)


def test_why_it_drifted_is_always_told() -> None:
    lost = decide(desired(), remote(desired(), extras=[]), PORTAL)
    assert "our mark on it (the extra st_opendata) is gone" in str(lost.reason)
    there = remote(desired())
    there["resources"].reverse()
    [order] = decide(desired(), there, PORTAL).differences
    assert (str(order.field), order.before, order.after) == (
        "order of the files", ["Table 2", "Table 1"], ["Table 1", "Table 2"],
    )  # fmt: skip


def test_what_people_added_is_told_apart_from_ours_and_from_what_ckan_fills() -> None:
    there = remote(desired(), metadata_created=MOMENT, num_tags=0, isopen=False, author=None, frequency="DAILY")
    there["extras"].append({"key": "department", "value": "Roads"})
    there["resources"][0] |= {"datastore_active": True, "rights": "Ask us.", "cache_url": None}
    assert added_fields(there, *fields_of(desired().dataset)) == ("extras:department", "frequency", "rights")


def test_another_order_is_told_from_the_first_file_that_differs() -> None:
    three = desired("Places", resource(1), resource(2), resource(3))
    there = remote(three)
    there["resources"][1:] = reversed(there["resources"][1:])
    [order] = decide(three, there, PORTAL).differences
    assert (order.before, order.after) == (["Table 3", "Table 2"], ["Table 2", "Table 3"])
