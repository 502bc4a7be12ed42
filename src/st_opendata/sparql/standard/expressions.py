"""Expressions (§19.8, from rule 110), read and rewritten for the engine if it evaluates them differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from st_opendata.namespaces import XSD
from st_opendata.sparql.standard import replacements
from st_opendata.sparql.standard.replacements import Piece, ValueType
from st_opendata.sparql.standard.tokens import NotUnderstoodError, Tokens

_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_COMPARISONS = ("=", "!=", "<", ">", "<=", ">=")
_BY_KIND = {
    ValueType.BOOLEAN: "BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM LANGMATCHES REGEX CONTAINS "
    "STRSTARTS STRENDS",
    ValueType.SMALL: "STRLEN YEAR MONTH DAY HOURS MINUTES",
    ValueType.STRING: "STR LANG ENCODE_FOR_URI MD5 SHA1 SHA256 SHA384 SHA512 STRUUID TZ",
    ValueType.TEXT: "UCASE LCASE SUBSTR STRBEFORE STRAFTER REPLACE CONCAT STRLANG",
    ValueType.IRI: "DATATYPE IRI URI UUID",
    ValueType.ANY: "ABS CEIL FLOOR ROUND RAND SECONDS TIMEZONE NOW STRDT BNODE",
}
_FUNCTIONS = {name: kind for kind, names in _BY_KIND.items() for name in names.split()}
_CASTS = {
    f"<{XSD}{name}>": kind
    for name, kind in (
        ("boolean", ValueType.BOOLEAN),
        ("integer", ValueType.NUMBER),
        ("decimal", ValueType.NUMBER),
        ("string", ValueType.STRING),
    )
}
_SMALL_DIGITS = 9


class Expressions:
    """Reads expressions from tokens."""

    def __init__(self, tokens: Tokens, prefixes: Mapping[str, str], read_group: Callable[[], str]) -> None:
        """`read_group` reads the group of an EXISTS; `prefixes` may change with the prologue."""
        self._tokens = tokens
        self._prefixes = prefixes
        self._read_group = read_group
        self._in_aggregate = False
        self.known: list[dict[str, ValueType]] = [{}]
        """The types of the variables that the enclosing SELECT clauses define, the innermost last."""
        self.separators: list[str] = []
        """Separators of GROUP_CONCAT with DISTINCT, as tokens, empty for the default: each has its own function."""

    def expression(self) -> Piece:
        """Read an expression."""
        return self._logical("||", lambda: self._logical("&&", self._relation))

    def _logical(self, sign: str, part: Callable[[], Piece]) -> Piece:
        first = part()
        if not self._tokens.is_sign(sign):
            return first
        text = replacements.truth(first)
        while self._tokens.is_sign(sign):
            text += self._tokens.any() + replacements.truth(part())
        return Piece(text, ValueType.BOOLEAN)

    def _relation(self) -> Piece:
        left = self._sum()
        if self._tokens.is_sign(*_COMPARISONS):
            return Piece(left.text + self._tokens.any() + self._sum().text, ValueType.BOOLEAN)
        if self._tokens.keyword in ("NOT", "IN"):
            words = self._tokens.if_word("NOT") + self._tokens.word("IN")
            return Piece(left.text + words + self._list()[0], ValueType.BOOLEAN)
        return left

    def _sum(self) -> Piece:
        return replacements.settle(self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._unary)))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Piece]) -> Piece:
        piece = part()
        while self._tokens.is_sign(*signs):
            piece = replacements.arithmetic(piece, self._tokens.any(), part())
        return piece

    def _unary(self) -> Piece:
        if self._tokens.is_sign("!"):
            return Piece(self._tokens.any() + replacements.truth(self.primary()), ValueType.BOOLEAN)
        if self._tokens.is_sign("+", "-"):
            sign, piece = self._tokens.any(), self.primary()
            rewritten = replacements.arithmetic(Piece("0", ValueType.SMALL), sign, piece)
            return replace(rewritten, text=sign + piece.text)
        return self.primary()

    def primary(self) -> Piece:
        """Read an expression that needs no brackets around it."""
        match self._tokens.next.kind:
            case "variable":
                kind = self.known[-1].get(self._tokens.next.text[1:], ValueType.ANY)
                return Piece(self._tokens.any(), kind, is_variable=True)
            case "sign":
                opening = self._tokens.sign("(")
                inside = self.expression()
                return replace(inside, text=opening + inside.text + self._tokens.sign(")"))
            case "word":
                return self._word()
            case "iri" | "name":
                return self._iri()
            case "number":
                is_small = self._tokens.next.text.isdecimal() and len(self._tokens.next.text) <= _SMALL_DIGITS
                return Piece(self._tokens.any(), ValueType.SMALL if is_small else ValueType.ANY, is_constant=True)
            case "string":
                return self._literal()
        raise NotUnderstoodError

    def _literal(self) -> Piece:
        text, more = self._tokens.literal()
        kind = {"": ValueType.STRING, "language": ValueType.TEXT}.get(more, ValueType.ANY)
        return Piece(text, kind, is_constant=True)

    def _iri(self) -> Piece:
        name = self._tokens.next.text
        text = self._tokens.any()
        if not self._tokens.is_sign("("):
            return Piece(text, ValueType.IRI, is_constant=True)
        prefix, _, local = name.partition(":")
        full = name if name.startswith("<") else f"<{self._prefixes.get(prefix, '')}{local}>"
        return Piece(text + self._list()[0], _CASTS.get(full, ValueType.ANY))

    def _list(self) -> tuple[str, list[Piece]]:
        """Expressions in brackets."""
        text, pieces = self._tokens.sign("("), []
        if not self._tokens.is_sign(")"):
            pieces.append(self.expression())
            text += pieces[-1].text
            while self._tokens.is_sign(","):
                comma = self._tokens.any()
                pieces.append(self.expression())
                text += comma + pieces[-1].text
        return text + self._tokens.sign(")"), pieces

    # Words

    def _word(self) -> Piece:
        name = self._tokens.keyword
        if name in ("TRUE", "FALSE"):
            return Piece(self._tokens.any(), ValueType.BOOLEAN, is_constant=True)
        if name in ("EXISTS", "NOT"):
            outside, self._in_aggregate = self._in_aggregate, False
            text = self._tokens.if_word("NOT") + self._tokens.word("EXISTS") + self._read_group()
            self._in_aggregate = outside
            return Piece(text, ValueType.BOOLEAN)
        if name in _AGGREGATES:
            return self._aggregate()
        text = self._tokens.any()
        if name == "IF":
            return self._choice(text)
        arguments, pieces = self._list()
        if name == "COALESCE":
            return Piece(text + arguments, _common([piece.kind for piece in pieces]))
        if name not in _FUNCTIONS:
            raise NotUnderstoodError
        is_rewritten = name == "ISNUMERIC" and len(pieces) == 1 and pieces[0].is_variable
        return Piece(replacements.numeric(pieces[0]) if is_rewritten else text + arguments, _FUNCTIONS[name])

    def _choice(self, text: str) -> Piece:
        text += self._tokens.sign("(") + replacements.truth(self.expression())
        kinds = []
        for _ in range(2):
            comma = self._tokens.sign(",")
            piece = self.expression()
            kinds.append(piece.kind)
            text += comma + piece.text
        return Piece(text + self._tokens.sign(")"), _common(kinds))

    def _aggregate(self) -> Piece:
        name, text = self._tokens.keyword, self._tokens.any()
        text += self._tokens.sign("(")
        if self._in_aggregate:  # which SPARQL does not allow
            raise NotUnderstoodError
        is_distinct = bool(distinct := self._tokens.if_word("DISTINCT"))
        if name == "COUNT" and self._tokens.is_sign("*"):
            return Piece(text + distinct + self._tokens.any() + self._tokens.sign(")"), ValueType.SMALL)
        self._in_aggregate = True
        piece = self.expression()
        self._in_aggregate = False
        if name == "GROUP_CONCAT":
            return self._concatenation(text, distinct, piece)
        plain = text + distinct + piece.text + self._tokens.sign(")")
        if name == "COUNT":
            is_plain = piece.is_variable or piece.is_constant
            return Piece(plain if is_plain else replacements.count(piece, distinct=is_distinct), ValueType.SMALL)
        if name in ("SUM", "AVG"):
            is_plain, rewritten = (
                piece.kind is ValueType.SMALL,
                f"{name.lower()}-distinct" if is_distinct else name.lower(),
            )
            return Piece(plain if is_plain else replacements.aggregate(rewritten, piece))
        is_plain = name == "SAMPLE" or piece.kind is not ValueType.ANY
        return Piece(plain if is_plain else replacements.aggregate(name.lower(), piece), piece.kind)

    def _concatenation(self, opening: str, distinct: str, piece: Piece) -> Piece:
        separator, token = "", ""
        if self._tokens.is_sign(";"):
            separator = self._tokens.any() + self._tokens.word("SEPARATOR") + self._tokens.sign("=")
            token = self._tokens.next.text
            separator += self._tokens.take("string")
        closing = self._tokens.sign(")")
        if distinct and piece.kind is not ValueType.STRING:
            self.separators.append(token)
            return Piece(replacements.aggregate(f"concatenation-{len(self.separators) - 1}", piece), ValueType.STRING)
        if distinct:
            return Piece(opening + distinct + piece.text + separator + closing, ValueType.STRING)
        return Piece(replacements.concatenation(piece, separator), ValueType.STRING)


def _common(kinds: list[ValueType]) -> ValueType:
    """The common type of all."""
    return kinds[0] if len(set(kinds)) == 1 else ValueType.ANY
