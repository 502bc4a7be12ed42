"""Formats of numbers in cells: decimal and grouping characters and number patterns (CSVW syntax §6.4.2).

Canonical text is XSD's lexical form with every digit kept: `29 119 448,360` becomes `29119448.360`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from st_opendata.errors import MessageError
from st_opendata.messages.message import message

SPACES = " \u00a0\u202f"
"""A grouping space in French files: plain, no-break or narrow no-break."""

MAX_PATTERN = 200
_ALIKE = {" ": SPACES, "\u00a0": SPACES, "\u202f": SPACES, "'": "'’", "’": "'’"}
SCALES = {"%": 2, "‰": 3}
"""Decimal places that a sign moves the point to the left."""


@dataclass(frozen=True, slots=True)
class Number:
    """A way to write numbers.

    `accept` matches the whole cell. Without `groups`, with `decimal` as `.`, its text matches `digits`, which checks
    the counts of a pattern that grouping hides. `scale` is the power of ten that the per cent or per mille sign of a
    pattern divides by; a number with one is left to `parse_number`. `percent` lets cells without a pattern have one.
    """

    accept: str
    digits: str
    decimal: str = "."
    groups: str = ""
    suffix: str = ""
    prefix: str = ""
    percent: bool = False

    @property
    def scale(self) -> int:
        """Decimal places that the prefix or suffix moves the point to the left."""
        return SCALES.get(self.prefix or self.suffix, 0)


def _class(characters: str) -> str:
    return "[" + "".join(re.escape(character) for character in characters) + "]"


def _groups(group_char: str | None) -> str:
    return _ALIKE.get(group_char, group_char) if group_char else ""


def default_number(
    *, decimal: str, group_char: str | None, integer: bool, floating: bool, percent: bool = False
) -> Number:
    """Numbers without a pattern: digits, all of them grouped by three or none; `percent` is as for `Number`."""
    groups = _groups(group_char)
    point = re.escape(decimal)
    whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{_class(groups)}[0-9]{{3}})+)" if groups else "[0-9]+"
    fraction = "" if integer else rf"(?:{point}[0-9]*)?"
    bare = "" if integer else rf"|{point}[0-9]+"
    exponent = "(?:[eE][+-]?[0-9]+)?" if floating else ""
    special = "|[+-]?INF|NaN" if floating else ""
    return Number(f"[+-]?(?:{whole}{fraction}{bare}){exponent}{special}", "", decimal, groups, percent=percent)


_PATTERN = (
    r"(?P<prefix>[%‰])?(?P<sign>[+-]?)(?P<whole>[#0{groups}]*[#0])?(?:{point}(?P<fraction>[0#{groups}]*))?"
    r"(?:E(?P<exponent>[+-]?#*0+))?(?P<suffix>(?(prefix)|[%‰]?))"
)


def number_pattern(pattern: str, *, decimal: str, group_char: str | None) -> Number:
    """Numbers of a pattern (UAX #35 subset), written with the same decimal and grouping characters as the cells.

    With a blank before its per cent or per mille sign (`#0.0 %`), the cells may have one there, of any kind.

    Raises:
        MessageError: the pattern is not one.
    """
    if len(pattern) > MAX_PATTERN:
        raise MessageError(message("a number pattern has at most {most} characters", most=MAX_PATTERN))
    spaced = re.fullmatch(f"(.+)[{SPACES}]([%‰])", pattern)
    written, pattern = pattern, "".join(spaced.groups()) if spaced else pattern
    pattern_groups = _groups(group_char or ("." if decimal == "," else ","))  # CSVW's default, where it is free
    shape = _PATTERN.format(groups=re.escape(pattern_groups), point=re.escape(decimal))
    found = re.fullmatch(shape, pattern)
    whole, decimal_part = (found["whole"] or "", found["fraction"]) if found else ("", None)
    plain, fraction = (_ungrouped(part, pattern_groups) for part in (whole, decimal_part or ""))
    sizes = [len(group) for group in re.split(_class(pattern_groups), whole)[1:]]
    shaped = re.fullmatch("#*0*", plain) and re.fullmatch("0*#*", fraction) and 0 not in sizes
    if not found or not (whole or fraction) or not shaped:
        raise MessageError(
            message(
                '"{pattern}" is not a number pattern, as {example} is',
                pattern=written,
                example=f"#{pattern_groups[0]}##0{decimal}00",
            )
        )
    least = plain.count("0")
    grouped = _grouped(sizes, _class(pattern_groups)) if sizes else "[0-9]*"
    part = len(re.split(_class(pattern_groups), decimal_part or "")[0])
    decimals, normal_decimals, exponent = "", "", ""
    if fraction:
        low, high = fraction.count("0"), len(fraction)
        size, group = (part, _class(pattern_groups)) if fraction != decimal_part else (high, "")
        decimals = re.escape(decimal) + _grouped_fraction(max(low, 1), high, size, group)
        normal_decimals = rf"\.[0-9]{{{max(low, 1)},{high}}}"
        if not low:
            decimals, normal_decimals = f"(?:{decimals})?", f"(?:{normal_decimals})?"
    if found["exponent"]:
        exponent = f"[eE][+-]?[0-9]{{{found['exponent'].count('0')},}}"
    sign = "[+-]" if found["sign"] == "+" else "[+-]?"
    # UTS #35: without a #, an exponent is chosen so that there are just as many digits before the point as zeros.
    most = least if exponent and "#" not in plain and least else ""
    blank = f"[{SPACES}]?" if spaced else ""
    return Number(
        accept=f"{found['prefix'] or ''}{sign}{grouped}{decimals}{exponent}{blank}{found['suffix']}",
        digits=f"[+-]?[0-9]{{{least},{most}}}{normal_decimals}{exponent}",
        decimal=decimal,
        groups=pattern_groups if sizes or fraction != (decimal_part or "") else "",
        suffix=found["suffix"],
        prefix=found["prefix"] or "",
    )


def _ungrouped(digits: str, groups: str) -> str:
    return re.sub(_class(groups), "", digits)


def _grouped_fraction(low: int, high: int, size: int, group: str) -> str:
    """Digits after the point, in groups of that size from the left, the last one shorter."""
    if not group:
        return f"[0-9]{{{low},{high}}}"
    forms = []
    for count in range(low, high + 1):
        whole, rest = divmod(count, size)
        parts = [f"[0-9]{{{size}}}"] * whole + ([f"[0-9]{{{rest}}}"] if rest else [])
        forms.append(group.join(parts))
    return f"(?:{'|'.join(forms)})"


def _grouped(sizes: list[int], group: str) -> str:
    """Digits in groups: the last of the primary size, those before it of the secondary one."""
    primary, secondary = sizes[-1], sizes[-2] if len(sizes) > 1 else sizes[-1]
    return (
        rf"(?:[0-9]{{0,{primary}}}"
        rf"|[0-9]{{1,{secondary}}}(?:{group}[0-9]{{{secondary}}})*{group}[0-9]{{{primary}}})"
    )


def parse_number(number: Number, text: str, *, integer: bool) -> str | None:
    """The canonical text of a cell, or None when it is not written this way."""
    scale = number.scale
    if number.percent and (sign := text[:1] if text[:1] in SCALES else text[-1:]) in SCALES:
        text, scale = text.removeprefix(sign) if text.startswith(sign) else text.removesuffix(sign), SCALES[sign]
    if not re.fullmatch(number.accept, text):
        return None
    if text.endswith(("INF", "NaN")):
        return text.removeprefix("+")
    plain = text.removeprefix(number.prefix).removesuffix(number.suffix)
    plain = plain.rstrip(SPACES) if number.suffix else plain
    for group in number.groups:
        plain = plain.replace(group, "")
    plain = plain.replace(number.decimal, ".")
    if number.digits and not re.fullmatch(number.digits, plain):
        return None
    mantissa, mark, exponent = plain.replace("e", "E").partition("E")
    if not re.search("[0-9]", mantissa):
        return None
    canonical = _canonical(_shifted(mantissa, scale)) + mark + exponent
    return None if integer and not re.fullmatch("-?[0-9]+", canonical) else canonical


def _canonical(text: str) -> str:
    """Without plus sign and leading zeros; every other digit stays."""
    digits = text.lstrip("+-").lstrip("0")
    if not digits or digits.startswith("."):
        digits = "0" + digits
    digits = digits.rstrip(".") if digits.endswith(".") else digits
    return ("-" if text.startswith("-") and re.search("[1-9]", text) else "") + digits


def _shifted(text: str, places: int) -> str:
    """The decimal point `places` to the left."""
    if not places:
        return text
    sign = text[:1] if text[:1] in "+-" else ""
    whole, _, fraction = text.removeprefix(sign).partition(".")
    whole = whole.rjust(places + 1, "0")
    return f"{sign}{whole[:-places]}.{whole[-places:]}{fraction}"


def example_number(number: Number, *, integer: bool) -> str:
    """A number written this way, for messages."""
    group = number.groups[:1]
    whole = f"1{group}234{group}567"
    return f"{whole}{number.suffix}" if integer else f"{whole}{number.decimal}50{number.suffix}"
