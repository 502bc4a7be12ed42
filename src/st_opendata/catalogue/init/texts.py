"""Cells that look like numbers or dates but are not: the reason why a column stays text, for the publisher."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from st_opendata.catalogue.init.numerals import NUMBER, two_forms
from st_opendata.messages.message import Message, message
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


_CODES: tuple[tuple[Callable[[str], object], Message], ...] = (
    (_address, message("IP addresses")),
    (is_iban, message("account numbers (IBAN)")),
    (_whole(r"[+0][0-9 ]+|\+[0-9][0-9 ()/.-]+"), message("leading zeros or plus signs")),
    (_whole(r"0[0-9]+(?:[., '’/-][0-9]+)+|[0-9]+(?:[.]0[0-9]*){2,}"), message("codes with leading zeros")),
    (_whole(r"[0-9]{16,}"), message("more digits than spreadsheets keep of numbers")),
)
"""Forms of which one cell is enough to keep the column as text, because nothing else is written so."""
_FORMS: tuple[tuple[Callable[[str], object], Message, Message | None], ...] = (
    (_whole(rf"{YEAR}(?:[,;/ ]+{YEAR})+"), message("several years in one cell"), None),
    (_whole(r"[0-9]{4}-?W[0-9]{1,2}(?:-?[1-7])?"), message("weeks, for which XSD has no datatype"), None),
    (
        _whole(rf"(?:{_CURRENCIES})[ \u00a0]?{_AMOUNT}|{_AMOUNT}[ \u00a0]?(?:{_CURRENCIES})"),
        message("amounts with a currency"),
        message("no number format reads it, so name it in the header instead"),
    ),
    (
        _whole(r"[0-9]{1,2}([-./])[0-9]{1,2}\1[0-9]{2}"),
        message("dates whose year has two digits"),
        message("the century is unknown, so write years with four"),
    ),
    (
        _whole(r"[−–‒][0-9][0-9.,]*"),
        message("numbers with a minus sign that is not a hyphen"),
        message("no number format reads it, so write - instead"),
    ),
    (_whole(r"[-+−–]?[0-9]+(?:[.,][0-9]+)? ?[°º].*"), message("angles, or coordinates in degrees and minutes"), None),
    (
        _whole(r"[A-Z]+ ?(?:Z ?)?\([-0-9., ()]+\)"),
        message("shapes as WKT"),
        message("only points become latitude and longitude"),
    ),
    (_whole(rf"{_AMOUNT} ?[%‰]"), message("percentages among other cells"), None),
)
"""The remark and the advice for a column where most cells are written so, or all but numbers."""


def code_reason(texts: Sequence[str], title: str) -> Message | None:
    """The reason why digits in this column are not numbers, though they could be read so; None where they may be."""
    if any(map(NUMBER.fullmatch, texts)) and names_kind(words(title), "identifier"):
        return message("numbers that identify things, as the title says")
    if any(map(NUMBER.fullmatch, texts)) and names_kind(words(title), "phone"):
        return message("telephone numbers, as the title says")
    if texts and all(_address(text) for text in texts):
        return _CODES[0][1]
    if any(re.fullmatch(rf"{YEAR}(?:[,;/ ]+{YEAR})+", text) for text in texts):
        return _FORMS[0][1]
    return None


def form_reason(texts: Sequence[str]) -> Message | None:
    """The remark on cells in a form that no format reads; None for other cells."""
    for is_such, what, advice in _FORMS:
        such = [text for text in texts if is_such(text)]
        if 2 * len(such) > len(texts) or (such and all(is_such(text) or NUMBER.fullmatch(text) for text in texts)):
            kept = _kept(what, such[0])
            return message("{reason}; {advice}", reason=kept, advice=advice) if advice else kept
    return None


def text_reason(texts: Sequence[str]) -> Message | None:
    """The remark on other cells that stay text; None where there is no remark."""
    for is_such, what in _CODES:
        if found := next((text for text in texts if is_such(text)), None):
            return _kept(what, found)
    if not texts or not all(map(NUMBER.fullmatch, texts)):
        return None
    if forms := two_forms(texts):
        first, second = map(_cut, forms)
        return message(
            "numbers written in more than one way, as “{first}” and “{second}”: kept as text; write them alike, then "
            "give the datatype",
            first=first,
            second=second,
        )
    return _kept(message("digits with signs between them that no number format reads"), texts[0])


def _kept(what: Message, cell: str) -> Message:
    return message("{what}, as “{cell}”: kept as text", what=what, cell=_cut(cell))


def mixed_reason(typed: Sequence[str], what: Message, texts: Sequence[str]) -> Message | None:
    """The form of most cells, where others differ, with the first of the others; None where all or none have it."""
    known = set(typed)
    other = next((text for text in texts if text not in known), None)
    if not known or other is None:
        return None
    return message(
        "{known} of {all} different cells are {what}, others not, as “{cell}”: kept as text",
        known=len(known),
        all=len(texts),
        what=what,
        cell=_cut(other),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
