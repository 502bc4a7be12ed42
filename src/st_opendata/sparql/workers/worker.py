"""A process that answers one query after another from a store, and is killed when one takes too long.

Once it has started, it can open neither a file nor a socket, for any query.
"""

from __future__ import annotations

import json
import os
import resource
import socket
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.errors import UsageError
from st_opendata.messages.message import message
from st_opendata.sparql.endpoint.errors import QueryError, memory_error, refusal
from st_opendata.sparql.standard import Results
from st_opendata.sparql.store import ReleaseStore
from st_opendata.sparql.text import Query, name_columns, refuse_updates_and_services, syntax_error
from st_opendata.sparql.workers.frames import FRAME_HEAD, MESSAGE, FrameType, Head, QueryRequest, frame, read_head
from st_opendata.sparql.workers.results import write_result
from st_opendata.system.limits import STATISTICS, address_space, bound_memory

if TYPE_CHECKING:
    from st_opendata.sparql.aggregates import Columns


def serve(
    connection: socket.socket,
    store: ReleaseStore | None,
    columns: Columns | None,
    prefixes: Mapping[str, str],
    memory: int,
) -> None:
    """Answer questions until the connection is closed, or until the process has grown by half of `memory` bytes.

    Without a store, the answer to a query that the columns cannot answer is that it needs the store.
    """
    statistics = STATISTICS.open("rb", buffering=0)
    allowed = bound_memory(statistics, memory)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # open files stay open
    answerer = _Answerer(connection, store, columns, dict(prefixes), memory)
    while (request := _receive(connection)) is not None:
        failure = answerer.answer(request)
        grown = address_space(statistics) > allowed - memory // 2
        answerer.end(
            {
                "failure": failure and failure.fields(),
                "needs_store": answerer.needs_store,
                "leaving": grown,
                "cpu_seconds": os.times().user,
            }
        )
        if grown:
            return


class _Answerer:
    def __init__(
        self,
        connection: socket.socket,
        store: ReleaseStore | None,
        columns: Columns | None,
        prefixes: dict[str, str],
        memory: int,
    ) -> None:
        self._connection = connection
        self._store = store
        self._columns = columns
        self._prefixes = prefixes
        self._memory = memory
        self._unsent = bytearray()
        self.needs_store = False
        """Whether the last question has no answer because there is no store."""

    def answer(self, request: QueryRequest) -> QueryError | None:
        """Write head and body of the answer; returns the failure if there is none, or if it was interrupted."""
        query = Query(request.text)
        self.needs_store = False
        try:
            refuse_updates_and_services(query, self._prefixes, request.base)
            results = self._from_columns(request) or self._from_store(request, query)
            self.needs_store = results is None
            if results is not None:
                write_result(results, request, self._prefixes, self._write_head, self._write_data)
        except QueryError as failure:
            return failure
        except UsageError as error:
            return refusal(error)
        except SyntaxError as error:
            return refusal(syntax_error(error, query, self._prefixes))
        except MemoryError:
            return memory_error(self._memory)
        except BrokenPipeError:
            raise
        except (ValueError, OSError, RuntimeError) as error:
            return QueryError(
                422,
                "query-failed",
                message("the query cannot be answered: {reason}", reason=str(error)),
                message("Ask for another format, or write the query differently."),
            )
        return None

    def _from_columns(self, request: QueryRequest) -> Results | None:
        """The answer of the columns, which have the default graph only; None if they have no answer."""
        if self._columns is None or request.default_graphs is not None or request.named_graphs is not None:
            return None
        return self._columns.answer(request.text, self._prefixes, self._store)

    def _from_store(self, request: QueryRequest, query: Query) -> Results | None:
        """The answer of the store; without one, None for a query that it would not refuse."""
        text = name_columns(query, self._prefixes, request.base)
        store = self._store or ReleaseStore(ox.Store())
        results = store.query(text, self._prefixes, request.base, request.default_graphs, request.named_graphs)
        return results if self._store else None

    def end(self, content: Mapping[str, object]) -> None:
        """Send the remaining bytes and the end of the answer."""
        self._write(FrameType.END, json.dumps(content).encode())
        self._send()

    def _write_head(self, head: Head) -> None:
        self._write(FrameType.HEAD, json.dumps(asdict(head)).encode())

    def _write_data(self, data: bytes) -> None:
        self._write(FrameType.DATA, data)

    def _write(self, kind: FrameType, payload: bytes) -> None:
        """Send parts together, as long as they are small: each message wakes the server up."""
        self._unsent += frame(kind, payload)
        if len(self._unsent) >= MESSAGE:
            self._send()

    def _send(self) -> None:
        self._connection.sendall(self._unsent)
        self._unsent.clear()


def _receive(connection: socket.socket) -> QueryRequest | None:
    head = connection.recv(FRAME_HEAD, socket.MSG_WAITALL)
    if len(head) < FRAME_HEAD:
        return None
    _, size = read_head(head)
    data = connection.recv(size, socket.MSG_WAITALL)
    return QueryRequest.decode(data) if len(data) == size else None
