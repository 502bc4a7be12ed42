"""What is decided from a release and what a portal shows: pure, without a portal."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_opendata.targets.ckan.fingerprint import (
    Mark,
    added_fields,
    content_digest,
    extras_with,
    fields_of,
    mark_of,
    normal,
)
from st_opendata.targets.ckan.identity import kept_because, published_name
from st_opendata.targets.ckan.packages import Package, Resource
from st_opendata.targets.ckan.plan import Change, Kind, Wanted, decide, is_settled, same_moment, wanted_of
from st_opendata.targets.ckan.preflight import Portal
from st_opendata.targets.ckan.revision import begun_mark, new_dataset, revision

PORTAL = Portal(
    url="https://portal.example.org",
    version="2.12.0",
    plugins=frozenset({"scheming_datasets"}),
    user="editor",
    organization="city",
    organization_id="0b5e",
    language="en",
    fields={"title": frozenset(), "notes": frozenset(), "contact": frozenset({"name", "email"})},
)
BASE = "https://example.org/"
MOMENT = "2026-11-23T20:00:00.120456"


def resource(number: int, text: bytes = b"a,b\n") -> Resource:
    name = f"table{number}.csv"
    metadata: dict[str, object] = {"name": f"Table {number}", "format": "CSV"}
    return Resource(f"0000000{number}-aaaa", metadata, Path(name), len(text), sha256(text).hexdigest(), name)


def wanted(title: str = "Places", *resources: Resource, digest: str = "d1", **metadata: object) -> Wanted:
    fields = {"name": "places", "owner_org": "city", "title": title, "notes": "Text", **metadata}
    return wanted_of(
        Package("places", fields, resources or (resource(1), resource(2)), digest, f"{BASE}places"), PORTAL, BASE
    )


def shown(as_published: Wanted, **changes: object) -> dict[str, Any]:
    """The dataset as CKAN shows it after it was published."""
    dataset = deepcopy(as_published.dataset)
    dataset |= {"id": "p1", "owner_org": "0b5e", "organization": {"name": "city"}, "metadata_modified": MOMENT}
    dataset["extras"] = extras_with(None, dataset.get("extras"), as_published.mark())
    dataset["tags"] = [{"name": tag["name"], "state": "active"} for tag in reversed(dataset.get("tags", []))]
    for each in dataset["resources"]:
        each |= {"url": f"https://portal.example.org/download/{each['name']}", "created": MOMENT, "position": 0}
    return dataset | changes


def kind(change: Change) -> tuple[str, int]:
    return str(change.kind), len(change.files)


def test_what_is_not_there_is_created_with_all_files() -> None:
    assert kind(decide(wanted(), None, PORTAL)) == ("create", 2)


def test_what_is_as_released_stays() -> None:
    tagged = wanted(tags=[{"name": "a b"}, {"name": "c"}])
    assert kind(decide(tagged, shown(tagged), PORTAL)) == ("unchanged", 0)


def test_a_release_that_changed_names_fields_and_files() -> None:
    change = decide(wanted("All", resource(1, b"x\n"), resource(2), digest="d2"), shown(wanted()), PORTAL)
    assert (change.kind, change.files) == (Kind.UPDATE, (resource(1).id,))
    assert [(each.resource, each.field) for each in change.differences] == [
        (None, "title"),
        ("Table 1", "hash"),
        ("Table 1", "size"),
    ]


@pytest.mark.parametrize("overwrite", [False, True])
def test_edits_win_unless_told(overwrite: bool) -> None:
    change = decide(wanted(digest="d2"), shown(wanted(), title="By hand"), PORTAL, overwrite=overwrite)
    assert kind(change) == (("update", 2) if overwrite else ("drifted", 0))
    assert [(each.field, each.before, each.after) for each in change.differences] == [("title", "By hand", "Places")]


def test_a_field_that_others_added_is_no_edit() -> None:
    there = shown(wanted(), author="Somebody")
    there["extras"].append({"key": "reviewed", "value": "yes"})
    assert decide(wanted(), there, PORTAL).kind == Kind.UNCHANGED


def test_another_order_of_resources_is_an_edit() -> None:
    there = shown(wanted())
    there["resources"].reverse()
    assert decide(wanted(), there, PORTAL).kind == Kind.DRIFTED


def test_a_write_that_was_cut_off_is_sent_in_full() -> None:
    there = shown(wanted())
    there["extras"] = extras_with([], None, replace(wanted().mark(), writing=True))
    assert kind(decide(wanted(), there, PORTAL)) == ("update", 2)


def test_a_deleted_one_is_revived() -> None:
    assert kind(decide(wanted(), shown(wanted(), state="deleted"), PORTAL)) == ("revive", 2)


def test_search_that_lies_is_repaired() -> None:
    assert kind(decide(wanted(), shown(wanted()), PORTAL, listed="2026-11-23T21:00:00Z")) == ("update", 2)
    assert decide(wanted(), shown(wanted()), PORTAL, listed="2026-11-23T20:00:00.12Z").kind == Kind.UNCHANGED


def test_what_search_does_not_list_is_written_again_without_files() -> None:
    change = decide(wanted(), shown(wanted()), PORTAL, listed="")
    assert (*kind(change), change.reason) == ("update", 0, "the portal's search does not list it")
    assert decide(wanted(), shown(wanted(), title="By hand"), PORTAL, listed="").kind == Kind.DRIFTED
    assert decide(wanted(), shown(wanted()), PORTAL).kind == Kind.UNCHANGED  # where search was not asked


def test_a_mark_notes_what_the_portal_altered() -> None:
    assert not wanted().mark(dataset=shown(wanted())).altered
    altered = wanted().mark(dataset=shown(wanted(), title="PLACES"))
    assert altered.altered
    assert Mark.read(altered.text()) == altered


@pytest.mark.parametrize(
    "theirs",
    [
        {"owner_org": "f00d", "organization": {"name": "others"}, "extras": [], "resources": []},
        {"extras": [], "resources": []},
        {"extras": extras_with([], None, Mark("https://other.example/", "d", "c", (), ()))},
    ],
)
def test_what_others_published_is_never_ours(theirs: dict[str, object]) -> None:
    for options in ({}, {"overwrite": True}):
        assert decide(wanted(), shown(wanted(), **theirs), PORTAL, **options).kind == Kind.TAKEN


def test_without_its_mark_it_is_known_by_its_resources() -> None:
    assert decide(wanted(), shown(wanted(), extras=[]), PORTAL).kind == Kind.DRIFTED


def test_search_is_trusted_only_in_the_state_that_was_confirmed() -> None:
    mark = wanted().mark()
    listed = {"id": "p1", "name": "places", "metadata_modified": "2026-11-23T20:00:00.12Z", "st_opendata": mark.text()}
    assert is_settled(wanted(), listed, {"p1": MOMENT})
    assert not is_settled(wanted(), listed, {})
    assert not is_settled(wanted(), listed, {"p1": "2026-11-23T20:00:01"})
    assert not is_settled(wanted(digest="d2"), listed, {"p1": MOMENT})
    assert not is_settled(wanted(), listed | {"st_opendata": replace(mark, writing=True).text()}, {"p1": MOMENT})
    assert not is_settled(wanted(), None, {"p1": MOMENT})


def test_what_the_portal_would_drop_is_named_and_left_out() -> None:
    each = wanted(theme=["x"], contact=[{"name": "Office", "fax": "1"}])
    assert each.dropped == ("contact.fax", "theme")
    assert "theme" not in each.dataset
    assert each.dataset["contact"] == [{"name": "Office"}]
    assert each.digest != wanted().digest


def test_a_new_dataset_is_private_and_marked_until_its_files_are_there() -> None:
    data = new_dataset(wanted())
    mark = mark_of(data)
    assert (data["private"], mark and mark.writing) == (True, True)
    assert [(each["id"], each["url"]) for each in data["resources"]] == [(resource(1).id, "")]


def test_a_revision_removes_what_is_no_longer_stated_and_keeps_what_others_noted() -> None:
    before = wanted(version="1", extras=[{"key": "source", "value": "x"}])
    there = shown(before)
    there["extras"].append({"key": "reviewed", "value": "yes"})
    there["resources"][0]["datastore_active"] = True
    after = wanted("Places", resource(3), resource(1), digest="d2")
    change = decide(after, there, PORTAL)
    begun = there | {"extras": extras_with(there["extras"], None, begun_mark(there, after))}
    data = revision(begun, change, after.mark())
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


@given(JSON)
def test_the_normal_form_is_stable(value: object) -> None:
    assert normal(normal(value)) == normal(value)


@given(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4))
def test_a_mark_survives_its_text_and_knows_its_content(fields: dict[str, object]) -> None:
    dataset = {**fields, "resources": []}
    mark = Mark(BASE, "d", content_digest(dataset, "abcd", ()), tuple("abcd"), ())
    assert Mark.read(mark.text()) == mark
    assert Mark.read("no mark") is None
    changed = {**dataset, "a": "something else"}
    assert (content_digest(changed, mark.fields, ()) == mark.content) == (normal(fields.get("a")) == "something else")


THEIRS = "0ff1ce"
NO_FILES: dict[str, Any] = {"resources": []}


def marked(mark: Mark) -> dict[str, Any]:
    return {"extras": extras_with([], None, mark)}


def older(each: Wanted) -> Mark:
    """The mark of a version that did not note the name."""
    return replace(each.mark(), name="")


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
        ({**marked(replace(wanted().mark(), name="others")), **NO_FILES}, False),
        (marked(Mark("https://other.example/", "d", "c", (), ())), False),
        ({**marked(older(wanted())), "title": "By hand", **NO_FILES}, True),  # by its name, as older versions did
        ({**marked(older(wanted())), "name": "by-hand", **NO_FILES}, False),
    ],
)
def test_a_dataset_is_known_by_mark_or_files(changes: dict[str, Any], ours: bool) -> None:
    assert wanted().identity.is_that_of(shown(wanted(), **changes)) == ours


def test_the_name_under_which_it_was_published() -> None:
    assert published_name(shown(wanted(), name="by-hand")) == "places"
    assert published_name(shown(wanted(), extras=[])) == ""
    assert published_name(shown(wanted(), **marked(older(wanted())))) == "places"
    assert published_name(shown(wanted(), name="by-hand", **marked(older(wanted())))) == ""


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"title": "Edited"}, None),
        (marked(older(wanted())), None),
        ({"name": "by-hand"}, "renamed on the portal; places"),
        ({"name": "by-hand", "title": "Edited", **marked(older(wanted()))}, "may have been renamed"),
        ({"extras": []}, "its database does not"),
        (marked(Mark("https://other.example/", "d", "c", (), ())), "its database does not"),
    ],
)
def test_what_may_be_pruned(changes: dict[str, Any], says: str | None) -> None:
    because = kept_because(shown(wanted(), **changes), BASE, {"others"}, {"not-one-of-its-files"})
    assert because is None if says is None else says in str(because)


def test_what_belongs_to_the_release_is_not_pruned() -> None:
    there = shown(wanted(), name="copy")
    assert kept_because(there, BASE, {"places"}, set()) == "a copy of places, made on the portal"
    assert kept_because(there, BASE, set(), {resource(1).id}) == "it has files of the release"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "by-hand"}, "renamed to by-hand; --overwrite puts it back"),
        ({"name": "by-hand", "extras": []}, "renamed to by-hand; --overwrite puts it back"),
        ({"name": "by-hand", "state": "deleted"}, "renamed to by-hand and deleted; --overwrite puts it back"),
        (
            {"owner_org": THEIRS, "organization": {"name": "others"}},
            "moved to the organisation others, where editor may not edit it: have it moved back there",
        ),
    ],
)
def test_a_name_or_organisation_that_people_changed_is_told(changes: dict[str, Any], reason: str) -> None:
    change = decide(wanted(), shown(wanted(), **changes), PORTAL)
    assert (change.kind, change.reason, change.files) == (Kind.DRIFTED, reason, ())


def test_it_is_put_back_when_told() -> None:
    portal = replace(PORTAL, editable={THEIRS: "others", "0b5e": "city"})
    there = shown(wanted(), name="by-hand", owner_org=THEIRS, organization={"name": "others"})
    change = decide(wanted(), there, portal, overwrite=True)
    assert change.kind == Kind.UPDATE
    assert change.reason == "renamed to by-hand and moved to the organisation others: put back"
    update = revision(there, change, wanted().mark())["update"]
    assert (update["name"], update["owner_org"]) == ("places", "city")


def test_where_the_user_may_not_edit_nothing_is_put_back() -> None:
    there = shown(wanted(), owner_org=THEIRS, organization={"name": "others"})
    assert decide(wanted(), there, PORTAL, overwrite=True).kind == Kind.DRIFTED


def test_the_same_files_under_another_id_of_the_catalogue_stay() -> None:
    before = wanted(name="before")
    before = replace(
        before, package=replace(before.package, name="before"), dataset={**before.dataset, "name": "before"}
    )
    for options in ({}, {"overwrite": True}):
        change = decide(wanted(), shown(before), PORTAL, **options)
        assert (change.kind, "published under another id" in change.reason) == (Kind.TAKEN, True)


def test_why_it_drifted_is_always_told() -> None:
    lost = decide(wanted(), shown(wanted(), extras=[]), PORTAL)
    assert "our mark on it (the extra st_opendata) is gone" in lost.reason
    there = shown(wanted())
    there["resources"].reverse()
    [order] = decide(wanted(), there, PORTAL).differences
    assert (order.field, order.before, order.after) == (
        "order of the files", ["Table 2", "Table 1"], ["Table 1", "Table 2"],
    )  # fmt: skip


def test_what_people_added_is_told_apart_from_ours_and_from_what_ckan_fills() -> None:
    there = shown(wanted(), metadata_created=MOMENT, num_tags=0, isopen=False, author=None, frequency="DAILY")
    there["extras"].append({"key": "department", "value": "Roads"})
    there["resources"][0] |= {"datastore_active": True, "rights": "Ask us.", "cache_url": None}
    assert added_fields(there, *fields_of(wanted().dataset)) == ("extras:department", "frequency", "rights")


def test_another_order_is_told_from_the_first_file_that_differs() -> None:
    three = wanted("Places", resource(1), resource(2), resource(3))
    there = shown(three)
    there["resources"][1:] = reversed(there["resources"][1:])
    [order] = decide(three, there, PORTAL).differences
    assert (order.before, order.after) == (["Table 3", "Table 2"], ["Table 2", "Table 3"])
