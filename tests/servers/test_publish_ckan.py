"""Publishing to a real CKAN: what is created, updated, left alone and repaired, and with how many requests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publisher import FIRST, NOTES, PLACES, assert_published, build, show
from relay import Relay, Stage

from st_opendata.__main__ import main
from st_opendata.targets.base import Policy, apply
from st_opendata.targets.ckan.target import CkanOptions, open_for_publishing

Publish = Callable[..., tuple[int, str]]
pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied")]


def test_publishes_and_then_does_nothing(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, sent: list[str]
) -> None:
    code, written = publish(releases[0], "--dry-run", "--exit-code")
    assert (code, written.count("create")) == (1, 3 + 1)
    assert "POST" not in sent
    assert publish(releases[0])[0] == 0
    sent.clear()
    code, dry = publish(releases[0], "--dry-run", "--exit-code")
    assert code == 0
    assert dry.endswith("Dry run: nothing was written, and there is nothing to write.\n")
    code, written = publish(releases[0])
    assert code == 0
    assert f"Nothing to write.\nThe datasets: {ckan.url}/organization/{ckan.organization}\n" in written
    assert len(sent) <= 2 * (7 + 2)  # each of the two runs: of the portal, and one for each table
    assert set(sent) == {"GET"}
    assert_published(ckan, releases[0])


def test_asks_nothing_that_it_knows_of_new_datasets(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, relay: Relay
) -> None:
    """The program looks for tables once per dataset, for views once per kind, as a portal always makes the same."""
    seen: Counter[str] = Counter()
    relay.begin(lambda request, stage: seen.update([request.action] if stage == Stage.SENT else []))
    assert publish(releases[0], "--workers", "1", url=relay.url)[0] == 0
    assert (seen["package_create"], seen["package_revise"]) == (3, 3 + 3)
    assert (seen["datastore_create"], seen["datastore_search"]) == (2, 2)
    assert 0 < seen["resource_view_list"] <= 6 < seen["resource_view_create"]
    assert_published(ckan, releases[0])


def test_a_table_that_a_purged_dataset_left_is_not_added_to(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, relay: Relay
) -> None:
    publish(releases[0], url=relay.url)
    ckan.empty()
    publish(releases[0], url=relay.url)
    assert [request.action for request in relay.requests].count("datastore_delete") >= 2
    assert_published(ckan, releases[0])


def test_needs_nothing_remembered(
    ckan: Any,
    releases: tuple[Path, ...],
    publish: Publish,
    sent: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    publish(releases[0])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another machine"))
    sent.clear()
    assert publish(releases[0])[0] == 0
    assert len(sent) <= 7 + 2 + 3
    assert set(sent) == {"GET"}


def test_updates_what_changed(ckan: Any, releases: tuple[Path, ...], publish: Publish, sent: list[str]) -> None:
    publish(releases[0])
    before = show(ckan, PLACES)
    sent.clear()
    code, written = publish(releases[1], "--json")
    assert code == 0
    changes = {each["dataset"]: each for each in json.loads(written)["changes"]}
    places = changes[PLACES]
    assert (places["change"], places["done"]) == ("update", True)
    assert {"field": "title", "before": "Places", "after": "All places"} in places["differences"]
    assert {"towns.csv", "rivers.csv"} <= set(places["files"])
    assert "remarks.csv" not in changes[NOTES]["files"]
    after = show(ckan, PLACES)
    assert after["id"] == before["id"]
    assert {each["id"] for each in before["resources"]} < {each["id"] for each in after["resources"]}
    assert_published(ckan, releases[1])
    assert publish(releases[0])[0] == 0
    assert {each["id"] for each in show(ckan, PLACES)["resources"]} == {each["id"] for each in before["resources"]}
    assert_published(ckan, releases[0])
    assert publish(releases[0], "--dry-run", "--exit-code")[0] == 0


def test_new_labels_of_a_table_are_no_edit_of_it(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, tmp_path: Path
) -> None:
    publish(releases[0])
    folder = tmp_path / "labelled"
    build(folder, FIRST, "Places")
    for described in folder.glob("*/dataset.yaml"):
        text = described.read_text("utf-8").replace("{name: label,", "{name: label, titles: {en: Name},")
        described.write_text(text, "utf-8")
    assert main(["build", str(folder), "--output", str(folder / "again")]) == 0
    code, written = publish(folder / "again")
    assert (code, f"update     {PLACES}: the release changed" in written) == (0, True)
    [table] = [each["id"] for each in show(ckan, PLACES)["resources"] if each["format"] == "CSV"]
    fields = ckan.post("datastore_search", resource_id=table).json()["result"]["fields"]
    assert [each["info"]["label"] for each in fields[1:]] == ["id", "Name"]
    assert publish(folder / "again", "--dry-run", "--exit-code")[0] == 0


@pytest.mark.parametrize("remembered", [True, False])
def test_leaves_edits_alone_unless_told(
    ckan: Any,
    releases: tuple[Path, ...],
    publish: Publish,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    remembered: bool,
) -> None:
    publish(releases[0])
    ckan.act("package_patch", id=PLACES, title="Edited by hand")
    resource = show(ckan, NOTES)["resources"][0]
    ckan.act("resource_patch", id=resource["id"], description="Edited by hand")
    if not remembered:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another machine"))
    for release in releases[:2]:
        code, written = publish(release)
        assert code == 1
        assert f"drifted    {PLACES}" in written
        assert f"drifted    {NOTES}" in written
        assert show(ckan, PLACES)["title"] == "Edited by hand"
    assert publish(releases[1], "--overwrite")[0] == 0
    assert_published(ckan, releases[1])


def test_knows_its_own_after_a_form_has_dropped_the_mark(
    ckan: Any, releases: tuple[Path, ...], publish: Publish
) -> None:
    publish(releases[0])
    ckan.act("package_patch", id=PLACES, extras=[])
    assert publish(releases[0])[0] == 1
    assert publish(releases[0], "--overwrite")[0] == 0
    assert_published(ckan, releases[0])


def test_keeps_what_others_added(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    publish(releases[0])
    extras = [*show(ckan, PLACES)["extras"], {"key": "reviewed", "value": "2026"}]
    ckan.act("package_patch", id=PLACES, extras=extras)
    assert publish(releases[0])[0] == 0
    assert publish(releases[1])[0] == 0
    assert {"key": "reviewed", "value": "2026"} in show(ckan, PLACES)["extras"]


def test_never_touches_a_dataset_of_others(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    theirs = ckan.act("package_create", name=PLACES, title="Theirs", notes="Theirs.", owner_org=ckan.organization)
    for options in ((), ("--overwrite", "--prune")):
        code, written = publish(releases[0], *options)
        assert code == 4
        assert f"taken      {PLACES}" in written
        assert show(ckan, PLACES)["metadata_modified"] == theirs["metadata_modified"]
    assert show(ckan, NOTES)["title"] == "Places"


def test_revives_what_was_deleted(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    publish(releases[0])
    before = show(ckan, PLACES)
    ckan.act("package_delete", id=PLACES)
    code, written = publish(releases[0])
    assert code == 0
    assert f"revive     {PLACES}" in written
    after = show(ckan, PLACES)
    assert after["id"] == before["id"]
    assert [each["id"] for each in after["resources"]] == [each["id"] for each in before["resources"]]
    assert_published(ckan, releases[0])


def test_deletes_only_when_told(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    publish(releases[1])
    code, written = publish(releases[2])
    assert code == 0
    assert f"left       {NOTES}" in written
    assert show(ckan, NOTES)
    assert publish(releases[2], "--prune")[0] == 0
    assert ckan.post("package_show", id=NOTES).status_code in (403, 404)
    assert_published(ckan, releases[2])


def test_an_editor_at_the_same_time_is_not_overwritten(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, tmp_path: Path
) -> None:
    publish(releases[0])
    token = tmp_path / "token"
    token.write_text(ckan.token)
    options = CkanOptions(releases[1], None, ckan.url, ckan.organization, token)
    with closing(open_for_publishing(options)) as target:
        plan = target.plan(releases[1], Policy())
        ckan.act("package_patch", id=PLACES, title="Edited meanwhile")
        results = {each.change.name: each.error for each in apply(plan, target)}
    assert "another person changed the dataset" in str(results[PLACES])
    assert results[NOTES] is None
    assert show(ckan, PLACES)["title"] == "Edited meanwhile"


def test_a_wrong_token_is_told(ckan: Any, releases: tuple[Path, ...], publish: Publish, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong\n")
    code, written = publish(releases[0], "--token-file", str(tmp_path / "token"))
    assert (code, "does not know the token" in written) == (4, True)


def test_an_organisation_that_is_not_there_is_told(ckan: Any, releases: tuple[Path, ...], capsys: Any) -> None:
    assert main(["publish", "ckan", str(releases[0]), "--url", ckan.url, "--organization", "nobody"]) == 4
    assert f"Organisations in which data-manager may create datasets: {ckan.organization}" in capsys.readouterr().err


def kill_while_publishing(ckan: Any, release: Path, seconds: float) -> None:
    """Publish in a separate process that is killed this long after it has begun to write."""
    command = [sys.executable, "-m", "st_opendata", "publish", "ckan", str(release), "--overwrite"]
    portal = ["--url", ckan.url, "--organization", ckan.organization]
    process = subprocess.Popen([*command, *portal], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout
    process.stdout.readline()  # the plan is written, the writes begin
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(0.3)  # the server finishes what it has been sent


def edit(ckan: Any, what: str) -> None:
    """An editor's change to a dataset on the portal; nothing if it is missing."""
    answer = ckan.post("package_show", token=ckan.token, id=PLACES).json()
    if not answer["success"] or answer["result"]["state"] != "active":
        return
    resource = answer["result"]["resources"][0]
    match what:
        case "title":
            ckan.act("package_patch", id=PLACES, title="By hand")
        case "resource":
            ckan.act("resource_patch", id=resource["id"], name="By hand")
        case "file":
            ckan.act("resource_patch", id=resource["id"], files={"upload": ("towns.csv", b"by,hand", "text/csv")})
        case "form":
            ckan.act("package_patch", id=PLACES, extras=[])
        case "add":
            ckan.act("resource_create", package_id=PLACES, name="By hand", url="https://example.org/")
        case "remove":
            ckan.act("resource_delete", id=resource["id"])
        case "delete":
            ckan.act("package_delete", id=PLACES)


EDITS = st.sampled_from(("title", "resource", "file", "form", "add", "remove", "delete"))
STEPS = st.lists(
    st.tuples(st.just("publish"), st.integers(0, 2))
    | st.tuples(st.just("kill"), st.tuples(st.integers(0, 2), st.floats(0, 1.5)))
    | st.tuples(st.just("edit"), EDITS),
    min_size=2,
    max_size=5,
)


@settings(
    max_examples=int(os.environ.get("ST_SEQUENCES", "3")),
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, last=st.integers(0, 2))
def test_any_history_ends_in_equality(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, steps: list[tuple[str, Any]], last: int
) -> None:
    for step, what in [("publish", 0), *steps]:
        if step == "publish":
            publish(releases[what])
        elif step == "kill":
            kill_while_publishing(ckan, releases[what[0]], what[1])
        else:
            edit(ckan, what)
    code, written = publish(releases[last], "--overwrite", "--prune")
    assert code == 0, written
    assert_published(ckan, releases[last])
    code, written = publish(releases[last], "--dry-run", "--exit-code", "--prune")
    assert code == 0, written
