"""The part of SPARQL that columns may answer, read from its text into algebra: anything else is `OutsideError`.

The grammar is strict, so that accepted texts have the standard's meaning: no escapes, no graphs, no paths of any
length, no collections. It checks only what it needs; the engine decides whether a text is SPARQL at all. It takes half
a millisecond: a general parser in Python takes longer than the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from st_opendata.namespaces import RDF
from st_opendata.sparql.aggregates.expressions import AGGREGATES, FUNCTIONS, ExpressionReader
from st_opendata.sparql.aggregates.selection import (
    DIGITS,
    AlternativePath,
    Binding,
    Expression,
    GroupPart,
    GroupPattern,
    InlineData,
    MinusGroup,
    OptionalGroup,
    OutsideError,
    Pattern,
    QueryVariable,
    Selection,
    Term,
    UnionGroup,
)
from st_opendata.sparql.standard import NotUnderstoodError, Tokens

_MOST_PATTERNS = 30
"""The most patterns of a query: with more, planning takes longer than the search, in both engines."""
_TYPE = Term(f"{RDF}type")


@dataclass(frozen=True, slots=True)
class _Path:
    """A path: one predicate, its `steps` one after the other or, if that is set, its `ways`; backwards or not."""

    predicate: Term | None = None
    steps: tuple[_Path, ...] = ()
    ways: tuple[_Path, ...] = ()
    is_inverse: bool = False


def read_selection(text: str, prefixes: Mapping[str, str]) -> Selection:
    """Read a query's selection; `prefixes` need no declaration. Raises OutsideError."""
    if "\\" in text:  # an escape may stand for any character, that of a line end in a comment too
        raise OutsideError
    try:
        return _Reader(Tokens(text), prefixes).read()
    except NotUnderstoodError:
        raise OutsideError from None


class _Reader:
    def __init__(self, tokens: Tokens, prefixes: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._expressions = ExpressionReader(tokens, dict(prefixes), self._group)
        self._names = (f" {number}" for number in count())
        self._patterns = 0

    def read(self) -> Selection:
        while self._expressions.word("PREFIX"):
            name = self._expressions.take("name")
            self._expressions.prefixes[name.removesuffix(":")] = self._expressions.iri()
        found = self._selection()
        if self._tokens.next.kind != "end":
            raise OutsideError
        return found

    # Clauses

    def _selection(self) -> Selection:
        outside, self._expressions.has_aggregate = self._expressions.has_aggregate, False
        found = Selection()
        self._expressions.expect("SELECT")
        found.is_distinct = self._expressions.word("DISTINCT")
        while not self._tokens.is_sign("{") and not self._expressions.word("WHERE"):
            self._column(found)
        found.where = self._group()
        self._modifiers(found)
        found.is_grouped = found.is_grouped or self._expressions.has_aggregate
        self._expressions.has_aggregate = outside
        return found

    def _column(self, found: Selection) -> None:
        value: Expression | None = None
        if self._tokens.if_sign("("):
            value = self._expressions.expression()
            self._expressions.expect("AS")
            name = self._expressions.variable()
            self._tokens.sign(")")
        else:
            name = self._expressions.variable()
        if name in found.columns:
            raise OutsideError
        found.columns[name] = value

    def _modifiers(self, found: Selection) -> None:
        if self._expressions.word("GROUP"):
            self._expressions.expect("BY")
            found.is_grouped = True
            while (key := self._key()) is not None:
                found.keys.append(key)
        if self._expressions.word("HAVING"):
            while self._tokens.is_sign("(") or self._is_call():
                found.having.append(self._expressions.constraint())
        if self._expressions.word("ORDER"):
            self._expressions.expect("BY")
            while (order := self._order()) is not None:
                found.order.append(order)
        while self._tokens.keyword in ("LIMIT", "OFFSET"):
            name = self._expressions.take("word").lower()
            number = self._expressions.take("number")
            if not number.isdecimal() or len(number) > DIGITS:
                raise OutsideError
            setattr(found, name, int(number))

    def _is_call(self) -> bool:
        return self._tokens.keyword in (*FUNCTIONS, *AGGREGATES) and self._tokens.is_call()

    def _key(self) -> tuple[str, Expression] | None:
        if self._tokens.next.kind == "variable":
            name = self._expressions.variable()
            return name, QueryVariable(name)
        if self._is_call():
            return next(self._names), self._expressions.constraint()
        if not self._tokens.if_sign("("):
            return None
        value = self._expressions.expression()
        name = self._expressions.variable() if self._expressions.word("AS") else next(self._names)
        self._tokens.sign(")")
        return name, value

    def _order(self) -> tuple[Expression, bool] | None:
        if self._tokens.next.kind == "variable":
            return QueryVariable(self._expressions.variable()), False
        descends = self._expressions.word("DESC")
        if descends or self._expressions.word("ASC") or self._tokens.is_sign("(") or self._is_call():
            return self._expressions.constraint(), descends
        return None

    # Groups

    def _group(self) -> GroupPattern:
        self._tokens.sign("{")
        group = GroupPattern()
        if self._tokens.keyword == "SELECT":
            group.parts.append(self._selection())
            self._tokens.sign("}")
            return group
        while not self._tokens.if_sign("}"):
            self._part(group)
        return group

    def _part(self, group: GroupPattern) -> None:
        match self._tokens.keyword:
            case "FILTER":
                self._expressions.expect("FILTER")
                group.filters.append(self._expressions.constraint())
            case "BIND":
                self._expressions.expect("BIND")
                group.parts.append(self._binding())
            case "OPTIONAL":
                self._expressions.expect("OPTIONAL")
                group.parts.append(OptionalGroup(self._group()))
            case "MINUS":
                self._expressions.expect("MINUS")
                group.parts.append(MinusGroup(self._group()))
            case "VALUES":
                self._expressions.expect("VALUES")
                group.parts.append(self._values())
            case _ if self._tokens.is_sign("{"):
                groups = [self._group()]
                while self._expressions.word("UNION"):
                    groups.append(self._group())
                group.parts.append(UnionGroup(tuple(groups)))
            case _:
                self._triples(group)
                if not self._tokens.is_sign("}", "{") and self._tokens.next.kind != "word":
                    self._tokens.sign(".")
                return
        self._tokens.if_sign(".")

    def _binding(self) -> Binding:
        self._tokens.sign("(")
        value = self._expressions.expression()
        self._expressions.expect("AS")
        name = self._expressions.variable()
        self._tokens.sign(")")
        return Binding(name, value)

    def _values(self) -> InlineData:
        names, rows = [], []
        in_brackets = bool(self._tokens.if_sign("("))
        while self._tokens.next.kind == "variable":
            names.append(self._expressions.variable())
        if in_brackets:
            self._tokens.sign(")")
        self._tokens.sign("{")
        while not self._tokens.if_sign("}"):
            if in_brackets:
                self._tokens.sign("(")
            rows.append(tuple(self._datum() for _ in names))
            if in_brackets:
                self._tokens.sign(")")
        if not names or not rows or not (in_brackets or len(names) == 1):
            raise OutsideError
        return InlineData(tuple(names), tuple(rows))

    def _datum(self) -> Term | None:
        if self._expressions.word("UNDEF"):
            return None
        term = self._expressions.variable_or_term()
        if isinstance(term, QueryVariable):
            raise OutsideError
        return term

    # Triples

    def _triples(self, group: GroupPattern) -> None:
        if self._tokens.is_sign("["):
            subject = self._node(group)
            if self._tokens.is_sign(".", "}"):
                return
        else:
            subject = self._node(group)
        self._properties(group, subject)

    def _properties(self, group: GroupPattern, subject: QueryVariable | Term) -> None:
        while True:
            verb = self._verb()
            self._state(group, subject, verb)
            while self._tokens.if_sign(","):
                self._state(group, subject, verb)
            if not self._tokens.if_sign(";"):
                return

    def _state(self, group: GroupPattern, subject: QueryVariable | Term, verb: QueryVariable | _Path) -> None:
        """Add the patterns of a subject, a verb and the object that is next."""
        object_ = self._node(group)
        if isinstance(verb, QueryVariable):
            self._add(group.parts, (subject, verb, object_))
        else:
            self._follow(group.parts, subject, verb, object_)

    def _node(self, group: GroupPattern) -> QueryVariable | Term:
        """A variable, a term, or a blank node, which is a variable that no expression can name."""
        if self._tokens.if_sign("["):
            blank = QueryVariable(next(self._names))
            if not self._tokens.is_sign("]"):
                self._properties(group, blank)
            self._tokens.sign("]")
            return blank
        if self._tokens.next.kind == "name" and self._tokens.next.text.startswith("_:"):
            raise OutsideError  # its scope is a basic graph pattern
        return self._expressions.variable_or_term()

    def _add(self, parts: list[GroupPart], pattern: Pattern) -> None:
        self._patterns += 1
        subject = pattern[0]
        if self._patterns > _MOST_PATTERNS or (isinstance(subject, Term) and subject.type):
            raise OutsideError
        parts.append(pattern)

    # Paths

    def _verb(self) -> QueryVariable | _Path:
        return QueryVariable(self._expressions.variable()) if self._tokens.next.kind == "variable" else self._path()

    def _path(self) -> _Path:
        ways = [self._sequence()]
        while self._tokens.if_sign("|"):
            ways.append(self._sequence())
        return ways[0] if len(ways) == 1 else _Path(ways=tuple(ways))

    def _sequence(self) -> _Path:
        steps = [self._step()]
        while self._tokens.if_sign("/"):
            steps.append(self._step())
        return steps[0] if len(steps) == 1 else _Path(steps=tuple(steps))

    def _step(self) -> _Path:
        is_inverse = bool(self._tokens.if_sign("^"))
        if self._tokens.if_sign("("):
            found = self._path()
            self._tokens.sign(")")
        elif self._tokens.next.text == "a" and self._expressions.word("A"):
            found = _Path(_TYPE)
        else:
            predicate = self._expressions.variable_or_iri()
            if isinstance(predicate, QueryVariable):
                raise OutsideError
            found = _Path(predicate)
        if self._tokens.is_sign("*", "+", "?"):
            raise OutsideError
        return _Path(steps=(found,), is_inverse=True) if is_inverse else found

    def _follow(
        self, parts: list[GroupPart], subject: QueryVariable | Term, path: _Path, object_: QueryVariable | Term
    ) -> None:
        """Add the patterns of a path (§18.2.2.4)."""
        if path.is_inverse:
            subject, object_ = object_, subject
        if path.predicate:
            self._add(parts, (subject, path.predicate, object_))
        elif path.ways:
            start, end = QueryVariable(next(self._names)), QueryVariable(next(self._names))
            ways = []
            for way in path.ways:
                group = GroupPattern()
                self._follow(group.parts, start, way, end)
                ways.append(group)
            parts.append(AlternativePath(subject, object_, tuple(ways), start, end))
        else:
            for step in path.steps[:-1]:
                between = QueryVariable(next(self._names))
                self._follow(parts, subject, step, between)
                subject = between
            self._follow(parts, subject, path.steps[-1], object_)
