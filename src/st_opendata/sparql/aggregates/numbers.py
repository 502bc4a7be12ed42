"""Arithmetic in SQL: exact numbers of the engine's range; a statement fails, and the engine answers, beyond it.

Numbers are integers times a power of ten, `SqlValue.scale`. A quotient has 18 digits after the point and is truncated
there, as the engine's (`st_opendata.sparql.standard.numbers`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from st_opendata.sparql.aggregates.scope import NUMERIC, SqlValue, rescale, short
from st_opendata.sparql.aggregates.selection import OutsideError
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

PLACES = 18
"""The most digits after the point of the engine's decimals."""
BOUNDS = {"integer": (1 << 63) - 1, "decimal": ((1 << 127) - 1) // 10**PLACES}
"""The largest numbers of the engine."""
_MOST_SUMMANDS = 10**10
"""More solutions than any group has within the limit of time."""


def refuse_none(value: SqlValue) -> SqlValue:
    """The value, for an expression: the statement fails without one."""
    number = sql.when([(f"{value.number} IS NULL", native.failure("there is no summand"))], str(value.number))
    return replace(value, number=number, is_zero_of_none=False)


def bounded(value: SqlValue) -> SqlValue:
    """A number in the engine's range: the statement fails if it is larger."""
    limit = BOUNDS[str(value.kind)] * 10**value.scale
    if value.largest <= limit:
        return value
    number = short(_number(value))
    failing = [(f"abs({number}) > CAST({limit} AS HUGEINT)", native.failure("the number is too large"))]
    return replace(value, number=sql.when(failing, number), largest=limit)


def total(value: SqlValue, *, is_distinct: bool) -> SqlValue:
    """The sum of all values of a group, NULL without values."""
    distinct = "DISTINCT " if is_distinct else ""
    number = f"sum({distinct}CAST({_number(value)} AS HUGEINT))"
    return bounded(
        replace(value, term=None, row=None, text=None, number=number, largest=value.largest * _MOST_SUMMANDS)
    )


def average(value: SqlValue, *, is_distinct: bool) -> SqlValue:
    """The average of all values of a group, NULL without values."""
    summed = total(value, is_distinct=is_distinct)
    distinct = "DISTINCT " if is_distinct else ""
    count = SqlValue("integer", number=f"count({distinct}{value.number})", largest=_MOST_SUMMANDS)
    return replace(_divide(summed, count), may_be_null=False)


def _number(value: SqlValue) -> str:
    if value.kind not in NUMERIC or value.number is None:
        raise OutsideError
    return value.number


def _computed(values: tuple[SqlValue, ...], number: str, scale: int, largest: int) -> SqlValue:
    """An integer of integers, else a decimal; NULL if one of the values is."""
    kind = "integer" if all(value.kind == "integer" for value in values) else "decimal"
    may_be_null = any(value.may_be_null for value in values)
    if scale > PLACES:
        raise OutsideError
    return bounded(SqlValue(kind, number=number, scale=scale, largest=largest, may_be_null=may_be_null))  # type: ignore[arg-type]  # mypy widens the literals


def _add(left: SqlValue, right: SqlValue, sign: str) -> SqlValue:
    _number(left), _number(right)
    scale = max(left.scale, right.scale)
    largest = sum(value.largest * 10 ** (scale - value.scale) for value in (left, right))
    numbers = (f"CAST({rescale(value, scale)} AS HUGEINT)" for value in (left, right))
    return _computed((left, right), f"({sign.join(numbers)})", scale, largest)


def _multiply(left: SqlValue, right: SqlValue) -> SqlValue:
    number = f"(CAST({_number(left)} AS HUGEINT) * CAST({_number(right)} AS HUGEINT))"
    return _computed((left, right), number, left.scale + right.scale, left.largest * right.largest)


def _divide(left: SqlValue, right: SqlValue) -> SqlValue:
    power = PLACES + right.scale - left.scale
    number = f"(CAST({_number(left)} AS HUGEINT) * CAST({10**power} AS HUGEINT))"
    divisor = _number(right)
    is_sure = right.constant is not None and right.largest > 0
    # DuckDB's nullif() would write the divisor twice too, without being seen here.
    number = f"({number} // {divisor})" if is_sure else sql.when([(f"{short(divisor)} <> 0", f"{number} // {divisor}")])
    may_be_null = not is_sure or left.may_be_null
    return bounded(
        SqlValue("decimal", number=number, scale=PLACES, largest=left.largest * 10**power, may_be_null=may_be_null)
    )


def _negate(value: SqlValue) -> SqlValue:
    return _computed((value,), f"(-CAST({_number(value)} AS HUGEINT))", value.scale, value.largest)


def _absolute(value: SqlValue) -> SqlValue:
    return _computed((value,), f"abs(CAST({_number(value)} AS HUGEINT))", value.scale, value.largest)


def _whole(value: SqlValue, add: int, sign: str = "") -> SqlValue:
    """The largest integer that is at most the number plus `add` tenths; `sign` is that of both numbers."""
    unit = 10**value.scale
    number = f"({sign}CAST({short(_number(value))} AS HUGEINT) + {unit * add // 10})" if value.scale else _number(value)
    if value.scale:
        number = f"({sign}(({number} - (({number} % {unit}) + {unit}) % {unit}) // {unit}))"
    return _computed((value,), number, 0, value.largest // unit + 1)


OPERATORS: dict[str, Callable[..., SqlValue]] = {
    "+": lambda left, right: _add(left, right, " + "),
    "-": lambda left, right: _add(left, right, " - "),
    "*": _multiply,
    "/": _divide,
    "negate": _negate,
    "ABS": _absolute,
    "FLOOR": lambda value: _whole(value, 0),
    "CEIL": lambda value: _whole(value, 0, "-"),
    "ROUND": lambda value: _whole(value, 5),
}
