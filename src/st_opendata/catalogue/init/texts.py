"""Cells that look like numbers or dates and are none: why a column stays text, in words for the publisher."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from st_opendata.catalogue.init.numerals import NUMBER, two_forms
from st_opendata.tables.personal import is_iban
from st_opendata.tables.title_words import names_kind, words

_LONGEST = 40
YEAR = "(?:18|19|20|21)[0-9]{2}"
"""A year, as a part of a pattern."""
_CURRENCIES = (
    r"€|\$|£|¥|EUR|Euro|euro|USD|CHF|Fr\.|GBP|PLN|zł|CZK|Kč|HUF|Ft|DKK|SEK|NOK|kr\.?|RON|lei|BGN|лв\.?|RSD|ISK"
    r"|UAH|грн\.?"
)
_AMOUNT = r"[-+−]?[0-9][0-9.,'’ \u00a0\u202f]*(?:,?[-–])?"


def _whole(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).fullmatch


def _address(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}", text)) and all(int(p) < 256 for p in text.split("."))


_CODES: tuple[tuple[Callable[[str], object], str], ...] = (
    (_address, "IP addresses"),
    (is_iban, "account numbers (IBAN)"),
    (_whole(r"[+0][0-9 ]+|\+[0-9][0-9 ()/.-]+"), "leading zeros or plus signs"),
    (_whole(r"0[0-9]+(?:[., '’/-][0-9]+)+|[0-9]+(?:[.]0[0-9]*){2,}"), "codes with leading zeros"),
    (_whole(r"[0-9]{16,}"), "more digits than spreadsheets keep of numbers"),
)
"""What one cell suffices for to keep the column as text, as nothing else is written so."""
_FORMS: tuple[tuple[Callable[[str], object], str, str], ...] = (
    (_whole(rf"{YEAR}(?:[,;/ ]+{YEAR})+"), "several years in one cell", ""),
    (_whole(r"[0-9]{4}-?W[0-9]{1,2}(?:-?[1-7])?"), "weeks, for which XSD has no datatype", ""),
    (
        _whole(rf"(?:{_CURRENCIES})[ \u00a0]?{_AMOUNT}|{_AMOUNT}[ \u00a0]?(?:{_CURRENCIES})"),
        "amounts with a currency",
        "no number format reads it, so name it in the header instead",
    ),
    (
        _whole(r"[0-9]{1,2}([-./])[0-9]{1,2}\1[0-9]{2}"),
        "dates whose year has two digits",
        "nothing says of which century, so write years with four",
    ),
    (
        _whole(r"[−–‒][0-9][0-9.,]*"),
        "numbers with a minus sign that is no hyphen",
        "no number format reads it, so write - instead",
    ),
    (_whole(r"[-+−–]?[0-9]+(?:[.,][0-9]+)? ?[°º].*"), "angles, or coordinates in degrees and minutes", ""),
    (_whole(r"[A-Z]+ ?(?:Z ?)?\([-0-9., ()]+\)"), "shapes as WKT", "only points become latitude and longitude"),
    (_whole(rf"{_AMOUNT} ?[%‰]"), "percentages beside other cells", ""),
)
"""What is said, and advised, of a column where most cells are written so, or all but numbers."""


def code_reason(texts: Sequence[str], title: str) -> str:
    """Why digits in this column are no numbers, though they could be read so; empty where nothing speaks for that."""
    if any(map(NUMBER.fullmatch, texts)) and names_kind(words(title), "identifier"):
        return "numbers by which things are called (identifiers), as the title says"
    if any(map(NUMBER.fullmatch, texts)) and names_kind(words(title), "phone"):
        return "telephone numbers, as the title says"
    if texts and all(_address(text) for text in texts):
        return _CODES[0][1]
    if any(re.fullmatch(rf"{YEAR}(?:[,;/ ]+{YEAR})+", text) for text in texts):
        return _FORMS[0][1]
    return ""


def form_reason(texts: Sequence[str]) -> str:
    """What is to be said of cells that are written in a way which no format reads; empty where they are not."""
    for is_such, what, advice in _FORMS:
        such = [text for text in texts if is_such(text)]
        if 2 * len(such) > len(texts) or (such and all(is_such(text) or NUMBER.fullmatch(text) for text in texts)):
            return f"{what}, as “{_cut(such[0])}”: kept as text{f'; {advice}' if advice else ''}"
    return ""


def text_reason(texts: Sequence[str]) -> str:
    """What is to be said of other cells that stay text; empty where there is nothing to say."""
    for is_such, what in _CODES:
        if found := next((text for text in texts if is_such(text)), None):
            return f"{what}, as “{_cut(found)}”: kept as text"
    if not texts or not all(map(NUMBER.fullmatch, texts)):
        return ""
    if forms := two_forms(texts):
        first, second = map(_cut, forms)
        said = f"numbers written in more than one way, as “{first}” and “{second}”: kept as text"
        return f"{said}; write them alike, then give the datatype"
    return f"digits with signs between them that no number format reads, as “{_cut(texts[0])}”: kept as text"


def mixed_reason(typed: Sequence[str], what: str, texts: Sequence[str]) -> str:
    """What most cells are, where others are not, with the first of the others; empty where all or none are."""
    known = set(typed)
    other = next((text for text in texts if text not in known), None)
    if not known or other is None:
        return ""
    return f"{len(known)} of {len(texts)} different cells are {what}, others not, as “{_cut(other)}”: kept as text"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
