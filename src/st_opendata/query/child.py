"""A query in a process of its own, which can be killed and whose memory is bounded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from st_opendata.errors import InputError, StError
from st_opendata.query.confinement import STATISTICS, bound_memory, end_with, ran_out_of_memory
from st_opendata.query.store import ReleaseStore

_LOADED = "loaded"
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a query may take: `memory` bytes beside the data, and `seconds`, None for as long as it lasts."""

    memory: int = 1_000_000_000
    seconds: float | None = None


BOUNDS = Bounds()


def answer_apart(load: Callable[[], ReleaseStore], ask: Callable[[ReleaseStore], Answer], bounds: Bounds) -> Answer:
    """What `ask` makes of the store that `load` gives, both in a child; bounds hold from when it is loaded.

    A child is forked, so that it has what is imported already, and before the store is loaded, so that an interrupt
    ends that too.

    Raises:
        InputError: the query met a bound, or the engine failed.
        StError: what `load` or `ask` raise.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryFile() as said, receiver:
        work = context.Process(target=_work, args=(sender, said.fileno(), os.getpid(), load, ask, bounds.memory))
        work.start()
        sender.close()
        try:
            outcome = receiver.recv()
            if outcome == _LOADED:
                if not receiver.poll(bounds.seconds):
                    raise InputError(
                        f"the query took longer than {bounds.seconds:g} seconds",
                        remedy="Make it more selective, or raise --timeout.",
                    )
                outcome = receiver.recv()
        except EOFError:
            work.join()
            said.seek(0)
            raise _failure(work.exitcode or 0, said.read(), bounds) from None
        finally:
            work.kill()
            work.join()
    if isinstance(outcome, StError):
        raise outcome
    answer: Answer = outcome
    return answer


def _work(
    sender: Connection,
    said: int,
    parent: int,
    load: Callable[[], ReleaseStore],
    ask: Callable[[ReleaseStore], Any],
    memory: int,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with(parent)
    os.dup2(said, 2)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 (it stays open)
    try:
        store = load()
        sender.send(_LOADED)
        with suppress(FileNotFoundError), STATISTICS.open("rb", buffering=0) as statistics:
            bound_memory(statistics, memory)
        outcome = ask(store)
    except StError as error:
        outcome = error
    sender.send(outcome)


def _failure(code: int, words: bytes, bounds: Bounds) -> Exception:
    """Why a child ended before it had answered."""
    if ran_out_of_memory(code, words):
        return InputError(
            f"the query needs more than {bounds.memory / 1e6:,.0f} MB of memory beside the data",
            remedy="Make it more selective (ORDER BY, DISTINCT and GROUP BY hold all rows that they see), "
            "or raise --memory.",
        )
    if code > 0:  # Python's end, not the engine's
        return RuntimeError(words.decode(errors="replace").strip().rpartition("\n")[2])
    return InputError(
        "the engine failed at this query, as it does at one that is nested very deep", remedy="Simplify the query."
    )
