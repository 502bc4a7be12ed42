"""After an interruption, the files of a dataset that the portal lacks are sent, and no others."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from publisher import CATALOGUE, DATASET, FIRST, ID, PLACES, TABLE, Publisher, assert_published, show
from relay import Cut, Request, Stage

from st_opendata.__main__ import main

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied"), pytest.mark.timeout(600)]

SIZE = 9_000_000
"""Bytes of each file: two are more than one write takes."""
PLANS = ("north", "south", "west")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose dataset has three large files besides its table."""
    folder = tmp_path_factory.mktemp("resume")
    (folder / "places").mkdir()
    (folder / "places" / "towns.csv").write_text(FIRST["places"]["towns"], "utf-8")
    described = DATASET.format(title="Places") + TABLE.format(name="towns") + "files:\n"
    for number, name in enumerate(PLANS):
        with zipfile.ZipFile(folder / "places" / f"{name}.zip", "w") as packed:
            packed.writestr("plan.bin", random.Random(number).randbytes(SIZE))
        described += f"  - {{path: {name}.zip, title: {{en: Plan {name}}}}}\n"
    (folder / "places" / "dataset.yaml").write_text(described, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE.format(id=ID, datasets="places"), "utf-8")
    assert main(["build", str(folder), "--output", str(folder / "release")]) == 0
    return folder / "release"


def uploads(publisher: Publisher) -> list[Request]:
    return [each for each in publisher.relay.requests if each.upload and each.action == "package_revise"]


def interrupt(publisher: Publisher, release: Path, upload: int) -> None:
    """Kill the publisher in the middle of this upload."""
    victim: list[subprocess.Popen[bytes]] = []
    begun: list[int] = []

    def act(request: Request, stage: Stage) -> None:
        if request.upload and stage == Stage.HALF:
            begun.append(request.number)
            if len(begun) == upload:
                victim[0].kill()
                victim[0].wait()
                raise Cut

    publisher.relay.begin(act)
    portal = ["--url", publisher.relay.url, "--organization", publisher.ckan.organization]
    program = [sys.executable, "-m", "st_opendata", "publish", "ckan", str(release), *portal]
    victim.append(subprocess.Popen(program, stdout=subprocess.DEVNULL))
    assert victim[0].wait(240) == -signal.SIGKILL
    publisher.relay.drain()


def test_a_run_after_a_kill_sends_the_files_that_are_missing(publisher: Publisher, release: Path) -> None:
    publisher.published(release)
    whole = len(uploads(publisher))  # one is that of the catalogue
    assert whole >= 4
    publisher.ckan.empty()
    interrupt(publisher, release, whole - 1)
    publisher.repaired(release)
    assert len(uploads(publisher)) == 2


def test_a_file_that_another_person_uploaded_meanwhile_is_sent_again(publisher: Publisher, release: Path) -> None:
    """It has the size of the released file, and the portal still states the digest of that one."""
    publisher.published(release)
    whole = len(uploads(publisher))
    publisher.ckan.empty()
    interrupt(publisher, release, whole)
    there = publisher.ckan.act("package_show", id=PLACES)["resources"]
    plan = next(each for each in there if each["name"] == "Plan north")
    forged = bytes(int(plan["size"]))
    answer = publisher.ckan.post(
        "resource_patch", token=publisher.ckan.token, files={"upload": ("north.zip", forged)}, id=plan["id"]
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["hash"] == plan["hash"]
    publisher.repaired(release)
    assert_published(publisher.ckan, release)
    assert {each["name"] for each in show(publisher.ckan, PLACES)["resources"]} >= {f"Plan {name}" for name in PLANS}
