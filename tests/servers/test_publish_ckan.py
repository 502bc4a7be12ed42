"""Publishing to a real CKAN: what is created, updated, left alone and repaired, and with how many requests."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any
from uuid import uuid4

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from st_opendata.__main__ import main
from st_opendata.publish.apply import apply
from st_opendata.publish.ckan import Target, planned
from st_opendata.publish.survey import Wish
from st_opendata.release import read_release

pytestmark = pytest.mark.xdist_group("ckan")

CATALOGUE = """\
id: {id}
base: https://example.org/{id}/
title: {{en: A catalogue to publish}}
description: {{en: Made by a test.}}
publisher: {{iri: "https://example.org/publisher", name: {{en: City office}}, type: LocalAuthority}}
contactPoint: {{name: {{en: City office}}, email: office@example.org}}
license: CC_BY_4_0
rights: {{en: Free to use with attribution.}}
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
availability: STABLE
status: COMPLETED
language: [en]
theme: [REGI]
keyword: {{en: [city, example]}}
spatial: [{{iri: "https://sws.geonames.org/2996944/", label: {{en: Lyon}}, centroid: [45.74906, 4.84789]}}]
temporal: {{start: 2020-01-01, end: 2020-12-31}}
issued: 2020-02-01
modified: 2020-03-01
version: 1.0.0
datasets: [{datasets}]
"""
DATASET = """\
title: {{en: {title}}}
description: {{en: Cities and their names.}}
tables:
"""
TABLE = """\
  - url: {name}.csv
    title: {{en: Table {name}}}
    tableSchema:
      aboutUrl: "{name}/{{id}}"
      primaryKey: id
      columns:
        - {{name: id, required: true}}
        - {{name: label, lang: en, propertyUrl: "rdfs:label"}}
"""
Tables = dict[str, dict[str, str]]
ID = f"publish-test-{uuid4().hex[:8]}"
FIRST: Tables = {"places": {"towns": "id,label\na,Lyon\nb,Vienna\n"}, "notes": {"remarks": "id,label\nx,Remark\n"}}
SECOND: Tables = {
    "places": {"towns": "id,label\na,Lyon\nb,Wien\n", "rivers": "id,label\nr,Rhône\n"},
    "notes": FIRST["notes"],
}
PLACES, NOTES = f"{ID}-places", f"{ID}-notes"
Publish = Callable[..., tuple[int, str]]


def build(folder: Path, tables: Tables, title: str) -> Path:
    for dataset, files in tables.items():
        (folder / dataset).mkdir(parents=True)
        for name, text in files.items():
            (folder / dataset / f"{name}.csv").write_text(text, "utf-8")
        described = DATASET.format(title=title) + "".join(TABLE.format(name=name) for name in files)
        (folder / dataset / "dataset.yaml").write_text(described, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(id=ID, datasets=", ".join(tables)), "utf-8")
    assert main(["build", str(folder), "--output", str(folder / "release")]) == 0
    return folder / "release"


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A release; one with another title, row and table; and that without the dataset of notes."""
    folder = tmp_path_factory.mktemp("publish")
    return (
        build(folder / "first", FIRST, "Places"),
        build(folder / "second", SECOND, "All places"),
        build(folder / "third", {"places": SECOND["places"]}, "All places"),
    )


@pytest.fixture(autouse=True)
def portal(ckan: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The CKAN without what a test published; nothing is remembered of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ST_CKAN_TOKEN", ckan.token)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield ckan
    for name in (PLACES, NOTES, f"{ID}-catalogue"):
        if ckan.post("package_show", token=ckan.token, id=name).status_code == 200:
            ckan.purge(name)


@pytest.fixture
def publish(ckan: Any, capsys: pytest.CaptureFixture[str]) -> Publish:
    """Run the command; its exit code and all it wrote, in which the token never stands."""

    def run(release: Path, *options: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["publish", "ckan", str(release), "--url", ckan.url, "--organization", ckan.organization, *options])
        written = "".join(capsys.readouterr())
        assert ckan.token not in written
        return code, written

    return run


def show(ckan: Any, name: str) -> dict[str, Any]:
    """The dataset as a visitor sees it."""
    answer = ckan.post("package_show", id=name)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()["result"]
    return result


def assert_published(ckan: Any, release: Path) -> None:
    """Every file of every dataset can be downloaded by a visitor and is that of the release; search shows each once."""
    content = read_release(release)
    for dataset in content.datasets:
        shown = show(ckan, f"{ID}-{dataset.id}")
        assert shown["title"] == dataset.title["en"]
        digests = {requests.get(resource["url"], timeout=30).content for resource in shown["resources"]}
        served = {sha256(body).hexdigest() for body in digests}
        assert {item.file.sha256 for item in dataset.distributions} <= served
        assert "writing" not in json.dumps(shown["extras"])
    found = ckan.post("package_search", fq=f"name:{ID}-*", rows=100).json()["result"]["results"]
    assert sorted(each["name"] for each in found) == sorted(
        [*(f"{ID}-{dataset.id}" for dataset in content.datasets), f"{ID}-catalogue"]
    )
    for dataset in content.datasets:
        for item in dataset.distributions:
            if item.format.name == "csv":
                assert_table(
                    ckan, f"{ID}-{dataset.id}", item.title["en"], (release / item.file.path).read_text("utf-8")
                )
    for each in found:
        assert each["metadata_modified"] == show(ckan, each["name"])["metadata_modified"]


def assert_table(ckan: Any, dataset: str, title: str, text: str) -> None:
    """The DataStore table has the rows of the file, labels for its columns, and one view for visitors."""
    resource = next(
        each for each in show(ckan, dataset)["resources"] if each["format"] == "CSV" and each["name"].startswith(title)
    )
    answer = ckan.post("datastore_search", resource_id=resource["id"]).json()["result"]
    rows = [{key: value for key, value in row.items() if key != "_id"} for row in answer["records"]]
    assert rows == list(csv.DictReader(text.splitlines()))
    assert [field["info"]["label"] for field in answer["fields"][1:]] == ["id", "label"]
    views = ckan.post("resource_view_list", id=resource["id"]).json()["result"]
    assert [view["view_type"] for view in views] == ["datatables_view"]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of all requests."""
    methods: list[str] = []
    send = requests.Session.send

    def record(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        methods.append(str(request.method))
        return send(self, request, **options)

    monkeypatch.setattr(requests.Session, "send", record)
    return methods


def test_publishes_and_then_does_nothing(
    ckan: Any, releases: tuple[Path, ...], publish: Publish, sent: list[str]
) -> None:
    code, written = publish(releases[0], "--dry-run", "--exit-code")
    assert (code, written.count("create")) == (1, 3 + 1)
    assert "POST" not in sent
    assert publish(releases[0])[0] == 0
    sent.clear()
    assert publish(releases[0], "--dry-run", "--exit-code") == (0, publish(releases[0])[1])
    assert len(sent) <= 2 * 5  # each of the two runs
    assert set(sent) == {"GET"}
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
    assert len(sent) <= 5 + 3
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


def test_an_editor_at_the_same_time_is_not_overwritten(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    publish(releases[0])
    target = Target(ckan.url, ckan.organization, ckan.token)
    with planned(releases[1], target, Wish()) as (plan, surveyor):
        ckan.act("package_patch", id=PLACES, title="Edited meanwhile")
        done = {each.change.name: each.error for each in apply(plan, surveyor)}
    assert "somebody else wrote" in str(done[PLACES])
    assert done[NOTES] is None
    assert show(ckan, PLACES)["title"] == "Edited meanwhile"


def test_repairs_what_a_killed_publisher_left(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    """Killed at many points of a first publish and of an update, the next run completes it."""
    for number in range(int(os.environ.get("ST_KILLS", "4"))):
        release = releases[number % 2]
        kill_while_publishing(ckan, release, number * 0.61803 % 1 * 1.5)
        code, written = publish(release)
        assert code == 0, written
        assert_published(ckan, release)
        assert publish(release, "--dry-run", "--exit-code")[0] == 0


def test_a_wrong_token_is_told(ckan: Any, releases: tuple[Path, ...], publish: Publish, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong\n")
    code, written = publish(releases[0], "--token-file", str(tmp_path / "token"))
    assert (code, "does not know the token" in written) == (4, True)


def test_an_organisation_that_is_not_there_is_told(ckan: Any, releases: tuple[Path, ...], capsys: Any) -> None:
    assert main(["publish", "ckan", str(releases[0]), "--url", ckan.url, "--organization", "nobody"]) == 4
    assert f"Where data-manager may create datasets: {ckan.organization}" in capsys.readouterr().err


def kill_while_publishing(ckan: Any, release: Path, seconds: float) -> None:
    """Publish in a process of its own that is killed so long after it has begun to write."""
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
    """What an editor may do to a dataset on the portal; nothing where it is not there."""
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


def workers(ckan: Any) -> list[int]:
    """The processes of CKAN that answer requests."""
    master = int((ckan.state / "run" / "gunicorn.pid").read_text())
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def test_repairs_what_a_killed_server_left(ckan: Any, releases: tuple[Path, ...], publish: Publish) -> None:
    """While the portal's processes are killed one after another, publishing goes on; one more run completes it."""
    kills = int(os.environ.get("ST_WORKER_KILLS", "0"))
    if not (ckan.state and kills):
        pytest.skip("processes of CKAN are only killed where ST_WORKER_KILLS says how often, in a stack of `make ckan`")
    for number in range(kills):
        release = releases[number % 2]
        killer = Timer(0.3 + number * 0.61803 % 1, lambda: [os.kill(pid, signal.SIGKILL) for pid in workers(ckan)[:1]])
        killer.start()
        publish(release)
        killer.join()
        code, written = publish(release)
        assert code == 0, written
        assert_published(ckan, release)
        assert publish(release, "--dry-run", "--exit-code")[0] == 0
