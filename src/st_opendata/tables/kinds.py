"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import codecs
import re

_SIGNATURES = (
    (b"PK\x03\x04", "an Excel or OpenDocument workbook (or another zip file)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a packed archive"),
    (b"Rar!\x1a", "a packed archive"),
    (b"BZh", "a packed archive"),
    (b"\xfd7zXZ", "a packed archive"),
    (b"\x28\xb5\x2f\xfd", "a packed archive"),
)
_MARKUP = (
    b"<!doctype",
    b"<!--",
    *(b"<" + tag for tag in b"html ?xml table head meta body script style div p>".split()),
)


def is_empty(start: bytes) -> bool:
    """Whether a file that starts like this has nothing in it but blanks and a byte order mark."""
    return not start.removeprefix(codecs.BOM_UTF8).strip() or start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def other_format(start: bytes) -> str | None:
    """What a file that starts like this is instead of CSV; None where nothing speaks against CSV."""
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if text.startswith(_MARKUP):
        return "a web page or XML file"
    if re.match(rb'\{\s*"|\[\s*[{\[]', text):
        return "a JSON file"
    return next((label for signature, label in _SIGNATURES if start.startswith(signature)), None)


def no_workbook(start: bytes) -> str | None:
    """What a file is that is named as a workbook and begins like this; None for a zip file, as workbooks are."""
    if start.startswith(b"PK"):
        return None
    if is_empty(start):
        return "it is empty"
    if kind := other_format(start):
        return f"it is {kind} under the name of a workbook"
    if not re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        return "it is text under the name of a workbook: rename it to .csv"
    return None
