"""Values in SQL, and scopes: joined tables with the values of the variables that each of their rows binds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from st_opendata.sparql.aggregates.selection import OutsideError, Term
from st_opendata.sql import dialect as sql

TermKind = Literal["iri", "resource", "string", "text", "integer", "decimal", "date", "boolean"]
"""`resource` is an IRI or a blank node, `text` a string with or without a language."""
NUMERIC = ("integer", "decimal")
_LONGEST = 4_000
"""The most characters of an expression that is written several times: nested, it would double with each level."""


@dataclass(frozen=True, slots=True)
class SqlValue:
    """A value; `kind` is None if its terms have several kinds.

    `term` is the number of its term, None if it was computed or is a `constant`; `row` is the alias of its row in the
    table of terms. `number` is an integer: 10 to the power of `scale` times the number, at most `largest` whatever its
    sign; or year, month and day of a date, as 20261128; or a condition, for a boolean. `text` is the lexical form, or
    the IRI. NULL means that a variable is unbound, or that an expression has an error; only if `may_be_null` is set.
    """

    kind: TermKind | None
    term: str | None = None
    number: str | None = None
    text: Callable[[], str] | None = None
    row: Callable[[], str] | None = None
    scale: int = 0
    largest: int = 0
    may_be_null: bool = False
    is_lower: bool = False
    """Whether it is in lower case, and equals the engine's text only in its ASCII characters."""
    is_zero_of_none: bool = False
    """Whether NULL is the integer 0, as the sum of no decimals is."""
    constant: Term | None = None

    @property
    def identity(self) -> str:
        """An expression that is equal for the same term, and NULL without one; raises OutsideError."""
        found = self.term or self.number or (self.text and self.text())
        if not found or self.is_lower or self.is_zero_of_none:
            raise OutsideError
        return found


@dataclass(slots=True)
class Scope:
    """Tables that are joined without order, their conditions, and the values of variables in each row."""

    aliases: Iterator[str]
    """Names for tables, each new."""
    tables: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    variables: dict[str, SqlValue] = field(default_factory=dict)
    _terms: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """The aliases of rows of terms by the numbers of the terms, and whether these may be NULL."""

    @property
    def size(self) -> int:
        """How many tables are joined."""
        return len(self.tables) + len(self._terms)

    def source(self) -> str:
        """FROM and WHERE; raises OutsideError for a scope without tables."""
        if not self.tables:
            raise OutsideError
        joined = list(self.tables)
        conditions = list(self.conditions)
        outer = ""
        for term, (alias, may_be_null) in self._terms.items():
            if may_be_null:
                outer += f" LEFT JOIN terms {alias} ON {alias}.number = {term}"
            else:
                joined.append(f"terms {alias}")
                conditions.append(f"{alias}.number = {term}")
        return f"FROM {' CROSS JOIN '.join(joined)}{outer} WHERE {sql.all_of(conditions)}"

    def row(self, term: str, *, may_be_null: bool) -> str:
        """The alias of a term's row in the table of terms, which is joined once."""
        if term not in self._terms:
            self._terms[term] = next(self.aliases), may_be_null
        return self._terms[term][0]

    def of_term(self, kind: TermKind | None, term: str, number: str = "", *, may_be_null: bool = False) -> SqlValue:
        """The value of a term by its number, and by the number that it stands for."""

        def row() -> str:
            return self.row(term, may_be_null=may_be_null)

        text = (lambda: f"{row()}.lexical") if kind not in (None, "resource") else None
        return SqlValue(kind, term, number or None, text, row, may_be_null=may_be_null)

    def bind(self, name: str, value: SqlValue) -> None:
        """Give a variable a value: if it has one already, both must be the same term."""
        known = self.variables.get(name)
        if known is None:
            self.variables[name] = value
            return
        if known.term is None or known.term != value.term:
            self.conditions.append(same_term(known, value))
        if known.kind in (None, "resource") or (known.text is None and value.text):
            self.variables[name] = value

    def join(self, other: Scope) -> None:
        """Join all rows of another scope that agree in the variables of both."""
        self.tables += other.tables
        self.conditions += other.conditions
        self._terms |= other._terms
        for name, value in other.variables.items():
            self.bind(name, self.own(value))

    def own(self, value: SqlValue) -> SqlValue:
        """A value of tables in this scope, whose row of terms is joined here."""
        if value.term is None:
            return value
        own = self.of_term(value.kind, value.term, may_be_null=value.may_be_null)
        return replace(value, row=value.row and own.row, text=value.text and own.text)

    def exports(self, alias: str, into: Scope, *, may_be_null: bool = False) -> str:
        """The columns of all variables for a subquery of that alias; `into` gets the variables as they are there."""
        listed = ["1 AS one"]
        for place, (name, value) in enumerate(self.variables.items()):
            shape = shape_of([value])
            names = [f"v{place}{part}" for part in shape.parts]
            listed += [f"{cell} AS {column}" for cell, column in zip(shape.cells(value), names, strict=True)]
            into.variables[name] = shape.value([f"{alias}.{each}" for each in names], into, may_be_null=may_be_null)
        return ", ".join(listed)

    def nested(self, *, distinct: bool = False) -> Scope:
        """The scope with this one as a subquery; `distinct` keeps each of its rows once."""
        alias, found = next(self.aliases), Scope(self.aliases)
        listed = self.exports(alias, found)
        found.tables.append(f"(SELECT {'DISTINCT ' * distinct}{listed} {self.source()}) {alias}")
        return found


def same_term(one: SqlValue, other: SqlValue) -> str:
    """The condition that both are the same term; raises OutsideError if one may have no value."""
    if one.may_be_null or other.may_be_null or one.constant or other.constant:
        raise OutsideError
    if one.term and other.term:
        return f"{one.term} = {other.term}"
    if one.kind in (None, "boolean") or one.kind != other.kind or one.is_lower or other.is_lower:
        raise OutsideError
    if one.number and other.number:
        scale = max(one.scale, other.scale)
        return f"{rescale(one, scale)} = {rescale(other, scale)}"
    if one.kind == "string" and one.text and other.text:
        return f"{one.text()} = {other.text()}"
    raise OutsideError


def rescale(value: SqlValue, scale: int) -> str:
    """The number of a value for another scale, which is not smaller."""
    assert value.number
    more = scale - value.scale
    return f"(CAST({value.number} AS HUGEINT) * {10**more})" if more else value.number


def short(expression: str) -> str:
    """An expression that may be written several times; raises OutsideError."""
    if len(expression) > _LONGEST:
        raise OutsideError
    return expression


@dataclass(frozen=True, slots=True)
class Shape:
    """How values of one or of several expressions are stored in the same columns: as terms, numbers or texts."""

    like: SqlValue
    """A value with the common properties."""
    parts: tuple[str, ...]
    """The columns: `t` the number of the term, `n` the number, `x` the text."""

    def cells(self, value: SqlValue | None) -> list[str]:
        """The cells of a value, or of none."""
        if value is None:
            return ["NULL"] * len(self.parts)
        found = {
            "t": lambda: str(value.term),
            "n": lambda: rescale(value, self.like.scale),
            "x": lambda: value.text() if value.text else "NULL",
        }
        return [found[part]() for part in self.parts]

    def value(self, cells: Sequence[str], scope: Scope, *, may_be_null: bool = False) -> SqlValue:
        """The value in cells of a scope."""
        like = replace(self.like, may_be_null=self.like.may_be_null or may_be_null)
        for part, cell in zip(self.parts, cells, strict=True):
            if part == "t":
                like = scope.own(replace(like, term=cell))
            elif part == "n":
                like = replace(like, number=cell)
            else:
                like = _with_text(like, cell)
        return like


def _with_text(value: SqlValue, text: str) -> SqlValue:
    return replace(value, text=lambda: text)


def shape_of(values: Iterable[SqlValue], *, terms: bool = True) -> Shape:
    """The common shape of values; without `terms` only if they cannot be numbers or texts. Raises OutsideError."""
    found = list(values)
    kind = common_kind(found)
    single = found[0] if len(found) == 1 else None
    if any(value.constant or ((value.is_lower or value.is_zero_of_none) and not single) for value in found):
        raise OutsideError
    scale = max(value.scale for value in found)
    has_numbers = kind not in (None, "string", "text", "iri", "resource") and all(value.number for value in found)
    has_terms = all(value.term for value in found)
    has_texts = kind in ("string", "iri", "text") and (terms or kind == "string") and all(each.text for each in found)
    if not terms and (has_numbers or has_texts):
        has_terms = False
    parts = ("t" * has_terms) + ("n" * has_numbers) + ("x" * (has_texts and not has_terms))
    if not parts or (kind == "text" and not has_terms and not single):
        raise OutsideError
    like = SqlValue(
        kind,
        term="" if has_terms else None,
        text=(lambda: "") if has_terms and all(value.text for value in found) else None,
        row=(lambda: "") if has_terms and all(value.row for value in found) else None,
        scale=scale,
        largest=max(value.largest * 10 ** (scale - value.scale) for value in found),
        may_be_null=any(value.may_be_null for value in found),
        is_lower=single is not None and single.is_lower,
        is_zero_of_none=single is not None and single.is_zero_of_none,
    )
    return Shape(like, tuple(parts))


def common_kind(values: Iterable[SqlValue]) -> TermKind | None:
    """The kind that all values have, None for several."""
    kinds = {value.kind for value in values}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {"iri", "resource"}:
        return "resource"
    return "text" if kinds == {"string", "text"} else None
