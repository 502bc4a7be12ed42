"""The grammar of expressions and terms for columns: anything else is `OutsideError`.

It is strict, so that accepted texts have the standard's meaning: no escapes, no functions of unknown IRIs. It checks
only what it needs; the engine decides whether a text is SPARQL at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from st_opendata.sparql.aggregates.selection import (
    BOOLEAN,
    COMPARISONS,
    DATE,
    DECIMAL,
    DIGITS,
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
from st_opendata.sparql.standard import Tokens

FUNCTIONS = {
    **dict.fromkeys(("YEAR", "MONTH", "DAY", "STR", "LANG", "LCASE", "STRLEN", "BOUND", "ABS"), (1, 1)),
    **dict.fromkeys(("CEIL", "FLOOR", "ROUND", "ISIRI", "ISURI", "ISLITERAL", "ISBLANK"), (1, 1)),
    **dict.fromkeys(("CONTAINS", "STRSTARTS", "STRENDS", "LANGMATCHES"), (2, 2)),
    "REGEX": (2, 3),
    "SUBSTR": (2, 3),
    "IF": (3, 3),
    "COALESCE": (1, 30),
    "CONCAT": (1, 30),
}
"""Functions by the least and the most of their arguments."""
AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = {
    INTEGER: re.compile(r"[+-]?[0-9]+", re.ASCII),
    DECIMAL: re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII),
}
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


class ExpressionReader:
    """Reads expressions and terms from tokens."""

    def __init__(self, tokens: Tokens, prefixes: dict[str, str], read_group: Callable[[], GroupPattern]) -> None:
        """`read_group` reads the group of EXISTS; `prefixes` may grow later."""
        self.tokens = tokens
        self.prefixes = prefixes
        self.has_aggregate = False
        """Whether an aggregate was read since this was last reset."""
        self._read_group = read_group

    # Tokens

    @property
    def kind(self) -> str:
        """The kind of the next token."""
        return self.tokens.next.kind

    def take(self, kind: str) -> str:
        """The text of the next token, which must be of that kind and of an accepted form."""
        text = self.tokens.next.text
        self.tokens.take(kind)
        after = self.tokens.next
        touches = kind in _TOUCHES and not after.before and _TOUCHES[kind].match(after.text)
        if touches or not _SHAPES[kind].fullmatch(text):
            raise OutsideError
        return text

    def variable(self) -> str:
        """The name of the variable that is next."""
        return self.take("variable")[1:]

    def word(self, word: str) -> bool:
        """Whether the keyword is next; if so, consumes it."""
        return self.tokens.keyword == word and bool(self.take("word"))

    def expect(self, word: str) -> None:
        """Take that keyword."""
        if not self.word(word):
            raise OutsideError

    # Expressions

    def constraint(self) -> Expression:
        """An expression in brackets, or a call."""
        return self._call() if self.kind == "word" else self._brackets()

    def _brackets(self) -> Expression:
        self.tokens.sign("(")
        inside = self.expression()
        self.tokens.sign(")")
        return inside

    def expression(self) -> Expression:
        """An expression."""
        return self._join("||", lambda: self._join("&&", self._relation))

    def _join(self, sign: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self.tokens.if_sign(sign):
            parts.append(part())
        return Call(sign, tuple(parts)) if len(parts) > 1 else parts[0]

    def _relation(self) -> Expression:
        left = self._sum()
        for sign in COMPARISONS:
            if self.tokens.if_sign(sign):
                return Call(sign, (left, self._sum()))
        is_negative = self.word("NOT")
        if not is_negative and self.tokens.keyword != "IN":
            return left
        self.expect("IN")
        found = Call("||", tuple(Call("=", (left, each)) for each in self._arguments()))
        if not found.arguments:
            raise OutsideError
        return Call("!", (found,)) if is_negative else found

    def _sum(self) -> Expression:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._operand))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Expression]) -> Expression:
        left = part()
        while self.tokens.is_sign(*signs):
            sign = self.tokens.next.text
            self.tokens.any()
            left = Call(sign, (left, part()))
        return left

    def _operand(self) -> Expression:
        if self.tokens.if_sign("!"):
            return Call("!", (self._operand(),))
        if self.tokens.is_sign("("):
            return self._brackets()
        if self.tokens.is_sign("-"):
            sign = self.tokens.next.text
            self.tokens.any()
            return self._number(sign) if self.kind == "number" else Call("negate", (self._operand(),))
        return self._call() if self.kind == "word" else self.variable_or_term()

    def _call(self) -> Expression:
        if self.tokens.keyword in ("TRUE", "FALSE"):
            return Term(self.take("word").lower(), BOOLEAN)
        is_negative = self.word("NOT")
        name = self.take("word").upper()
        if name == "EXISTS":
            found = Existence(self._read_group())
            return Call("!", (found,)) if is_negative else found
        if is_negative:
            raise OutsideError
        if name in AGGREGATES:
            return self._aggregate(name)
        arguments = self._arguments()
        least, most = FUNCTIONS.get(name, (1, 0))
        if not least <= len(arguments) <= most:
            raise OutsideError
        return Call(name, arguments)

    def _arguments(self) -> tuple[Expression, ...]:
        self.tokens.sign("(")
        arguments = [self.expression()]
        while self.tokens.if_sign(","):
            arguments.append(self.expression())
        self.tokens.sign(")")
        return tuple(arguments)

    def _aggregate(self, name: str) -> Aggregate:
        self.has_aggregate = True
        self.tokens.sign("(")
        distinct = self.word("DISTINCT")
        argument = None if name == "COUNT" and self.tokens.if_sign("*") else self.expression()
        self.tokens.sign(")")
        if distinct and argument is None:
            raise OutsideError
        return Aggregate(name, argument, distinct)

    # Terms

    def variable_or_iri(self) -> QueryVariable | Term:
        """A variable or an IRI."""
        found = self.variable_or_term()
        if isinstance(found, Term) and found.type:
            raise OutsideError
        return found

    def variable_or_term(self) -> QueryVariable | Term:
        """A variable, an IRI or a literal."""
        if self.kind == "variable":
            return QueryVariable(self.variable())
        if self.kind == "iri":
            return Term(self.iri())
        if self.kind == "name":
            return Term(self._full(self.take("name")))
        if self.tokens.keyword in ("TRUE", "FALSE"):
            return Term(self.take("word").lower(), BOOLEAN)
        return self._literal() if self.kind == "string" else self._number()

    def iri(self) -> str:
        """The IRI that is next in angle brackets."""
        return _plain(self.take("iri")[1:-1])

    def _number(self, sign: str = "") -> Term:
        """A number in the engine's notation, with an optional sign directly before it."""
        if not sign and self.tokens.is_sign("+", "-"):
            sign = self.tokens.next.text
            self.tokens.any()
        if sign and self.tokens.next.before:
            raise OutsideError
        number = self.take("number")
        return _number(sign + number, DECIMAL if "." in number else INTEGER)

    def _literal(self) -> Term:
        lexical = self.take("string")[1:-1]
        if self.kind == "language":
            return Term(lexical, self.take("language").lower())
        if not self.tokens.if_sign("^^"):
            return Term(lexical, STRING)
        datatype = self._full(self.take("name")) if self.kind == "name" else self.iri()
        if datatype in _NUMBERS and _NUMBERS[datatype].fullmatch(lexical):
            return _number(lexical, datatype)
        if datatype != DATE or not _is_day(lexical):
            raise OutsideError
        return Term(lexical, DATE)

    def _full(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        if prefix not in self.prefixes:
            raise OutsideError
        return _plain(self.prefixes[prefix] + local)


def _number(lexical: str, datatype: str) -> Term:
    """A number in the engine's notation."""
    if len(lexical) > DIGITS:
        raise OutsideError
    return Term(f"{Decimal(lexical).normalize() + 0:f}", datatype)


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
