"""CKAN's limits of names, tags, file names and Markdown, so that nothing is refused after the first write.

Measured with CKAN 2.12.0; 2.10 and 2.11 have the same limits.
"""

from __future__ import annotations

import re
import unicodedata

NAME_LENGTH = range(2, 101)
TAG_LENGTH = range(2, 101)
VERSION_LENGTH = range(101)
RESERVED_NAMES = frozenset({"new", "edit", "search"})

_NAME = re.compile(r"[a-z0-9_-]*")
_NOT_IN_TAG = re.compile(r"[^\w.-]+")
_NOT_IN_FILE_NAME = re.compile(r"[^a-zA-Z0-9_. -]")
_FILE_NAME_LENGTH, _LEAST_FILE_NAME_LENGTH, _EXTENSION_LENGTH = 100, 3, 21
_WITHOUT_BASE_LETTER = {"æ": "ae", "ð": "th", "ø": "o", "þ": "th", "ß": "ss"}

_ALWAYS_MARKUP = re.compile(r"[\\`*\[]|(?<!\w)_|_(?!\w)")
_MARKUP_AT_START = re.compile(r"^([ \t]*)([#>=]|[+-](?=\s|[+-]|$)|\d+(?=[.)](?:\s|$)))", re.MULTILINE)
_HTML = re.compile(r"<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


def is_name(name: str) -> bool:
    """Whether a dataset may have this name."""
    return len(name) in NAME_LENGTH and _NAME.fullmatch(name) is not None and name not in RESERVED_NAMES


def legal_tag(word: str) -> str | None:
    """The word as a tag: letters, digits, `-`, `_`, `.` and single spaces, at most 100; None if too little is left.

    >>> legal_tag("Vienne (Autriche)"), legal_tag("R&D"), legal_tag("C")
    ('Vienne Autriche', 'R D', None)
    """
    tag = _NOT_IN_TAG.sub(" ", word).strip()[: TAG_LENGTH.stop - 1].strip()
    return tag if len(tag) in TAG_LENGTH else None


def stored_file_name(name: str) -> str:
    """The name under which CKAN stores and serves an uploaded file: the last part of its download URL.

    >>> stored_file_name("Ä Datei (1).CSV"), stored_file_name("a")
    ('a-datei-1.csv', 'a__')
    """
    plain = "".join(map(_ascii, name.rpartition("/")[2].lower().strip()))
    plain = re.sub("-+", "-", _NOT_IN_FILE_NAME.sub("", plain).replace(" ", "-"))
    dot = plain.rfind(".")
    split = dot if plain[:dot].strip(".") and dot > 0 else len(plain)
    stem, extension = plain[:split], plain[split:][:_EXTENSION_LENGTH]
    least = max(1, _LEAST_FILE_NAME_LENGTH - len(extension))
    return stem.ljust(least, "_")[: _FILE_NAME_LENGTH - len(extension)] + extension


def _ascii(character: str) -> str:
    """CKAN turns accented letters of Latin-1 into plain ones and drops all other non-ASCII characters."""
    if character < "\x80":
        return character
    if not "\xc0" <= character <= "\xff":
        return ""
    base = _WITHOUT_BASE_LETTER.get(character) or unicodedata.normalize("NFD", character)[0]
    return base if base < "\x80" else ""


def as_markdown(text: str) -> str:
    r"""Markdown that shows as this plain text; text without marks stays unchanged.

    CKAN renders descriptions as Markdown and strips HTML: `a*b*` would lose its stars and `<b>` would vanish.

    >>> print(as_markdown("2 * 3 and <b>"), as_markdown("a_b: 1.5 %"))
    2 \* 3 and &lt;b> a_b: 1.5 %
    """
    escaped = _ALWAYS_MARKUP.sub(lambda match: f"\\{match[0]}", text)
    escaped = _MARKUP_AT_START.sub(_escape_start, escaped)
    return _HTML.sub(lambda match: _ENTITIES[match[0]], escaped)


def from_markdown(text: str) -> str:
    """The plain text of `as_markdown`."""
    plain = text.replace("&lt;", "<")
    plain = plain.replace("&amp;", "&")
    return re.sub(r"\\([\\`*_\[#>=+.)-])", r"\1", plain)


def _escape_start(match: re.Match[str]) -> str:
    indent, mark = match.groups()
    return f"{indent}{mark}\\" if mark.isdigit() else f"{indent}\\{mark}"
