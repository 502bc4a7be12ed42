"""Columns of numbers: the one number format of CSVW that reads every cell, or the reason for text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from st_opendata.messages.message import Message, message
from st_opendata.model.tables import Datatype
from st_opendata.tables.datatypes import datatype_iri, parse
from st_opendata.tables.numbers import SPACES

NUMBER = re.compile(r"[-+]?[.,]?[0-9][0-9.,'’ \u00a0\u202f]*")
"""Digits with what may group them or begin the decimals."""
_SCIENTIFIC = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")
_GROUPS = (None, *".,'’ \u00a0\u202f")
_DECIMALS = ".,"


@dataclass(frozen=True, slots=True)
class NumberReading:
    """A datatype with its `form` in YAML; `why` is the reason, also where there is no `base`."""

    base: str = ""
    form: object = None
    why: Message | None = None


@cache
def kind(base: str, form: str | None = None, decimal: str = ".", group: str | None = None) -> Datatype:
    """A datatype as dataset.yaml would give it."""
    return Datatype(base, datatype_iri(base), form, decimal, group)


def datatype_of(base: str, form: object) -> Datatype:
    """The datatype of a guess: `form` is the format in YAML."""
    if not isinstance(form, dict):
        return kind(base, str(form) if form else None)
    return kind(base, form.get("pattern"), form.get("decimalChar", "."), form.get("groupChar"))


def read_numbers(texts: Sequence[str], *, comma: bool) -> NumberReading | None:
    """The number format of the cells; None if some are not numbers, or if no single format reads all of them.

    `comma` is as for `guess`. A reading without a base is for numbers that are better left as text.
    """
    if all(map(NUMBER.fullmatch, texts)):
        return _plain(texts, comma=comma)
    if all(map(_SCIENTIFIC.fullmatch, texts)):
        why = message(
            "numbers in scientific notation, as spreadsheets shorten long ones: check that no digits are lost"
        )
        return NumberReading("double", None, why)
    return _per_cent(texts)


def _plain(texts: Sequence[str], *, comma: bool) -> NumberReading | None:
    signs = {sign for text in texts for sign in re.findall(r"[^-+0-9]", text)}
    if not signs:
        return NumberReading("integer", None, message("all cells are whole numbers"))
    used = [each for each in _candidates(signs) if each[2] is None or signs & {each[2], *_spaces(each[2])}]
    values = {read: each for each in reversed(used) if (read := _values(each, texts)) is not None}
    if len(values) > 1:  # 1.234 is a thousand here and one elsewhere
        if not comma and signs == {"."}:
            return NumberReading("decimal", None, message("all cells are numbers"))
        return NumberReading(
            why=message(
                "“{cell}” could be read in two ways: kept as text; choose one with datatype and format", cell=texts[0]
            )
        )
    if not values:
        return None
    base, decimal, group = next(iter(values.values()))
    form = {"decimalChar": decimal} if decimal != "." and (base == "decimal" or group == ".") else {}
    form |= {"groupChar": group} if group else {}
    return NumberReading(base, form or None, _why(base, decimal, group, signed=bool(form)))


def _why(base: str, decimal: str, group: str | None, *, signed: bool) -> Message:
    """The kind of numbers, with the signs in them."""
    plain = message("all cells are numbers") if base == "decimal" else message("all cells are whole numbers")
    if not signed:
        return plain
    if base != "decimal":
        return message("{plain}, with “{group}” for thousands", plain=plain, group=group)
    if not group:
        return message("{plain}, with “{decimal}” for decimals", plain=plain, decimal=decimal)
    return message(
        "{plain}, with “{decimal}” for decimals and “{group}” for thousands", plain=plain, decimal=decimal, group=group
    )


_Candidate = tuple[str, str, str | None]


def _candidates(signs: set[str]) -> list[_Candidate]:
    """Base, decimal and grouping character of the formats that know all these signs."""
    return [
        (base, decimal, group)
        for decimal in _DECIMALS
        for group in _GROUPS
        if group != decimal and signs <= {decimal, *((group,) if group else ()), *_spaces(group)}
        for base in ("integer", "decimal")
    ]


def _spaces(group: str | None) -> str:
    """All blanks for one of them, as one stands for each other between groups of digits."""
    return SPACES if group and group in SPACES else ""


def _values(candidate: _Candidate, texts: Sequence[str]) -> tuple[str, ...] | None:
    """The values of the cells, None where the format does not read one of them."""
    datatype, values = kind(candidate[0], None, *candidate[1:]), list[str]()
    for text in texts:
        value = parse(datatype, text)
        if value is None:
            return None
        values.append(value)
    return tuple(values)


def _reads(candidate: _Candidate, text: str) -> bool:
    base, decimal, group = candidate
    return parse(kind(base, None, decimal, group), text) is not None


def _per_cent(texts: Sequence[str]) -> NumberReading | None:
    """Numbers that all have a per cent sign, with a pattern that reads them."""
    found = [re.fullmatch(rf"([-+]?[0-9][0-9.,'’]*)([{SPACES}]?)%", text) for text in texts]
    if not found or not all(found):
        return None
    numbers = [each[1] for each in found if each]
    reading = _plain(numbers, comma=True)
    blanks = sorted({each[2] for each in found if each})
    if reading is None or not reading.base:
        return NumberReading(
            why=message(
                "percentages, as “{cell}”, whose numbers could be read in two ways: kept as text", cell=texts[0]
            )
        )
    form = reading.form if isinstance(reading.form, dict) else {}
    decimal, group = form.get("decimalChar", "."), form.get("groupChar")
    places = [len(number.rpartition(decimal)[2]) if decimal in number else 0 for number in numbers]
    fraction = "0" * min(places) + "#" * (max(places) - min(places))
    pattern = (f"#{group}##0" if group else "#0") + (decimal + fraction if fraction else "") + blanks[-1] + "%"
    characters = {"decimalChar": decimal} if decimal != "." else {}
    # the comma groups a pattern's digits where nothing else is said to
    characters |= {"groupChar": group or "."} if group or decimal == "," else {}
    described = {"pattern": pattern, **characters} if characters else pattern
    try:
        fits = len(blanks) == 1 and all(parse(datatype_of("decimal", described), text) is not None for text in texts)
    except ValueError:
        fits = False
    if not fits:
        return NumberReading(
            why=message("percentages, as “{cell}”, which no single number pattern reads: kept as text", cell=texts[0])
        )
    return NumberReading(
        "decimal", described, message("percentages: “{cell}” is read as its hundredth part", cell=texts[0])
    )


def two_forms(texts: Sequence[str]) -> tuple[str, str] | None:
    """A cell that is written as most of these numbers are, and one that no format reads together with it.

    None where no format reads any.
    """
    numbers = [text for text in texts if NUMBER.fullmatch(text)]
    candidates = _candidates(set())
    if not numbers:
        return None
    best = max(candidates, key=lambda each: sum(_reads(each, text) for text in numbers))
    read = [text for text in numbers if _reads(best, text)]
    others = [text for text in numbers if not _reads(best, text)]
    # the cell that tells most of how they are written
    return (max(read, key=lambda text: len(re.sub("[0-9]", "", text))), others[0]) if read and others else None
