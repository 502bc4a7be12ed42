"""The parsed form of a query for columns: its patterns, expressions, terms and types."""

from __future__ import annotations

from dataclasses import dataclass, field

from st_opendata.namespaces import XSD

STRING, INTEGER, DECIMAL, DATE = (f"{XSD}{name}" for name in ("string", "integer", "decimal", "date"))
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
DIGITS = 18
"""The most digits of a number: both the engine's integers and columns can store these."""


FEW = 1000
"""Triples: if a pattern matches fewer, the engine answers the query, as it starts there and has indexes."""


class OutsideError(Exception):
    """The query, or this use of it, is not for columns: the engine answers it."""


@dataclass(frozen=True, slots=True)
class QueryVariable:
    """A variable by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Term:
    """An IRI or a blank node (`_:…`), whose type is empty, or a literal with its datatype, or `@` and its language."""

    lexical: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator with its arguments; the logical operators are `&&`, `||` and `!`."""

    name: str
    arguments: tuple[Expression, ...]


Expression = QueryVariable | Term | Call
Pattern = tuple[QueryVariable | Term, QueryVariable | Term, QueryVariable | Term]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of a variable, or of all solutions if that is None."""

    name: str
    variable: QueryVariable | None
    distinct: bool = False


@dataclass(slots=True)
class Selection:
    """A SELECT query: its columns, each with its aggregate unless it is a key, and their patterns and values."""

    columns: dict[str, Aggregate | None] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    filters: list[Expression] = field(default_factory=list)
    bound: dict[str, Expression] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    """Columns or keys, and whether they descend."""
    limit: int | None = None
    offset: int = 0
