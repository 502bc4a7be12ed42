"""A portal that fails while it is being written to: one message, and one more run makes it equal to the release."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest
import requests
from publisher import (
    CUT_OFF,
    ID,
    NAMES,
    NOTES,
    PLACES,
    STALE,
    UNLISTED,
    Publisher,
    assert_published,
    build,
    show,
)
from relay import Act, Answer, Cut, Request, Stage

from st_opendata.formats import CSV
from st_opendata.targets.ckan import forms

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied"), pytest.mark.timeout(600)]

Stack = Callable[..., None]


@pytest.fixture
def update(publisher: Publisher, releases: tuple[Path, ...]) -> Path:
    """The first release is on the portal; this one is to follow."""
    publisher.published(releases[0])
    return releases[1]


UPLOAD = "upload"
"""A package_revise with files."""


def at(action: str, stage: Stage, do: Callable[[Request], None], *, first: int = 1, last: int = 10**9) -> Act:
    """Do this at a stage of the requests of an action, or of the uploads: of all, or from the first to the last."""
    lock, seen = Lock(), [0]

    def act(request: Request, reached: Stage) -> None:
        if (UPLOAD if request.upload and action == UPLOAD else request.action, reached) == (action, stage):
            with lock:
                seen[0] += 1
                number = seen[0]
            if first <= number <= last:
                do(request)

    return act


def cut(_: Request) -> None:
    raise Cut


def fail(_: Request) -> None:
    raise Answer("500 Internal Server Error", "<html><title>Internal Server Error</title></html>")


@pytest.mark.parametrize("stage", [Stage.HALF, Stage.SENT])
@pytest.mark.parametrize("new", [True, False], ids=["create", "update"])
def test_what_passes_is_survived(publisher: Publisher, releases: tuple[Path, ...], stage: Stage, new: bool) -> None:
    """After one interrupted connection the unfinished part is repeated, without action by the publisher."""
    if not new:
        publisher.published(releases[0])
    publisher.relay.begin(at(UPLOAD, stage, cut, last=1))
    code, written = publisher.publish(releases[1])
    assert code == 0, written
    publisher.relay.drain()
    assert_published(publisher.ckan, releases[1])


@pytest.mark.parametrize(
    ("do", "stage", "says"),
    [
        (cut, Stage.HALF, "did not answer"),
        (cut, Stage.SENT, "did not answer"),
        (fail, Stage.BEFORE, 'answered 500: a web page, "Internal Server Error"'),
    ],
    ids=["cut in mid upload", "cut before the answer", "500 in HTML"],
)
def test_a_network_or_gateway_that_fails(
    publisher: Publisher, update: Path, do: Callable[[Request], None], stage: Stage, says: str
) -> None:
    assert says in publisher.failed(update, at(UPLOAD, stage, do))
    assert CUT_OFF in publisher.repaired(update).values()


def test_an_answer_that_never_comes(publisher: Publisher, update: Path) -> None:
    over = Event()

    def wait(_: Request) -> None:
        over.wait(60)
        raise Cut

    relay = publisher.relay
    relay.begin(at(UPLOAD, Stage.BEFORE, wait))
    try:
        code, _, err = publisher.command(update, "--timeout", "0.5", url=relay.url)
    finally:
        over.set()
    assert (code, "the portal did not answer within 0.5 seconds" in err, "--timeout" in err) == (4, True, True)
    assert CUT_OFF in publisher.repaired(update).values()


@pytest.mark.parametrize(
    ("part", "action", "says"),
    [
        ("solr", UPLOAD, "search failed"),
        ("solr", "package_create", "search failed"),
        ("redis", "datastore_create", "answered 500"),
        ("postgres", UPLOAD, "answered 500"),
    ],
    ids=["Solr, updating", "Solr, creating", "Redis", "PostgreSQL"],
)
def test_a_part_of_the_portal_that_is_down(
    publisher: Publisher, releases: tuple[Path, ...], stack: Stack, part: str, action: str, says: str
) -> None:
    if action != "package_create":
        publisher.published(releases[0])
    stop = at(action, Stage.BEFORE, lambda _: stack("stop", part), last=1)
    try:
        told = publisher.failed(releases[1], stop)
    finally:
        stack("start")
    assert says in told
    assert publisher.repaired(releases[1])


def test_a_server_that_is_killed_in_mid_request(publisher: Publisher, update: Path, stack: Stack) -> None:
    def kill(_: Request) -> None:
        os.killpg(int((publisher.ckan.state / "run" / "gunicorn.pid").read_text()), signal.SIGKILL)

    try:
        told = publisher.failed(update, at(UPLOAD, Stage.SENT, kill, last=1))
    finally:
        stack("start")
    assert "did not answer" in told
    assert CUT_OFF in publisher.repaired(update).values()


@contextmanager
def full(ckan: Any, resource: str) -> Iterator[None]:
    """No space for the file of this resource: CKAN writes it next to its place, where the kernel returns ENOSPC."""
    draft = ckan.state / "storage" / "resources" / resource[:3] / resource[3:6] / f"{resource[6:]}~"
    draft.symlink_to("/dev/full")
    try:
        yield
    finally:
        draft.unlink()


def test_a_disk_that_is_full_in_the_middle_of_the_files(publisher: Publisher, update: Path, stack: Stack) -> None:
    ckan = publisher.ckan
    log = ckan.state / "log" / "gunicorn.log"
    written = log.stat().st_size
    changed = [each for each in show(ckan, PLACES)["resources"] if each["format"] in ("CSV", "Turtle", "RDF")]
    with full(ckan, changed[1]["id"]):
        told = publisher.failed(update)
    assert "answered 500" in told
    assert b"No space left on device" in log.read_bytes()[written:]
    assert show(ckan, PLACES)["title"] == "Places"  # the database is as before, some files are not
    assert publisher.repaired(update)[PLACES] == CUT_OFF


def test_going_back_after_a_write_that_was_cut_off(
    publisher: Publisher, update: Path, releases: tuple[Path, ...]
) -> None:
    """The database states the release before, and visitors get files of the one after: the mark alone shows it."""
    ckan = publisher.ckan
    changed = [each for each in show(ckan, PLACES)["resources"] if each["format"] in ("CSV", "Turtle", "RDF")]
    with full(ckan, changed[1]["id"]):
        publisher.failed(update)
    served = requests.get(changed[0]["url"], timeout=30).content
    stated = next(each["hash"] for each in show(ckan, PLACES)["resources"] if each["id"] == changed[0]["id"])
    assert sha256(served).hexdigest() != stated == changed[0]["hash"]
    assert publisher.repaired(releases[0])[PLACES] == CUT_OFF


def test_a_file_that_is_too_large(publisher: Publisher, tmp_path: Path, stack: Stack) -> None:
    """Learnt from the refusal where no limit is named, known before the first write where one is."""
    rows = "".join(f"a{number},{'x' * 200}\n" for number in range(6000))
    release = build(tmp_path / "large", {"places": {"towns": f"id,label\n{rows}"}}, "Places")
    largest = max((release / "places").iterdir(), key=lambda path: path.stat().st_size)
    try:
        stack("start", CKAN_MAX_UPLOAD_SIZE_MB="1")
        told = publisher.failed(release)
        assert f"does not accept files as large as {largest.name} ({largest.stat().st_size:,} bytes)" in told
        assert "--max-upload BYTES" in told
        assert publisher.ckan.post("package_show", id=PLACES).status_code in (403, 404)  # half a dataset is not shown
        publisher.relay.begin()
        code, written = publisher.publish(release, "--max-upload", "1000000")
        assert (code, "larger than the site's limit of 1,000,000 bytes: " in written) == (2, True)
        assert {request.method for request in publisher.relay.requests} == {"GET"}
    finally:
        stack("start")
    publisher.published(release)
    served = {requests.get(each["url"], timeout=30).content for each in show(publisher.ckan, PLACES)["resources"]}
    assert largest.read_bytes() in served


def test_a_value_that_the_portal_refuses(publisher: Publisher, update: Path, tmp_path: Path) -> None:
    """A date that ISO 8601 has, and the portal has not. The message names the file and the property for people."""
    release = shutil.copytree(update, tmp_path / "refused")
    catalogue = release / "catalog.ttl"
    start = "distribution/places/towns.csv> a dcat:Distribution"
    before, found, after = catalogue.read_text("utf-8").partition(start)
    assert 'dct:issued "2020-02-01"' in after
    wrong = after.replace('dct:issued "2020-02-01"', 'dct:issued "2020-W05-3"', 1)
    catalogue.write_text(before + found + wrong, "utf-8")
    told = publisher.failed(release)
    assert "the portal refused issued (dct:issued) of towns.csv: Date format incorrect" in told
    assert "catalogue.yaml" in told
    assert show(publisher.ckan, PLACES)["title"] == "Places"
    assert publisher.repaired(update)[PLACES] == CUT_OFF


def solr(ckan: Any, path: str, **request: Any) -> Any:
    """Ask the portal's Solr, or change it."""
    if not ckan.state:
        pytest.skip("Solr is only reached in a stack of `make ckan`")
    port = json.loads((ckan.state / "site.json").read_text("utf-8"))["ports"][3]
    method = "POST" if "json" in request else "GET"
    answer = requests.request(method, f"http://127.0.0.1:{port}/solr/ckan/{path}", timeout=30, **request)
    answer.raise_for_status()
    return answer.json()


def document(ckan: Any, name: str) -> dict[str, Any]:
    """Solr's record of a dataset."""
    [found] = solr(ckan, "select", params={"q": f"name:{name}", "fl": "*"})["response"]["docs"]
    return {key: value for key, value in found.items() if key != "_version_"}


def test_what_search_lost_is_written_again(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    publisher.published(releases[0])
    solr(publisher.ckan, "update?commit=true", json={"delete": {"query": f"name:{PLACES}"}})
    code, written = publisher.publish(releases[0], "--dry-run", "--exit-code")
    assert (code, f"update     {PLACES}: {UNLISTED}\n" in written) == (1, True)
    assert publisher.repaired(releases[0]) == dict.fromkeys(NAMES, "as released") | {PLACES: UNLISTED}
    solr(publisher.ckan, "update?commit=true", json={"delete": {"query": f"name:{ID}-*"}})
    assert set(publisher.repaired(releases[1]).values()) == {UNLISTED}


def test_a_search_that_lies_is_put_right(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    """Solr is written before the database commits: a crash in between leaves a state that never came to be."""
    publisher.published(releases[0])
    truth = document(publisher.ckan, PLACES)
    lie = {"title": "Never was", "metadata_modified": "2030-01-01T00:00:00.123Z", "permission_labels": ["public"]}
    whole = {key: truth[key].replace('"Places"', '"Never was"') for key in ("data_dict", "validated_data_dict")}
    assert all("Never was" in text for text in whole.values())
    solr(publisher.ckan, "update?commit=true", json=[truth | lie | whole])
    assert publisher.repaired(releases[0])[PLACES] == STALE


def test_a_ghost_in_search_is_told(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    """Only an administrator can remove the remains of a creation after a crash; visitors do not see them."""
    publisher.published(releases[0])
    members = f"member-{show(publisher.ckan, PLACES)['owner_org']}"
    ghost = {"id": "ghost", "index_id": "ghost", "capacity": "private", "permission_labels": [members]}
    solr(publisher.ckan, "update?commit=true", json=[document(publisher.ckan, PLACES) | ghost])
    try:
        code, written = publisher.publish(releases[0])
        assert (code, f"The portal's search lists “{PLACES}”, but its database does not" in written) == (0, True)
        assert_published(publisher.ckan, releases[0])
    finally:
        solr(publisher.ckan, "update?commit=true", json={"delete": {"query": "index_id:ghost"}})


def writes(publisher: Publisher) -> int:
    return sum(request.method == "POST" for request in publisher.relay.requests)


def test_a_value_that_the_portal_alters_is_no_edit(
    publisher: Publisher, releases: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interruption between the write of an update and the one that records the portal's version."""
    tagged = shutil.copytree(releases[0], tmp_path / "tagged")  # no file is another one
    text = (tagged / "catalog.ttl").read_text("utf-8")
    (tagged / "catalog.ttl").write_text(text.replace('"example"@en', '"sample"@en'), "utf-8")
    publisher.published(releases[0])
    publisher.published(tagged)
    assert writes(publisher) == 2 * len(NAMES)  # no third write where the portal keeps what it is sent
    altered = replace(CSV, ckan_label=CSV.media_type)  # CKAN makes CSV of it
    known = forms.format_of_media_type
    monkeypatch.setattr(forms, "format_of_media_type", lambda kind: altered if kind == CSV.media_type else known(kind))
    publisher.ckan.empty()
    publisher.published(releases[0])
    # In this order: two writes of the catalogue, then each three of the other two datasets, the last of which settles.
    publisher.relay.begin(at("package_revise", Stage.BEFORE, cut, first=5))
    assert publisher.publish(tagged, "--workers", "1")[0] == 4
    assert [tag["name"] for tag in show(publisher.ckan, NOTES)["tags"]] == ["city", "sample"]
    assert publisher.repaired(tagged)[NOTES] == CUT_OFF
    publisher.published(releases[0])
    assert writes(publisher) == 2 + 3 + 3
