"""Groups of patterns as scopes: the algebra of SPARQL 1.1 (§18.2.2) in joins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from st_opendata.sparql.aggregates.records import RecordTable, choose_records
from st_opendata.sparql.aggregates.scope import NUMERIC, Scope, TermKind, common_kind, same_term, shape_of
from st_opendata.sparql.aggregates.selection import (
    AlternativePath,
    Binding,
    Expression,
    GroupPattern,
    InlineData,
    MinusGroup,
    OptionalGroup,
    OutsideError,
    Pattern,
    Selection,
    Term,
    UnionGroup,
    has_existence,
)
from st_opendata.sparql.aggregates.values import Values, computed, constant
from st_opendata.sql import dialect as sql


@dataclass(frozen=True, slots=True)
class PredicateProfile:
    """The common properties of all triples of a predicate.

    `number` is that of the predicate; `subjects` and `objects` are of the given kinds, those at None of several.
    `triples` is how many there are.
    """

    number: int
    subjects: TermKind
    objects: TermKind | None
    scale: int = 0
    largest: int = 0
    triples: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What the columns have: profiles of all predicates, records, and the numbers of terms, negative for others."""

    profiles: Mapping[str, PredicateProfile]
    records: Sequence[RecordTable]
    number_of: Callable[[Term], int]


class Groups:
    """Makes scopes of groups."""

    def __init__(self, content: Content, aliases: Iterator[str], select: Callable[[Selection], Scope]) -> None:
        """`select` makes the scope of a subquery, with the variables that it selects."""
        self._content = content
        self._aliases = aliases
        self._select = select

    def values(self, scope: Scope) -> Values:
        """The values of expressions over a scope."""
        return Values(scope, self._content.number_of, self._exists)

    def scope(self, group: GroupPattern, *, filtered: bool = True) -> Scope:
        """The solutions of a group, each as often as it is one; without its filters if so wished."""
        scope = Scope(self._aliases)
        patterns: list[Pattern] = []
        for part in group.parts:
            if isinstance(part, tuple):
                patterns.append(part)
                continue
            self._match_all(scope, patterns)
            patterns = []
            match part:
                case OptionalGroup(group=inner):
                    scope = self._optional(scope, inner)
                case MinusGroup(group=inner):
                    self._minus(scope, inner)
                case UnionGroup(groups=groups):
                    scope.join(self.scope(groups[0]) if len(groups) == 1 else self._union(groups))
                case Binding(name=name, value=value):
                    if name in scope.variables:
                        raise OutsideError
                    scope.bind(name, computed(self.values(scope).value(value), self._content.number_of))
                case InlineData():
                    scope.join(self._inline(part))
                case AlternativePath():
                    self._alternatives(scope, part)
                case Selection():
                    scope.join(self._select(part))
        self._match_all(scope, patterns)
        if filtered:
            self._filter(scope, group.filters)
        return scope

    def _filter(self, scope: Scope, filters: Sequence[Expression]) -> None:
        values = self.values(scope)
        scope.conditions += [values.condition(each) for each in filters]

    # Triples

    def _match_all(self, scope: Scope, patterns: Sequence[Pattern]) -> None:
        chosen = choose_records(patterns, self._content.records)
        rows: dict[str, str] = {}
        for place, pattern in enumerate(patterns):
            name, record = chosen.get(place, ("", None))
            table = rows.get(name)
            if table is None:
                table = next(self._aliases)
                scope.tables.append(f"{record.table if record else 'triples'} {table}")
                if name:
                    rows[name] = table
            self._match(scope, table, pattern, is_record=record is not None)

    def _match(self, scope: Scope, table: str, pattern: Pattern, *, is_record: bool) -> None:
        """Join the triples that match a pattern, or the record of its subject."""
        predicate = pattern[1]
        profile = self._content.profiles.get(predicate.lexical) if isinstance(predicate, Term) else None
        if isinstance(predicate, Term) and profile is None:
            raise OutsideError  # the engine finds quickly that nothing matches
        of = profile.number if is_record and profile else ""
        kinds: tuple[TermKind | None, ...] = ("resource", "iri", None)
        if profile:
            kinds = (profile.subjects, "iri", profile.objects)
            if not is_record:
                scope.conditions.append(f"{table}.p = {profile.number}")
        places = (f"{table}.s", "" if profile else f"{table}.p", f"{table}.o{of}")
        for place, part, kind in zip(places, pattern, kinds, strict=True):
            if not place:
                continue
            if isinstance(part, Term):
                scope.conditions.append(f"{place} = {self._content.number_of(part)}")
                continue
            has_number = profile and place == places[2] and kind in (*NUMERIC, "date")
            value = scope.of_term(kind, place, f"{table}.number{of}" if has_number else "")
            if has_number and profile:
                value = replace(value, scale=profile.scale, largest=profile.largest)
            scope.bind(part.name, value)

    def _alternatives(self, scope: Scope, path: AlternativePath) -> None:
        scopes = [self.scope(each) for each in path.paths]
        ends = [[each.variables[node.name] for each in scopes] for node in (path.start, path.end)]
        rows = " UNION ".join(
            f"SELECT {start.term} AS s, {end.term} AS o {each.source()}"
            for each, start, end in zip(scopes, *ends, strict=True)
        )
        table = next(self._aliases)
        scope.tables.append(f"({rows}) {table}")
        for node, place, values in ((path.subject, "s", ends[0]), (path.object, "o", ends[1])):
            if isinstance(node, Term):
                scope.conditions.append(f"{table}.{place} = {self._content.number_of(node)}")
            else:
                kind = common_kind(values)
                scope.bind(node.name, scope.of_term(None if kind in (*NUMERIC, "date") else kind, f"{table}.{place}"))

    # Other parts

    def _inline(self, data: InlineData) -> Scope:
        scope, table = Scope(self._aliases), next(self._aliases)
        columns: list[list[str]] = []
        names: list[str] = []
        for place, name in enumerate(data.names):
            terms = [row[place] for row in data.rows]
            numbers = [None if term is None else self._content.number_of(term) for term in terms]
            values = [constant(term) for term in terms if term]
            if not values:
                raise OutsideError
            may_be_null = len(values) < len(terms)
            kinds = {value.kind for value in values}
            kind = kinds.pop() if len(kinds) == 1 and kinds <= {"iri", "string"} else None
            own = scope.of_term(kind, f"{table}.v{place}", may_be_null=may_be_null)
            if any(number is not None and number < 0 for number in numbers):
                own = replace(own, text=None, row=None)  # there is no row for it in the table of terms
            columns.append(["NULL" if number is None else str(number) for number in numbers])
            names.append(f"v{place}")
            scope.bind(name, own)
        rows = ", ".join(f"({', '.join(row)})" for row in zip(*columns, strict=True))
        scope.tables.append(f"(VALUES {rows}) {table}({', '.join(names)})")
        return scope

    def _optional(self, scope: Scope, group: GroupPattern) -> Scope:
        """The scope joined with the group where that has a match: the filters of the group see both (§18.2.2.6)."""
        inner = self.scope(group, filtered=False)
        late = []
        for each in group.filters:
            if has_existence(each):
                raise OutsideError  # its group may share variables with what is before OPTIONAL
            try:
                self._filter(inner, [each])
            except OutsideError:
                late.append(each)
        sides = [next(self._aliases) for _ in range(2)]
        within = [Scope(self._aliases), Scope(self._aliases)]
        found = Scope(self._aliases)
        left = scope.exports(sides[0], within[0])
        inner.exports(sides[1], within[1])
        conditions = self._agreement(within[0], within[1])
        if late:
            both = Scope(self._aliases, variables={**within[1].variables, **within[0].variables})
            both.variables = {name: both.own(value) for name, value in both.variables.items()}
            values = self.values(both)
            conditions += [values.condition(each) for each in late]
            if both.size:
                raise OutsideError
        scope.exports(sides[0], found)
        optional = Scope(self._aliases)
        right = inner.exports(sides[1], optional, may_be_null=True)
        for name, value in optional.variables.items():
            found.variables.setdefault(name, found.own(value))
        found.tables.append(
            f"((SELECT {left} {scope.source()}) {sides[0]} LEFT JOIN (SELECT {right} {inner.source()}) {sides[1]} "
            f"ON {sql.all_of(conditions)})"
        )
        return found

    def _minus(self, scope: Scope, group: GroupPattern) -> None:
        inner = self.scope(group)
        if not scope.variables.keys().isdisjoint(inner.variables):
            scope.conditions.append(f"NOT {self._in(inner, scope)}")

    def _exists(self, group: GroupPattern, scope: Scope) -> str:
        if not _is_plain(group):
            raise OutsideError
        return self._in(self.scope(group), scope)

    def _in(self, inner: Scope, scope: Scope) -> str:
        """The condition that a scope has a row that agrees with that of another scope."""
        inner.conditions += self._agreement(scope, inner)
        return f"EXISTS (SELECT 1 {inner.source()})"

    @staticmethod
    def _agreement(one: Scope, other: Scope) -> list[str]:
        return [
            same_term(value, other.variables[name]) for name, value in one.variables.items() if name in other.variables
        ]

    def _union(self, groups: Sequence[GroupPattern]) -> Scope:
        scopes = [self.scope(each) for each in groups]
        alias, found = next(self._aliases), Scope(self._aliases)
        listed: list[list[str]] = [["1 AS one"] for _ in scopes]
        for place, name in enumerate(dict.fromkeys(name for each in scopes for name in each.variables)):
            values = [each.variables.get(name) for each in scopes]
            shape = shape_of(value for value in values if value)
            names = [f"v{place}{part}" for part in shape.parts]
            for columns, value in zip(listed, values, strict=True):
                columns += [f"{cell} AS {column}" for cell, column in zip(shape.cells(value), names, strict=True)]
            cells = [f"{alias}.{each}" for each in names]
            found.variables[name] = shape.value(cells, found, may_be_null=None in values)
        rows = " UNION ALL ".join(
            f"SELECT {', '.join(columns)} {each.source()}" for columns, each in zip(listed, scopes, strict=True)
        )
        found.tables.append(f"({rows}) {alias}")
        return found


def _is_plain(group: GroupPattern) -> bool:
    """Whether a group consists of patterns and filters, so that it means the same in EXISTS as in a join.

    An inner EXISTS may share variables with what is outside of the outer one.
    """
    inner = [each for part in group.parts if isinstance(part, UnionGroup) for each in part.groups]
    others = [part for part in group.parts if not isinstance(part, (tuple, AlternativePath, UnionGroup))]
    return not others and not any(map(has_existence, group.filters)) and all(map(_is_plain, inner))
