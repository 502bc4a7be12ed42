"""Applying a plan: several changes at a time, failures that end alone, and a target that is down."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock, current_thread, main_thread
from typing import Any

import pytest

from st_opendata.errors import RemoteError
from st_opendata.messages.message import message
from st_opendata.targets.base import OVERTAKEN, Action, Change, ChangeResult, Plan, apply


class Target:
    """Fails for the datasets in its list."""

    def __init__(self, workers: int = 1, **failures: Exception) -> None:
        self.workers = workers
        self.failures = failures
        self.applied: list[str] = []
        self.lock = Lock()

    def apply(self, change: Change[Any], _: object) -> None:
        with self.lock:
            self.applied.append(change.name)
        if error := self.failures.get(change.name):
            raise error

    def plan(self, *_: Any) -> Any: ...

    def verify(self, *_: Any, **__: Any) -> Any: ...

    def close(self) -> None: ...


NAMES = tuple("abcdef")
DOWN, REFUSED, UNREADABLE = (
    RemoteError(message("down")),
    RemoteError(message("refused"), status=409),
    OSError("unreadable"),
)


def plan(*names: str, action: Action = Action.UPDATE) -> Plan[Change[Any]]:
    return Plan(tuple(Change(action, name, message("a reason")) for name in names))


@pytest.mark.parametrize("workers", [1, 4])
def test_every_write_is_applied_once_and_reported_in_this_thread(workers: int) -> None:
    heard: list[str] = []

    def hear(result: ChangeResult) -> None:
        assert current_thread() is main_thread()
        heard.append(result.change.name)

    target = Target(workers)
    results = apply(plan(*NAMES), target, on_progress=hear)
    assert sorted(target.applied) == sorted(heard) == sorted(each.change.name for each in results) == list(NAMES)
    assert not any(each.error for each in results)


@pytest.mark.parametrize("action", [Action.UNCHANGED, Action.DRIFTED, Action.TAKEN, Action.LEFT])
def test_what_is_left_alone_is_not_applied(action: Action) -> None:
    target = Target()
    assert apply(plan(*NAMES, action=action), target) == ()
    assert target.applied == []


@pytest.mark.parametrize("error", [REFUSED, UNREADABLE])
def test_a_failure_ends_its_own_dataset_alone(error: Exception) -> None:
    target = Target(a=error, b=error, c=error, d=error)
    results = {each.change.name: each.error for each in apply(plan(*NAMES), target)}
    assert results == {**dict.fromkeys("abcd", error), "e": None, "f": None}


def test_a_target_that_fails_three_times_in_a_row_is_given_up() -> None:
    target = Target(b=DOWN, c=DOWN, d=DOWN)
    assert [each.change.name for each in apply(plan(*NAMES), target)] == ["a", "b", "c", "d"]
    target = Target(b=DOWN, c=DOWN, e=DOWN)
    assert len(apply(plan(*NAMES), target)) == len(NAMES)


def test_another_defect_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        apply(plan("a"), Target(a=ZeroDivisionError()))


@pytest.mark.parametrize("workers", [1, 4])
def test_the_leading_change_goes_first_and_alone(workers: int) -> None:
    target = Target(workers)
    leading = replace(plan(*NAMES), leading="d")
    apply(leading, target)
    assert (target.applied[0], sorted(target.applied)) == ("d", list(NAMES))


def test_nothing_is_begun_after_another_release_won() -> None:
    target = Target(4, d=RemoteError(message("another release won"), status=OVERTAKEN))
    results = apply(replace(plan(*NAMES), leading="d"), target)
    assert target.applied == [each.change.name for each in results] == ["d"]


def test_what_is_sent_is_heard_of() -> None:
    heard: list[tuple[str, int, int]] = []

    class Sender(Target):
        def apply(self, change: Change[Any], on_sending: Any) -> None:
            on_sending(change.name, 1, 2)

    apply(plan("a"), Sender(), on_sending=lambda *sent: heard.append(sent))
    assert heard == [("a", 1, 2)]
