"""The reported progress of a job: it begins at nothing, never falls, and is in proportion to the time of the work."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import write_tiny

from st_opendata.build import build, check
from st_opendata.build.job import Job
from st_opendata.build.progress import STAGE, Steps
from st_opendata.messages.message import verbatim

Told = list[tuple[str, float]]


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogue"
    write_tiny(folder)
    return folder


def falls(told: Told) -> bool:
    return [done for _, done in told] != sorted(done for _, done in told)


def test_a_stage_counts_by_its_time_when_it_has_ended() -> None:
    told: Told = []
    steps = Steps(Job(Path(), progress=lambda stage, done: told.append((stage, round(done, 3)))))
    steps(verbatim("begin"))
    steps.expect(9 * STAGE)
    steps(verbatim("read"), 4 * STAGE)
    steps(verbatim("write"), 0)
    steps.count(2 * STAGE)
    steps.tell(verbatim("write"))
    assert told == [("begin", 0.0), ("read", 0.1), ("write", 0.5), ("write", 0.7)]


def test_it_does_not_fall_if_more_is_left_than_was_known() -> None:
    told: Told = []
    steps = Steps(Job(Path(), progress=lambda stage, done: told.append((stage, done))))
    steps.expect(2 * STAGE)
    steps(verbatim("read"))
    steps(verbatim("plan"), 0)
    steps.expect(99 * STAGE)
    steps.tell(verbatim("write"))
    steps.count(89 * STAGE)
    steps.tell(verbatim("write"))
    assert [done for _, done in told] == [0.0, 0.5, 0.5, 0.9]


def test_a_check_and_a_build_tell_all_of_it(catalogue: Path, tmp_path: Path) -> None:
    told: Told = []

    def tell(stage: str, done: float) -> None:
        told.append((stage, done))

    assert check(Job(catalogue, progress=tell)).conforms
    assert told[0][1] == 0 and not falls(told) and 0.5 < told[-1][1] < 1
    told.clear()
    assert build(Job(catalogue, progress=tell), tmp_path / "release").conforms
    assert told[0][1] == 0 and not falls(told) and 0.9 < told[-1][1] < 1
    at = dict(told)
    assert at["Validating the facts"] < 0.1 < at["Describing the catalogue"] < 0.3
