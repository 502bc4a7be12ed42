"""Gzip files of several members (RFC 1952 §2.2), of which the next version takes those over whose content is the same.

The header of a member has an extra field (§2.3.1.1) with the length of the compressed data and the SHA-256 of the
content. There is neither a name nor a time, so that the bytes depend on the content alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

_LEVEL = 6
_HEADER = struct.Struct("<4sIBBH2sHQ32s")
"""Magic number, method and flags; time; extra flags; system; the length of the field; its name; length, digest."""
_START = b"\x1f\x8b\x08\x04"
_UNKNOWN_SYSTEM = 255
_NAME, _CONTENT = b"ST", 40
_TRAILER = struct.Struct("<II")
"""The CRC-32 and the length of the content modulo 2³²."""
_BLOCK = 1 << 20


def write_members(contents: Iterable[Iterable[bytes]], path: Path, older: Path | None = None) -> None:
    """Compress each content, an iterable that gives the same blocks twice, as a member; without any, an empty one.

    Members are copied from `older` if that file has them; it must have been written by this function.

    Raises:
        OSError: the disk is full, or the older file cannot be read.
    """
    known = _members(older) if older else {}
    empty = True
    with path.open("wb") as out:
        for content in contents:
            _write(content, out, older, known)
            empty = False
        if empty:
            _write((), out, None, {})


def _write(content: Iterable[bytes], out: BinaryIO, older: Path | None, known: dict[bytes, tuple[int, int]]) -> None:
    digest = sha256()
    for block in content:
        digest.update(block)
    if older and (found := known.get(digest.digest())):
        _copy(older, *found, out)
        return
    begin = out.tell()
    out.write(bytes(_HEADER.size))
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc = size = 0
    for block in content:
        crc, size = zlib.crc32(block, crc), size + len(block)
        out.write(compressor.compress(block))
    out.write(compressor.flush())
    length = out.tell() - begin - _HEADER.size
    out.write(_TRAILER.pack(crc, size & 0xFFFFFFFF))
    end = out.tell()
    out.seek(begin)
    fields = (_START, 0, 0, _UNKNOWN_SYSTEM, 4 + _CONTENT, _NAME, _CONTENT, length, digest.digest())
    out.write(_HEADER.pack(*fields))
    out.seek(end)


def _members(path: Path) -> dict[bytes, tuple[int, int]]:
    """The place and the length of each member, by the digest of its content."""
    found, place = {}, 0
    with path.open("rb") as file:
        while len(header := file.read(_HEADER.size)) == _HEADER.size:
            start, *_, name, _, length, digest = _HEADER.unpack(header)
            if (start, name) != (_START, _NAME):
                return {}
            whole = _HEADER.size + length + _TRAILER.size
            found[digest] = place, whole
            place += whole
            file.seek(place)
    return found


def _copy(source: Path, place: int, length: int, out: BinaryIO) -> None:
    with source.open("rb") as file:
        file.seek(place)
        while length and (block := file.read(min(_BLOCK, length))):
            out.write(block)
            length -= len(block)
