"""Tasks in processes give what doing them one after the other gives."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_opendata.errors import InputError, StError
from st_opendata.messages.message import verbatim
from st_opendata.place import Place
from st_opendata.system.child import ChildEndedError
from st_opendata.system.tasks import Results, Task, can_fork, do_here, do_in_processes

STAGE = verbatim("stage")
MANY = 1_000_000
"""A cost that gives a task its own process."""
Do = Callable[[list[Task[Any]]], Results]


def in_processes(tasks: list[Task[Any]], processes: int = 3) -> Results:
    return do_in_processes(tasks, processes, _nothing, _nothing, _nothing)


def _nothing(*_: object) -> None:
    pass


def task(work: Callable[[], Any], cost: int = MANY, after: tuple[Task[Any], ...] = ()) -> Task[Any]:
    return Task(STAGE, work, cost, after)


def failing(text: str, gate: Path | None = None) -> Callable[[], None]:
    def work() -> None:
        while gate and not gate.exists():
            threading.Event().wait(0.01)
        raise InputError(verbatim(text), place=Place("a.csv", line=2), remedy=verbatim("Mend it."))

    return work


@pytest.mark.parametrize("cost", [0, 100_000, MANY])
def test_each_task_ends_after_those_that_it_needs(tmp_path: Path, cost: int) -> None:
    def writer(name: str, *needs: str) -> Callable[[], tuple[str, int]]:
        def work() -> tuple[str, int]:
            (tmp_path / name).write_text("".join((tmp_path / each).read_text() for each in needs) + name)
            return (tmp_path / name).read_text(), os.getpid()

        return work

    first = task(writer("a"), cost)
    second = task(writer("b", "a"), cost, (first,))
    others = [task(writer(f"c{number}", "b"), cost, (second,)) for number in range(5)]
    last = task(writer("d", "a", "b", *(f"c{number}" for number in range(5))), cost, tuple(others))
    results = in_processes([first, second, *others, last])
    assert results[first][0] == "a"
    assert [results[each][0] for each in others] == [f"abc{number}" for number in range(5)]
    assert results[last][0] == "aab" + "".join(f"abc{number}" for number in range(5)) + "d"
    processes = {results[each][1] for each in (first, second, *others, last)}
    assert os.getpid() not in processes
    assert len(processes) in {0: [1], 100_000: [3, 4], MANY: [8]}[cost]


def test_begin_and_end_of_each_task_are_told_and_each_process_enters_once(tmp_path: Path) -> None:
    told: list[tuple[str, Task[Any]]] = []
    tasks = [task(lambda: None, 100_000) for _ in range(7)]

    def enter() -> None:
        (tmp_path / str(os.getpid())).mkdir()

    do_in_processes(tasks, 2, enter, lambda each: told.append(("begin", each)), lambda each: told.append(("end", each)))
    for each in tasks:
        assert told.index(("begin", each)) < told.index(("end", each))
    assert len(told) == 14
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("do", [do_here, in_processes])
def test_the_first_failure_in_the_order_of_tasks_is_raised(do: Do, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    def open_gate() -> None:
        gate.touch()
        raise InputError(verbatim("later"))

    earlier = task(failing("earlier", None if do is do_here else gate))
    tasks = [task(lambda: 1), earlier, task(open_gate), task(failing("last"), after=(earlier,))]
    with pytest.raises(InputError) as caught:
        do(tasks)
    assert str(caught.value) == "a.csv, line 2: earlier\n  Mend it."


def test_what_comes_after_a_failure_is_not_begun(tmp_path: Path) -> None:
    later = [task((tmp_path / str(number)).touch) for number in range(5)]
    with pytest.raises(InputError, match="no"):
        in_processes([task(failing("no")), *later], 1)
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_system_keep_their_number_and_path() -> None:
    def work() -> None:
        raise OSError(28, "No space left on device", "/disk/file")

    with pytest.raises(OSError, match="No space left") as caught:
        in_processes([task(work)])
    assert (caught.value.errno, caught.value.filename) == (28, "/disk/file")


def test_an_error_on_entering_is_that_of_a_task() -> None:
    with pytest.raises(InputError, match="closed"):
        do_in_processes([task(lambda: 1)], 2, failing("closed"), _nothing, _nothing)


def test_a_process_that_is_killed_is_an_error_with_a_remedy() -> None:
    with pytest.raises(StError, match="ended by SIGKILL") as caught:
        in_processes([task(lambda: os.kill(os.getpid(), signal.SIGKILL)), task(lambda: 1)])
    assert "--memory" in caught.value.remedy_text()


def test_a_defect_is_no_error_of_the_user() -> None:
    with pytest.raises(ChildEndedError, match="KeyError") as caught:
        in_processes([task(lambda: {}["missing"])])
    assert "Traceback" in caught.value.__notes__[0]


def _children() -> set[str]:
    """The processes that this one started and that have not been waited for."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="children are found in /proc")
def test_no_process_is_left_when_the_work_is_interrupted() -> None:
    begun: list[int] = []
    before = _children()

    def interrupted(_: Task[Any]) -> None:
        begun.append(1)
        if len(begun) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_in_processes([task(signal.pause) for _ in range(3)], 3, _nothing, interrupted, _nothing)
    assert _children() <= before


def test_a_process_with_another_thread_is_not_forked() -> None:
    alone, gate = can_fork(), threading.Event()
    thread = threading.Thread(target=gate.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        gate.set()
        thread.join()
    assert can_fork() == alone
