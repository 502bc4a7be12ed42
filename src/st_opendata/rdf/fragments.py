"""RDF files that take over the text of shards that are the same in an older file.

A writer treats one subject after the other: between the head of a file, with its prefixes, and its end is the text of
the first subject, then that of the second. So the text of a shard in an older file with the same head is what would be
written again. It begins where the text of its first subject does, which is written for this search.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from st_opendata.formats import JSON_LD, RDF_XML, TRIG, TURTLE, Format
from st_opendata.rdf.shards import FilePart, first_subject
from st_opendata.rdf.writing import stream_rdf, stream_trig

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is around the texts of subjects: `head` matches that of a file, in a group, and that of a graph, in another.

    The text of a subject begins with a line feed, or follows one (`mark`); `comma` is between two.
    """

    head: re.Pattern[bytes]
    end: bytes = b""
    mark: bytes = b""
    comma: bytes = b""


# Neither a literal nor an IRI has a line feed, except a literal in RDF/XML, where < is escaped: so no other place has
# the text of a subject, line feed included.
_FRAMES = {
    TURTLE: _Frame(re.compile(rb"((?:@[^\n]*\n)*)()")),
    RDF_XML: _Frame(re.compile(rb"(<\?xml[^\n]*\n<rdf:RDF[^\n]*>\n)()"), b"</rdf:RDF>", mark=b"\n"),
    JSON_LD: _Frame(re.compile(rb'([^\n]*\n"@graph": \[)()'), b"\n]}\n", comma=b","),
    TRIG: _Frame(re.compile(rb"((?:@[^\n]*\n)*)([^\n]* \{\n)"), b"}\n", mark=b"\n"),
}


@dataclass(frozen=True, slots=True)
class Shard:
    """The lines of a shard of N-Triples now and before, None for no lines; `same` if they are known to be equal."""

    now: FilePart | None
    before: FilePart | None
    same: bool


Graphs = Mapping[str, Sequence[Shard]]
"""The shards of each graph by its IRI, in the order of the file."""


def write_rdf_again(
    older: Path, shards: Sequence[Shard], path: Path, form: Format, prefixes: Mapping[str, str]
) -> bool:
    """Write what `write_rdf` writes of the shards, with the help of the file that it wrote of them before.

    False where that is not possible: then there is no file.

    Raises:
        OSError: a file cannot be read or written.
        UnwritableTripleError, InputError: as `write_rdf`.
    """
    return _write_again(older, [_Graph(partial(stream_rdf, form=form, prefixes=prefixes), shards, form)], path)


def write_trig_again(older: Path, graphs: Graphs, path: Path, prefixes: Mapping[str, str]) -> bool:
    """As `write_rdf_again`, for `write_trig`."""

    def writer(name: str) -> _Writer:
        return lambda batches, out: stream_trig([(name, batches)], out, prefixes)

    return _write_again(older, [_Graph(writer(name), shards, TRIG) for name, shards in graphs.items()], path)


_Writer = Callable[[Iterable[list[str]], BinaryIO], None]
"""Writes a whole file, with one graph."""
_Places = Mapping[Shard, tuple[int, int]]
"""Where shards begin and end in the older file."""


class _Graph:
    """A graph of a file, or the only one."""

    def __init__(self, write: _Writer, shards: Sequence[Shard], form: Format) -> None:
        self.frame = _FRAMES[form]
        self.shards = [shard for shard in shards if shard.now or shard.before]
        self._write = write
        first = next((shard.now for shard in self.shards if shard.now), None)
        self.is_empty = first is None
        found = self.frame.head.match(self._first_subject(first)) if first else None
        self.head, self.opening = (found[1], found[2]) if found else (b"", b"")

    def find(self, text: mmap.mmap) -> _Places:
        """The places of the shards in an older file with the same head; none in any doubt."""
        begin, end = self._ends(text)
        if text[end : end + len(self.frame.end)] != self.frame.end:
            return {}
        place, mark, found = begin, self.frame.mark, dict[Shard, int]()
        for shard in self.shards:
            if shard.before:
                subject = mark + self._inside(self._first_subject(shard.before))
                place = text.find(subject, place - len(mark), end) + len(mark)
                if place < begin or (not found and place > begin):
                    return {}
                found[shard] = place
        ends = [*found.values(), end][1:]
        return {shard: (start, stop) for (shard, start), stop in zip(found.items(), ends, strict=True)}

    def write(self, places: _Places, text: mmap.mmap, out: BinaryIO) -> None:
        """Write the graph: shards that are the same from the older file."""
        comma = b""
        out.write(self.opening)
        for same, run in groupby(self.shards, lambda shard: shard.same and shard in places):
            shards = [shard for shard in run if shard.now]
            if not shards:
                continue
            out.write(comma)
            comma = self.frame.comma
            if same:
                begin, end = places[shards[0]][0], places[shards[-1]][1]
                _copy(text, begin, end - len(comma) if comma and text[end - 1 : end] == comma else end, out)
            else:
                inner = _Inner(out, len(self.head + self.opening), len(self.frame.end))
                self._write(_lines(shards), inner)  # type: ignore[arg-type]  # write and flush is all that is called
        out.write(self.frame.end)

    def _ends(self, text: mmap.mmap) -> tuple[int, int]:
        """Where the texts of subjects begin and end."""
        begin = len(self.head)
        if not self.opening:
            return begin, len(text) - len(self.frame.end)
        if text[begin : begin + len(self.opening)] != self.opening:
            begin = text.find(b"\n" + self.opening, begin) + 1 or len(text)
        begin = min(begin + len(self.opening), len(text))
        return begin, text.find(b"\n" + self.frame.end, begin - 1) + 1

    def _first_subject(self, part: FilePart) -> bytes:
        """The file of the first subject alone."""
        out = BytesIO()
        self._write([first_subject(part)], out)
        return out.getvalue()

    def _inside(self, whole: bytes) -> bytes:
        return whole[len(self.head + self.opening) : len(whole) - len(self.frame.end)]


def _write_again(older: Path, graphs: Sequence[_Graph], path: Path) -> bool:
    graphs = [graph for graph in graphs if not graph.is_empty]
    if not graphs or not older.stat().st_size:
        return False
    head = graphs[0].head
    with older.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        known = graphs[0].frame.head.match(text)
        if not known or known[1] != head or any(graph.head != head for graph in graphs):
            return False
        places = [graph.find(text) for graph in graphs]
        del known  # it holds the file
        if not any(places):
            return False
        with path.open("wb") as out:
            out.write(head)
            for graph, found in zip(graphs, places, strict=True):
                graph.write(found, text, out)
    return True


class _Inner:
    """A file for a writer, of whose bytes only those between a head and an end of these lengths are written."""

    def __init__(self, out: BinaryIO, head: int, end: int) -> None:
        self._out = out
        self._head = head
        self._end = end
        self._kept = b""

    def write(self, data: bytes) -> int:
        kept = self._kept + data[self._head :]
        self._head -= min(self._head, len(data))
        whole = max(len(kept) - self._end, 0)
        self._out.write(kept[:whole])
        self._kept = kept[whole:]
        return len(data)

    def flush(self) -> None:
        self._out.flush()


def _lines(shards: Iterable[Shard]) -> Iterator[list[str]]:
    for shard in shards:
        for block in shard.now or ():
            yield block.decode().split("\n")[:-1]


def _copy(text: mmap.mmap, begin: int, end: int, out: BinaryIO) -> None:
    for place in range(begin, end, _BLOCK):
        out.write(text[place : min(place + _BLOCK, end)])
