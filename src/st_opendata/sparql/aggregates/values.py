"""Expressions in SQL, each value with the kind of all its terms; `OutsideError` unless proven equal to the engine.

An error is NULL: the logical operators of both languages have the same tables of truth for it (SPARQL 1.1 §17.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from st_opendata.sparql.aggregates import functions, numbers
from st_opendata.sparql.aggregates.scope import NUMERIC, Scope, SqlValue, TermKind, rescale, shape_of, short
from st_opendata.sparql.aggregates.selection import (
    BOOLEAN,
    COMPARISONS,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Aggregate,
    Call,
    Existence,
    Expression,
    GroupPattern,
    OutsideError,
    QueryVariable,
    Term,
)
from st_opendata.sql import dialect as sql

KINDS: dict[str, TermKind] = {
    "": "iri",
    STRING: "string",
    INTEGER: "integer",
    DECIMAL: "decimal",
    DATE: "date",
    BOOLEAN: "boolean",
}


class Values:
    """Values of expressions, over the variables of a scope."""

    def __init__(
        self, scope: Scope, number_of: Callable[[Term], int], exists: Callable[[GroupPattern, Scope], str]
    ) -> None:
        """`number_of` finds a term, or gives a negative number for it; `exists` is the condition of EXISTS."""
        self._scope = scope
        self._number_of = number_of
        self._exists = exists
        self.aggregates: dict[Aggregate, SqlValue] = {}
        """The values of aggregates, for expressions over groups."""

    def condition(self, expression: Expression) -> str:
        """The condition that the effective boolean value of an expression is true, NULL for an error (§17.2.2)."""
        value = self.value(expression)
        if value.kind == "boolean" and value.number:
            return value.number
        if value.kind in NUMERIC and value.number and not value.constant:
            return f"({value.number} <> 0)"
        if value.kind in ("string", "text") and value.text and not value.constant:
            return f"({value.text()} <> '')"
        raise OutsideError

    def value(self, expression: Expression) -> SqlValue:
        """The SQL value of an expression."""
        match expression:
            case Term():
                return constant(expression)
            case Existence(group):
                return SqlValue("boolean", number=self._exists(group, self._scope))
            case Call(name, arguments):
                return self._logical(name, arguments) or self._call(name, list(map(self.value, arguments)))
            case QueryVariable(name):
                found = self._scope.variables.get(name)
            case Aggregate():
                found = self.aggregates.get(expression)
        if found is None:
            raise OutsideError
        return numbers.refuse_none(found) if found.is_zero_of_none else found

    def _logical(self, name: str, arguments: tuple[Expression, ...]) -> SqlValue | None:
        """A function of truth values, or of whether there is a value; None for another one."""
        match name:
            case "&&" | "||":
                joint = " AND " if name == "&&" else " OR "
                return _boolean("(" + joint.join(map(self.condition, arguments)) + ")")
            case "!":
                return _boolean(f"(NOT {self.condition(arguments[0])})")
            case "IF":
                return self._choice(*arguments)
            case "BOUND" if isinstance(arguments[0], QueryVariable):
                return SqlValue("boolean", number=f"({self.value(arguments[0]).identity} IS NOT NULL)")
        return None

    def _call(self, name: str, values: list[SqlValue]) -> SqlValue:
        if name == "COALESCE":
            return self._coalesce(values)
        if name in COMPARISONS:
            return _boolean(self._comparison(name, *values))
        if name in numbers.OPERATORS:
            return numbers.OPERATORS[name](*values)
        if name in functions.FUNCTIONS:
            return functions.FUNCTIONS[name](*values)
        raise OutsideError

    def _choice(self, test: Expression, one: Expression, other: Expression) -> SqlValue:
        condition = short(self.condition(test))
        values = [computed(self.value(each), self._number_of) for each in (one, other)]
        shape = shape_of(values, terms=False)
        cells = zip(*map(shape.cells, values), strict=True)
        chosen = [sql.when([(condition, yes), (f"NOT {condition}", no)]) for yes, no in cells]
        return shape.value(chosen, self._scope, may_be_null=True)

    def _coalesce(self, values: list[SqlValue]) -> SqlValue:
        last = next((place for place, value in enumerate(values) if not value.may_be_null), len(values) - 1)
        values = [computed(value, self._number_of) for value in values[: last + 1]]
        shape = shape_of(values, terms=False)
        chosen = [f"coalesce({', '.join(cells)})" for cells in zip(*map(shape.cells, values), strict=True)]
        found = shape.value(chosen, self._scope)
        return found if values[-1].may_be_null else replace(found, may_be_null=found.term is not None)

    def _comparison(self, sign: str, left: SqlValue, right: SqlValue) -> str:
        kinds = {left.kind, right.kind}
        operator = "<>" if sign == "!=" else sign
        if left.is_lower or right.is_lower or (left.constant and right.constant):
            raise OutsideError
        is_identity = sign in ("=", "!=")
        if is_identity and (kinds & {"iri", "resource"} or kinds <= {"string", "text"}):
            terms = self._term(left), self._term(right)
            if all(terms):
                return f"({terms[0]} {operator} {terms[1]})"
        if kinds <= {"integer", "decimal"} and left.number and right.number:
            scale = max(left.scale, right.scale)
            return f"({rescale(left, scale)} {operator} {rescale(right, scale)})"
        if kinds == {"date"} and left.number and right.number:
            return f"({left.number} {operator} {right.number})"
        if kinds == {"string"} and left.text and right.text:
            return f"({left.text()} {operator} {right.text()})"
        raise OutsideError

    def _term(self, value: SqlValue) -> str | None:
        """The number of the value's term, negative for a constant that the graph lacks."""
        return str(self._number_of(value.constant)) if value.constant else value.term


def constant(term: Term) -> SqlValue:
    """The value of a constant."""
    kind: TermKind | None = "text" if term.type.startswith("@") else KINDS.get(term.type)
    number, scale, largest = None, 0, 0
    if kind in NUMERIC:
        scale = len(term.lexical.partition(".")[2])
        number = term.lexical.replace(".", "")
        largest = abs(int(number))
        number = f"CAST({number} AS BIGINT)"
    elif kind == "date":
        number = term.lexical.replace("-", "")
    elif kind == "boolean":
        number = term.lexical.upper()
    text = (lambda: sql.text(term.lexical)) if kind != "boolean" else None
    return SqlValue(kind, None, number, text, scale=scale, largest=largest, constant=term)


def computed(value: SqlValue, number_of: Callable[[Term], int]) -> SqlValue:
    """A constant as a value like any other: an IRI is a term, and the others are computed."""
    if value.constant is None:
        return value
    if value.kind == "iri":
        return SqlValue("iri", term=f"CAST({number_of(value.constant)} AS INTEGER)")
    if value.kind in ("string", "integer", "decimal", "date", "boolean"):
        return replace(value, constant=None, text=value.text if value.kind == "string" else None)
    raise OutsideError


def _boolean(condition: str) -> SqlValue:
    return SqlValue("boolean", number=condition, may_be_null=True)
