"""Tasks in forked processes: several at once, with the results and the error of doing one after the other.

A forked process has all data of this one, but none of its threads: fork while there are no others (`can_fork`).
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from st_opendata.errors import InputError, StError
from st_opendata.messages.message import Message, message
from st_opendata.system.child import Child, ChildEndedError, Send, start, wait

_THREADS = Path("/proc/self/task")
"""The threads of this process, those of libraries too (proc(5)); only Linux has it."""
_ENDING = 0.1
"""The most seconds between the end of a thread and its end for the system."""
_LEAST = 300_000
"""The least cost of the tasks of a process: starting it must cost little in comparison."""
_TURNS = 8
"""About the most processes that are started one after the other, because some catalogues have thousands of tasks."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, eq=False)
class Task(Generic[ResultT]):
    """Work with a picklable result, the `stage` of the job that it is part of, and the tasks that must end before.

    `cost` is about the microseconds that the work takes.
    """

    stage: Message
    work: Callable[[], ResultT]
    cost: int = 0
    after: Sequence[Task[Any]] = ()


class Results:
    """The results of tasks."""

    def __init__(self) -> None:
        self._found: dict[Task[Any], Any] = {}

    def __getitem__(self, task: Task[ResultT]) -> ResultT:
        found: ResultT = self._found[task]
        return found

    def add(self, task: Task[ResultT], result: ResultT) -> None:
        """Keep the result of a task."""
        self._found[task] = result

    def has(self, task: Task[Any]) -> bool:
        """Whether the task has ended."""
        return task in self._found


Told = Callable[[Task[Any]], None]


def _ignore(_task: Task[Any]) -> None:
    """Do nothing."""


def can_fork() -> bool:
    """Whether this process has no thread but the present one; one that has just ended may still be in sight."""
    until = time.monotonic() + _ENDING
    while _threads() > 1:
        if time.monotonic() > until:
            return False
        time.sleep(_ENDING / 20)
    return True


def _threads() -> int:
    return sum(1 for _ in _THREADS.iterdir()) if _THREADS.exists() else threading.active_count()


def do_here(tasks: Sequence[Task[Any]], on_begin: Told = _ignore, on_end: Told = _ignore) -> Results:
    """Do the tasks in their order, in which each comes later than those that it needs."""
    results = Results()
    for task in tasks:
        on_begin(task)
        results.add(task, task.work())
        on_end(task)
    return results


def do_in_processes(
    tasks: Sequence[Task[Any]], processes: int, enter: Callable[[], None], on_begin: Told, on_end: Told
) -> Results:
    """Do the tasks, given as to `do_here`, in this many processes at once; `enter` is called first in each process.

    Raises:
        InputError: a process was killed, for example because the system had no memory left.
        StError, OSError, MemoryError: the error of the first task, in their order, that fails.
    """
    with ExitStack() as stack:
        least = max(_LEAST, sum(task.cost for task in tasks) // (processes * _TURNS))
        return _Run(tasks, enter, stack, on_begin, on_end).finish(processes, least)


@dataclass(frozen=True, slots=True)
class _Failure:
    error: Exception


class _Batch:
    """The tasks of one process, of which the first `done` have ended."""

    def __init__(self, tasks: Sequence[Task[Any]], enter: Callable[[], None]) -> None:
        self.tasks = tasks
        self.done = 0
        self._enter = enter

    def __call__(self, send: Send) -> None:
        self._enter()
        for task in self.tasks:
            try:
                send(task.work())
            except (StError, OSError, MemoryError) as error:
                send(_Failure(error))
                return

    @property
    def next(self) -> Task[Any]:
        """The task that the process does."""
        return self.tasks[self.done]


class _Run:
    """The state of `do_in_processes`; processes are killed where the block of `stack` ends."""

    def __init__(
        self, tasks: Sequence[Task[Any]], enter: Callable[[], None], stack: ExitStack, on_begin: Told, on_end: Told
    ) -> None:
        self._order = {task: place for place, task in enumerate(tasks)}
        self._waiting = list(tasks)
        self._running: dict[Child, tuple[_Batch, ExitStack]] = {}
        self._results = Results()
        self._failed = len(tasks)
        self._error: Exception | None = None
        self._enter, self._stack, self._on_begin, self._on_end = enter, stack, on_begin, on_end

    def finish(self, processes: int, least: int) -> Results:
        """Do all tasks, those of a process having at least this cost."""
        while self._waiting or self._running:
            while len(self._running) < processes and (batch := self._next_batch(least)):
                self._begin(batch)
            for child in wait(self._running):
                if child in self._running:  # the failure of another one may have ended it
                    self._receive(child)
        if self._error:
            raise self._error
        return self._results

    def _next_batch(self, least: int) -> list[Task[Any]]:
        """The next tasks that need none but those that have ended, or come before them in the batch."""
        batch: dict[Task[Any], None] = {}
        cost = 0
        for task in self._waiting:
            if all(need in batch or self._results.has(need) for need in task.after):
                batch[task] = None
                cost += task.cost
                if cost >= least:
                    break
        self._waiting = [task for task in self._waiting if task not in batch]
        return list(batch)

    def _begin(self, tasks: Sequence[Task[Any]]) -> None:
        self._on_begin(tasks[0])
        batch, own = _Batch(tasks, self._enter), self._stack.enter_context(ExitStack())
        self._running[own.enter_context(start(batch))] = batch, own

    def _receive(self, child: Child) -> None:
        batch, _ = self._running[child]
        try:
            outcome = child.receive()
        except ChildEndedError as error:
            outcome = _Failure(_ended(error))
        except StError as error:
            outcome = _Failure(error)
        if isinstance(outcome, _Failure):
            self._fail(batch.next, outcome.error)
            return
        self._results.add(batch.next, outcome)
        self._on_end(batch.next)
        batch.done += 1
        if batch.done < len(batch.tasks) and self._order[batch.next] < self._failed:
            self._on_begin(batch.next)
        else:
            self._end(child)

    def _fail(self, task: Task[Any], error: Exception) -> None:
        """Keep the error, and end what would not have begun if all were done one after the other."""
        self._failed, self._error = self._order[task], error
        self._waiting = [each for each in self._waiting if self._order[each] < self._failed]
        for child, (batch, _) in list(self._running.items()):
            if self._order[batch.next] >= self._failed:
                self._end(child)

    def _end(self, child: Child) -> None:
        _, own = self._running.pop(child)
        own.close()


def _ended(error: ChildEndedError) -> Exception:
    """The error for a process that ended without an answer: a kill is the machine's, anything else a defect."""
    if error.code >= 0:
        error.add_note(error.stderr.decode(errors="replace"))
        return error
    return InputError(
        message("a process of the build was ended by {signal}", signal=signal.Signals(-error.code).name),
        remedy=message("Close other programs, lower --memory or --threads, or use a machine with more memory."),
    )
