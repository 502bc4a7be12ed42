"""What people do to datasets on a portal by hand: each edit is reported correctly, and none of it is lost or pruned."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from publisher import DATASET, TABLE

from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.timeout(600)]

ID = f"drift-test-{uuid4().hex[:8]}"
CATALOGUE = """\
id: {id}
base: https://example.org/{id}/
title: {{en: A catalogue to edit}}
description: {{en: Made by a test.}}
publisher: {{iri: "https://example.org/publisher", name: {{en: City office}}, type: LocalAuthority}}
license: CC_BY_4_0
keyword: {{en: [city, example]}}
issued: 2020-02-01
modified: 2020-03-01
datasets: [{datasets}]
"""
ROWS = "id,label\na,Lyon\nb,Vienna\n"
Dataset = dict[str, Any]
Act = Callable[[Any, Dataset], object]


@dataclass(frozen=True)
class Edit:
    """What is done to a dataset, and what the plan then says of it: its kind, a pattern of its reason, its differences.

    `after` is what --overwrite does: its kind in the plan.
    """

    do: Act
    kind: str
    reason: str
    differences: frozenset[str] = field(default_factory=frozenset)
    after: str = "update"


def patch(**values: object) -> Act:
    return lambda ckan, shown: ckan.act("package_patch", id=shown["id"], **values)


def table_of(shown: Dataset) -> Dataset:
    found: Dataset = next(each for each in shown["resources"] if each["format"] == "CSV")
    return found


def datastore(action: str, **values: object) -> Act:
    return lambda ckan, shown: ckan.act(action, resource_id=table_of(shown)["id"], force=True, **values)


def resource(**values: object) -> Act:
    return lambda ckan, shown: ckan.act("resource_patch", id=table_of(shown)["id"], **values)


def delete_table_file(ckan: Any, shown: Dataset) -> None:
    ckan.act("resource_delete", id=table_of(shown)["id"])


def replace_table_file(ckan: Any, shown: Dataset) -> None:
    delete_table_file(ckan, shown)
    ckan.act("resource_create", package_id=shown["id"], name="By hand", url="https://example.org/by-hand.csv")


def reorder(ckan: Any, shown: Dataset) -> None:
    order = [each["id"] for each in shown["resources"]][::-1]
    ckan.act("package_resource_reorder", id=shown["id"], order=order)


def tag(ckan: Any, shown: Dataset) -> None:
    patch(tags=[*shown["tags"], {"name": "handmade"}])(ckan, shown)


def extra(ckan: Any, shown: Dataset) -> None:
    patch(extras=[*shown["extras"], {"key": "department", "value": "Roads"}])(ckan, shown)


def group(ckan: Any, shown: Dataset) -> None:
    name = f"group-{shown['name']}"
    assert ckan.post("group_create", token=ckan.sysadmin, name=name).status_code == 200
    member = {"id": name, "object": shown["id"], "object_type": "package", "capacity": "public"}
    assert ckan.post("member_create", token=ckan.sysadmin, **member).status_code == 200


def move(name: str) -> Act:
    def act(ckan: Any, shown: Dataset) -> None:
        moved = ckan.post("package_owner_org_update", token=ckan.sysadmin, id=shown["id"], organization_id=name)
        assert moved.status_code == 200, moved.text

    return act


def make_private_in_bulk(ckan: Any, shown: Dataset) -> None:
    """As the page of an organisation does it for several datasets."""
    which = {"datasets": [shown["id"]], "org_id": shown["owner_org"]}
    assert ckan.post("bulk_update_private", token=ckan.sysadmin, **which).status_code == 200


def purge(ckan: Any, shown: Dataset) -> None:
    ckan.purge(shown["id"])


def by_hand(shown: Dataset) -> str:
    """Another name of the dataset."""
    return f"{shown['name']}-by-hand"


def rename(ckan: Any, shown: Dataset) -> None:
    patch(name=by_hand(shown))(ckan, shown)


def rename_without_mark(ckan: Any, shown: Dataset) -> None:
    patch(name=by_hand(shown), extras=[])(ckan, shown)


def rename_without_files(ckan: Any, shown: Dataset) -> None:
    patch(name=by_hand(shown), resources=[])(ckan, shown)


def rename_and_delete(ckan: Any, shown: Dataset) -> None:
    rename(ckan, shown)
    ckan.act("package_delete", id=shown["id"])


def rename_and_take_the_name(ckan: Any, shown: Dataset) -> None:
    rename(ckan, shown)
    ckan.act("package_create", name=shown["name"], title="Theirs", notes="n", owner_org=ckan.organization)


def copy(ckan: Any, shown: Dataset) -> None:
    kept = {key: shown[key] for key in ("title", "notes", "extras", "tags")}
    ckan.act("package_create", name=f"{shown['name']}-copy", owner_org=ckan.organization, **kept)


def change_cell(ckan: Any, shown: Dataset) -> None:
    which = {"resource_id": table_of(shown)["id"], "force": True}
    ckan.act("datastore_delete", **which, filters={"id": "b"})
    ckan.act("datastore_upsert", **which, method="insert", records=[{"id": "b", "label": "Wien"}])


def drop_column(ckan: Any, shown: Dataset) -> None:
    which = {"resource_id": table_of(shown)["id"], "force": True}
    ckan.act("datastore_delete", **which)
    ckan.act("datastore_create", **which, fields=[{"id": "id"}], records=[{"id": "a"}, {"id": "b"}])


EDITED, MISSING = "^edited on the portal since it was published; --overwrite lets", "not on the portal"
TABLE_EDITED = "its DataStore table was edited on the portal"
THERE, ELSEWHERE = f"{ID}-there", f"{ID}-elsewhere"
"""An organisation in which the publisher may edit, and one in which not."""


def edited(do: Act, *differences: str) -> Edit:
    return Edit(do, "drifted", EDITED, frozenset(differences))


def altered(do: Act, difference: str) -> Edit:
    return Edit(do, "drifted", TABLE_EDITED, frozenset({difference}))


def kept(do: Act) -> Edit:
    return Edit(do, "unchanged", "as released", after="unchanged")


EDITS = {
    "title": edited(patch(title="Edited by hand"), "title"),
    "link-added": edited(
        lambda ckan, shown: ckan.act(
            "resource_create", package_id=shown["id"], name="Report", url="https://a.example/"
        ),
        "resource",
    ),
    "reordered": edited(reorder, "order of the files"),
    "tag": edited(tag, "tags"),
    "extra": kept(extra),
    "group": kept(group),
    "private": edited(patch(private=True), "private"),
    "private-in-bulk": edited(make_private_in_bulk, "private"),
    "deleted": Edit(
        lambda ckan, shown: ckan.act("package_delete", id=shown["id"]), "revive", "deleted", after="revive"
    ),
    "purged": Edit(purge, "create", MISSING, after="create"),
    "renamed": Edit(rename, "drifted", '^renamed to ".*-by-hand"; --overwrite puts it back$', frozenset({"name"})),
    "renamed-without-mark": Edit(rename_without_mark, "drifted", '^renamed to ".*-by-hand";', frozenset({"name"})),
    "renamed-without-files": Edit(
        rename_without_files, "drifted", '^renamed to ".*";', frozenset({"name", "resource"})
    ),
    "renamed-and-deleted": Edit(
        rename_and_delete, "drifted", '^renamed to ".*-by-hand" and deleted;', frozenset({"name", "state"})
    ),
    "name-taken": Edit(
        rename_and_take_the_name,
        "taken",
        'not published from here; ours was renamed to ".*-by-hand": have the other',
        after="taken",
    ),
    "moved": Edit(move(THERE), "drifted", f'^moved to the organisation "{THERE}"; --overwrite puts it back$'),
    "moved-by-form": Edit(
        lambda ckan, shown: ckan.act("package_patch", id=shown["id"], owner_org=THERE),
        "drifted",
        f'^moved to the organisation "{THERE}"; --overwrite puts it back$',
    ),
    "moved-away": Edit(
        move(ELSEWHERE),
        "drifted",
        f'^moved to the organisation "{ELSEWHERE}", where .* may not edit it: have it moved back',
        after="drifted",
    ),
    "words": edited(resource(description="Better words."), "description"),
    "file-deleted": edited(delete_table_file, "resource"),
    "file-replaced": edited(replace_table_file, "resource"),
    "field-added": kept(patch(version_notes="By hand.", frequency="http://example.org/daily")),
    "mark-lost": Edit(patch(extras=[]), "drifted", r"our mark on it \(the extra st_opendata\) is gone"),
    "row-added": altered(
        datastore("datastore_upsert", method="insert", records=[{"id": "x", "label": "X"}]), "table, number of rows"
    ),
    "cell": altered(change_cell, "table, row 2, label"),
    "column-dropped": altered(drop_column, "table, columns"),
    "label": altered(
        datastore("datastore_create", fields=[{"id": "id", "info": {"label": "Key"}}, {"id": "label"}]),
        "table, label of id",
    ),
    "table-deleted": Edit(
        datastore("datastore_delete"), "update", "^its DataStore table is gone$", frozenset({"table"}), after="update"
    ),
    "copied": kept(copy),
}
NAMES = {edit: f"{ID}-{edit}" for edit in EDITS}


def run(*arguments: object) -> tuple[int, str]:
    """The command line in this process; exit code and all that was written."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    assert "Traceback" not in err.getvalue()
    return code, out.getvalue() + err.getvalue()


def build(folder: Path, datasets: list[str]) -> Path:
    for name in datasets:
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.csv").write_text(ROWS, "utf-8")
        (folder / name / "dataset.yaml").write_text(DATASET.format(title=name) + TABLE.format(name=name), "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(id=ID, datasets=", ".join(datasets)), "utf-8")
    code, written = run("build", folder, "--output", folder / "release")
    assert code == 0, written
    return folder / "release"


@dataclass(frozen=True)
class Portal:
    """A CKAN on which each dataset was edited in its way."""

    ckan: Any
    release: Path
    states: dict[str, Any]
    """Each dataset after its edit, by id."""

    def plan(self, *options: str) -> dict[str, Any]:
        """The changes of a dry run, by what was done to the dataset."""
        code, written = self.publish("--dry-run", "--json", *options)
        assert code == 0, written
        return {each["dataset"].removeprefix(f"{ID}-"): each for each in json.loads(written)["changes"]}

    def publish(self, *options: str) -> tuple[int, str]:
        where = ("--url", self.ckan.url, "--organization", self.ckan.organization)
        return run("publish", "ckan", self.release, *where, *options)

    def state(self, identifier: str) -> Any:
        shown = self.ckan.post("package_show", token=self.ckan.sysadmin, id=identifier).json()["result"]
        return {key: shown[key] for key in ("name", "state", "metadata_modified", "owner_org")}


@pytest.fixture(scope="module")
def environment(ckan: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(scope="module")
def portal(ckan: Any, environment: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    release = build(tmp_path_factory.mktemp("drift"), list(EDITS))
    for name in (THERE, ELSEWHERE):
        assert ckan.post("organization_create", token=ckan.sysadmin, name=name).status_code == 200
    user = ckan.act("user_show")["name"]
    member = {"id": THERE, "username": user, "role": "editor"}
    try:
        assert ckan.post("organization_member_create", token=ckan.sysadmin, **member).status_code == 200
        made = Portal(ckan, release, {})
        code, written = made.publish()
        assert code == 0, written
        for edit, name in NAMES.items():
            shown = ckan.act("package_show", id=name)
            EDITS[edit].do(ckan, shown)
            if edit != "purged":
                made.states[shown["id"]] = made.state(shown["id"])
        yield made
    finally:
        remove(ckan)


def remove(ckan: Any) -> None:
    """Purge whatever has a name of this test."""
    names = [each for name in NAMES.values() for each in (name, f"{name}-by-hand", f"{name}-copy")]
    for name in (*names, f"{ID}-catalogue"):
        ckan.post("dataset_purge", token=ckan.sysadmin, id=name)
    for name in (THERE, ELSEWHERE):
        ckan.post("organization_purge", token=ckan.sysadmin, id=name)
    ckan.post("group_purge", token=ckan.sysadmin, id=f"group-{ID}-group")


@pytest.fixture(scope="module")
def plan(portal: Portal) -> dict[str, Any]:
    return portal.plan()


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_is_told_as_what_it_is(plan: dict[str, Any], edit: str) -> None:
    change = plan[edit]
    told = change["kind"] if "kind" in change else change["change"]
    assert told == EDITS[edit].kind, change
    assert re.search(EDITS[edit].reason, change["reason"]), change
    differences = {each["field"] for each in change["differences"]}
    assert differences >= EDITS[edit].differences, change
    assert not (told == "unchanged" and differences)


def test_what_is_left_says_why(plan: dict[str, Any]) -> None:
    left = {name: change["reason"] for name, change in plan.items() if change["change"] == "left"}
    assert left == {"copied-copy": f'a copy of "{NAMES["copied"]}", made on the portal; --prune does not delete it'}


def test_pruning_deletes_none_and_nothing_is_lost(portal: Portal) -> None:
    assert not [name for name, change in portal.plan("--prune").items() if change["change"] == "delete"]
    code, written = portal.publish("--prune")
    assert code == 4, written  # one name is taken
    renamed = f'renamed to "{NAMES["renamed"]}-by-hand"; --overwrite puts it back'
    assert f"drifted    {NAMES['renamed']}: {renamed}" in written
    untouched = {name for name, edit in EDITS.items() if edit.kind in ("drifted", "unchanged", "taken")}
    for identifier, state in portal.states.items():
        if state["name"].removeprefix(f"{ID}-").removesuffix("-by-hand") in untouched:
            assert portal.state(identifier) == state


def test_overwriting_puts_everything_back(portal: Portal) -> None:
    planned = portal.plan("--overwrite", "--prune")
    done = {name: edit for name, edit in EDITS.items() if edit.kind in ("drifted", "taken")}
    assert {name: planned[name]["change"] for name in done} == {name: edit.after for name, edit in done.items()}
    code, written = portal.publish("--overwrite", "--prune")
    assert "Failed" not in written
    assert code == 4  # one name is taken, one dataset is where the publisher may not edit
    left = {name: change for name, change in portal.plan().items() if change["change"] != "unchanged"}
    assert left.keys() == {"name-taken", "moved-away", "copied-copy"}
    code, written = run("verify", "ckan", portal.release, "--url", portal.ckan.url, "--json")
    found = json.loads(written)["problems"]
    assert {each["dataset"] for each in found} == {NAMES["name-taken"]}, found
    for identifier, state in portal.states.items():
        name = state["name"].removesuffix("-by-hand")
        if name not in (NAMES["name-taken"], NAMES["moved-away"]):
            shown = portal.ckan.act("package_show", id=name)
            assert (shown["id"], shown["state"], shown["private"]) == (identifier, "active", False)
            assert shown["organization"]["name"] == portal.ckan.organization
