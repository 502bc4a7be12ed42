"""Writes a result while it is found: counts, compresses and sends it in pieces."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol

import pyoxigraph as ox
import zstandard

from st_opendata.messages.message import message
from st_opendata.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS, AnswerFormat, GraphFormat, ResultFormat
from st_opendata.rdf.writing import used_prefixes
from st_opendata.sparql.endpoint.errors import QueryError, size_error
from st_opendata.sparql.standard import Results, write_csv
from st_opendata.sparql.workers.frames import Head, QueryRequest, Serialization
from st_opendata.sparql.workers.rows import Counter, row_counter

ENCODINGS = ("zstd", "gzip")
"""Content codings (RFC 8878 §7.2, RFC 9110 §8.4.1.3), the preferred one first."""

_PIECE = 64 * 1024
_WORTH_COMPRESSING = 1024
_SORTED = 10_000
"""The largest graph, in triples, that is sorted by subject and declares only the prefixes that it uses."""

_Send = Callable[[bytes], None]


class _Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class ResultSink:
    """A file to write a result into; it sends the head with the first piece.

    `write` raises QueryError as soon as the result is larger than the request allows.
    """

    def __init__(self, request: QueryRequest, media_type: str, send_head: Callable[[Head], None], send: _Send) -> None:
        self.count: Counter = lambda _data: 0
        self.rows = 0
        """Counted so far; a heading is counted as -1 before it is written."""
        self._request = request
        self._media_type = media_type
        self._send_head = send_head
        self._send = send
        self._size = 0
        self._piece = bytearray()
        self._begun = False
        self._encoder: _Encoder | None = None

    def write(self, data: bytes) -> int:
        """Write the next bytes; returns their number."""
        self._size += len(data)
        if self._size > self._request.size:
            raise size_error("bytes", self._request.size)
        self.add_rows(self.count(data))
        self._piece += data
        if len(self._piece) >= _PIECE:
            self._pass_on(self._request.encoding)
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces are sent when they are large enough."""

    def add_rows(self, rows: int) -> None:
        """Count rows; raises QueryError."""
        self.rows += rows
        if self.rows > self._request.rows:
            raise size_error("rows", self._request.rows)

    def finish(self) -> None:
        """Send the remaining bytes."""
        small = not self._begun and len(self._piece) < _WORTH_COMPRESSING
        self._pass_on(None if small else self._request.encoding)
        if self._encoder and (rest := self._encoder.flush()):
            self._send(rest)

    def _pass_on(self, encoding: str | None) -> None:
        if not self._begun:
            self._begun = True
            self._encoder = _encoder(encoding)
            self._send_head(Head(self._media_type, encoding))
        data = bytes(self._piece)
        self._piece.clear()
        if data := self._encoder.compress(data) if self._encoder else data:
            self._send(data)


def write_result(
    results: Results, request: QueryRequest, prefixes: Mapping[str, str], send_head: Callable[[Head], None], send: _Send
) -> None:
    """Write a result in the requested syntax.

    Raises:
        QueryError: the client does not accept such a result, or the result is too large.
        ValueError: the syntax cannot represent the graph.
    """
    is_graph = isinstance(results, ox.QueryTriples)
    form, media_type = _choice(request.triples if is_graph else request.solutions, is_graph=is_graph)
    sink = ResultSink(request, media_type, send_head, send)
    if isinstance(results, ox.QueryTriples):
        _write_graph(results, sink, form, prefixes)
    else:
        assert isinstance(form, ResultFormat)
        if isinstance(results, ox.QuerySolutions):
            sink.count = row_counter(form.name)
            sink.rows = -1 if form.name in ("csv", "tsv") else 0
        if form.name == "csv" and isinstance(results, ox.QuerySolutions):
            write_csv(results, sink)
        else:
            results.serialize(sink, form.engine)  # type: ignore[arg-type]  # write and flush is all that it calls
    sink.finish()


def _choice(serialization: Serialization | None, *, is_graph: bool) -> tuple[AnswerFormat, str]:
    forms: Mapping[str, AnswerFormat] = GRAPH_FORMATS if is_graph else RESULT_FORMATS
    if serialization is None:
        raise QueryError(
            406,
            "not-acceptable",
            message("the result is a graph, which none of the requested formats can hold")
            if is_graph
            else message("the result is a table or a yes or no, which none of the requested formats can hold"),
            message(
                "Accept one of {types}; or give one of {names} as `format`.",
                types=", ".join(form.media_type for form in forms.values()),
                names=", ".join(forms),
            ),
        )
    return forms[serialization.form], serialization.media_type


def _write_graph(triples: ox.QueryTriples, sink: ResultSink, form: AnswerFormat, prefixes: Mapping[str, str]) -> None:
    assert isinstance(form, GraphFormat)
    first = list(islice(triples, _SORTED))
    declared = dict(prefixes)
    if len(first) < _SORTED:
        first = sorted(dict.fromkeys(first), key=str)
        declared = used_prefixes([[str(triple) for triple in first]], prefixes)
    if form.name not in ("turtle", "trig", "rdfxml"):
        declared = {}
    counting = _count_triples(chain(first, triples), sink)
    ox.serialize(counting, sink, form.engine, prefixes=declared)  # type: ignore[arg-type]  # as above


def _count_triples(triples: Iterable[ox.Triple], sink: ResultSink) -> Iterator[ox.Triple]:
    for triple in triples:
        sink.add_rows(1)
        yield triple


def _encoder(encoding: str | None) -> _Encoder | None:
    match encoding:
        case "gzip":
            return zlib.compressobj(5, wbits=31)
        case "zstd":
            return zstandard.ZstdCompressor(level=3).compressobj()
        case _:
            return None
