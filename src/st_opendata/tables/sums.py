"""Whether a row has the sums of other rows, as a row of totals has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

_NOTHING = frozenset({"", "-", "–", "—", ".", "..", "...", "…", "x", "X", "/", "n/a", "k.A.", "k. A."})
"""Signs for a missing number."""
_AROUND = re.compile(r"^[€$£]|[€$£%‰]$|\s*(?:EUR|CHF|PLN|zł|Kč|Ft|kr)$")
_WRITTEN = {
    point: re.compile(rf"[-+−]?(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)(?:{re.escape(point)}[0-9]+)?")
    for point, group in ((".", ","), (",", r"\."))
}
"""Numbers with a decimal point, and with a decimal comma."""


def are_sums(total: Sequence[str], others: Iterable[Sequence[str]]) -> bool:
    """True where every number of the row is the sum of its column, and one of at least two numbers that are not zero.

    Before its numbers the row has one text, its name; signs for a missing number count as zero. Whole numbers
    must be exact, others may differ by rounding.
    """
    filled = [place for place, cell in enumerate(total) if cell.strip() not in _NOTHING]
    columns = [_Column(place, point) for place in filled[1:] for point in _WRITTEN]
    for cells in others:
        for column in columns:
            column.add(cells[column.place].strip() if column.place < len(cells) else "")
    proven = {column.place for column in columns if column.sums_to(total[column.place].strip())}
    added = any(column.added > 1 for column in columns if column.place in proven)
    return added and proven == set(filled[1:])


@dataclass(slots=True)
class _Column:
    """The sum of a column, its numbers written with that decimal point; None once a cell is not a number."""

    place: int
    point: str
    sum: Decimal | None = Decimal(0)
    added: int = 0
    digits: int = 0

    def add(self, cell: str) -> None:
        if self.sum is None or cell in _NOTHING:
            return
        number = _number(cell, self.point)
        if number is None:
            self.sum = None
        elif number:
            self.sum += number
            self.added += 1
            self.digits = max(self.digits, _digits(number))

    def sums_to(self, cell: str) -> bool:
        number = _number(cell, self.point)
        if number is None or self.sum is None:
            return False
        digits = min(self.digits, _digits(number))
        allowed = Decimal(self.added).scaleb(-digits) / 2 if digits else Decimal("1e-9")
        return abs(self.sum - number) <= min(allowed, abs(self.sum) / 200 + Decimal("1e-9"))


def _number(cell: str, point: str) -> Decimal | None:
    text = re.sub(r"[\s\u00a0\u202f'’]", "", _AROUND.sub("", cell))
    if not _WRITTEN[point].fullmatch(text):
        return None
    return Decimal(text.replace("." if point == "," else ",", "").replace(point, ".").replace("−", "-"))


def _digits(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
