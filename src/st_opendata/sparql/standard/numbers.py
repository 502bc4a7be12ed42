"""Numbers of any size: the engine's integers end at 63 bits, its decimals at 18 digits after the point."""

from __future__ import annotations

import operator
import re
import struct
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_FLOOR, Context, Decimal

import pyoxigraph as ox

from st_opendata.model.numeric import INTEGER_BOUNDS, NUMBERS
from st_opendata.namespaces import XSD

Number = int | Decimal | float

_INTEGERS = frozenset(XSD + name for name in INTEGER_BOUNDS)
_INTEGER, _DECIMAL, _FLOAT, _DOUBLE = (ox.NamedNode(XSD + name) for name in ("integer", "decimal", "float", "double"))
_NUMERIC = frozenset(XSD + name for name in NUMBERS)
EXACT = _INTEGERS | {f"{XSD}decimal"}
"""The datatypes with numbers that the engine cannot represent."""
_EXACT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOATING = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)|NaN", re.ASCII)
_SHORT = 20
"""Digits: Python does not read integers of more than some thousands, nor fast."""
_PLACES = 18
"""Digits after the point that the engine's decimals have, and a quotient."""
_LARGEST = Decimal((1 << 127) - 1).scaleb(-_PLACES, Context(prec=50))
_SUMS = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def is_number(datatype: str) -> bool:
    """Whether literals of that datatype are numbers, if they are well-formed."""
    return datatype in _NUMERIC


def number_of(datatype: str, text: str) -> Number | None:
    """The value of a literal: a float if that is its datatype; None for other terms and ill-formed numbers."""
    if datatype in _INTEGERS:
        if len(text) < _SHORT and text.isascii() and text.isdecimal():
            return int(text)
        return Decimal(text) if _WHOLE.fullmatch(text) else None
    if datatype == _DECIMAL.value:
        return Decimal(text) if _EXACT.fullmatch(text) else None
    if datatype in (_DOUBLE.value, _FLOAT.value):
        return float(text) if _FLOATING.fullmatch(text) else None
    return None


def near(number: Decimal) -> ox.Literal:
    """A number that the engine can represent: rounded down to 18 digits, or the nearest double of a large one."""
    if abs(number) < _LARGEST:
        return ox.Literal(f"{_floor(number):f}", datatype=_DECIMAL)
    return ox.Literal(str(float(number)).replace("inf", "INF"), datatype=_DOUBLE)


def rest(number: Decimal) -> str:
    """The remainder that `near` has left out, as a text that sorts like the numbers."""
    return ordered(_SUMS.subtract(number, _floor(number)) if abs(number) < _LARGEST else number)


def _floor(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-_PLACES), ROUND_FLOOR, _SUMS)


def ordered(number: Decimal) -> str:
    """A text that sorts like the number."""
    if not number:
        return "0"
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    power = number.adjusted() + 10**7
    if number > 0:
        return f"1{power:08}{digits}"
    complement = digits.translate(str.maketrans("0123456789", "9876543210"))
    return f"-{2 * 10**7 - power:08}{complement}~"


class Total:
    """A sum, with the type that SPARQL's operators give it (§17.3): integer, decimal, float or double."""

    def __init__(self) -> None:
        self.count = 0
        self._exact = Decimal(0)
        self._float: float | None = None
        self._is_double = self._is_decimal = False

    def add(self, literal: ox.Literal) -> bool:
        """Add a number; False if the term is not a number."""
        datatype = literal.datatype.value
        number = number_of(datatype, literal.value)
        if number is None:
            return False
        self.count += 1
        if not isinstance(number, float):
            self._exact = _SUMS.add(self._exact, number)
            self._is_decimal = self._is_decimal or datatype == _DECIMAL.value
            return True
        self._is_double = self._is_double or datatype == _DOUBLE.value
        self._float = self._round((self._float or 0.0) + self._round(number))
        return True

    @property
    def sum(self) -> ox.Literal:
        """All that was added."""
        return self._literal(self._exact, self._float_sum(), _DECIMAL if self._is_decimal else _INTEGER)

    @property
    def average(self) -> ox.Literal:
        """The sum divided by the count, truncated after 18 digits as in the engine; 0 without values."""
        if not self.count:
            return self.sum
        quotient = _quotient(self._exact, Decimal(self.count))
        total = self._float_sum()
        return self._literal(quotient, None if total is None else self._round(total / self.count), _DECIMAL)

    def _float_sum(self) -> float | None:
        return None if self._float is None else self._round(self._float + self._round(float(self._exact)))

    def _round(self, number: float) -> float:
        return number if self._is_double else _single(number)

    def _literal(self, exact: Decimal, floating: float | None, kind: ox.NamedNode) -> ox.Literal:
        if floating is None:
            return _exact_literal(exact, kind)
        return _float_literal(floating, is_double=self._is_double)


def compute(sign: str, left: ox.Literal, right: ox.Literal) -> ox.Literal | None:
    """The result of an arithmetic operator (§17.3); None for an error."""
    types = left.datatype.value, right.datatype.value
    one, two = number_of(types[0], left.value), number_of(types[1], right.value)
    if one is None or two is None or (sign == "/" and two == 0):
        return None
    if isinstance(one, float) or isinstance(two, float):
        is_double = _DOUBLE.value in types
        floats = [each if is_double else _single(each) for each in (float(one), float(two))]
        return _float_literal(_FLOAT_OPERATORS[sign](*floats), is_double=is_double)
    if sign == "/":
        return _exact_literal(_quotient(Decimal(one), Decimal(two)), _DECIMAL)
    return _exact_literal(_OPERATORS[sign](one, two), _DECIMAL if _DECIMAL.value in types else _INTEGER)


def _quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Truncate after 18 digits, as the engine does."""
    return _SUMS.divide_int(dividend.scaleb(_PLACES, _SUMS), divisor).scaleb(-_PLACES, _SUMS)


def _single(number: float) -> float:
    """A number rounded to xsd:float."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def _exact_literal(number: Decimal, kind: ox.NamedNode) -> ox.Literal:
    text = f"{number:f}"
    return ox.Literal((text.rstrip("0").rstrip(".") if "." in text else text) or "0", datatype=kind)


def _float_literal(number: float, *, is_double: bool) -> ox.Literal:
    text = str(number).replace("inf", "INF").replace("nan", "NaN")
    return ox.Literal(text, datatype=_DOUBLE if is_double else _FLOAT)


_OPERATORS = {"+": _SUMS.add, "-": _SUMS.subtract, "*": _SUMS.multiply}
_FLOAT_OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
