"""Writing a result as it is found: counted, compressed, in pieces that are sent on."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol

import pyoxigraph as ox
import zstandard

from st_opendata.rdf import used_prefixes
from st_opendata.sparql.endpoint.failures import QueryError, size_met
from st_opendata.sparql.endpoint.forms import GRAPH_FORMS, SOLUTION_FORMS, Form
from st_opendata.sparql.standard import Results, write_csv
from st_opendata.sparql.workers.frames import Head, Question, Writing
from st_opendata.sparql.workers.rows import Counter, row_counter

ENCODINGS = ("zstd", "gzip")
"""Content codings (RFC 8878 §7.2, RFC 9110 §8.4.1.3), the preferred one first."""

_PIECE = 64 * 1024
_WORTH_COMPRESSING = 1024
_SORTED = 10_000
"""Graphs of up to so many triples are sorted, which groups them by subject, and declare the prefixes that they use."""

_Send = Callable[[bytes], None]


class _Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class Outlet:
    """A file to write a result into; it sends the head with the first piece.

    `write` raises QueryError as soon as the result is larger than the question allows.
    """

    def __init__(self, question: Question, media_type: str, send_head: Callable[[Head], None], send: _Send) -> None:
        self.count: Counter = lambda _data: 0
        self.rows = 0
        """Counted so far; a heading is counted as -1 before it is written."""
        self._question = question
        self._media_type = media_type
        self._send_head = send_head
        self._send = send
        self._size = 0
        self._piece = bytearray()
        self._begun = False
        self._encoder: _Encoder | None = None

    def write(self, data: bytes) -> int:
        """Take the next bytes; returns how many they were."""
        self._size += len(data)
        if self._size > self._question.size:
            raise size_met("bytes", self._question.size)
        self.add_rows(self.count(data))
        self._piece += data
        if len(self._piece) >= _PIECE:
            self._pass_on(self._question.encoding)
        return len(data)

    def flush(self) -> None:
        """Nothing: pieces go when they are large enough."""

    def add_rows(self, rows: int) -> None:
        """Count rows; raises QueryError."""
        self.rows += rows
        if self.rows > self._question.rows:
            raise size_met("rows", self._question.rows)

    def finish(self) -> None:
        """Send what is left."""
        small = not self._begun and len(self._piece) < _WORTH_COMPRESSING
        self._pass_on(None if small else self._question.encoding)
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
    results: Results, question: Question, prefixes: Mapping[str, str], send_head: Callable[[Head], None], send: _Send
) -> None:
    """Write a result in the syntax that the question asks for.

    Raises:
        QueryError: the client takes no such result, or the result is too large.
        ValueError: a graph that the syntax cannot hold.
    """
    is_graph = isinstance(results, ox.QueryTriples)
    form, media_type = _choice(question.triples if is_graph else question.solutions, is_graph=is_graph)
    outlet = Outlet(question, media_type, send_head, send)
    if isinstance(results, ox.QueryTriples):
        _write_graph(results, outlet, form, prefixes)
    else:
        assert isinstance(form.kind, ox.QueryResultsFormat)
        if isinstance(results, ox.QuerySolutions):
            outlet.count = row_counter(form.name)
            outlet.rows = -1 if form.name in ("csv", "tsv") else 0
        if form.name == "csv" and isinstance(results, ox.QuerySolutions):
            write_csv(results, outlet)
        else:
            results.serialize(outlet, form.kind)  # type: ignore[arg-type]  # write and flush is all that it calls
    outlet.finish()


def _choice(writing: Writing | None, *, is_graph: bool) -> tuple[Form, str]:
    forms = GRAPH_FORMS if is_graph else SOLUTION_FORMS
    if writing is None:
        what, types = ("graph", GRAPH_FORMS) if is_graph else ("table or a yes or no", SOLUTION_FORMS)
        raise QueryError(
            406,
            "not-acceptable",
            f"the result is a {what}, in none of the formats that were asked for",
            f"Accept one of {', '.join(form.media_type for form in types.values())}; or give format= one of "
            f"{', '.join(types)}.",
        )
    return forms[writing.form], writing.media_type


def _write_graph(triples: ox.QueryTriples, outlet: Outlet, form: Form, prefixes: Mapping[str, str]) -> None:
    assert isinstance(form.kind, ox.RdfFormat)
    first = list(islice(triples, _SORTED))
    declared = dict(prefixes)
    if len(first) < _SORTED:
        first = sorted(dict.fromkeys(first), key=str)
        declared = used_prefixes([[str(triple) for triple in first]], prefixes)
    if form.name not in ("turtle", "trig", "rdfxml"):
        declared = {}
    counted = _counted(chain(first, triples), outlet)
    ox.serialize(counted, outlet, form.kind, prefixes=declared)  # type: ignore[arg-type]  # as above


def _counted(triples: Iterable[ox.Triple], outlet: Outlet) -> Iterator[ox.Triple]:
    for triple in triples:
        outlet.add_rows(1)
        yield triple


def _encoder(encoding: str | None) -> _Encoder | None:
    match encoding:
        case "gzip":
            return zlib.compressobj(5, wbits=31)
        case "zstd":
            return zstandard.ZstdCompressor(level=3).compressobj()
        case _:
            return None
