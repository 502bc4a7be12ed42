"""The number of workers, and memory or disk, follow from one setting."""

from __future__ import annotations

import pytest

from st_opendata.errors import UsageError
from st_opendata.sparql.endpoint import Limits

GB = 1 << 30


def test_each_worker_may_come_to_hold_the_store_once_more() -> None:
    limits = Limits(memory=8 * GB, worker_memory=GB, workers=100)
    for store in (GB // 10, GB, 2 * GB):
        workers = limits.workers_in_memory(store)
        assert store + workers * (store + GB) <= 8 * GB < store + (workers + 1) * (store + GB)
    assert Limits(workers=3).workers_in_memory(1) == 3


def test_the_disk_takes_over() -> None:
    assert Limits(memory=4 * GB).fits_memory(100_000)
    assert not Limits(memory=4 * GB).fits_memory(25_000_000)
    assert Limits(memory=64 * GB).fits_memory(400_000)
    assert not Limits(memory=64 * GB).fits_memory(2_500_000)  # each start would take ten seconds
    assert Limits(memory=4 * GB, worker_memory=GB, workers=9).workers_on_disk() == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0},
        {"seconds": 0},
        {"seconds": float("inf")},
        {"stall": float("nan")},
        {"queue": -1},
        {"memory": 1000},
        {"workers": 0},
    ],
)
def test_limits_that_leave_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Limits(**wrong)
