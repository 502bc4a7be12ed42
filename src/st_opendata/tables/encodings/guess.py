"""The encoding of a table's file: by its bytes, else the most likely one for its languages."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from st_opendata.tables.encodings.candidates import Candidate, candidates
from st_opendata.tables.encodings.evidence import Evidence, is_written_in, look_at
from st_opendata.tables.encodings.scoring import weigh

START = 4096
"""Bytes from the start of a file that show whether characters are wider than a byte."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_EUROPEAN = re.compile("[\t\n\r -~\u00a0-\u052f\u1e00-\u20cf]")
_SURE, _SURE_IF_FEW_TELL, _SURE_OF_FEW, _FEW = 7.0, 10.0, 14.0, 3
"""The difference in cost to the next reading that makes the best one certain; larger with few significant bytes."""
_LIKELY = 9.0
"""The highest cost of a character and of a word in a text."""


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """The encoding of a file. `same` are those that give the same text, `other` is the likeliest that does not.

    `telling` are the characters that only this reading has: a cell with one of them shows whether it is right.
    `broken` says that some bytes are not characters of the encoding.
    """

    encoding: str
    sure: bool = True
    other: str | None = None
    same: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    broken: bool = False


def guess_encoding(path: Path, languages: Sequence[str] = ()) -> EncodingGuess:
    """The encoding of the file: `utf-8` if all of it is, or all except few bytes.

    `languages` are tags of those that it is in; without any, each is as likely as the others.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        wide = wide_encoding(file.read(START))
    if wide:
        return EncodingGuess(wide, broken=not is_written_in(path, wide))
    if is_written_in(path, "utf-8"):
        return EncodingGuess("utf-8")
    evidence = look_at(path)
    if evidence.mostly_utf8:
        return EncodingGuess("utf-8", broken=True)
    return _judge(evidence, [tag for language in languages for tag in _tags(language)])


def _tags(language: str) -> tuple[str, ...]:
    """The language as its letters are known by: nb is no, and Serbian is written in two scripts."""
    tag = language.lower().partition("-")[0]
    return {"nb": ("no",), "nn": ("no",), "sr": ("sr", "sr-Latn"), "bs": ("sr-Latn", "hr")}.get(tag, (tag,))


def wide_encoding(start: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark, or because nothing else has such zeros."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" not in start:
        return None
    for name in _WIDE:
        text = codecs.getincrementaldecoder(name)("replace").decode(start)
        if text and len(_EUROPEAN.findall(text)) > 0.98 * len(text):
            return name
    return None


def _judge(evidence: Evidence, languages: Sequence[str]) -> EncodingGuess:
    seen = sorted(evidence.counts)
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates():
        text = "".join(candidate.characters[byte - 0x80] for byte in seen)
        groups.setdefault(text, []).append(candidate)
    best, other = weigh(groups.values(), evidence.words, evidence.plain, languages)[:2]
    texts = {candidate.name: text for text, group in groups.items() for candidate in group}
    text = texts[best.names[0]]
    number = sum(evidence.counts.values())
    against = texts[other.names[0]]
    telling = sum(evidence.counts[byte] for at, byte in enumerate(seen) if text[at] != against[at])
    needed = _SURE_OF_FEW if number < _FEW else _SURE_IF_FEW_TELL if telling < _FEW else _SURE
    likely = best.cost <= _LIKELY * (number + len(evidence.words))
    clear = other.cost - best.cost >= needed and likely
    return EncodingGuess(
        encoding=best.names[0],
        sure=clear and not evidence.mixed,
        other=other.names[0],
        same=frozenset(best.names),
        telling=_telling(text, against),
        broken="\ufffd" in text,
    )


def _telling(text: str, other: str) -> frozenset[str]:
    return frozenset(letter for letter, against in zip(text, other, strict=True) if letter != against)
