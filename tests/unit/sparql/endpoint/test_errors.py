"""Failures of queries: their way from a worker to the server, and their texts in each language."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from st_opendata.errors import UsageError
from st_opendata.messages.message import message
from st_opendata.sparql.endpoint.endpoint import _Run
from st_opendata.sparql.endpoint.errors import (
    QueryError,
    busy_error,
    closing_error,
    depth_error,
    engine_error,
    memory_error,
    refusal,
    size_error,
    space_error,
    time_error,
    wait_error,
)
from st_opendata.sparql.text import Query, check_query
from st_opendata.sparql.workers.buffer import ResponseBuffer
from st_opendata.sparql.workers.frames import FrameType, QueryRequest, error_content, error_of


def syntax_failure(query: str) -> QueryError:
    """How the endpoint refuses a query."""
    with pytest.raises(UsageError) as caught:
        check_query(Query(query))
    return refusal(caught.value)


FAILURES = [
    syntax_failure("SELECT * {}\n LIMIT column"),
    syntax_failure("INSERT DATA {}"),
    time_error(0.5),
    size_error("rows", 1_000_000),
    size_error("bytes", 2_000),
    memory_error(512 << 20),
    busy_error(64, 1),
    wait_error(30),
    depth_error(),
    engine_error(),
    space_error(message("No space left on device")),
    closing_error(),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.code)
def test_a_failure_is_the_same_in_another_process(failure: QueryError) -> None:
    received = QueryError.of(json.loads(json.dumps(failure.fields())))
    assert received.problem() == failure.problem()
    assert received.wait == failure.wait
    for language in ("en", "fr", "de"):
        assert received.sentences(language) == failure.sentences(language)
    assert len({received.sentences(language) for language in ("en", "fr", "de")}) == 3


def test_what_was_written_stays_as_it_is() -> None:
    failure = FAILURES[0]
    assert failure.details == {"line": 2, "column": 8}
    assert failure.sentences("de").startswith("Zeile 2, Spalte 8: die Abfrage ist kein SPARQL bei „column“")
    assert failure.sentences("fr").startswith(
        "Ligne 2, colonne 8\xa0: la requête n’est pas du SPARQL à «\xa0column\xa0»"
    )
    assert failure.problem()["detail"] == failure.sentences("en")
    prefix = syntax_failure("SELECT * { ?s table:row ?o }")
    assert "„table“" in prefix.sentences("de")
    assert "«\xa0table:row\xa0»" in prefix.sentences("fr")


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert "1.000.000 Zeilen" in size_error("rows", 1_000_000).sentences("de")
    assert "in 1 Sekunde erneut" in busy_error(64, 1).sentences("de")
    assert size_error("rows", 1_000_000).sentences() == (
        "The result has more than 1,000,000 rows, which is the limit. "
        "Ask for a part at a time (ORDER BY with LIMIT and OFFSET), or take the dumps."
    )


@pytest.mark.parametrize(
    "change",
    [
        {"status": "500"},
        {"status": 200},
        {"code": 1},
        {"message": "text"},
        {"message": {"msgid": "{x.__class__}", "fields": {"x": ""}, "plural": "", "number": ""}},
        {"remedy": None},
        {"wait": "5\r\nSet-Cookie: a=b"},
        {"details": None},
        {"details": {"status": 200}},
        {"details": {"line": "1"}},
        {"details": {"limit": [1]}},
    ],
    ids=str,
)
def test_what_is_not_a_failure_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a failure|a message"):
        QueryError.of(time_error(5).fields() | change)


@pytest.mark.parametrize("content", [None, [], "text", {}], ids=["none", "list", "str", "dict"])
def test_other_content_is_refused(content: object) -> None:
    with pytest.raises(ValueError, match="not a failure"):
        QueryError.of(content)


class FakePool:
    """A pool with one worker, which sends these frames."""

    def __init__(self, frames: list[tuple[FrameType, bytes]]) -> None:
        self.frames = frames
        self.is_reusable = False
        self.has_low_priority = False
        self.cpu_seconds = 0.0

    @asynccontextmanager
    async def acquire(self, *, whole: bool) -> AsyncIterator[FakePool]:
        yield self

    def read_cpu_seconds(self) -> float:
        return 0.0

    async def ask(self, _request: QueryRequest) -> AsyncIterator[tuple[FrameType, bytes]]:
        for kind, payload in self.frames:
            yield kind, payload


def end(**changes: object) -> bytes:
    return json.dumps({"failure": None, "needs_store": False, "leaving": False, "cpu_seconds": 0.0, **changes}).encode()


@pytest.mark.parametrize(
    "frames",
    [
        [(FrameType.END, b"\xff")],
        [(FrameType.END, b"[" * 100_000)],
        [(FrameType.END, b"[]")],
        [(FrameType.END, b"{}")],
        [(FrameType.END, end(cpu_seconds="many"))],
        [(FrameType.END, end(failure={"status": 200}))],
        [(FrameType.END, end(failure=time_error(1).fields() | {"message": {"msgid": "{"}}))],
        [(FrameType.HEAD, b"{}")],
    ],
    ids=["bytes", "nested", "list", "empty", "seconds", "failure", "message", "head"],
)
def test_a_worker_that_sends_something_else_has_failed(
    frames: list[tuple[FrameType, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> tuple[QueryError | None, bool]:
        pool: Any = FakePool(frames)
        running = _Run(pool, QueryRequest("ASK {}"), 5, ResponseBuffer(100))
        await running.run()
        return running.failure, pool.is_reusable

    failure, is_reusable = asyncio.run(run())
    assert failure is not None
    assert (failure.status, failure.code, is_reusable) == (500, "engine-failed", False)
    assert "not an answer" in caplog.text


def test_an_error_while_loading_is_the_same_in_the_server() -> None:
    with pytest.raises(UsageError) as caught:
        check_query(Query("SELECT * { column }", "query.rq"))
    error = caught.value
    received = error_of(json.loads(json.dumps(error_content(error))))
    assert str(received) == str(error)
    assert received.remedy_text("de") == error.remedy_text("de") != error.remedy_text()


def test_a_long_error_is_shortened() -> None:
    error = UsageError(message("no shape in {files}", files="x" * 100_000), remedy=message("Check the path."))
    content = error_content(error)
    assert len(json.dumps(content)) < 10_000
    assert str(error_of(json.loads(json.dumps(content)))).startswith("no shape in xxx")
