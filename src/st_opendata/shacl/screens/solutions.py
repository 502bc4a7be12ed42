"""The focus nodes for which a query of a shape (sh:sparql) may have a solution, in SQL.

A pattern gives rows with the columns of the variables that are bound in every solution. Each solution has a row; a row
is `sure` if it has a solution. Parts that cannot be translated are left out, which leaves more rows than solutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rdflib import BNode, Graph, URIRef, Variable
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node

from st_opendata.shacl.paths import Path, Sequence, Step
from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.conditions import NUMBER, Conditions, Sum
from st_opendata.shacl.screens.proofs import number_or_null
from st_opendata.shacl.screens.queries import THIS, UnboundedError, algebra_of, parts_of, path_of
from st_opendata.shacl.screens.triples import SolutionRows, TriplePatterns, UntranslatedError
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

_MOST = 2_000_000
"""Rows of a query that are worth looking through."""
_SAME = ("Distinct", "Reduced", "OrderBy", "SelectQuery")
_LARGE = 10**15
"""Sums of numbers with 12 places after the point are exact in Python up to here."""


def possible_nodes(columns: DataColumns, graph: Graph, shape: Node, constraint: Node, focus: str) -> str | None:
    """A table of the focus nodes (column n of a table) that may have a solution; None if there is none.

    Raises:
        UntranslatedError: the query does not translate, or has very many rows.
    """
    try:
        query = algebra_of(graph, shape, constraint)
    except UnboundedError as error:
        raise UntranslatedError from error
    if {"shapesGraph", "currentShape"} & set(_names(query)):
        raise UntranslatedError
    found = _Translation(columns, query, focus).pattern(query, SolutionRows(f"SELECT n, TRUE AS sure FROM {focus}"))
    listed = columns.create(f"SELECT n FROM ({found.query}) LIMIT {_MOST}")
    ((count,),) = columns.engine.rows(f"SELECT count(*) FROM {listed}")
    if count == _MOST:
        raise UntranslatedError
    nodes = columns.create_some(f"SELECT DISTINCT n FROM {listed}")
    columns.drop(listed)
    return nodes


class _Translation:
    def __init__(self, columns: DataColumns, query: CompValue, focus: str) -> None:
        self._columns = columns
        self._query = query
        self._focus = focus
        self._numbers = iter(range(1, 1 << 40))

    def pattern(self, part: Any, rows: SolutionRows) -> SolutionRows:  # noqa: ANN401 (rdflib's algebra)
        """The rows of a pattern that continue other rows, as rdflib evaluates it."""
        match part.name:
            case "BGP":
                found = self._triples(list(part.triples), rows, {})
            case "Join":
                found = self.pattern(part.p2, self.pattern(part.p1, rows))
            case "LeftJoin":
                found = self.pattern(part.p1, rows)
                found = replace(found, maybe=found.maybe | (set(_names(part.p2)) - found.terms.keys()))
            case "Union":
                found = self._union(self.pattern(part.p1, rows), self.pattern(part.p2, rows), rows)
            case "Filter":
                found = self._filter(part, rows)
            case "Extend":
                found = _extended(self.pattern(part.p, rows), str(part.var), part.expr)
            case "AggregateJoin":
                found = self._sums(part, rows)
            case "Project":
                found = _projected(self.pattern(part.p, rows), {THIS, *map(str, part.PV), *rows.terms, *rows.sums})
            case "ToMultiSet" if isinstance(part.p, CompValue):
                found = self._nested(part, rows)
            case "Slice":
                found = self.pattern(part.p, rows).unsure()
            case name if name in _SAME:
                found = self.pattern(part.p, rows)
            case _:
                raise UntranslatedError
        return found

    def _union(self, one: SolutionRows, other: SolutionRows, before: SolutionRows) -> SolutionRows:
        shared = {name: self._name() for name in one.terms if name in other.terms and name not in before.terms}
        kept = [*dict.fromkeys([*before.terms.values(), *before.columns])]
        selects = [
            f"SELECT {', '.join([*kept, *(f'{each.terms[v]} AS {column}' for v, column in shared.items())])}, sure"
            f" FROM ({each.query})"
            for each in (one, other)
        ]
        terms = {**before.terms, **shared}
        named = {*one.terms, *other.terms, *one.sums, *other.sums, *one.maybe, *other.maybe}
        maybe = frozenset(named - terms.keys() - before.sums.keys())
        return SolutionRows(" UNION ALL ".join(selects), terms, before.sums, maybe, before.others)

    def _filter(self, part: CompValue, before: SolutionRows) -> SolutionRows:
        limits = _limits(part.expr)
        if part.p.name == "BGP":
            rows = self._triples(list(part.p.triples), before, limits)
        else:
            rows = self.pattern(part.p, before)
        if any(each.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS") for each in parts_of(part.expr)):
            number = self._name()
            inside = native.numbered(f"({rows.query})", "*")
            names = ", ".join([*rows.columns, "sure"])
            table = self._columns.create(f"SELECT number AS {number}, {names} FROM ({inside})")
            rows = replace(rows, query=f"SELECT {number}, {names} FROM {table}", others=(*rows.others, number))

        def exists(condition: CompValue) -> str:
            found = self.pattern(condition.graph, rows).query
            cases = [
                (f"{number} IN (SELECT {number} FROM ({found}) WHERE sure)", "TRUE"),
                (f"{number} IN (SELECT {number} FROM ({found}))", sql.null(sql.BOOLEAN)),
            ]
            return sql.when(cases, "FALSE")

        seen = rows.terms
        if not part.no_isolated_scope:
            inner = {THIS, *_names(part.p)}
            seen = {name: column for name, column in seen.items() if name in inner}
        condition = Conditions(seen, rows.sums, exists).truth(part.expr)
        tested = f"SELECT *, ({condition}) AS passes FROM ({rows.query})"
        sure = sql.when([("passes", "sure")], "FALSE")
        query = f"SELECT {', '.join(rows.columns)}, {sure} AS sure FROM ({tested}) WHERE passes IS NOT FALSE"
        return replace(rows, query=query)

    def _nested(self, part: CompValue, rows: SolutionRows) -> SolutionRows:
        """The solutions of a nested SELECT; names that it does not select must be its own."""
        inside, outside = set(_names(part)), set(_names(self._query, without=part))
        inner = self.pattern(part.p, SolutionRows(f"SELECT n, TRUE AS sure FROM {self._focus}"))
        if (inside - {THIS, *inner.terms, *inner.sums}) & outside:
            raise UntranslatedError
        if inner.sums and (inside - {THIS}) & set(_names_of_triples(self._query, without=part)):
            raise UntranslatedError
        shared = [name for name in inner.terms if name in rows.terms]
        new = [column for column in inner.columns if column not in {inner.terms[name] for name in shared}]
        conditions = [f"a.{rows.terms[name]} = b.{inner.terms[name]}" for name in shared]
        unclear = (inner.maybe & rows.terms.keys()) | (rows.maybe & inner.terms.keys()) | (rows.maybe & inner.maybe)
        sure = "FALSE" if unclear else "a.sure AND b.sure"
        selected = ", ".join([*(f"a.{name}" for name in rows.columns), *(f"b.{name}" for name in new)])
        joined = f"({rows.query}) AS a JOIN ({inner.query}) AS b ON {sql.all_of(conditions)}"
        terms = {**{name: column for name, column in inner.terms.items() if name not in shared}, **rows.terms}
        maybe = (rows.maybe | inner.maybe) - terms.keys()
        query = f"SELECT {selected}, {sure} AS sure FROM {joined}"
        return SolutionRows(query, terms, {**rows.sums, **inner.sums}, frozenset(maybe), rows.others)

    def _sums(self, part: CompValue, before: SolutionRows) -> SolutionRows:
        """The groups of $this: counts and sums of steps, which are exact; rdflib adds a solution without any."""
        group, found = part.p, {}
        if list(group.expr or []) != [Variable(THIS)] or set(before.terms) != {THIS}:
            raise UntranslatedError
        names = {str(each.res) for each in part.A}
        same = {str(each.res): "n" for each in part.A if each.name == "Aggregate_Sample" and str(each.vars) == THIS}
        base = f"SELECT n FROM ({before.query})"
        rows = self._steps(group.p, before) if group.p.name == "BGP" else None
        selected = []
        for each in part.A if rows else ():
            column = rows.terms.get(str(each.vars)) if rows and isinstance(each.vars, Variable) else None
            if each.distinct or column is None or each.name not in ("Aggregate_Sum", "Aggregate_Count"):
                continue
            total = Sum(self._name(), self._name())
            number = sql.cast(number_or_null(column), NUMBER)
            value = "count(*)"
            if each.name == "Aggregate_Sum":
                unclear = f"count({number}) < count(*) OR sum(abs({number})) >= {_LARGE}"
                value = sql.when([(unclear, sql.null(NUMBER))], f"sum({number})")
            selected.append((total, value))
            found[str(each.res)] = total
        maybe = frozenset(names - same.keys() - found.keys())
        terms = {THIS: "n", **same}
        if rows is None or not found:
            return SolutionRows(f"SELECT n, FALSE AS sure FROM ({base})", terms, {}, maybe)
        values = ", ".join(f"{value} AS {total.value}" for total, value in selected)
        grouped = f"SELECT n, {values} FROM ({rows.query}) GROUP BY n"
        columns = ", ".join(
            f"g.{total.value} AS {total.value}, g.n IS NULL AS {total.unbound}" for total, _ in selected
        )
        query = f"SELECT b.n AS n, {columns}, g.n IS NOT NULL AS sure FROM ({base}) AS b LEFT JOIN ({grouped}) AS g"
        return SolutionRows(f"{query} ON b.n = g.n", terms, found, maybe)

    def _steps(self, part: CompValue, before: SolutionRows) -> SolutionRows | None:
        """The rows of triple patterns whose paths are steps, each row as often as rdflib finds it; None of others."""
        simple = (isinstance(path, Step) for triple in part.triples for path in _simple(triple[1]))
        return self._triples(list(part.triples), before, {}, distinct=True) if all(simple) else None

    def _triples(
        self, triples: list[Any], rows: SolutionRows, limits: Mapping[str, frozenset[Node]], *, distinct: bool = False
    ) -> SolutionRows:
        basic = TriplePatterns(self._columns, rows, self._numbers, limits, distinct=distinct)
        later = []
        for subject, predicate, value in triples:
            if isinstance(predicate, Variable):
                basic.any_predicate(subject, predicate, value)
                continue
            try:
                path = path_of(predicate)
            except UnboundedError as error:
                raise UntranslatedError from error
            assert path is not None
            steps = path.parts if isinstance(path, Sequence) else (path,)
            ends = [subject, *(BNode() for _ in steps[1:]), value]
            for at, step in enumerate(steps):
                if isinstance(step, Step):
                    basic.step(ends[at], step, ends[at + 1])
                else:
                    later.append((ends[at], step, ends[at + 1]))
        for subject, path, value in later:
            basic.path(subject, path, value)
        return basic.rows()

    def _name(self) -> str:
        return f"v{next(self._numbers)}"


def _simple(predicate: Any) -> tuple[Path | None, ...]:  # noqa: ANN401 (as above)
    try:
        path = path_of(predicate)
    except UnboundedError as error:
        raise UntranslatedError from error
    return path.parts if isinstance(path, Sequence) else (path,)


def _projected(rows: SolutionRows, names: set[str]) -> SolutionRows:
    """With the variables of these names only."""
    terms = {name: column for name, column in rows.terms.items() if name in names}
    sums = {name: each for name, each in rows.sums.items() if name in names}
    return replace(rows, terms=terms, sums=sums, maybe=rows.maybe & names)


def _extended(rows: SolutionRows, name: str, expression: Any) -> SolutionRows:  # noqa: ANN401 (as above)
    """With a further variable: another one, or one that may be bound."""
    if isinstance(expression, Variable) and str(expression) in rows.terms and name not in rows.terms:
        return replace(rows, terms={**rows.terms, name: rows.terms[str(expression)]})
    if isinstance(expression, Variable) and str(expression) in rows.sums:
        return replace(rows, sums={**rows.sums, name: rows.sums[str(expression)]})
    return rows if name in rows.terms else replace(rows, maybe=rows.maybe | {name})


def _limits(expression: Any) -> dict[str, frozenset[Node]]:  # noqa: ANN401 (as above)
    """The variables that every solution has from a list of IRIs."""
    if not isinstance(expression, CompValue):
        return {}
    if expression.name == "ConditionalAndExpression":
        return {name: found for each in (expression.expr, *expression.other) for name, found in _limits(each).items()}
    if expression.name == "RelationalExpression" and isinstance(expression.expr, Variable):
        listed = expression.other if expression.op == "IN" else [expression.other] if expression.op == "=" else None
        if isinstance(listed, list) and all(isinstance(each, URIRef) for each in listed):
            return {str(expression.expr): frozenset(listed)}
    return {}


def _names(part: object, without: object = None) -> Iterator[str]:
    """The variables of a part of a query, but those of one of its parts."""
    if part is without and without is not None:
        return
    if isinstance(part, Variable):
        yield str(part)
    elif isinstance(part, CompValue):
        for key, child in part.items():
            if key != "_vars":
                yield from _names(child, without)
    elif isinstance(part, (list, tuple, set, frozenset)):
        for child in part:
            yield from _names(child, without)


def _names_of_triples(part: object, without: object) -> Iterator[str]:
    if part is without:
        return
    if isinstance(part, CompValue):
        for key, child in part.items():
            if key == "triples":
                yield from _names(child)
            elif key != "_vars":
                yield from _names_of_triples(child, without)
    elif isinstance(part, (list, tuple)):
        for child in part:
            yield from _names_of_triples(child, without)
