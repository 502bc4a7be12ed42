"""Work in a separate process, which can be killed at any time, and ends with this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import IO, Any

from st_opendata.errors import StError
from st_opendata.messages.message import message, verbatim
from st_opendata.system.limits import STOP_SIGNALS, end_with, signals_held

Send = Callable[[object], None]
"""Sends something to the parent while the work continues."""


class ChildEndedError(Exception):
    """The process ended before its work did, with this exit code and this output on stderr; `message` says why."""

    def __init__(self, code: int, stderr: bytes) -> None:
        last_line = stderr.decode(errors="replace").strip().rpartition("\n")[2]
        self.message = verbatim(last_line) if last_line else message("the process ended with status {code}", code=code)
        super().__init__(str(self.message))
        self.code = code
        self.stderr = stderr


@dataclass(frozen=True, slots=True)
class Child:
    """The process, as its parent knows it."""

    _process: BaseProcess
    _receiver: Connection
    _stderr: IO[bytes]

    def receive(self, seconds: float | None = None) -> Any:  # noqa: ANN401 (what the work makes)
        """The next report of the process, or the result of its work in the end.

        Raises:
            TimeoutError: it took longer than `seconds`.
            ChildEndedError: the process ended before.
            StError: the work raised it.
        """
        if not self._receiver.poll(seconds):
            raise TimeoutError
        try:
            outcome = self._receiver.recv()
        except (EOFError, OSError):  # it said nothing, or ended in the middle of it
            self._process.join()
            self._stderr.seek(0)
            raise ChildEndedError(self._process.exitcode or 0, self._stderr.read()) from None
        if isinstance(outcome, StError):
            raise outcome
        return outcome


def wait(children: Collection[Child]) -> list[Child]:
    """Wait until at least one of the children has something to `receive`; gives all that have."""
    ready = connection.wait([child._receiver for child in children])
    return [child for child in children if child._receiver in ready]


@contextmanager
def start(work: Callable[[Send], object]) -> Iterator[Child]:
    """A child that does the work; it is killed where the block ends.

    It is forked, so that it has all imports and data of its parent; the result of the work must be picklable.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryFile() as stderr, receiver:
        process = context.Process(target=_run, args=(work, sender, stderr.fileno(), os.getpid()))
        try:
            with signals_held():  # Python drops what a handler raises in a hook of fork
                process.start()
            sender.close()
            yield Child(process, receiver, stderr)
        finally:
            if process.pid is not None:
                process.kill()
                process.join()


def _run(work: Callable[[Send], object], sender: Connection, stderr: int, parent: int) -> None:
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)  # forked while they were held
    end_with(parent)
    os.dup2(stderr, 2)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 (it stays open)
    try:
        outcome = work(sender.send)
    except StError as error:
        outcome = error
    sender.send(outcome)
