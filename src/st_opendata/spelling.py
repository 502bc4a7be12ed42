"""Words that are almost known ones: the nearest one, and words that look the same but differ.

Two words can look alike and differ in a space, a dash, a quotation mark, a character without a glyph or a Unicode
form. A message about such words names the character that differs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import zip_longest

from st_opendata.messages.message import Message, message

_ALIKE = str.maketrans("\u2018\u2019\u02bc\u201a\u201c\u201d\u201e\u00ab\u00bb", "''''" + '"' * 5)
"""Quotation marks and apostrophes, which word processors put in place of the typed ones."""


def look_alike(one: str, other: str) -> bool:
    """Whether two texts look the same, capitals aside.

    >>> look_alike("two\u00a0words", "Two  words"), look_alike("cafe\u0301", "café"), look_alike("cafe", "café")
    (True, True, False)
    >>> look_alike("n\u0430me", "name"), look_alike("name1", "nameA")
    (True, False)
    """
    return _seen(one) == _seen(other) or _of_another_script(one, other)


def differ_in_case(one: str, other: str) -> bool:
    """Whether two texts differ only in capitals and in spaces around them, which a reader can see."""
    stripped = one.strip(), other.strip()
    return stripped[0] != stripped[1] and stripped[0].casefold() == stripped[1].casefold()


def first_difference(one: str, other: str) -> tuple[int, str | Message, str | Message]:
    """The number of the first character that differs, capitals aside, and its Unicode name in each text.

    >>> first_difference("two\u00a0words", "two words")
    (4, 'U+00A0 NO-BREAK SPACE', 'U+0020 SPACE')
    """
    pairs = enumerate(zip_longest(one.casefold(), other.casefold(), fillvalue=""))
    number = next(number for number, pair in pairs if pair[0] != pair[1])
    return number + 1, _named(one[number : number + 1]), _named(other[number : number + 1])


def _named(character: str) -> str | Message:
    if not character:
        return message("(end)")
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def _seen(text: str) -> str:
    """The visible part of a text, in one form."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    kinds = ((each, unicodedata.category(each)) for each in plain)
    shown = (
        "-" if kind == "Pd" else " " if kind[0] == "Z" else each for each, kind in kinds if kind not in ("Cf", "Cc")
    )
    return " ".join(unicodedata.normalize("NFC", "".join(shown)).split())


def _of_another_script(one: str, other: str) -> bool:
    """Whether the texts differ only in letters of different alphabets."""
    pairs = list(zip(one.casefold(), other.casefold(), strict=False))
    differ = [pair for pair in pairs if pair[0] != pair[1]]
    if len(one) != len(other) or not any(first == second and first.isalpha() for first, second in pairs):
        return False
    letters = all(each.isalpha() for pair in differ for each in pair)
    return bool(differ) and letters and all(_alphabet(first) != _alphabet(second) for first, second in differ)


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, letter).partition(" ")[0]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The most similar known word, or None when none is similar."""
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    match = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None


def hint(word: str, known: Iterable[str]) -> Message | str:
    """`; did you mean "x"?` with the nearest known word, or what is known, when it is few; empty where neither helps.

    Where the two look alike, the character that differs is named. It is the end of another message, as its field.
    """
    candidates = list(known)
    near = nearest(word, candidates)
    if near and look_alike(word, near) and not differ_in_case(word, near):
        number, found, expected = first_difference(word, near)
        return message(
            '; did you mean "{near}"? Character {number}: {found}, not {expected}',
            near=near,
            number=number,
            found=found,
            expected=expected,
        )
    if near:
        return message('; did you mean "{near}"?', near=near)
    return message("; known here: {words}", words=", ".join(candidates)) if 0 < len(candidates) <= 30 else ""
