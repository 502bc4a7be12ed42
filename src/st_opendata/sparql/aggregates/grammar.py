"""The part of SPARQL that columns may answer, read from its text: anything else is `OutsideError`.

The grammar is strict, so that accepted texts have the standard's meaning: no escapes, no paths, no nested groups, no
blank nodes, no arithmetic. It checks only what it needs; the engine decides whether a text is SPARQL at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from st_opendata.namespaces import RDF
from st_opendata.sparql.aggregates.selection import (
    COMPARISONS,
    DATE,
    DECIMAL,
    DIGITS,
    INTEGER,
    STRING,
    Aggregate,
    Call,
    Expression,
    OutsideError,
    QueryVariable,
    Selection,
    Term,
)
from st_opendata.sparql.standard import NotUnderstoodError, Tokens

FUNCTIONS = {"YEAR": 1, "MONTH": 1, "DAY": 1, "STR": 1, "LCASE": 1, "CONTAINS": 2, "STRSTARTS": 2, "STRENDS": 2}
"""Functions by their number of arguments."""
AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX")

_MOST_PATTERNS = 30
"""The most patterns of a query: with more, planning takes longer than the search, in both engines."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHAPES = {
    kind: re.compile(shape, re.ASCII)
    for kind, shape in (
        ("iri", r"<[A-Za-z][A-Za-z0-9+.-]*:.*>"),
        ("string", r"""(?!"{3}|'{3}).*"""),
        ("variable", r"[?$][A-Za-z_]\w*"),
        ("number", r"[0-9]+(?:\.[0-9]+)?"),
        ("name", r"(?:[A-Za-z](?:[\w-]|\.(?=[\w-]))*)?:(?:\w(?:[\w-]|\.(?=[\w-]))*)?"),
        ("language", r".*"),
        ("word", r"[A-Za-z]+"),
    )
}
"""The accepted forms of SPARQL's tokens: no local IRIs, long texts, floating points, percent signs."""
_TOUCHES = {"number": re.compile(r"[\w.]"), "word": re.compile(r"[\w:-]")}
"""Characters that must not follow such a token, as two languages might split the text differently there."""


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
        self._prefixes = dict(prefixes)
        self._found = Selection()
        self._used: set[str] = set()
        """Variables that patterns and expressions have named so far."""

    def read(self) -> Selection:
        while self._word("PREFIX"):
            name = self._take("name")
            self._prefixes[name.removesuffix(":")] = _plain(self._take("iri")[1:-1])
        self._expect_word("SELECT")
        while not self._tokens.is_sign("{") and not self._word("WHERE"):
            self._column()
        self._tokens.sign("{")
        while not self._sign("}"):
            self._part()
        self._modifiers()
        if self._kind != "end":
            raise OutsideError
        if not self._matches().isdisjoint(self._found.bound):  # a pattern joins by the value of BIND
            raise OutsideError
        return self._found

    # Tokens

    @property
    def _kind(self) -> str:
        return self._tokens.next.kind

    def _take(self, kind: str) -> str:
        """The text of the next token, which must be of that kind and of an accepted form."""
        text = self._tokens.next.text
        self._tokens.take(kind)
        after = self._tokens.next
        touches = kind in _TOUCHES and not after.before and _TOUCHES[kind].match(after.text)
        if touches or not _SHAPES[kind].fullmatch(text):
            raise OutsideError
        return text

    def _variable(self) -> str:
        return self._take("variable")[1:]

    def _sign(self, sign: str) -> bool:
        """Whether the sign is next; if so, consumes it."""
        return bool(self._tokens.if_sign(sign))

    def _word(self, word: str) -> bool:
        """As `_sign`, for a keyword."""
        return self._tokens.keyword == word and bool(self._take("word"))

    def _expect_word(self, word: str) -> None:
        if not self._word(word):
            raise OutsideError

    # Parts

    def _column(self) -> None:
        if self._sign("("):
            aggregate = self._aggregate()
            self._expect_word("AS")
            name = self._variable()
            self._tokens.sign(")")
        else:
            aggregate, name = None, self._variable()
        if name in self._found.columns:
            raise OutsideError
        self._found.columns[name] = aggregate

    def _aggregate(self) -> Aggregate:
        name = self._take("word").upper()
        if name not in AGGREGATES:
            raise OutsideError
        self._tokens.sign("(")
        distinct = self._word("DISTINCT")
        variable = None if name == "COUNT" and self._sign("*") else QueryVariable(self._variable())
        self._tokens.sign(")")
        if distinct and (name != "COUNT" or variable is None):
            raise OutsideError
        return Aggregate(name, variable, distinct)

    def _part(self) -> None:
        if self._word("FILTER"):
            self._found.filters.append(self._call() if self._kind == "word" else self._brackets())
            self._sign(".")
        elif self._word("BIND"):
            self._tokens.sign("(")
            self._bind()
            self._sign(".")
        else:
            self._triples()

    def _bind(self) -> None:
        """An expression and the variable for it, up to the bracket."""
        value = self._expression()
        self._expect_word("AS")
        name = self._variable()
        self._tokens.sign(")")
        # A variable that is matched later has no value yet, and a variable that was used already is not new.
        if name in self._used or not _names(value) <= self._matches():
            raise OutsideError
        self._used.add(name)
        self._found.bound[name] = value

    def _matches(self) -> set[str]:
        """The variables of patterns."""
        return {each.name for pattern in self._found.patterns for each in pattern if isinstance(each, QueryVariable)}

    def _triples(self) -> None:
        subject = self._variable_or_iri()
        while True:
            predicate = Term(f"{RDF}type") if self._is_a() else self._variable_or_iri()
            self._found.patterns.append((subject, predicate, self._variable_or_term()))
            while self._sign(","):
                self._found.patterns.append((subject, predicate, self._variable_or_term()))
            if len(self._found.patterns) > _MOST_PATTERNS:
                raise OutsideError
            if not self._sign(";"):
                break
        if not self._tokens.is_sign("}") and self._tokens.keyword not in ("FILTER", "BIND"):
            self._tokens.sign(".")

    def _is_a(self) -> bool:
        return self._tokens.next.text == "a" and self._word("A")

    def _modifiers(self) -> None:
        if self._word("GROUP"):
            self._expect_word("BY")
            while self._kind == "variable" or self._tokens.is_sign("("):
                if self._sign("("):
                    self._bind()
                    self._found.keys.append(list(self._found.bound)[-1])
                else:
                    self._found.keys.append(self._variable())
        if self._word("ORDER"):
            self._expect_word("BY")
            while (order := self._order()) is not None:
                self._found.order.append(order)
        while self._kind == "word":
            name = self._take("word").upper()
            number = self._take("number")
            if name not in ("LIMIT", "OFFSET") or not number.isdecimal() or len(number) > DIGITS:
                raise OutsideError
            setattr(self._found, name.lower(), int(number))

    def _order(self) -> tuple[str, bool] | None:
        if self._kind == "variable":
            return self._variable(), False
        descends = self._word("DESC")
        if not descends and not self._word("ASC") and not self._tokens.is_sign("("):
            return None
        self._tokens.sign("(")
        name = self._variable()
        self._tokens.sign(")")
        return name, descends

    # Expressions

    def _brackets(self) -> Expression:
        self._tokens.sign("(")
        inside = self._expression()
        self._tokens.sign(")")
        return inside

    def _expression(self) -> Expression:
        return self._join("||", lambda: self._join("&&", self._comparison))

    def _join(self, sign: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._sign(sign):
            parts.append(part())
        return Call(sign, tuple(parts)) if len(parts) > 1 else parts[0]

    def _comparison(self) -> Expression:
        left = self._operand()
        for sign in COMPARISONS:
            if self._sign(sign):
                return Call(sign, (left, self._operand()))
        return left

    def _operand(self) -> Expression:
        if self._sign("!"):
            return Call("!", (self._operand(),))
        if self._tokens.is_sign("("):
            return self._brackets()
        return self._call() if self._kind == "word" else self._variable_or_term()

    def _call(self) -> Expression:
        name = self._take("word").upper()
        self._tokens.sign("(")
        arguments = [self._expression()]
        while self._sign(","):
            arguments.append(self._expression())
        self._tokens.sign(")")
        if FUNCTIONS.get(name) != len(arguments):
            raise OutsideError
        return Call(name, tuple(arguments))

    # Terms

    def _variable_or_iri(self) -> QueryVariable | Term:
        found = self._variable_or_term()
        if isinstance(found, Term) and found.type:
            raise OutsideError
        return found

    def _variable_or_term(self) -> QueryVariable | Term:
        if self._kind == "variable":
            name = self._variable()
            self._used.add(name)
            return QueryVariable(name)
        if self._kind == "iri":
            return Term(_plain(self._take("iri")[1:-1]))
        if self._kind == "name":
            return Term(self._full(self._take("name")))
        return self._literal() if self._kind == "string" else self._number()

    def _number(self) -> Term:
        """A number in the engine's notation, with an optional sign directly before it."""
        sign = ""
        if self._tokens.is_sign("+", "-"):
            sign = self._tokens.next.text
            self._tokens.any()
            if self._tokens.next.before:
                raise OutsideError
        number = self._take("number")
        whole, _, fraction = number.partition(".")
        if len(whole) + len(fraction) > DIGITS:
            raise OutsideError
        return Term(f"{Decimal(sign + number).normalize() + 0:f}", DECIMAL if fraction else INTEGER)

    def _literal(self) -> Term:
        lexical = self._take("string")[1:-1]
        if self._kind == "language":
            return Term(lexical, self._take("language").lower())
        if not self._sign("^^"):
            return Term(lexical, STRING)
        datatype = self._variable_or_term()
        if datatype != Term(DATE) or not _is_day(lexical):
            raise OutsideError
        return Term(lexical, DATE)

    def _full(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix not in self._prefixes:
            raise OutsideError
        return _plain(self._prefixes[prefix] + local)


def _plain(iri: str) -> str:
    """An IRI without parts that resolution would change (RFC 3986 §5.2.4)."""
    if "/." in iri or ":." in iri:
        raise OutsideError
    return iri


def _is_day(lexical: str) -> bool:
    """Whether it is a day of the calendar: comparing with 31 February is an error, which excludes the solution."""
    try:
        date.fromisoformat(lexical)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(lexical))


def _names(expression: Expression) -> set[str]:
    """The variables of an expression."""
    if isinstance(expression, Call):
        return {name for argument in expression.arguments for name in _names(argument)}
    return {expression.name} if isinstance(expression, QueryVariable) else set()
