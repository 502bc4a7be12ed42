"""A query in a separate process, which can be killed and whose memory is bounded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message, number_text
from st_opendata.system.child import ChildEndedError, Send, start
from st_opendata.system.limits import STATISTICS, bound_memory, ran_out_of_memory, ran_out_of_stack

_Result = TypeVar("_Result")
_Data = TypeVar("_Data")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a query: `memory` bytes in addition to the data, and `seconds`, None for no limit."""

    memory: int = 1_000_000_000
    seconds: float | None = None


BOUNDS = Bounds()


def answer_in_child(
    load: Callable[[Send], _Data],
    ask: Callable[[_Data], _Result],
    bounds: Bounds,
    on_report: Callable[[str], None] = lambda _report: None,
) -> _Result:
    """The result of `ask` for the data that `load` gives, both in a child process; bounds start after loading.

    The child loads the data, so that an interrupt also ends the loading. `on_report` gets the texts that `load` sends.

    Raises:
        InputError: the query met a bound, or the engine failed.
        UsageError: the query is too complex for the engine.
        StError: what `load` or `ask` raise.
    """

    def work(send: Send) -> _Result:
        data = load(send)
        send(None)
        with suppress(FileNotFoundError), STATISTICS.open("rb", buffering=0) as statistics:
            bound_memory(statistics, bounds.memory)
        return ask(data)

    with start(work) as child:
        try:
            while (report := child.receive()) is not None:
                on_report(report)
            result: _Result = child.receive(bounds.seconds)
        except TimeoutError:
            raise InputError(
                message("the query took longer than {seconds} seconds", seconds=number_text(bounds.seconds or 0)),
                remedy=message("Make it more selective, or raise --timeout."),
            ) from None
        except ChildEndedError as ended:
            raise _failure(ended, bounds) from None
    return result


def _failure(ended: ChildEndedError, bounds: Bounds) -> Exception:
    """The reason why a child ended before it answered."""
    if ran_out_of_memory(ended.code, ended.stderr):
        return InputError(
            message(
                "the query needs more than {size} MB of memory in addition to the data",
                size=number_text(round(bounds.memory / 1e6)),
            ),
            remedy=message(
                "Make it more selective (ORDER BY, DISTINCT and GROUP BY hold all rows that they see), "
                "or raise --memory."
            ),
        )
    if ended.code > 0:  # Python's end, not the engine's
        return RuntimeError(str(ended))
    if ran_out_of_stack(ended.code):
        return UsageError(
            message("the query nests deeper, or joins more patterns and operators, than the engine can take"),
            remedy=message("Write it flatter, or split it into several queries."),
        )
    return InputError(
        message("the engine failed at this query"), remedy=message("Write the query differently, and report it.")
    )
