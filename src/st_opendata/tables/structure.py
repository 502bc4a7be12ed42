"""The rows that break the structure of a file: Python reads them if the engine's result is inconsistent."""

from __future__ import annotations

import csv

from st_opendata.messages.codes import finding
from st_opendata.messages.message import Message
from st_opendata.model.findings import Finding
from st_opendata.tables.csv_text import csv_reader, skip_head
from st_opendata.tables.quotes import quote_problem, swallowed_findings
from st_opendata.tables.scan import MAX_CELL
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.widths import Widths


def diagnose(source: TableFile, reason: Message, *, limit: int) -> list[Finding]:
    """Findings for ragged rows, blank lines, endless cells and stray quotation marks; never empty.

    Up to `limit` of a code are kept. `reason` comes from the engine, for the case that Python finds nothing wrong.
    """
    found: list[Finding] = []
    table, width = source.table, len(source.header)
    counted: dict[str, int] = {}
    swallowed = 0

    def note(code: str, row: int, **values: object) -> None:
        counted[code] = counted.get(code, 0) + 1
        if counted[code] <= limit:
            found.append(finding(code, (table.place(row),), dataset=table.dataset, **values))

    widths = Widths(width, limit)
    row, blank = 0, 0
    before = csv.field_size_limit(MAX_CELL)
    try:
        with source.path.open(encoding="utf-8-sig", newline="") as stream:
            row, _, lines = skip_head(table, stream)
            for cells in csv_reader(table, lines):
                row += 1
                if not cells:
                    blank += 1
                    continue
                for number in range(row - blank, row):
                    note("row-blank", number)
                blank = 0
                if found_rows := swallowed_findings(table, source.header, row, cells):
                    swallowed += len(found_rows)
                    found += found_rows if swallowed <= limit else []
                elif row >= source.first:
                    widths.add(row, len(cells))
    except csv.Error as error:
        code = "cell-long" if "limit" in str(error) else "row-quote"
        values = {"limit": MAX_CELL} if code == "cell-long" else {"reason": quote_problem(error)}
        note(code, row + 1, **values)
    finally:
        csv.field_size_limit(before)
    counted |= {"rows-swallowed": swallowed} if swallowed else {}
    found += widths.findings(table, source.first - 1)
    found += [
        finding("findings-more", (table.place(),), dataset=table.dataset, kind=code, count=number - limit)
        for code, number in counted.items()
        if number > limit
    ]
    return found or [finding("table-unreadable", (table.place(),), dataset=table.dataset, reason=reason)]
