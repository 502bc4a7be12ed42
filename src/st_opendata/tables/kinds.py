"""The format of a file by its first bytes, independent of its name."""

from __future__ import annotations

import codecs
import re

from st_opendata.messages.message import Message, message

_SIGNATURES = (
    (b"PK\x03\x04", message("an Excel or OpenDocument workbook (or another zip file)")),
    (b"\xd0\xcf\x11\xe0", message("an old Excel workbook")),
    (b"\x1f\x8b", message("a gzip file")),
    (b"%PDF", message("a PDF document")),
    (b"PAR1", message("a Parquet file")),
    (b"{\\rtf", message("a text document (RTF)")),
    (b"\x89PNG", message("an image")),
    (b"\xff\xd8\xff", message("an image")),
    (b"GIF8", message("an image")),
    (b"SQLite format 3\0", message("a SQLite database")),
    (b"7z\xbc\xaf\x27\x1c", message("a packed archive")),
    (b"Rar!\x1a", message("a packed archive")),
    (b"BZh", message("a packed archive")),
    (b"\xfd7zXZ", message("a packed archive")),
    (b"\x28\xb5\x2f\xfd", message("a packed archive")),
)
_MARKUP = (
    b"<!doctype",
    b"<!--",
    *(b"<" + tag for tag in b"html ?xml table head meta body script style div p>".split()),
)


def is_empty(start: bytes) -> bool:
    """Whether a file that starts like this contains only blanks and a byte order mark."""
    return not start.removeprefix(codecs.BOM_UTF8).strip() or start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def other_format(start: bytes) -> Message | None:
    """The format, other than CSV, of a file that starts like this; None where it may be CSV."""
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if text.startswith(_MARKUP):
        return message("a web page or XML file")
    if re.match(rb'\{\s*"|\[\s*[{\[]', text):
        return message("a JSON file")
    return next((label for signature, label in _SIGNATURES if start.startswith(signature)), None)


def no_workbook(start: bytes) -> Message | None:
    """The reason, from its first bytes, why a file named as a workbook is not one; None for a zip file."""
    if start.startswith(b"PK"):
        return None
    if is_empty(start):
        return message("it is empty")
    if kind := other_format(start):
        return message("it is {kind} under the name of a workbook", kind=kind)
    if not re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        return message("it is text under the name of a workbook: rename it to .csv")
    return None
