"""Comparison as SPARQL's `<` (SPARQL 1.1 §17.3), for the six constraint components that compare.

pySHACL fails on what data may well hold: it raises on a blank node (sh:lessThan), on NaN against a decimal and on two
literals without an order, compares IRIs as if they were strings, and values of different datatypes by the name of the
datatype. Its components are replaced here, in its registry, by ones after the letter of SHACL §4.3 and §4.5: what
cannot be compared does not conform.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from rdflib import XSD, Graph, Literal
from rdflib.term import Node

from st_opendata.shacl.components import ValueComponent
from st_opendata.shacl.terms import SH, in_order

_STRINGS = (None, XSD.string)


def order(left: Node, right: Node) -> int | None:
    """-1, 0 or 1 as left is less than, equal to or greater than right; None where they cannot be compared."""
    if not isinstance(left, Literal) or not isinstance(right, Literal) or left.language or right.language:
        return None
    if left.datatype in _STRINGS and right.datatype in _STRINGS:
        return (str(left) > str(right)) - (str(left) < str(right))
    one: Any = _year(left) or left.value
    two: Any = _year(right) or right.value
    if isinstance(one, bool) or isinstance(two, bool) or not (_is_number(one) and _is_number(two)):
        if left.datatype != right.datatype or left.ill_typed or right.ill_typed or one is None or two is None:
            return None
    elif isinstance(one, float) or isinstance(two, float):
        one, two = _double(one), _double(two)
    try:
        return -1 if one < two else 1 if one > two else 0 if one == two else None
    except (
        TypeError,
        InvalidOperation,
    ):  # times with and without time zone, datatypes without an order, NaN as decimal
        return None


def _year(term: Literal) -> str | None:
    """The lexical form of a plain xsd:gYear or xsd:gYearMonth, which orders them; rdflib has no value with an order."""
    months = {XSD.gYear: r"\d{4}", XSD.gYearMonth: r"\d{4}-\d\d"}
    pattern = months.get(term.datatype) if term.datatype else None
    return str(term) if pattern and re.fullmatch(pattern, str(term)) else None


def _double(number: float | Decimal) -> float:
    """The number as an xsd:double, infinite where it is too large for one (XQuery and XPath F&O 3.1 §19.1.2.2)."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal))


class Bound(ValueComponent):
    """sh:minInclusive and similar components (SHACL §4.3): each value node against the bound of the shape."""

    allowed: ClassVar[tuple[int, ...]]

    def failing(self, _graph: Graph, _focus: Node, values: Iterable[Any]) -> Iterator[Any]:
        """The values that are not on the allowed side of the bound."""
        return (value for value in values for bound in self.arguments if order(value, bound) not in self.allowed)


class PropertyPair(ValueComponent):
    """sh:lessThan and sh:lessThanOrEquals (SHACL §4.5.3): each value node against each value of the other property."""

    allowed: ClassVar[tuple[int, ...]]

    def failing(self, graph: Graph, focus: Node, values: Iterable[Any]) -> Iterator[Any]:
        """The values that are not less, once for each value of the other property that they fail against."""
        others = [other for predicate in self.arguments for other in in_order(graph.objects(focus, predicate))]
        return (value for value in values for other in others if order(value, other) not in self.allowed)


def _component(base: type[ValueComponent], name: str, allowed: tuple[int, ...]) -> type[ValueComponent]:
    parameter = SH[name[0].lower() + name[1:]]
    identifier = SH[f"{name}ConstraintComponent"]
    return type(name, (base,), {"parameter": parameter, "allowed": allowed, "shacl_constraint_component": identifier})


COMPONENTS = (
    _component(Bound, "MinExclusive", (1,)),
    _component(Bound, "MinInclusive", (0, 1)),
    _component(Bound, "MaxExclusive", (-1,)),
    _component(Bound, "MaxInclusive", (-1, 0)),
    _component(PropertyPair, "LessThan", (-1,)),
    _component(PropertyPair, "LessThanOrEquals", (-1, 0)),
)
