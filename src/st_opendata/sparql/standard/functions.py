"""The functions and aggregates that the engine lacks and calls here, by the IRIs of `replacements`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from math import isnan
from typing import NoReturn, Protocol

import pyoxigraph as ox

from st_opendata.namespaces import XSD
from st_opendata.sparql.standard.numbers import Total, compute, is_number, near, number_of, rest
from st_opendata.sparql.standard.order import TEXTS, Key, RdfTerm, kind_of, order_key
from st_opendata.sparql.standard.replacements import OPERATORS, OWN

Functions = dict[ox.NamedNode, Callable[..., RdfTerm | None]]


class Accumulator(Protocol):
    """An aggregate: takes the values of a group, without errors, and gives one value; None for an error."""

    def accumulate(self, term: RdfTerm) -> None:
        """Take the next value."""

    def finish(self) -> RdfTerm | None:
        """Return the result."""


Aggregates = dict[ox.NamedNode, Callable[[], Accumulator]]


def functions() -> Functions:
    """All functions."""
    own: tuple[Callable[..., RdfTerm | None], ...] = (_truth, _numeric, _kind, _number, _rest)
    found = {ox.NamedNode(OWN + each.__name__.strip("_")): each for each in own}
    for sign, name in OPERATORS.items():
        found[ox.NamedNode(OWN + name)] = partial(_compute, sign)
    return found


def aggregates(separators: Sequence[str]) -> Aggregates:
    """All aggregates, with a concatenation for each separator."""
    found: dict[str, Callable[[], Accumulator]] = {
        "min": lambda: _Extreme(is_largest=False),
        "max": lambda: _Extreme(is_largest=True),
        "sum": lambda: _Total(lambda total: total.sum),
        "avg": lambda: _Total(lambda total: total.average),
        "sum-distinct": lambda: _Distinct(_Total(lambda total: total.sum)),
        "avg-distinct": lambda: _Distinct(_Total(lambda total: total.average)),
    }
    for place, separator in enumerate(separators):
        found[f"concatenation-{place}"] = partial(_concatenation, separator)
    return {ox.NamedNode(OWN + name): make for name, make in found.items()}


def _concatenation(separator: str) -> Accumulator:
    return _Distinct(_Concatenation(separator))


def _truth(term: RdfTerm) -> ox.Literal | None:
    """The effective boolean value (§17.2.2), an ill-formed number or boolean being false."""
    if not isinstance(term, ox.Literal):
        return None
    datatype, value = term.datatype.value, term.value
    if datatype in TEXTS:
        return ox.Literal(bool(value))
    if datatype == f"{XSD}boolean":
        return ox.Literal(value in ("true", "1"))
    if is_number(datatype):
        number = number_of(datatype, value)
        return ox.Literal(bool(number and not isnan(number)))
    return None


def _numeric(term: RdfTerm) -> ox.Literal:
    return ox.Literal(_exact(term) is not None)


def _kind(term: RdfTerm) -> ox.Literal | None:
    found = kind_of(term)[0] if isinstance(term, ox.Literal) else "0"
    return None if found == "0" else ox.Literal(found)


def _number(term: RdfTerm) -> ox.Literal | None:
    number = _exact(term)
    return None if number is None else near(number)


def _rest(term: RdfTerm) -> ox.Literal | None:
    number = _exact(term)
    return None if number is None else ox.Literal(rest(number))


def _compute(sign: str, left: RdfTerm, right: RdfTerm) -> ox.Literal | None:
    if isinstance(left, ox.Literal) and isinstance(right, ox.Literal):
        return compute(sign, left, right)
    return None


def _exact(term: RdfTerm) -> Decimal | None:
    """The value of an integer or a decimal."""
    number = number_of(term.datatype.value, term.value) if isinstance(term, ox.Literal) else None
    return None if number is None or isinstance(number, float) else Decimal(number)


class _Extreme:
    """MIN or MAX (§18.5.1.5, §18.5.1.6)."""

    def __init__(self, *, is_largest: bool) -> None:
        self._is_largest = is_largest
        self._key: Key | None = None
        self._term: RdfTerm | None = None

    def accumulate(self, term: RdfTerm) -> None:
        key = order_key(term)
        if self._key is None or (key > self._key if self._is_largest else key < self._key):
            self._key, self._term = key, term

    def finish(self) -> RdfTerm | None:
        return self._term


class _Total:
    """SUM or AVG (§18.5.1.3, §18.5.1.4): an error if a value is not a number."""

    def __init__(self, result: Callable[[Total], ox.Literal]) -> None:
        self._total: Total | None = Total()
        self._result = result

    def accumulate(self, term: RdfTerm) -> None:
        if self._total and not (isinstance(term, ox.Literal) and self._total.add(term)):
            self._total = None

    def finish(self) -> RdfTerm | None:
        return None if self._total is None else self._result(self._total)


class _Distinct:
    """Another aggregate, of each term once."""

    def __init__(self, aggregate: Accumulator) -> None:
        self._aggregate = aggregate
        self._seen: set[RdfTerm] = set()

    def accumulate(self, term: RdfTerm) -> None:
        if term in self._seen:
            return
        try:
            self._seen.add(term)
        except MemoryError:
            _end()
        self._aggregate.accumulate(term)

    def finish(self) -> RdfTerm | None:
        return self._aggregate.finish()


class _Concatenation:
    """GROUP_CONCAT (§18.5.1.7) of the texts of IRIs and literals; an error if there is a blank node."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._texts: list[str] | None = []

    def accumulate(self, term: RdfTerm) -> None:
        if not isinstance(term, (ox.NamedNode, ox.Literal)):
            self._texts = None
        elif self._texts is not None:
            self._texts.append(term.value)

    def finish(self) -> RdfTerm | None:
        try:
            return None if self._texts is None else ox.Literal(self._separator.join(self._texts))
        except MemoryError:
            _end()


def _end() -> NoReturn:
    """End the process as the engine does without memory, since it treats an exception as an error in SPARQL."""
    sys.stderr.write("MemoryError\n")
    sys.stderr.flush()
    os.abort()
