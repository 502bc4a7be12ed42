"""Bytes drawn by hypothesis: real files, changed where their format has joints.

An input starts as a seed and is cut into tokens (words, quoted strings, numbers, single marks). A few edits delete,
repeat, swap and replace tokens, put in words of the format and what programs stumble over, nest, splice with another
seed, truncate, flip bytes or write the whole in another encoding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

_TOKEN = re.compile(rb'"[^"\n]{0,200}"|[\w.:/#@-]+|[ \t]+|\r?\n|.', re.DOTALL)
HOSTILE = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3(", b"\xe2\x80\xae", b"\xc2\x85", b"\xe2\x80\xa8",
    b"\xf4\x8f\xbf\xbf", b"\xcc\x81", b"\x1b[31m", b"\r", b"\r\n\r\n", b"\\", b"\\u0000", b"\\uD800", b"'", b'"', b'""',
    b"`", b"$", b"%", b"%00", b"%zz", b"-", b"-0", b"0", b"1e999", b"-1e-999", b"NaN", b"INF", b"true", b"null", b"~",
    b"9" * 400, b"9" * 5000, b"0x10", b"1_000", b"0000-00-00", b"9999-12-31T24:00:00Z", b"-0001-01-01", b"\xd9\xa1",
    b"A" * 70_000, b"\xc3\xa9" * 9_000, b"../outside/secret.csv", b"/outside-of-the-catalogue/secret.csv",
    b"/outside-of-the-catalogue/secret.ttl", b"file:///outside-of-the-catalogue/secret.ttl", b"../../outside/secret",
    b"/etc/passwd", b"http://127.0.0.1:9/canary.ttl", b"http://[::1", b"http://", b"urn:", b"a b", b"<", b">", b"<>",
    b"javascript:alert(1)", b"(a+)+$", b"(?=a)(a|aa)*b", b"(a|a)*\\1c", b"[", b"(?", b"a{99999}", b"(x{1000}){1000}",
    b"{", b"}", b"[", b"]", b"(", b")", b"*", b"&a", b"*a", b"!!python/object/apply:os.system [id]", b"<<: *a", b"? ",
    b"__class__", b"toString", b"{}", b"[]", b"''",
)  # fmt: skip
"""Texts that often cause errors."""
_PAIRS = ((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"- ", b""), (b'"', b'"'))

Edit = tuple[int, int, int, int]
"""A kind, two places and a choice, each taken modulo what there is."""
Parts = list[bytes]


def _delete(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    low, high = sorted((at, to))
    return parts[:low] + parts[min(high, low + 40) :]


def _repeat(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    low, high = sorted((at, to))
    piece = parts[low : min(high, low + 60)]
    return parts[:low] + piece * (2 + to % 7) + parts[low:]


def _flood(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    piece = parts[at : at + 1]
    times = min(20_000, 200_000 // max(1, len(b"".join(piece))))
    return parts[:at] + piece * (times if to % 4 == 0 else 300) + parts[at:]


def _swap(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    changed = list(parts)
    changed[at], changed[to] = changed[to], changed[at]
    return changed


def _replace(parts: Parts, at: int, _to: int, pick: bytes) -> Parts:
    return [*parts[:at], pick, *parts[at + 1 :]]


def _insert(parts: Parts, at: int, _to: int, pick: bytes) -> Parts:
    return [*parts[:at], pick, *parts[at:]]


def _quote(parts: Parts, at: int, _to: int, pick: bytes) -> Parts:
    return [*parts[:at], b'"' + pick + b'"', *parts[at + 1 :]]


def _nest(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    opening, closing = _PAIRS[to % len(_PAIRS)]
    depth = (2, 70, 1_000, 30_000)[to % 4]
    return [*parts[:at], opening * depth, *parts[at : at + 1], closing * (depth if at % 3 else 0), *parts[at + 1 :]]


def _cut(parts: Parts, at: int, _to: int, _pick: bytes) -> Parts:
    return parts[:at]


def _flip(parts: Parts, at: int, to: int, _pick: bytes) -> Parts:
    token = parts[at]
    place = to % max(1, len(token))
    return [*parts[:at], token[:place] + bytes([to % 256]) + token[place + 1 :], *parts[at + 1 :]]


def _recode(parts: Parts, at: int, _to: int, _pick: bytes) -> Parts:
    text = b"".join(parts).decode("utf-8", "surrogateescape")
    encoding = ("utf-16", "utf-16-be", "latin-1", "utf-8-sig", "utf-32", "cp037", "cp1252")[at % 7]
    return [text.encode(encoding, "ignore")]


_EDITS: tuple[Callable[[Parts, int, int, bytes], Parts], ...] = (
    _replace, _replace, _replace, _insert, _insert, _quote, _delete, _repeat, _swap, _flip, _flood, _nest, _cut, _recode,
)  # fmt: skip
_NUMBER = st.integers(0, 65_535)


def mutated(seeds: Sequence[bytes], words: Sequence[bytes], *, largest: int = 300_000) -> st.SearchStrategy[bytes]:
    """Seeds after one edit to eight, with what is put in from `words` and from HOSTILE; at most `largest` bytes."""
    edits = st.lists(st.tuples(_NUMBER, _NUMBER, _NUMBER, _NUMBER), min_size=1, max_size=8)
    start = st.integers(0, len(seeds) - 1)
    changed = st.builds(lambda seed, listed: _changed(seeds, words, seed, listed)[:largest], start, edits)
    return st.one_of(changed, changed, changed, changed, st.binary(max_size=400), st.sampled_from(list(seeds)))


def _changed(seeds: Sequence[bytes], words: Sequence[bytes], seed: int, edits: Sequence[Edit]) -> bytes:
    parts: Parts = _TOKEN.findall(seeds[seed])
    for kind, at, to, choice in edits:
        if len(parts) < 2:
            parts = [*parts, b" ", b" "]
        if kind % 29 == 0:  # the rest of another file
            other = _TOKEN.findall(seeds[choice % len(seeds)])
            parts = parts[: at % len(parts)] + other[to % (len(other) + 1) :]
            continue
        pool = words if words and choice % 2 else HOSTILE
        edit = _EDITS[kind % len(_EDITS)]
        parts = edit(parts, at % len(parts), to % len(parts), pool[choice // 2 % len(pool)])
        if sum(map(len, parts)) > 1_000_000:
            break
    return b"".join(parts)
