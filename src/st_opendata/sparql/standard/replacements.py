"""Expressions that replace those which the engine answers differently from SPARQL 1.1.

The text for each construct is always in brackets or a call, so that it can replace the construct in any place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from st_opendata.namespaces import XSD
from st_opendata.sparql.standard.numbers import EXACT

OWN = "urn:x-st-opendata:"
"""The start of the IRIs of the functions that the engine calls here; queries cannot name them."""
_DATE, _DATE_TIME = f"<{XSD}date>", f"<{XSD}dateTime>"
OPERATORS = {"+": "plus", "-": "minus", "*": "times", "/": "divided"}
_LONGEST = 4_000
"""The most characters of arithmetic that is written twice: nested, it would double with each level."""
_ERROR = 'ABS("")'
_NO_TERM = f"<{OWN}error>"


class ValueType(Enum):
    """The type of an expression's value, in addition to an error."""

    BOOLEAN = auto()
    SMALL = auto()
    """An integer small enough that no sum over a store exceeds the engine's integers."""
    NUMBER = auto()
    """An integer or a decimal that the engine can hold."""
    STRING = auto()
    TEXT = auto()
    """A string with or without a language."""
    IRI = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression in the form for the engine."""

    text: str
    kind: ValueType = ValueType.ANY
    exact: str = ""
    """For arithmetic, the expression to evaluate if the text is an error."""
    is_variable: bool = False
    is_constant: bool = False


def arithmetic(left: Piece, sign: str, right: Piece) -> Piece:
    """Numbers that an operator joins; `sign` includes the space before it.

    Numbers that the engine cannot represent are computed here at the end: `settle` does so for the whole expression.
    """
    text = left.text + sign + right.text
    small = ValueType.SMALL in (left.kind, right.kind) and left.kind is right.kind and sign.strip()[-1] != "/"
    name = OWN + OPERATORS[sign.strip()[-1]]
    exact = f" <{name}>({left.exact or left.text},{right.exact or right.text})"
    return Piece(text, exact="" if small or len(exact) > _LONGEST else exact)


def settle(piece: Piece) -> Piece:
    """Arithmetic of numbers of any size."""
    return Piece(f" COALESCE({piece.text},{piece.exact})") if piece.exact else piece


def truth(piece: Piece) -> str:
    """Its effective boolean value (§17.2.2): the engine has none for a text with a language or a huge number."""
    match piece.kind:
        case ValueType.BOOLEAN | ValueType.SMALL | ValueType.NUMBER | ValueType.STRING | ValueType.IRI:
            return piece.text
        case ValueType.TEXT:
            return f" STR({piece.text})"
    if piece.is_variable:
        value = piece.text
        text = f'IF(LANG({value}) != "", STR({value}) != "", {_call("truth", piece)})'
        return f" COALESCE({value} || false, {text})"
    return _call("truth", piece)


def numeric(piece: Piece) -> str:
    """Whether it is a number (§17.4.2.4); for the engine a huge one is not."""
    value, exact = piece.text, ", ".join(f"<{each}>" for each in sorted(EXACT))
    huge = f"DATATYPE({value}) IN ({exact}) && {_call('numeric', piece)}"
    return f" COALESCE(isNumeric({value}) || {huge}, isNumeric({value}))"


def count(piece: Piece, *, distinct: bool) -> str:
    """COUNT of an expression: of the solutions without an error (§18.5.1.2); in the engine an error spoils it."""
    value = piece.text
    if not distinct:
        return f" (SUM(COALESCE(IF(isIRI({value}), 1, 1), 0)))"
    errors = f"MAX(COALESCE(IF(isIRI({value}), 0, 0), 1))"
    return f" (COUNT(DISTINCT COALESCE({value}, {_NO_TERM})) - COALESCE({errors}, 0))"


def aggregate(name: str, piece: Piece) -> str:
    """An aggregate that one of `functions` computes."""
    return _call(name, piece)


def concatenation(piece: Piece, separator: str) -> str:
    """GROUP_CONCAT of the texts of terms: the engine accepts strings only. `separator` is its clause, or empty."""
    value = piece.text if piece.kind is ValueType.STRING else f"STR({piece.text})"
    return f" GROUP_CONCAT({value}{separator})"


def order(piece: Piece, direction: str) -> str:
    """Conditions of an order in which `<` holds between all values of a kind (§15.1): kind, value, and what is left.

    The engine compares values of two kinds by their texts, so that 11.5 < "2015" < 3 < 11.5, and may end the process.
    Numbers have no kind, as IRIs and blank nodes have none, which are before all literals in any case.
    """
    kind, number, rest = (_call(name, piece) for name in ("kind", "number", "rest"))
    if piece.is_variable:
        value = piece.text
        text = f'COALESCE(STRSTARTS({value}, ""), false)'  # an error unless it is a text; quicker than its datatype
        plain = f"isNumeric({value}) || {text} || !isLiteral({value}) || DATATYPE({value}) IN ({_DATE}, {_DATE_TIME})"
        kind = (
            f'IF(isNumeric({value}), IF({value} = {value}, {_ERROR}, "1"), IF({text}, 9, '
            f'IF(DATATYPE({value}) = {_DATE} && STRLEN(STR({value})) = 10, CONCAT("4", STR({value})), '
            f'IF(DATATYPE({value}) = {_DATE_TIME} && STRLEN(STR({value})) = 20 && STRENDS(STR({value}), "Z"), '
            f'CONCAT("3", STRBEFORE(STR({value}), "Z")), {kind}))))'
        )
        number = f"IF({plain}, {value}, {number})"
        rest = f"IF({plain}, {_ERROR}, {rest})"
    conditions = (kind, f"COALESCE({number}, {piece.text})", rest)
    return "".join(f" {direction}({condition})" for condition in conditions)


def _call(name: str, piece: Piece) -> str:
    return f" <{OWN}{name}>({piece.text})"
