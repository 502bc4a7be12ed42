"""Answers that are none: each says which limit was met or what is wrong, and what to do (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from st_opendata.errors import StError
from st_opendata.messages.message import Message

PROBLEM_TYPE = "application/problem+json"


class QueryError(StError):
    """A query that was not answered.

    `status` is the HTTP status (RFC 9110 §15), `code` a name for programs, `details` what else the problem has: `limit`
    and `value`, `line` and `column`. `wait` are the seconds after which asking again makes sense.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: Message | str,
        remedy: Message | str,
        *,
        wait: int | None = None,
        **details: object,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.code = code
        self.wait = wait
        self.details: dict[str, object] = details

    def sentences(self, language: str = "en") -> str:
        """What happened and what to do, in one line."""
        text = self.message_text(language)
        return f"{text[:1].upper()}{text[1:]}. {self.remedy_text(language)}".strip()

    def problem(self) -> dict[str, object]:
        """The problem as JSON has it (RFC 9457 §3.1)."""
        head = {"type": "about:blank", "title": self.code, "status": self.status, "detail": self.sentences()}
        return head | self.details

    def fields(self) -> dict[str, object]:
        """What `QueryError.of` makes the same failure of, in another process."""
        head = {"status": self.status, "code": self.code, "message": self.message_text(), "remedy": self.remedy_text()}
        return head | {"wait": self.wait, "details": self.details}

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> QueryError:
        """The failure that another process has told."""
        plain = {key: value for key, value in fields.items() if key != "details"}
        return cls(**plain, **fields["details"])


def refusal(error: StError) -> QueryError:
    """A query that is not SPARQL, or asks what is not answered here: at its line and column."""
    where = {}
    if error.place and error.place.line:
        where = {"line": error.place.line, "column": error.place.offset}
    position = f"line {where['line']}, column {where['column']}: " if where else ""
    return QueryError(
        400, "query-refused", position + error.message_text(), error.remedy_text() or "Correct the query.", **where
    )


def time_error(seconds: float) -> QueryError:
    """The query ran too long."""
    return QueryError(
        504,
        "time-limit",
        f"the query ran for {seconds:g} seconds, which is the limit",
        "Make it more selective, ask for less at once (LIMIT), or load the dumps into a store of your own.",
        limit="seconds",
        value=seconds,
    )


def size_error(limit: str, value: int) -> QueryError:
    """The result has too many rows or bytes."""
    return QueryError(
        422,
        f"{limit}-limit",
        f"the result has more than {value:,} {limit}, which is the limit",
        "Ask for a part at a time (ORDER BY with LIMIT and OFFSET), or take the dumps.",
        limit=limit,
        value=value,
    )


def memory_error(value: int) -> QueryError:
    """The query needed too much memory."""
    return QueryError(
        422,
        "memory-limit",
        f"the query needs more than {value >> 20:,} MB of memory, which is the limit",
        "Make it more selective: ORDER BY, DISTINCT and GROUP BY hold all rows that they see.",
        limit="worker_memory",
        value=value,
    )


def busy_error(queue: int, wait: int) -> QueryError:
    """Too many others are waiting."""
    return QueryError(
        503,
        "busy",
        f"all workers are taken, and {queue} queries may wait for one, which is the limit",
        f"Ask again in {wait} seconds.",
        wait=wait,
        limit="queue",
        value=queue,
    )


def wait_error(seconds: float) -> QueryError:
    """No worker became free in time."""
    return QueryError(
        503,
        "busy",
        f"no worker was free for {seconds:g} seconds",
        "Ask again in 10 seconds.",
        wait=10,
        limit="seconds",
        value=seconds,
    )


def depth_error() -> QueryError:
    """The engine, which calls itself for each bracket and operator, had no stack left."""
    return QueryError(
        422,
        "query-too-deep",
        "the query nests deeper, or joins more patterns and operators, than the engine can take",
        "Write it flatter, or ask in parts. VALUES takes any number of terms.",
    )


def engine_error() -> QueryError:
    """The engine ended in the middle of the query."""
    return QueryError(
        500,
        "engine-failed",
        "the engine failed at this query",
        "Ask otherwise, and report it. Other queries are not affected.",
    )


def space_error(reason: str) -> QueryError:
    """The server has no room for an answer that is larger than the buffer (RFC 4918 §11.5)."""
    return QueryError(
        507,
        "no-room",
        f"the answer is large and cannot be kept until it is sent: {reason}",
        "Ask for a part at a time (ORDER BY with LIMIT and OFFSET), or take the dumps.",
    )


def closing_error() -> QueryError:
    """The endpoint is being closed."""
    return QueryError(503, "closing", "the endpoint is being closed", "Ask again in 5 seconds.", wait=5)
