"""The filters and order of a table that a visitor selected, as the address of its page states them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from st_opendata.portal.data.columns import ColumnDescription
from st_opendata.portal.data.rows import FURTHEST, TESTS, Filter, Kind, RowQuery, Test
from st_opendata.portal.requests import whole_number

PAGE_SIZES = (25, 50, 100)
_MOST_FILTERS = 10
_LONGEST_VALUE = 200
FIELDS: dict[Test, str] = {"contains": "has", "equals": "is", "least": "from", "most": "to", "empty": "empty"}
"""The prefixes of filters in an address: `has.name=Lyon`, `from.year=2018`."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A row by its number in the publisher's file, and a column by its title there, empty for all columns."""

    row: int
    column: str = ""

    def is_of(self, column: ColumnDescription) -> bool:
        """Whether the mark refers to this column."""
        return self.column in (column.name, *column.title.values())


@dataclass(frozen=True, slots=True)
class TableState:
    """The visitor's selection, read from the address."""

    filters: tuple[Filter, ...] = ()
    sort: str | None = None
    descending: bool = False
    page: int = 1
    size: int = PAGE_SIZES[0]
    mark: Highlight | None = None

    @classmethod
    def of(cls, request: Request, kinds: dict[str, Kind]) -> TableState:
        """The state in an address; unknown columns are ignored."""
        query = request.query_params
        filters = tuple(
            Filter(column, test, query[name][:_LONGEST_VALUE])
            for column, kind in kinds.items()
            for test in TESTS[kind]
            if query.get(name := f"{FIELDS[test]}.{column}")
        )
        sort = query.get("sort", "")
        column = sort.removeprefix("-")
        size = whole_number(query.get("size"), 1, PAGE_SIZES[-1], otherwise=PAGE_SIZES[0])
        row = whole_number(query.get("row"), 0, FURTHEST, otherwise=0)
        return cls(
            filters[:_MOST_FILTERS],
            column if column in kinds else None,
            sort.startswith("-"),
            whole_number(query.get("page"), 1, FURTHEST // PAGE_SIZES[-1], otherwise=1),
            size if size in PAGE_SIZES else PAGE_SIZES[0],
            Highlight(row, query.get("column", "")) if row else None,
        )

    @property
    def question(self) -> RowQuery:
        """The state as a question for `RowReader.ask`."""
        return RowQuery(self.filters, self.sort, self.descending, (self.page - 1) * self.size, self.size)

    def query(self) -> dict[str, Any]:
        """As parameters of an address."""
        filters = {f"{FIELDS[each.test]}.{each.column}": each.value for each in self.filters}
        sort = f"-{self.sort}" if self.sort and self.descending else self.sort
        size = self.size if self.size != PAGE_SIZES[0] else None
        return {**filters, "sort": sort, "size": size, "page": self.page if self.page > 1 else None}

    def turned_to(self, place: int) -> TableState:
        """The state with the page of the row at this position of the file, if all rows are shown in their order."""
        return self if self.filters or self.sort or place < 0 else replace(self, page=place // self.size + 1)

    def sorted_by(self, column: str) -> TableState:
        """The state sorted by this column; sorted by it already, in descending order, and then unsorted."""
        if self.sort != column:
            return replace(self, sort=column, descending=False, page=1)
        return replace(self, sort=None if self.descending else column, descending=not self.descending, page=1)

    def value(self, test: Test, column: str) -> str:
        """The value that the visitor typed for this condition."""
        return next((each.value for each in self.filters if (each.test, each.column) == (test, column)), "")
