"""Killed anywhere, the publisher or a process of the portal, one more run makes the portal equal to the release.

The kills are spread over the requests of an apply, counted beforehand by a relay: the publisher dies before a request,
in the middle of its body, while the portal works on it, and when it has the answer; a process of the portal dies at any
moment of its work on a request. ST_KILLS and ST_WORKER_KILLS say how often: CI asks for 25 and 6,
`make nightly` for 100 and 25.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publisher import CUT_OFF, Publisher
from relay import Cut, Request, Stage

pytestmark = [pytest.mark.xdist_group("ckan"), pytest.mark.usefixtures("emptied"), pytest.mark.timeout(3000)]

KILLS = int(os.environ.get("ST_KILLS", "4"))
WORKER_KILLS = int(os.environ.get("ST_WORKER_KILLS", "2"))
WRITES = ("package_create", "package_revise")


History = dict[bool, list[tuple[Request, float]]]


def histories(publisher: Publisher, releases: tuple[Path, ...]) -> History:
    """The requests of a first publish and of an update, from the first write on, and the seconds each took."""
    found: History = {}
    for first, release in ((True, releases[0]), (False, releases[1])):
        publisher.published(release)
        relay = publisher.relay
        write = next(each.number for each in relay.requests if each.method == "POST")
        found[first] = [(each, relay.seconds[each.number]) for each in relay.requests[write - 1 :]]
    return found


def spread(points: list[Any], number: int) -> Iterator[Any]:
    """This many of the points, evenly spread; again from the first one if there are fewer."""
    for each in range(number):
        yield points[each * len(points) // number if number < len(points) else each % len(points)]


def test_repairs_what_a_killed_publisher_left(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    points = [
        (first, request.number, stage)
        for first, requests in histories(publisher, releases).items()
        for request, _ in requests
        for stage in Stage
    ]
    assert len(points) >= 200
    killed, seen = 0, set[str]()
    for turn, (first, number, stage) in enumerate(spread(points, KILLS)):
        if first:
            publisher.ckan.empty()
        release = releases[turn % 2]
        killed += kill_at(number, stage, publisher, release)
        seen |= set(publisher.repaired(release).values())
    assert killed >= KILLS * 3 // 4  # the requests of workers come in no fixed order, and their number varies a little
    assert KILLS < 100 or CUT_OFF in seen


def kill_at(number: int, stage: Stage, publisher: Publisher, release: Path) -> bool:
    """Publish in a separate process that is killed at this stage of this request; whether it was killed."""
    victim: list[subprocess.Popen[bytes]] = []

    def act(request: Request, reached: Stage) -> None:
        if (request.number, reached) == (number, stage):
            victim[0].kill()
            victim[0].wait()
            raise Cut

    publisher.relay.begin(act)
    portal = ["--url", publisher.relay.url, "--organization", publisher.ckan.organization]
    target = ["publish", "ckan", str(release), *portal]
    victim.append(subprocess.Popen([sys.executable, "-m", "st_opendata", *target], stdout=subprocess.DEVNULL))
    code = victim[0].wait(120)
    assert code in (0, -signal.SIGKILL)
    return code != 0


def test_repairs_what_a_killed_server_left(publisher: Publisher, releases: tuple[Path, ...]) -> None:
    """Publishing continues while the process of the portal that works on one of its writes is killed."""
    if not publisher.ckan.state:
        pytest.skip("processes of CKAN are only killed in a stack of `make ckan`")
    points = []
    for first, requests in histories(publisher, releases).items():
        seconds = [took for request, took in requests if request.action in WRITES]
        points += [(first, number, took) for number, took in enumerate(seconds, 1)]
    dead: list[int] = []
    for turn, (first, number, took) in enumerate(spread(points, WORKER_KILLS)):
        if first:
            publisher.ckan.empty()
        release = releases[turn % 2]
        writes: list[int] = []

        def act(request: Request, stage: Stage) -> None:
            if request.action in WRITES and stage == Stage.SENT:
                writes.append(request.number)  # noqa: B023 (used in this turn only)
                if writes.index(request.number) + 1 == number:  # noqa: B023
                    time.sleep(turn * 0.61803 % 1 * took)  # noqa: B023
                    kill_worker(publisher.ckan, request.port)
                    dead.append(turn)  # noqa: B023

        publisher.relay.begin(act)
        publisher.publish(release)
        publisher.relay.drain()
        publisher.repaired(release)
    assert len(dead) >= WORKER_KILLS * 3 // 4  # an update the other way may take a write less


def kill_worker(ckan: Any, port: int) -> None:
    """Kill the process of CKAN that works on the request from this port, or any if none does (yet, or any more)."""
    master = int((ckan.state / "run" / "gunicorn.pid").read_text())
    workers = [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    wanted = f":{port:04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
    inodes = {f"socket:[{line[9]}]" for line in lines if line[2].endswith(wanted)}
    at_work = [pid for pid in workers if inodes & set(sockets(pid))]
    for pid in at_work or workers[:1]:
        os.kill(pid, signal.SIGKILL)


def sockets(pid: int) -> Iterator[str]:
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(link.readlink())
        except FileNotFoundError:
            continue
