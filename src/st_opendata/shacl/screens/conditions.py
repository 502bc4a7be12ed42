"""The filters of a query of a shape in SQL: TRUE and FALSE are certain, NULL is not known.

FALSE also stands for an error, which no solution passes. Comparisons are those of rdflib, which pySHACL asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib import XSD, Literal, URIRef, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from st_opendata.shacl.screens.proofs import UNKNOWN, compared, number_or_null, plain
from st_opendata.shacl.screens.terms import column_text
from st_opendata.sql import dialect as sql
from st_opendata.sql import native

NUMBER = "DECIMAL(30, 12)"
"""The type of sums."""
_ORDERS = {"=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}
_KINDS = {"Builtin_isIRI": "<", "Builtin_isURI": "<", "Builtin_isBLANK": "_", "Builtin_isLITERAL": '"'}
_TESTS: Mapping[str, Callable[[str, str], str]] = {
    "Builtin_STRSTARTS": sql.starts_with,
    "Builtin_CONTAINS": native.contains_value,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A number that a query counts or adds up: its column, NULL if not known, and the one that says it is unbound."""

    value: str
    unbound: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """The variables that a filter sees, and the columns of those that are bound in every solution."""

    terms: Mapping[str, str]
    sums: Mapping[str, Sum]
    exists: Callable[[CompValue], str]
    """The condition that the pattern of an EXISTS has a solution."""

    def truth(self, part: Any) -> str:  # noqa: ANN401 (rdflib's algebra)
        """The condition."""
        found = UNKNOWN
        match part.name if isinstance(part, CompValue) else None:
            case "ConditionalAndExpression":
                found = sql.all_of([f"({self.truth(each)})" for each in (part.expr, *part.other)])
            case "ConditionalOrExpression":
                found = sql.any_of([f"({self.truth(each)})" for each in (part.expr, *part.other)])
            case "UnaryNot":
                found = f"NOT ({self.truth(part.expr)})"
            case "Builtin_EXISTS":
                found = self.exists(part)
            case "Builtin_NOTEXISTS":
                found = f"NOT ({self.exists(part)})"
            case "Builtin_BOUND" if str(part.arg) in self.terms:
                found = "TRUE"
            case "RelationalExpression":
                found = self._relation(part)
            case str(name) if name in _KINDS and (term := self._term(part.arg)):
                found = sql.starts(term, _KINDS[name])
            case str(name) if name in _TESTS:
                text, other = self._string(part.arg1), self._string(part.arg2)
                found = _TESTS[name](text, other) if text and other else UNKNOWN
        return found

    def _relation(self, part: CompValue) -> str:
        if part.op in ("IN", "NOT IN"):
            found = self._among(part)
            return f"NOT ({found})" if part.op == "NOT IN" else found
        allowed = _ORDERS.get(part.op)
        if allowed is None:
            return self.truth(part.expr)
        sums = [self.sums[str(each)] for each in (part.expr, part.other) if str(each) in self.sums]
        if sums:
            numbers = [self._number(each) for each in (part.expr, part.other)]
            unbound = sql.any_of([each.unbound for each in sums])
            sign = {"!=": "<>"}.get(part.op, part.op)
            return sql.when([(unbound, "FALSE")], f"{numbers[0]} {sign} {numbers[1]}")
        if part.op in ("=", "!=") and (equal := self._equal(part.expr, part.other)) is not None:
            return equal if part.op == "=" else f"NOT ({equal})"
        left, right = self._term(part.expr), self._term(part.other)
        return UNKNOWN if left is None or right is None else compared(allowed, left, right)

    def _among(self, part: CompValue) -> str:
        """A term in a list, as the same term."""
        listed = part.other if isinstance(part.other, list) else []
        term, others = self._term(part.expr), [self._term(each) for each in listed]
        if term is None or None in others:
            return UNKNOWN
        return sql.any_of([f"{term} = {each}" for each in others]) if others else "FALSE"

    def _equal(self, left: Any, right: Any) -> str | None:  # noqa: ANN401 (as above)
        """Equality of terms, and of the values of literals with a datatype or language."""
        if isinstance(left, CompValue) or isinstance(right, CompValue):
            texts = self._string(left), self._string(right)
            return None if None in texts else f"{texts[0]} = {texts[1]}"
        terms = self._term(left), self._term(right)
        if terms[0] is None or terms[1] is None:
            return None
        same = f"{terms[0]} = {terms[1]}"
        nodes = [f"NOT {sql.starts(term, chr(34))}" for term in terms if term]
        strings = sql.all_of([plain(term) for term in terms if term])
        return sql.when([(sql.any_of([*nodes, strings]), same)], compared((0,), terms[0], terms[1]))

    def _number(self, part: Any) -> str:  # noqa: ANN401 (as above)
        if str(part) in self.sums and isinstance(part, Variable):
            return self.sums[str(part)].value
        term = self._term(part)
        return sql.null(NUMBER) if term is None else number_or_null(term)

    def _term(self, part: Any) -> str | None:  # noqa: ANN401 (as above)
        """The text of a term; None if it is not known."""
        if isinstance(part, Variable):
            return self.terms.get(str(part))
        if isinstance(part, URIRef) or (isinstance(part, Literal) and part.datatype != XSD.string):
            return sql.text(column_text(part))
        return None

    def _string(self, part: Any) -> str | None:  # noqa: ANN401 (as above)
        """The characters of STR, or of a plain literal, NULL with an escape; None if they are not known."""
        if isinstance(part, CompValue):
            term = self._term(part.arg) if part.name == "Builtin_STR" else None
        else:
            term = self._term(part)
        if term is None:
            return None
        cases = [(f"{sql.contains(term, chr(92))} OR {sql.starts(term, '_')}", sql.null(sql.TEXT))]
        inside = sql.before(sql.substring(term, 2), '"')
        if isinstance(part, CompValue):
            return sql.when([*cases, (sql.starts(term, "<"), native.inside(term))], inside)
        return sql.when([*cases, (plain(term), inside)], sql.null(sql.TEXT))
