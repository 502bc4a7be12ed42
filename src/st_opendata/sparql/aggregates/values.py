"""Expressions in SQL, each value with the kind of all its terms; `OutsideError` unless proven equal to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from st_opendata.sparql.aggregates.selection import (
    COMPARISONS,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Call,
    Expression,
    OutsideError,
    QueryVariable,
    Term,
)

TermKind = Literal["iri", "resource", "string", "text", "integer", "decimal", "date"]
"""`resource` is an IRI or a blank node, `text` a string with or without a language."""
_OF_TYPE: dict[str, TermKind] = {"": "iri", STRING: "string", INTEGER: "integer", DECIMAL: "decimal", DATE: "date"}
_PARTS = {"YEAR": "({} // 10000)", "MONTH": "({} // 100 % 100)", "DAY": "({} % 100)"}
_TESTS = {"CONTAINS": "contains", "STRSTARTS": "starts_with", "STRENDS": "ends_with"}
_LARGEST_PART = 10_000
LOWER = "lower(replace({}, 'İ', 'i̇'))"
"""Lower case with the engine's ASCII characters: it makes two characters of İ, DuckDB only the first, i."""


@dataclass(frozen=True, slots=True)
class SqlValue:
    """A value that every solution has; `kind` is None if its terms have several kinds.

    `term` is the number of its term, None if it was computed or is a `constant`. `number` is an integer: 10 to the
    power of `scale` times the number, at most `largest` whatever its sign; or year, month and day of a date, as
    20261128. `text` is the lexical form, or the IRI.
    """

    kind: TermKind | None
    term: str | None = None
    number: str | None = None
    text: Callable[[], str] | None = None
    scale: int = 0
    largest: int = 0
    is_lower: bool = False
    """Whether it is in lower case, and equals the engine's text only in its ASCII characters."""
    constant: Term | None = None


class Values:
    """Values of expressions, over the variables that already have a value."""

    def __init__(self, variables: dict[str, SqlValue], number_of: Callable[[Term], int]) -> None:
        """`number_of` finds a term, or gives -1."""
        self.variables = variables
        self._number_of = number_of

    def condition(self, expression: Expression) -> str:
        """The condition that the expression is true: allowed expressions cannot raise errors."""
        if not isinstance(expression, Call):
            raise OutsideError
        match expression.name:
            case "&&" | "||":
                joint = " AND " if expression.name == "&&" else " OR "
                return "(" + joint.join(map(self.condition, expression.arguments)) + ")"
            case "!":
                return f"(NOT {self.condition(expression.arguments[0])})"
            case sign if sign in COMPARISONS:
                left, right = map(self.value, expression.arguments)
                return self._comparison(sign, left, right)
            case name if name in _TESTS:
                left, right = map(self.value, expression.arguments)
                return _test(_TESTS[name], left, right)
        raise OutsideError

    def value(self, expression: Expression) -> SqlValue:
        """The SQL value of an expression."""
        if isinstance(expression, QueryVariable):
            if expression.name not in self.variables:
                raise OutsideError
            return self.variables[expression.name]
        if isinstance(expression, Term):
            return _constant(expression)
        if len(expression.arguments) != 1:
            raise OutsideError
        argument = self.value(expression.arguments[0])
        if expression.name in _PARTS and argument.kind == "date" and argument.number:
            return SqlValue("integer", number=_PARTS[expression.name].format(argument.number), largest=_LARGEST_PART)
        return _text(expression.name, argument)

    def _comparison(self, sign: str, left: SqlValue, right: SqlValue) -> str:
        kinds = {left.kind, right.kind}
        operator = "<>" if sign == "!=" else sign
        if left.is_lower or right.is_lower or (left.constant and right.constant):
            raise OutsideError
        if (kinds <= {"iri", "resource"} or kinds == {"string"}) and sign in ("=", "!="):
            terms = self._term(left), self._term(right)
            if all(terms):
                return f"({terms[0]} {operator} {terms[1]})"
        if kinds <= {"integer", "decimal"} and left.number and right.number:
            scale = max(left.scale, right.scale)
            return f"({_scale(left, scale)} {operator} {_scale(right, scale)})"
        if kinds == {"date"} and left.number and right.number:
            return f"({left.number} {operator} {right.number})"
        if kinds == {"string"} and left.text and right.text:
            return f"({left.text()} {operator} {right.text()})"
        raise OutsideError

    def _term(self, value: SqlValue) -> str | None:
        """The number of the value's term, -1 for a constant that the graph lacks."""
        return str(self._number_of(value.constant)) if value.constant else value.term


def literal(text: str) -> str:
    """A text literal in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _constant(term: Term) -> SqlValue:
    kind = _OF_TYPE.get(term.type)
    number, scale, largest = None, 0, 0
    if kind in ("integer", "decimal"):
        scale = len(term.lexical.partition(".")[2])
        number = term.lexical.replace(".", "")
        largest = abs(int(number))
    elif kind == "date":
        number = term.lexical.replace("-", "")
    return SqlValue(kind, None, number, lambda: literal(term.lexical), scale, largest, constant=term)


def _scale(value: SqlValue, scale: int) -> str:
    more = scale - value.scale
    return f"(CAST({value.number} AS HUGEINT) * {10**more})" if more else str(value.number)


def _test(function: str, text: SqlValue, part: SqlValue) -> str:
    if text.kind not in ("string", "text") or part.kind != "string" or text.text is None or part.constant is None:
        raise OutsideError
    wanted = part.constant.lexical
    if text.is_lower and not wanted.isascii():
        raise OutsideError
    return f"{function}({text.text()}, {literal(wanted)})"


def _text(function: str, argument: SqlValue) -> SqlValue:
    text = argument.text
    if text is None or argument.constant is not None:
        raise OutsideError
    if function == "STR" and argument.kind in ("iri", "string", "text"):
        return SqlValue("string", text=text, is_lower=argument.is_lower)
    if function == "LCASE" and argument.kind in ("string", "text"):
        return SqlValue(argument.kind, text=lambda: LOWER.format(text()), is_lower=True)
    raise OutsideError
