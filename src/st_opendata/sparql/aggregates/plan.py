"""A selection as one SQL statement, with the way to read its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from st_opendata.sparql.aggregates.records import RecordTable, choose_records
from st_opendata.sparql.aggregates.selection import Aggregate, OutsideError, Pattern, Selection, Term
from st_opendata.sparql.aggregates.values import SqlValue, TermKind, Values


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
class Output:
    """How to read a value of a column: the number of its cells and their kind."""

    form: Literal["term", "text", "number", "date", "sum", "average"]
    value: SqlValue = field(default_factory=lambda: SqlValue("integer"))

    @property
    def width(self) -> int:
        """The number of cells: sum and average have the most summands of any group, and their own, as further cells."""
        return {"sum": 2, "average": 3}.get(self.form, 1)


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A statement, and the columns of its rows in order."""

    statement: str
    columns: Mapping[str, Output]


_COUNT = Output("number")


def make_plan(
    selection: Selection,
    profiles: Mapping[str, PredicateProfile],
    records: Sequence[RecordTable],
    number_of: Callable[[Term], int],
    most: int,
) -> QueryPlan:
    """The statement for a selection, which gives at most `most` rows; raises OutsideError.

    `profiles` are those of all predicates; `number_of` finds a term, or gives -1.
    """
    return _Planner(selection, profiles, number_of).plan(records, most)


class _Planner:
    def __init__(
        self, selection: Selection, profiles: Mapping[str, PredicateProfile], number_of: Callable[[Term], int]
    ) -> None:
        self._selection = selection
        self._profiles = profiles
        self._number_of = number_of
        self._tables: list[str] = []
        self._conditions: list[str] = []
        self._values = Values({}, number_of)

    def plan(self, records: Sequence[RecordTable], most: int) -> QueryPlan:
        found = self._selection
        chosen = choose_records(found.patterns, records)
        for place, pattern in enumerate(found.patterns):
            self._match(f"t{place}", pattern, chosen.get(place))
        variables = self._values.variables
        variables |= {name: self._values.value(each) for name, each in found.bound.items()}
        self._conditions += map(self._values.condition, found.filters)
        keys = {name: self._key(name) for name in found.keys}
        columns = {name: self._column(name, aggregate, keys) for name, aggregate in found.columns.items()}
        selected = ", ".join(sql for _, sql in columns.values())
        order = ", ".join(self._order(name, descends=descends) for name, descends in found.order)
        statement = (
            f"SELECT {selected} FROM {', '.join(self._tables)} WHERE {' AND '.join(['TRUE', *self._conditions])}"
        )
        if keys:
            statement += f" GROUP BY {', '.join(sql for _, sql in keys.values())}"
        if order:
            statement += f" ORDER BY {order}"
        statement += f" LIMIT {most if found.limit is None else min(found.limit, most)} OFFSET {found.offset}"
        return QueryPlan(statement, {name: cell for name, (cell, _) in columns.items()})

    # Patterns

    def _match(self, table: str, pattern: Pattern, row: tuple[str, RecordTable] | None) -> None:
        """Join the triples that match a pattern, or the record of its subject, if that is not joined already."""
        predicate = pattern[1]
        profile = self._profiles.get(predicate.lexical) if isinstance(predicate, Term) else None
        if isinstance(predicate, Term) and profile is None:
            raise OutsideError  # the engine finds quickly that nothing matches
        subject, object_, number = f"{table}.s", f"{table}.o", f"{table}.number"
        if row and profile:
            table, record = row
            subject, object_, number = f"{table}.s", f"{table}.o{profile.number}", f"{table}.number{profile.number}"
            self._join(f"{record.table} {table}")
        else:
            self._join(f"triples {table}")
            if profile:
                self._conditions.append(f"{table}.p = {profile.number}")
        kinds: tuple[TermKind | None, ...] = ("resource", "iri", None)
        if profile:
            kinds = (profile.subjects, "iri", profile.objects)
        places = (subject, None if profile else f"{table}.p", object_)
        for place, part, kind in zip(places, pattern, kinds, strict=True):
            if place is None:
                continue
            if isinstance(part, Term):
                self._conditions.append(f"{place} = {self._number_of(part)}")
                continue
            known = self._values.variables.get(part.name)
            if known and known.term != place:
                self._conditions.append(f"{place} = {known.term}")
            if known is None or known.kind in (None, "resource"):
                self._values.variables[part.name] = self._variable(place, number, kind, profile)

    def _join(self, table: str) -> None:
        if table not in self._tables:
            self._tables.append(table)

    def _variable(self, place: str, number: str, kind: TermKind | None, profile: PredicateProfile | None) -> SqlValue:
        if profile and kind in ("integer", "decimal", "date"):
            return SqlValue(kind, place, number, scale=profile.scale, largest=profile.largest)
        text = (lambda: self._text(place)) if kind in ("iri", "string", "text") else None
        return SqlValue(kind, place, text=text)

    def _text(self, place: str) -> str:
        """The text of a term, which is joined once."""
        table = place.replace(".", "_")
        if f"terms {table}" not in self._tables:
            self._tables.append(f"terms {table}")
            self._conditions.append(f"{table}.number = {place}")
        return f"{table}.lexical"

    # Columns

    def _key(self, name: str) -> tuple[Output, str]:
        value = self._values.variables.get(name)
        if value is None or value.is_lower or value.constant is not None:
            raise OutsideError
        if value.term:
            return Output("term", value), value.term
        if value.number:
            return Output("number", value), value.number
        assert value.text
        return Output("text", value), value.text()

    def _column(
        self, name: str, aggregate: Aggregate | None, keys: Mapping[str, tuple[Output, str]]
    ) -> tuple[Output, str]:
        """How to read a column, and its SQL."""
        if aggregate is None:
            if name not in keys:
                raise OutsideError
            return keys[name]
        if name in self._values.variables:
            raise OutsideError
        if aggregate.variable is None:
            return _COUNT, "count(*)"
        value = self._values.value(aggregate.variable)
        if aggregate.name == "COUNT":
            each = value.term or value.number
            if each is None:
                raise OutsideError
            return _COUNT, f"count(DISTINCT {each})" if aggregate.distinct else "count(*)"
        if aggregate.name in ("MIN", "MAX") and value.number:
            form: Literal["date", "number"] = "date" if value.kind == "date" else "number"
            return Output(form, value), f"{aggregate.name}({value.number})"
        if value.kind not in ("integer", "decimal"):
            raise OutsideError
        summed = f"sum({value.number}), max(count(*)) OVER ()"
        return (
            (Output("sum", value), summed)
            if aggregate.name == "SUM"
            else (Output("average", value), f"{summed}, count(*)")
        )

    def _order(self, name: str, *, descends: bool) -> str:
        """A key of ORDER BY that sorts as the engine does."""
        aggregate = self._selection.columns.get(name)
        if aggregate is not None:
            cell, sql = self._column(name, aggregate, {})
            if cell.form == "average":
                raise OutsideError
            ordering = sql.partition(",")[0]
        else:
            value = self._values.variables.get(name)
            if name not in self._selection.keys or value is None or value.kind in (None, "resource", "text"):
                raise OutsideError
            ordering = f"any_value({value.number or (value.text and value.text())})"
        return f"{ordering} {'DESC' if descends else 'ASC'}"
