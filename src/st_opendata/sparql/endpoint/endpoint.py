"""The endpoint of one release: answers queries within its limits."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from st_opendata.errors import InputError, UsageError
from st_opendata.messages.message import message
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.release import Release
from st_opendata.place import Place
from st_opendata.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS
from st_opendata.release import read_release, release_digest
from st_opendata.release.layout import VOID_FILE
from st_opendata.sparql.endpoint.cache import BufferedAnswer, Cache
from st_opendata.sparql.endpoint.errors import QueryError, closing_error, engine_error, space_error, time_error
from st_opendata.sparql.endpoint.limits import Limits
from st_opendata.sparql.workers.buffer import ResponseBuffer
from st_opendata.sparql.workers.frames import FrameType, Head, QueryRequest, Serialization
from st_opendata.sparql.workers.pool import Pool, Worker

_log = logging.getLogger(__name__)
_LONG = 2.0
"""Processor seconds after which a query gets a lower priority than quick ones."""
_DRAIN = 30.0
_NOT_AN_ANSWER = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""Errors of reading a worker's messages; a query could have taken control of the worker."""

RdfTerm = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Solutions:
    """Solutions: the variables, and for each row their terms, None for a variable without a value."""

    variables: tuple[str, ...]
    rows: tuple[tuple[RdfTerm | None, ...], ...]


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An answer that is larger than the buffer and still arriving."""

    head: Head
    body: ResponseBuffer
    task: asyncio.Task[None]

    def close(self) -> None:
        """Abort the answer, also if the worker has not ended yet."""
        self.task.cancel()
        self.body.close()


class Endpoint:
    """Worker processes that hold one release; several endpoints may be open at the same time.

    All methods belong to the event loop in which it was opened.
    """

    def __init__(self, release: Release, digest: str, limits: Limits, pool: Pool) -> None:
        """Use `Endpoint.open`."""
        self.release = release
        self.digest = digest
        self.limits = limits
        self.pool = pool
        self.description: tuple[ox.Triple, ...] = ()
        """The release's VoID description."""
        self._cache = Cache(limits.cache)
        self._running: set[asyncio.Task[None]] = set()
        self._closing = False

    @classmethod
    async def open(
        cls,
        release: Path,
        limits: Limits | None = None,
        disk: Path | None = None,
        home: Path | None = None,
        *,
        early: bool = False,
    ) -> Endpoint:
        """Load a release and start its workers; the folder is not read afterwards.

        The store and the columns of a large release are kept in `disk`, by default in the user's cache folder, as long
        as the release is in `home`, by default in the folder that is read. If `early` is set and the store is not there
        yet, queries wait until it is made.

        Raises:
            InputError: the folder is not a release or cannot be read, or the store cannot be kept on disk.
        """
        limits = limits or Limits()
        content, digest, description = await asyncio.to_thread(_read, release)
        pool = Pool(release.resolve(), limits, disk, home or release)
        await pool.start(early=early)
        endpoint = cls(content, digest, limits, pool)
        endpoint.description = description
        return endpoint

    async def close(self) -> None:
        """Let running queries end, for at most 30 seconds, then end the workers. New queries are refused."""
        self._closing = True
        if self._running:
            await asyncio.wait(self._running, timeout=_DRAIN)
        await self.pool.close()
        if self._running:
            await asyncio.wait(self._running)

    async def select(self, query: str, seconds: float | None = None) -> Solutions:
        """The solutions of a SELECT query, which may use the release's prefixes.

        Raises:
            QueryError: a limit was met, or the query is wrong.
            UsageError: it is not a SELECT query.
        """
        body = await self.ask(query, "json", seconds)
        # Parsing takes time for each megabyte, in which the loop should answer others.
        return await asyncio.to_thread(_rows, body)

    async def ask(self, query: str, form: str, seconds: float | None = None) -> bytes:
        """The whole result in the form of that name (`forms`), which may not be larger than the buffer.

        Raises:
            QueryError: a limit was met, the query is wrong, or its result has no such form.
        """
        solutions = Serialization(form, RESULT_FORMATS[form].media_type) if form in RESULT_FORMATS else None
        triples = Serialization(form, GRAPH_FORMATS[form].media_type) if form in GRAPH_FORMATS else None
        largest = min(self.limits.bytes, self.limits.buffer)
        answer = await self.answer(QueryRequest(query, solutions, triples, size=largest), seconds)
        assert isinstance(answer, BufferedAnswer)
        return answer.body

    def tag(self, request: QueryRequest) -> str:
        """The entity tag of the answer to a deterministic request, known before the answer."""
        return self.tag_of(self.apply_limits(request).encoded.decode())

    def tag_of(self, what: str) -> str:
        """The entity tag of a document that depends only on the release and a text (RFC 9110 §8.8.3).

        It is weak: the order of rows that no ORDER BY sets may change when the store is loaded again.
        """
        return f'W/"{sha256(f"{self.digest} {what}".encode()).hexdigest()[:32]}"'

    async def answer(
        self, request: QueryRequest, seconds: float | None = None, *, whole: bool = False
    ) -> BufferedAnswer | StreamedAnswer:
        """The answer: complete if it fits into the buffer or if `whole` is set, else as a stream.

        Raises:
            QueryError: the query is wrong, or a limit was met before the answer was larger than the buffer.
        """
        request = self.apply_limits(request)
        if cached := self._cache.get(request):
            return cached
        if self._closing:
            raise closing_error()
        allowed = min(seconds or self.limits.seconds, self.limits.seconds)
        run = _Run(self.pool, request, allowed, ResponseBuffer(self.limits.buffer))
        task = asyncio.create_task(run.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            await run.buffer.ready.wait()
            if whole:
                await asyncio.wait((task,))
        except asyncio.CancelledError:
            task.cancel()
            run.buffer.close()
            raise
        if run.failure and (whole or not run.buffer.has_overflowed):
            run.buffer.close()
            raise run.failure
        assert run.head
        body = run.buffer.body
        if body is None:
            return StreamedAnswer(run.head, run.buffer, task)
        answer = BufferedAnswer(run.head, body)
        if request.is_deterministic:
            self._cache.put(request, answer)
        return answer

    def apply_limits(self, request: QueryRequest) -> QueryRequest:
        """The request with the endpoint's limits, or with its own if they are lower."""
        rows, size = request.rows or self.limits.rows, request.size or self.limits.bytes
        rows, size = min(rows, self.limits.rows), min(size, self.limits.bytes)
        is_bounded = (request.rows, request.size) == (rows, size)
        return request if is_bounded else replace(request, rows=rows, size=size)


class _Run:
    """One request that a worker answers into a buffer."""

    def __init__(self, pool: Pool, request: QueryRequest, seconds: float, buffer: ResponseBuffer) -> None:
        self.buffer = buffer
        self.head: Head | None = None
        self.failure: QueryError | None = None
        self._pool = pool
        self._request = request
        self._seconds = seconds
        self._needs_store = False

    async def run(self) -> None:
        """Ask a worker, another one if it had needed the store, and finish or abort the buffer in any case."""
        try:
            await self._ask_one()
            if self._needs_store:
                await self._ask_one(whole=True)
        finally:
            if self.failure or not self.buffer.is_complete:
                self.failure = self.failure or engine_error()
                self.buffer.abort()

    async def _ask_one(self, *, whole: bool = False) -> None:
        """Ask the next worker that is free, with a store if `whole` is set."""
        try:
            async with self._pool.acquire(whole=whole) as worker:
                self._watch_time(worker)
                try:
                    async with asyncio.timeout(self._seconds):
                        await self._ask(worker)
                except TimeoutError:
                    self.failure = time_error(self._seconds)
                except (OSError, EOFError):
                    self.failure = await self._pool.failure_of(worker)
                except _NOT_AN_ANSWER:
                    _log.exception("A SPARQL worker sent something that is not an answer.")
                    self.failure = engine_error()
                finally:
                    self._timer.cancel()
        except QueryError as failure:
            self.failure = failure

    async def _ask(self, worker: Worker) -> None:
        async for kind, payload in worker.ask(self._request):
            if kind is FrameType.HEAD:
                self.head = Head(**json.loads(payload))
            elif kind is FrameType.DATA:
                await self._write(payload)
            else:
                self._end(worker, json.loads(payload))

    def _end(self, worker: Worker, end: Mapping[str, Any]) -> None:
        failure = QueryError.of(end["failure"]) if end["failure"] else None
        worker.cpu_seconds = float(end["cpu_seconds"])
        worker.is_reusable = not end["leaving"] and not worker.has_low_priority
        self._needs_store = bool(end["needs_store"])
        if failure is None and not self._needs_store:
            self.buffer.finish()
        self.failure = failure

    async def _write(self, data: bytes) -> None:
        try:
            await self.buffer.write(data)
        except OSError as error:
            raise space_error(system_reason(error)) from error

    def _watch_time(self, worker: Worker) -> None:
        """Check regularly whether a worker has computed for long; waiting for the processor does not count."""

        def look() -> None:
            if worker.read_cpu_seconds() >= worker.cpu_seconds + _LONG:
                self._pool.lower_priority(worker)
            else:
                self._watch_time(worker)

        self._timer = asyncio.get_running_loop().call_later(_LONG / 2, look)


def _read(folder: Path) -> tuple[Release, str, tuple[ox.Triple, ...]]:
    release, digest = read_release(folder), release_digest(folder)
    path = folder / VOID_FILE
    try:
        quads = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE) if path.is_file() else ()
        return release, digest, tuple(quad.triple for quad in quads)
    except (OSError, SyntaxError, ValueError) as error:
        raise InputError(
            message("the file cannot be read: {reason}", reason=str(error)),
            place=Place(str(path)),
            remedy=message("Run `st-opendata verify release` to see what changed, or build the release again."),
        ) from error


def _rows(body: bytes) -> Solutions:
    results = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
    if not isinstance(results, ox.QuerySolutions):
        raise UsageError(message("the query is not a SELECT query"))
    variables = tuple(variable.value for variable in results.variables)
    return Solutions(variables, tuple(tuple(solution[name] for name in variables) for solution in results))
