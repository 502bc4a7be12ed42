"""Datatypes whose values are numbers (XML Schema Part 2, sections 3.3 and 3.4), by their names in its namespace."""

from __future__ import annotations

INTEGER_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
"""The least and the largest value of each type of integers; None without a bound."""
FLOATS = frozenset({"double", "float"})
NUMBERS = frozenset({"decimal", *INTEGER_BOUNDS, *FLOATS})
