"""The evidence from the bytes of a file, in one pass: UTF-8 or not, which bytes, and the words around them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

_ASCII = bytes(range(0x80))
_BLANKED = b" " * 0x80 + bytes(range(0x80, 0x100))
_BEYOND = re.compile(rb"[\x80-\xff]")
_PLAIN = re.compile(rb"[A-Za-z]{3,20}")
_SEPARATOR = re.compile(rb"[\x00-\x20,;|\"]")
_ODD = re.compile(
    "[^\0-\u017f\u0218-\u021b\u0386-\u03ce\u0400-\u045f\u0490\u0491\u1e9e\u2010-\u203a\u20ac\u2116\u2122]"
)
"""Characters that a European text does not have: bytes that are not UTF-8 can make such characters by chance."""
_WORDS, _PLAIN_WORDS, _OF_EACH_BYTE = 400, 200, 6
_BEFORE, _AFTER = 20, 40
_CHUNK, _PARTS = 1 << 20, 64
_JUDGED = 8192
"""Bytes of each part, its words beyond ASCII put together, that are read as UTF-8."""


@dataclass(slots=True)
class Evidence:
    """The evidence from a file that is not UTF-8 as a whole.

    `words` are different words with bytes beyond ASCII, from the whole file, as many as suffice, and some with each
    byte there is; `plain` are some of ASCII letters.
    """

    counts: dict[int, int] = field(default_factory=dict)
    """By each byte beyond ASCII how many of the words have it."""
    words: dict[bytes, None] = field(default_factory=dict)
    plain: dict[bytes, None] = field(default_factory=dict)
    in_utf8: int = 0
    """Characters that are UTF-8, of those that a European text has, as far as they were counted."""
    broken: int = 0
    """Bytes that are not UTF-8, as far as they were counted."""

    @property
    def mostly_utf8(self) -> bool:
        """True where some bytes of a file in UTF-8 are broken."""
        return max(1, self.broken) <= self.in_utf8

    @property
    def mixed(self) -> bool:
        """True where some rows seem to be UTF-8 and others not."""
        return self.in_utf8 * 4 > self.broken

    def look(self, chunk: bytes, quota: float) -> None:
        """Take the evidence from a part of the file; words up to their share."""
        self._take_plain(chunk, quota)
        beyond = chunk.translate(None, _ASCII)
        if not beyond:
            return
        judged = b" ".join(chunk.translate(_BLANKED).split())[:_JUDGED]
        text = judged.decode("utf-8", "ignore")
        self.broken += len(judged) - len(text.encode())
        self.in_utf8 += len(text) - text.count(" ") - len(_ODD.findall(text))
        for byte in set(beyond):
            self.counts.setdefault(byte, 0)
        self._take(chunk, _BEYOND, int(_WORDS * quota) - len(self.words))
        for byte, number in self.counts.items():
            if number < _OF_EACH_BYTE:
                self._take(chunk, re.compile(re.escape(bytes([byte]))), _OF_EACH_BYTE - number)

    def _take(self, chunk: bytes, wanted: re.Pattern[bytes], most: int) -> None:
        position, left_to_look = 0, 4 * most
        while most > 0 and left_to_look and (found := wanted.search(chunk, position)):
            left_to_look -= 1
            left = chunk[max(0, found.start() - _BEFORE) : found.start()]
            right = chunk[found.start() : found.start() + _AFTER]
            word = _SEPARATOR.split(left)[-1] + _SEPARATOR.split(right, maxsplit=1)[0]
            position = found.start() + len(_SEPARATOR.split(right, maxsplit=1)[0])
            if word not in self.words:
                self.words[word] = None
                most -= 1
                for byte in set(word.translate(None, _ASCII)):
                    self.counts[byte] = self.counts.get(byte, 0) + 1

    def _take_plain(self, chunk: bytes, quota: float) -> None:
        for number, found in enumerate(_PLAIN.finditer(chunk)):
            if number > 4 * _PLAIN_WORDS or len(self.plain) >= _PLAIN_WORDS * quota:
                return
            beside = chunk[max(0, found.start() - 1) : found.start()] + chunk[found.end() : found.end() + 1]
            if beside.isascii():
                self.plain[found[0].lower()] = None


def is_written_in(path: Path, encoding: str) -> bool:
    """Whether all of the file is characters of the encoding; OSError where it cannot be read."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def look_at(path: Path) -> Evidence:
    """Look at all bytes of a file; OSError where it cannot be read."""
    evidence, size = Evidence(), path.stat().st_size
    part = min(_CHUNK, max(1 << 14, size // _PARTS))
    held = b""
    with path.open("rb") as stream:
        while block := stream.read(part):
            block = held + block
            whole = block if len(block) < part else block[: len(block) - _unfinished(block)]
            held = block[len(whole) :]
            evidence.look(whole, min(1.0, stream.tell() / max(1, size)))
    if held:
        evidence.look(held, 1.0)
    return evidence


def _unfinished(block: bytes) -> int:
    """The number of bytes at the end that may start a character or word."""
    end = block[-(_BEFORE + _AFTER) :]
    found = [match.end() for match in _SEPARATOR.finditer(end)]
    return len(end) - found[-1] if found else min(3, len(end))


def first_broken(path: Path, encoding: str) -> tuple[int, str]:
    """The line of the first byte that the encoding has no character for, and the byte as 0xFF.

    Raises:
        OSError: the file cannot be read.
    """
    decoder, line, last = codecs.getincrementaldecoder(encoding)(), 1, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            last = chunk[-1:]
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(encoding, "replace").count("\n")
                last = error.object[error.start : error.start + 1]
                break
            except UnicodeError:  # as of a file without the mark that its encoding needs
                last = chunk[:1]
                break
    return line, f"0x{last.hex().upper()}"
