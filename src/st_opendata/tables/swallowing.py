"""Rows that a cell swallowed, as findings with the first and the last of them."""

from __future__ import annotations

from collections.abc import Sequence

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.tables.quotes import Swallowed, swallowed

_CODES = {Swallowed.SURELY: "rows-swallowed", Swallowed.PROBABLY: "rows-swallowed-likely"}


def swallowed_findings(table: Table, header: Sequence[str], row: int, cells: Sequence[str]) -> list[Finding]:
    """A finding for each cell of a row that holds other rows; `cells` are in the order of the file's `header`."""
    found = list[Finding]()
    if table.sheet or table.cleaning.trusted_quotes:
        return found
    for place, cell in enumerate(cells[: len(header)]):
        if "\n" in cell or "\r" in cell:
            sure = swallowed(cell, (place, cells[0]), len(header), table.dialect.delimiter)
            if sure:
                fields = {"first": str(row), "last": str(row + len(cell.splitlines()) - 1)}
                where = (table.place(row, header[place] or None),)
                found.append(finding(_CODES[sure], where, dataset=table.dataset or None, **fields))
    return found
