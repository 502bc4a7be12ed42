"""A selection as one SQL statement, with the way to read its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from st_opendata.sparql.aggregates import numbers
from st_opendata.sparql.aggregates.groups import Content, Groups
from st_opendata.sparql.aggregates.scope import NUMERIC, Scope, SqlValue, shape_of
from st_opendata.sparql.aggregates.selection import (
    Aggregate,
    Call,
    Expression,
    OutsideError,
    QueryVariable,
    Selection,
    Term,
)
from st_opendata.sparql.aggregates.values import computed
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

_MOST_TERMS = 200
"""The most constants of a query: each is looked up, and the engine does so more quickly."""


@dataclass(frozen=True, slots=True)
class Output:
    """How to read the cells of a column."""

    form: Literal["term", "text", "iri", "number", "date", "boolean"]
    value: SqlValue


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A statement, the columns of its rows in order, and the terms of negative numbers."""

    statement: str
    columns: Mapping[str, Output]
    foreign: Mapping[int, Term]


def make_plan(selection: Selection, content: Content, most: int) -> QueryPlan:
    """The statement for a selection, which gives at most `most` rows; raises OutsideError."""
    foreign: dict[Term, int] = {}

    asked: set[Term] = set()

    def number_of(term: Term) -> int:
        asked.add(term)
        if len(asked) > _MOST_TERMS:
            raise OutsideError
        number = content.number_of(term)
        return number if number >= 0 else foreign.setdefault(term, -1 - len(foreign))

    statement, columns = _Planner(replace(content, number_of=number_of)).plan(selection, most)
    return QueryPlan(statement, columns, {number: term for term, number in foreign.items()})


class _Planner:
    def __init__(self, content: Content) -> None:
        self._number_of = content.number_of
        self._aliases = (f"t{number}" for number in count())
        self._groups = Groups(content, self._aliases, self._subquery)

    def plan(self, selection: Selection, most: int) -> tuple[str, dict[str, Output]]:
        scope, aggregates = self._select(selection)
        if selection.is_distinct:
            scope, aggregates = self._distinct(scope, selection), {}
        order = [self._order(scope, aggregates, each, descends=descends) for each, descends in selection.order]
        outputs = {name: _output(scope.variables[name]) for name in selection.columns}
        cells = [_cell(output) for output in outputs.values()]
        # Texts for ORDER BY and for cells join further terms, so the source comes last.
        statement = f"SELECT {', '.join(cells)} {scope.source()}"
        if order:
            statement += f" ORDER BY {', '.join(order)}"
        limit = most if selection.limit is None else min(selection.limit, most)
        return f"{statement} LIMIT {limit} OFFSET {selection.offset}", outputs

    def _subquery(self, selection: Selection) -> Scope:
        if selection.limit is not None or selection.offset:
            raise OutsideError  # which of equal rows it keeps is the engine's choice
        scope, _ = self._select(selection)
        if selection.is_distinct:
            return self._distinct(scope, selection)
        scope.variables = {name: scope.variables[name] for name in selection.columns}
        return scope.nested()

    def _distinct(self, scope: Scope, selection: Selection) -> Scope:
        scope.variables = {name: scope.variables[name] for name in selection.columns}
        if any(value.is_lower or value.is_zero_of_none for value in scope.variables.values()):
            raise OutsideError
        return scope.nested(distinct=True)

    def _select(self, selection: Selection) -> tuple[Scope, dict[Aggregate, SqlValue]]:
        """The scope in which all columns are variables, and the values of aggregates there."""
        scope = self._groups.scope(selection.where)
        aggregates: dict[Aggregate, SqlValue] = {}
        if selection.is_grouped:
            scope, aggregates = self._group(scope, selection)
        elif selection.having:
            raise OutsideError
        values = self._groups.values(scope)
        values.aggregates = aggregates
        scope.conditions += [values.condition(each) for each in selection.having]
        for name, expression in selection.columns.items():
            if expression is not None:
                if name in scope.variables:
                    raise OutsideError
                direct = aggregates.get(expression) if isinstance(expression, Aggregate) else None
                scope.bind(name, direct or computed(values.value(expression), self._number_of))
            elif name not in scope.variables:
                raise OutsideError
        return scope, aggregates

    def _order(
        self, scope: Scope, aggregates: dict[Aggregate, SqlValue], expression: Expression, *, descends: bool
    ) -> str:
        """A key of ORDER BY that sorts as the engine does."""
        values = self._groups.values(scope)
        values.aggregates = aggregates
        value: SqlValue | None = None
        if isinstance(expression, QueryVariable):
            value = scope.variables.get(expression.name)
        elif isinstance(expression, Aggregate):
            value = aggregates.get(expression)
        value = value or values.value(expression)
        if value.constant or value.is_lower or value.kind in (None, "resource", "text"):
            raise OutsideError
        key = value.number or (value.text and value.text())
        if not key:
            raise OutsideError
        if value.is_zero_of_none:
            key = f"coalesce({key}, 0)"
        return f"{key} {'DESC NULLS LAST' if descends else 'ASC NULLS FIRST'}"

    # Groups

    def _group(self, scope: Scope, selection: Selection) -> tuple[Scope, dict[Aggregate, SqlValue]]:
        """A scope with a row for each group, which has the keys as variables, and the values of aggregates there."""
        values = self._groups.values(scope)
        keys = {name: computed(values.value(expression), self._number_of) for name, expression in selection.keys}
        asked: dict[Aggregate, None] = {}
        for expression in (*selection.columns.values(), *selection.having, *(each for each, _ in selection.order)):
            _find_aggregates(expression, asked)
        alias, found = next(self._aliases), Scope(self._aliases)
        listed = ["1 AS one"]
        grouped = []
        for place, (name, value) in enumerate(keys.items()):
            grouped.append(value.identity)
            shape = shape_of([value])
            columns = [f"k{place}{part}" for part in shape.parts]
            for cell, column in zip(shape.cells(value), columns, strict=True):
                listed.append(f"{cell if cell == grouped[-1] else sql.any_value(cell)} AS {column}")
            found.variables[name] = shape.value([f"{alias}.{column}" for column in columns], found)
        results = {}
        for place, aggregate in enumerate(asked):
            argument = None if aggregate.argument is None else values.value(aggregate.argument)
            value = _aggregate(aggregate, argument, has_keys=bool(keys))
            shape = shape_of([value])
            columns = [f"a{place}{part}" for part in shape.parts]
            listed += [f"{cell} AS {column}" for cell, column in zip(shape.cells(value), columns, strict=True)]
            results[aggregate] = shape.value([f"{alias}.{column}" for column in columns], found)
        by = f" GROUP BY {', '.join(grouped)}" if grouped else ""
        found.tables.append(f"(SELECT {', '.join(listed)} {scope.source()}{by}) {alias}")
        return found, results


def _find_aggregates(expression: Expression | None, found: dict[Aggregate, None]) -> None:
    match expression:
        case Aggregate():
            found[expression] = None
        case Call(arguments=arguments):
            for argument in arguments:
                _find_aggregates(argument, found)


def _aggregate(aggregate: Aggregate, value: SqlValue | None, *, has_keys: bool) -> SqlValue:
    """An aggregate of all rows of a group (§18.5.1); an error in one of them spoils all but COUNT and SAMPLE."""
    if value is None:
        return _counted("count(*)")
    if value.constant:
        raise OutsideError
    distinct = "DISTINCT " if aggregate.distinct else ""
    if aggregate.name == "COUNT":
        return _counted(f"count({distinct}{value.identity})" if aggregate.distinct or value.may_be_null else "count(*)")
    if aggregate.name == "SAMPLE":
        return _sample(value, has_keys=has_keys)
    found = _extreme(aggregate.name, value) if aggregate.name in ("MIN", "MAX") else _total(aggregate, value)
    is_total = aggregate.name in ("SUM", "AVG")
    if is_total and not has_keys:
        if found.kind == "integer":
            found = replace(found, number=f"coalesce({found.number}, 0)")
        elif value.may_be_null:
            raise OutsideError
        else:
            found = replace(found, is_zero_of_none=True)
    if value.may_be_null:
        whole = f"count({value.identity}) = count(*)"
        found = replace(found, number=found.number and sql.when([(whole, found.number)]), text=_spoilt(found, whole))
    return replace(found, may_be_null=value.may_be_null or (not is_total and not has_keys))


def _spoilt(value: SqlValue, whole: str) -> Callable[[], str] | None:
    text = value.text
    return None if text is None else lambda: sql.when([(whole, text())])


def _counted(number: str) -> SqlValue:
    return SqlValue("integer", number=number, largest=10**10)


def _total(aggregate: Aggregate, value: SqlValue) -> SqlValue:
    total = numbers.total if aggregate.name == "SUM" else numbers.average
    return total(value, is_distinct=aggregate.distinct)


def _extreme(name: str, value: SqlValue) -> SqlValue:
    if value.kind in (*NUMERIC, "date") and value.number:
        return replace(value, term=None, row=None, text=None, number=f"{name}({value.number})")
    if value.kind in ("string", "iri") and value.text and not value.is_lower:
        text = f"{name}({value.text()})"
        return replace(value, term=None, row=None, text=lambda: text)
    raise OutsideError


def _sample(value: SqlValue, *, has_keys: bool) -> SqlValue:
    """The value of a group that has only one: of several, the engine chooses."""

    def only(cell: str) -> str:
        failing = [(f"min({cell}) <> max({cell})", native.failure("a group has several values"))]
        return sql.when(failing, f"min({cell})")

    found = replace(value, may_be_null=value.may_be_null or not has_keys, number=value.number and only(value.number))
    if value.term:
        return replace(found, term=only(value.term))
    text = only(value.identity)
    return replace(found, row=None, text=None if value.number else lambda: text)


def _output(value: SqlValue) -> Output:
    if value.constant or value.is_lower:
        raise OutsideError
    if value.term:
        return Output("term", value)
    if value.number:
        return Output("date" if value.kind == "date" else "boolean" if value.kind == "boolean" else "number", value)
    if value.text and value.kind in ("string", "iri"):
        return Output("iri" if value.kind == "iri" else "text", value)
    raise OutsideError


def _cell(output: Output) -> str:
    value = output.value
    if output.form == "term":
        return str(value.term)
    return str(value.number) if output.form in ("number", "date", "boolean") else str(value.text and value.text())
