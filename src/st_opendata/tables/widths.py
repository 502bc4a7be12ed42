"""Rows with more or fewer cells than they must have; if most are alike, the header is wrong."""

from __future__ import annotations

from collections import Counter

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table


class Widths:
    """Counts the cells of rows, of which there should be `expected`; remembers `limit` rows of each other width."""

    def __init__(self, expected: int, limit: int) -> None:
        self.expected = expected
        self._limit = limit
        self._counts = Counter[int]()
        self._others: dict[int, list[int]] = {}

    def add(self, number: int, cells: int) -> None:
        """A row with its number and how many cells it has."""
        self._counts[cells] += 1
        if cells != self.expected and self._counts[cells] <= self._limit:
            self._others.setdefault(cells, []).append(number)

    def findings(self, table: Table, header: int) -> list[Finding]:
        """The findings, with at most `limit` rows; `header` is the number of the header's row."""
        if not self._others:
            return []
        found = []
        usual, count = self._counts.most_common(1)[0]
        total = self._counts.total() - self._counts[self.expected]
        if table.dialect.header and usual != self.expected and count > 1 and count * 2 > self._counts.total():
            fields = {"found": self.expected, "usual": usual, "count": count, "rows": self._counts.total()}
            found.append(finding("header-width", (table.place(header),), dataset=table.dataset, **fields))
            del self._others[usual]
            total -= count
        rows = sorted((number, cells) for cells, numbers in self._others.items() for number in numbers)
        for number, cells in rows[: self._limit]:
            fields = {"found": cells, "expected": self.expected}
            found.append(finding("row-ragged", (table.place(number),), dataset=table.dataset, **fields))
        if more := max(total - self._limit, 0):
            found.append(
                finding("findings-more", (table.place(),), dataset=table.dataset, kind="row-ragged", count=more)
            )
        return found
