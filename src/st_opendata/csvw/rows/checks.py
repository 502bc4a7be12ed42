"""Errors in the rows of a described table, noted while they pass (CSVW syntax §6.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from st_opendata.csvw.rows.row_selection import RowSelection
from st_opendata.facts.checks import MAX_QUOTED, RowCheck, can_fail, datatype_fields, facets, quote_cell
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.place import Place
from st_opendata.sql import dialect as sql

LISTED = 100
"""Findings of one code and column that are listed; one more says how many others there are."""


def cell_checks(query: RowSelection) -> list[RowCheck]:
    """Required cells have a value, and every value is written as its type requires."""
    checks = []
    for number, column in query.columns:
        empty = sql.any_of([f"n{number}", f"t{number} = ''"])
        if column.required or column.name in query.described.table.primary_key:
            checks.append(RowCheck("cell-required", number, empty))
        if column.virtual:
            continue
        form, sound = f"f{number}", f"k{number}"
        unformed, unsound = f"{form} IS NULL", f"NOT {sound}"
        if column.separator:
            unformed, unsound = (
                f"{sql.size(sql.filter_items(form, 'z', 'z IS NULL'))} > 0",
                sql.list_contains(sound, "FALSE"),
            )
        if can_fail(column):
            fields = datatype_fields(column)
            checks.append(RowCheck("cell-datatype", number, f"NOT ({empty}) AND {unformed}", fields))
        if limits := facets(column):
            condition = f"NOT ({empty}) AND {unsound} AND NOT ({unformed})"
            checks.append(RowCheck("cell-range", number, condition, {"limits": limits}))
    return checks


def wrong_cells(checks: Sequence[RowCheck]) -> str:
    """The expression of a row's list of faults: the position of the check, a colon and the cell; NULL for none."""
    if not checks:
        return sql.null(sql.TEXTS)
    marks = []
    for place, check in enumerate(checks):
        cell = sql.substring(f"r{check.number}", 1, MAX_QUOTED + 1)
        marks.append(sql.when([(check.screen, sql.concat([sql.text(f"{place}:"), cell]))]))
    screens = [f"coalesce({check.screen}, FALSE)" for check in checks]
    return sql.when([(sql.any_of(screens), sql.not_null(marks))])


@dataclass(slots=True)
class CellFindings:
    """Findings of one table, gathered while its rows pass."""

    query: RowSelection
    checks: Sequence[RowCheck]
    findings: list[Finding] = field(default_factory=list)
    _counted: dict[int, int] = field(default_factory=dict)

    def note(self, record: int, marks: Sequence[str]) -> None:
        """The marks of one row."""
        for mark in marks:
            place, _, text = mark.partition(":")
            number = int(place)
            self._counted[number] = self._counted.get(number, 0) + 1
            if self._counted[number] <= LISTED:
                self.findings.append(self._finding(self.checks[number], record, text))

    def all(self) -> list[Finding]:
        """All findings, and how many more there are of each kind."""
        file = self.query.described.table.file
        more = [
            finding("findings-more", (Place(file),), kind=self.checks[number].code, count=count - LISTED)
            for number, count in self._counted.items()
            if count > LISTED
        ]
        return self.findings + more

    def _finding(self, check: RowCheck, record: int, text: str) -> Finding:
        title = self.query.source.title(check.number or 1)
        place = Place(self.query.described.table.file, row=record, column=title)
        described_in = self.query.described.described_in
        fields = {"value": quote_cell(text), "title": title, "description": described_in, **check.fields}
        return finding(check.code, (place,), dataset=None, **fields)
