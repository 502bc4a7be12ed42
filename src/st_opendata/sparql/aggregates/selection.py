"""The parsed form of a query for columns: the algebra of SPARQL 1.1 (§18.2), its expressions, terms and types."""

from __future__ import annotations

from dataclasses import dataclass, field

from st_opendata.namespaces import XSD

STRING, INTEGER, DECIMAL, DATE, BOOLEAN = (
    f"{XSD}{name}" for name in ("string", "integer", "decimal", "date", "boolean")
)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
DIGITS = 18
"""The most digits of a number: both the engine's integers and columns can store these."""


FEW = 1000
"""Triples: if a pattern matches fewer, the engine answers the query, as it starts there and has indexes."""


class OutsideError(Exception):
    """The query, or this use of it, is not for columns: the engine answers it."""


@dataclass(frozen=True, slots=True)
class QueryVariable:
    """A variable by its name; the name of a blank node or of a step of a path begins with a space."""

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


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of an expression, or of all solutions if that is None."""

    name: str
    argument: Expression | None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Existence:
    """Whether a group has a solution for the values of this one (EXISTS)."""

    group: GroupPattern


Expression = QueryVariable | Term | Call | Aggregate | Existence
Pattern = tuple[QueryVariable | Term, QueryVariable | Term, QueryVariable | Term]


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """The pairs of nodes that one of several paths joins, each pair once as in the engine.

    The paths are groups from one variable to another.
    """

    subject: QueryVariable | Term
    object: QueryVariable | Term
    paths: tuple[GroupPattern, ...]
    start: QueryVariable
    end: QueryVariable


@dataclass(frozen=True, slots=True)
class OptionalGroup:
    """The group of OPTIONAL."""

    group: GroupPattern


@dataclass(frozen=True, slots=True)
class MinusGroup:
    """The group of MINUS."""

    group: GroupPattern


@dataclass(frozen=True, slots=True)
class UnionGroup:
    """Groups joined by UNION, or a single one in brackets."""

    groups: tuple[GroupPattern, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """BIND: a variable and the expression of its value."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class InlineData:
    """VALUES: variables and rows of their terms, None for UNDEF."""

    names: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass(slots=True)
class GroupPattern:
    """A group: its parts in order, and its filters, which hold for the whole group wherever they are."""

    parts: list[GroupPart] = field(default_factory=list)
    filters: list[Expression] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """A SELECT query: its columns, each with its expression unless it is a variable, and its clauses."""

    columns: dict[str, Expression | None] = field(default_factory=dict)
    where: GroupPattern = field(default_factory=GroupPattern)
    keys: list[tuple[str, Expression]] = field(default_factory=list)
    """The variables of GROUP BY with the expressions of their values."""
    is_grouped: bool = False
    """Whether there is a GROUP BY or an aggregate."""
    is_distinct: bool = False
    having: list[Expression] = field(default_factory=list)
    order: list[tuple[Expression, bool]] = field(default_factory=list)
    """Expressions, and whether they descend."""
    limit: int | None = None
    offset: int = 0


GroupPart = Pattern | AlternativePath | OptionalGroup | MinusGroup | UnionGroup | Binding | InlineData | Selection


def has_existence(expression: Expression) -> bool:
    """Whether an expression has EXISTS."""
    match expression:
        case Call(arguments=arguments):
            return any(map(has_existence, arguments))
        case Aggregate(argument=argument) if argument:
            return has_existence(argument)
    return isinstance(expression, Existence)
