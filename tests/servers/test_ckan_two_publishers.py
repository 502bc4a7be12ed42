"""Two publishers with different releases at once: one wins whole, the other says which release won and exits 4."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Event, Lock

import pytest
from publisher import Publisher, assert_published, build
from relay import Request, Stage

SEEDS = range(3 if os.environ.get("ST_FULL") else 1)

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def rivals(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two releases of one catalogue, with other rows in all datasets."""
    folder = tmp_path_factory.mktemp("rivals")
    towns = [{"towns": f"id,label\na,Lyon\nb,{name}\n"} for name in ("Wien", "Vienne")]
    return (
        build(folder / "one", {"places": towns[0], "notes": {"remarks": "id,label\nx,One\n"}}, "Places of one"),
        build(
            folder / "other", {"places": towns[1], "notes": {"remarks": "id,label\nx,Other\n"}}, "Places of the other"
        ),
    )


def start(publisher: Publisher, release: Path) -> subprocess.Popen[str]:
    portal = ["--url", publisher.relay.url, "--organization", publisher.ckan.organization]
    program = [sys.executable, "-m", "st_opendata", "publish", "ckan", str(release), *portal]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def writes(request: Request) -> bool:
    return request.method == "POST" and request.action.startswith("package_")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("new", [True, False], ids=["new", "update"])
def test_one_of_two_releases_wins_whole(
    publisher: Publisher, releases: tuple[Path, ...], rivals: tuple[Path, Path], seed: int, new: bool
) -> None:
    """Both have their plans before either writes; then their requests come in an order that chance decides."""
    if not new:
        publisher.published(releases[0])
    both, chance, lock = Barrier(2), random.Random(seed), Lock()
    begun: list[Request] = []

    def act(request: Request, stage: Stage) -> None:
        if stage != Stage.BEFORE or not writes(request):
            return
        with lock:
            begun.append(request)
            first, pause = len(begun) <= 2, chance.random() / 2
        if first:
            both.wait(120)
        time.sleep(pause)

    publisher.relay.begin(act)
    running = {release: start(publisher, release) for release in rivals}
    said = {release: process.communicate(timeout=300)[1] for release, process in running.items()}
    codes = {release: process.returncode for release, process in running.items()}
    assert sorted(codes.values()) == [0, 4], said
    winner, loser = sorted(rivals, key=lambda release: codes[release])
    assert "another release of this catalogue won" in said[loser], said
    assert "another release won" in said[loser]
    publisher.relay.drain()
    assert_published(publisher.ckan, winner)
    publisher.relay.begin()
    assert publisher.publish(winner, "--dry-run", "--exit-code")[0] == 0


def test_a_release_that_takes_the_lead_replaces_what_the_other_still_sent(
    publisher: Publisher, rivals: tuple[Path, Path]
) -> None:
    """The first one has written the catalogue and is in the middle of its datasets when the second one begins."""
    one, other = rivals
    halfway, over, lock = Event(), Event(), Lock()
    begun: list[Request] = []
    held: list[Request] = []

    def act(request: Request, stage: Stage) -> None:
        """Hold the second write of both datasets back; the first one is the draft."""
        if stage != Stage.BEFORE or not writes(request) or halfway.is_set():
            return
        with lock:
            begun.append(request)
            late = request.action == "package_revise" and sum(each.action == "package_create" for each in begun) > 1
            if late:
                held.append(request)
            if len(held) == 2:
                halfway.set()
        if late:
            over.wait(240)

    publisher.relay.begin(act)
    first = start(publisher, one)
    assert halfway.wait(120)
    second = start(publisher, other)
    deadline = time.monotonic() + 240
    while second.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    over.set()
    said = [process.communicate(timeout=300)[1] for process in (first, second)]
    assert (first.returncode, second.returncode) == (4, 0), said
    assert "another release of this catalogue won" in said[0]
    publisher.relay.drain()
    assert_published(publisher.ckan, other)
