"""The reasons why a query was not answered: the limit or the fault, and the remedy (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from st_opendata.errors import StError
from st_opendata.messages.message import Message, counted, message, message_of, number_text

PROBLEM_TYPE = "application/problem+json"


class QueryError(StError):
    """A query that was not answered.

    `status` is the HTTP status (RFC 9110 §15), `code` a name for programs, `details` further members of the problem:
    `limit` and `value`, `line` and `column`. `wait` are the seconds after which the client may repeat the query.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: Message,
        remedy: Message,
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
        """The message and the remedy as sentences in one line."""
        text = self.message_text(language)
        return f"{text[:1].upper()}{text[1:]}. {self.remedy_text(language)}".strip()

    def problem(self) -> dict[str, object]:
        """The problem in JSON, in English (RFC 9457 §3.1)."""
        head = {"type": "about:blank", "title": self.code, "status": self.status, "detail": self.sentences()}
        return head | self.details

    def fields(self) -> dict[str, object]:
        """The failure as values for JSON, for `QueryError.of` in another process; texts stay untranslated."""
        assert self.remedy
        texts = {"message": self.message.content(), "remedy": self.remedy.content()}
        return {"status": self.status, "code": self.code, **texts, "wait": self.wait, "details": self.details}

    @classmethod
    def of(cls, fields: object) -> QueryError:
        """The failure that another process has sent.

        Raises:
            ValueError: these are not the fields of a failure.
        """
        match fields:
            case {
                "status": int(status),
                "code": str(code),
                "message": said,
                "remedy": remedy,
                "wait": (int() | None) as wait,
                "details": dict(details),
            } if 400 <= status < 600 and details.keys() <= _DETAILS.keys():
                failure = cls(status, code, message_of(said), message_of(remedy), wait=wait)
            case _:
                raise ValueError("not a failure")
        if not all(isinstance(value, _DETAILS[name]) for name, value in details.items()):
            raise ValueError("not the details of a failure")
        failure.details = details
        return failure


_DETAILS: Mapping[str, type | tuple[type, ...]] = {"limit": str, "value": (int, float), "line": int, "column": int}


def refusal(error: StError) -> QueryError:
    """A query that is not SPARQL, or asks for something that the endpoint does not answer: at its line and column."""
    where = {}
    said = error.message
    if error.place and error.place.line:
        where = {"line": error.place.line, "column": error.place.offset}
        said = message("line {line}, column {column}: {problem}", **where, problem=said)
    return QueryError(400, "query-refused", said, error.remedy or message("Correct the query."), **where)


def time_error(seconds: float) -> QueryError:
    """The query ran too long."""
    return QueryError(
        504,
        "time-limit",
        message("the query ran for {seconds} seconds, which is the limit", seconds=number_text(seconds)),
        message("Make it more selective, ask for less at once (LIMIT), or load the dumps into your own store."),
        limit="seconds",
        value=seconds,
    )


def size_error(limit: Literal["rows", "bytes"], value: int) -> QueryError:
    """The result has too many rows or bytes."""
    most = number_text(value)
    return QueryError(
        422,
        f"{limit}-limit",
        message("the result has more than {most} rows, which is the limit", most=most)
        if limit == "rows"
        else message("the result has more than {most} bytes, which is the limit", most=most),
        _in_parts(),
        limit=limit,
        value=value,
    )


def memory_error(value: int) -> QueryError:
    """The query needed too much memory."""
    return QueryError(
        422,
        "memory-limit",
        message("the query needs more than {size} MB of memory, which is the limit", size=number_text(value >> 20)),
        message("Make it more selective: ORDER BY, DISTINCT and GROUP BY hold all rows that they see."),
        limit="worker_memory",
        value=value,
    )


def busy_error(queue: int, wait: int) -> QueryError:
    """Too many queries are waiting."""
    return QueryError(
        503,
        "busy",
        message(
            "all workers are busy, and {queue} queries may wait for one, which is the limit", queue=number_text(queue)
        ),
        _later(wait),
        wait=wait,
        limit="queue",
        value=queue,
    )


def wait_error(seconds: float) -> QueryError:
    """No worker became free in time."""
    return QueryError(
        503,
        "busy",
        message("no worker was free for {seconds} seconds", seconds=number_text(seconds)),
        _later(10),
        wait=10,
        limit="seconds",
        value=seconds,
    )


def filling_error() -> QueryError:
    """The query needs the store, which is not made yet."""
    return QueryError(
        503,
        "store-in-the-making",
        message("the query needs the store of the release, which is still being made"),
        _later(10),
        wait=10,
    )


def store_error(error: StError) -> QueryError:
    """The query needs the store, which cannot be made."""
    return QueryError(
        503,
        "no-store",
        message("the query needs the store of the release, which cannot be made: {reason}", reason=error.message),
        _later(60),
        wait=60,
    )


def depth_error() -> QueryError:
    """The engine, which recurses for each bracket and operator, had no stack left."""
    return QueryError(
        422,
        "query-too-deep",
        message("the query nests deeper, or joins more patterns and operators, than the engine can take"),
        message("Write it flatter, or split it into several queries. VALUES takes any number of terms."),
    )


def engine_error() -> QueryError:
    """The engine ended in the middle of the query."""
    return QueryError(
        500,
        "engine-failed",
        message("the engine failed at this query"),
        message("Write the query differently, and report it. Other queries are not affected."),
    )


def space_error(reason: Message) -> QueryError:
    """The server has no room for an answer that is larger than the buffer (RFC 4918 §11.5)."""
    return QueryError(
        507,
        "no-room",
        message("the answer is large and cannot be stored until it is sent: {reason}", reason=reason),
        _in_parts(),
    )


def closing_error() -> QueryError:
    """The endpoint is being closed."""
    return QueryError(503, "closing", message("the endpoint is being closed"), _later(5), wait=5)


def _in_parts() -> Message:
    return message("Ask for a part at a time (ORDER BY with LIMIT and OFFSET), or take the dumps.")


def _later(seconds: int) -> Message:
    return counted(
        "Ask again in {seconds} second.", "Ask again in {seconds} seconds.", number="seconds", seconds=seconds
    )
