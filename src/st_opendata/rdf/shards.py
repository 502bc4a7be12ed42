"""The parts of a file of N-Triples that is sorted by shards, found without reading it."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FilePart:
    """The lines of a file from one byte to before another, in blocks of whole lines, any number of times.

    `graph` is the end of each line: that of N-Triples, or with the name of a graph.
    """

    path: Path
    start: int
    end: int
    graph: bytes = b""

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            place = self.start
            while place < self.end:
                block = file.read(min(_BLOCK, self.end - place))
                if not block.endswith(b"\n"):
                    block += file.readline()
                place += len(block)
                # A line feed in a literal is escaped, so that this is always the end of a line.
                yield block.replace(b" .\n", b" " + self.graph + b" .\n") if self.graph else block


def shard_parts(path: Path, digits: int, graph: str = "") -> dict[str, FilePart]:
    """The lines of each shard, a prefix with this many digits of the MD5 of the subject, that has any.

    The file must be sorted by these prefixes; 0 digits make one shard. Lines get the graph, if an IRI is given.
    """
    size = path.stat().st_size
    if not size:
        return {}
    name = f"<{graph}>".encode() if graph else b""
    shards = [format(number, f"0{digits}x") if digits else "" for number in range(16**digits)]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        starts = [0]
        for shard in shards[1:]:
            starts.append(_first_of(text, shard, digits, starts[-1]))
    ends = zip(shards, starts, [*starts[1:], size], strict=True)
    return {shard: FilePart(path, start, end, name) for shard, start, end in ends if end > start}


def first_subject(part: FilePart) -> list[str]:
    """The lines of the first subject in a part without a graph."""
    with part.path.open("rb") as file:
        file.seek(part.start)
        first = file.readline()
        start, lines = first[: first.index(b" ") + 1], [first]
        while file.tell() < part.end and (line := file.readline()).startswith(start):
            lines.append(line)
    return [line.decode().rstrip("\n") for line in lines]


def _first_of(text: mmap.mmap, shard: str, digits: int, low: int) -> int:
    """The place of the first line from `low` on whose subject is in this shard or a later one; the end if none is."""
    high = len(text)
    while low < high:  # both are starts of lines
        middle = max(low, text.rfind(b"\n", low, (low + high) // 2) + 1)
        subject = text[middle : text.find(b" ", middle)]
        if md5(subject, usedforsecurity=False).hexdigest()[:digits] >= shard:
            high = middle
        else:
            low = text.find(b"\n", middle) + 1 or len(text)
    return low
