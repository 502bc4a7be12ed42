"""Checks of single rows: cells have the form of their type, are present if required, and are valid in IRIs.

Each check is a condition over the columns that `loading` names; a row that meets one is bad, and only bad rows are
read again to find the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from st_opendata.facts.cells import CellReading
from st_opendata.facts.characters import has_control_character, has_invisible_character, has_mojibake, is_suspect
from st_opendata.facts.iris import (
    RESERVED,
    STRICT_OPERATORS,
    IriContext,
    active,
    illegal,
    misplaced,
    names_property,
    relative,
)
from st_opendata.facts.unpivot import cells_meeting, first_cells
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column, Table
from st_opendata.printable import printable
from st_opendata.spelling import nearest
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import BLANKS, TEXTS, bounds, example
from st_opendata.tables.scan import MAX_CELL
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.templates import Expression, is_open, parse_template, variable_names

MAX_QUOTED = 80
"""The most characters of a cell that a message quotes."""
_AT_ONCE = 200
"""Screens of one query."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """Rows that meet `screen` and `condition` get the finding; only rows that meet a screen are read again.

    `number` is the source column; `fields` fill the message.
    """

    code: str
    number: int | None
    screen: str
    fields: dict[str, object] = field(default_factory=dict)
    condition: str = "TRUE"
    choices: tuple[str, ...] = ()
    """The values that a column allows, if it lists them."""
    cell: str = ""
    """The text for the message, if it is not the raw text of the column."""


def row_checks(table: Table, readings: Sequence[CellReading], names: IriContext) -> list[RowCheck]:
    """All checks of the rows, over the columns r (raw), t (to parse), c (canonical) and `whole` (the row's text)."""
    checks = [RowCheck("row-blank", None, "whole = ''")]
    for number, (column, reading) in enumerate(zip(table.source_columns, readings, strict=True), 1):
        raw, value = f"r{number}", f"c{number}"
        suspect = is_suspect("whole")
        checks.append(RowCheck("cell-control-character", number, suspect, condition=has_control_character(raw)))
        checks.append(RowCheck("cell-mojibake", number, suspect, condition=has_mojibake(raw)))
        row, cell = (f"{sql.length(text)} > {MAX_CELL}" for text in ("whole", raw))
        checks.append(RowCheck("cell-long", number, row, {"limit": MAX_CELL}, cell))
        if column.required or column.name in table.primary_key:
            required = sql.any_of([reading.null, f"{reading.text} = ''"])
            checks.append(RowCheck("cell-required", number, required))
        wrong = sql.when([(f"{value} IS NULL", f"NOT ({reading.null})")], "FALSE")
        if can_fail(column):
            condition = f"({reading.form}) IS NULL"
            fields = datatype_fields(column)
            checks.append(RowCheck("cell-datatype", number, wrong, fields, condition, _choices(column)))
        if facets(column):
            limits: dict[str, object] = {"limits": facets(column)}
            checks.append(RowCheck("cell-range", number, wrong, limits, f"({reading.form}) IS NOT NULL"))
    checks += _split_checks(table)
    templates = _template_checks(table, names)
    if table.lenient:  # a template with an empty cell states nothing
        templates = [check for check in templates if check.code != "cell-template"]
    return checks + templates + _address_checks(table) + _key_checks(table)


def _split_checks(table: Table) -> list[RowCheck]:
    """Cells with parts as columns match the pattern, except empty ones and texts for a missing value."""
    firsts: dict[str, Column] = {}
    for column in table.source_columns:
        if column.part:
            firsts.setdefault(column.part.column, column)
    checks = []
    for column in firsts.values():
        assert column.part is not None
        cell = f"x{column.number}"
        known = f"{sql.trim(cell, BLANKS)} NOT IN {sql.texts(['', *column.null])}"
        unlike = f"NOT {sql.full_match(cell, column.part.accept)}"
        fields: dict[str, object] = {"pattern": column.part.pattern}
        checks.append(RowCheck("cell-split", column.number, sql.all_of([known, unlike]), fields, cell=cell))
    return checks


def can_fail(column: Column) -> bool:
    """False for plain text, as all cells are valid."""
    kind = column.datatype
    return kind.pattern is not None or kind.base not in TEXTS


def datatype_fields(column: Column) -> dict[str, object]:
    """The fields of the message about a cell of another type."""
    return {"datatype": column.datatype.base, "example": example(column.datatype)}


def _choices(column: Column) -> tuple[str, ...]:
    """The values of a format that lists them, as in `public|company|research`."""
    pattern = column.datatype.pattern or ""
    listed = re.fullmatch(r"\(?([\w -]+(?:\|[\w -]+)+)\)?", pattern)
    return tuple(listed[1].split("|")) if listed else ()


def facets(column: Column) -> str:
    """The limits and lengths of the column's type, as messages name them; empty without any."""
    kind = column.datatype
    lengths = (("length =", kind.length), ("length >=", kind.min_length), ("length <=", kind.max_length))
    limits = [f"{sign} {limit}" for sign, limit in bounds(kind)]
    return ", ".join(limits + [f"{label} {length}" for label, length in lengths if length is not None])


@dataclass(frozen=True, slots=True)
class _Use:
    """A template of `column` uses the source column `number`."""

    column: Column
    template: str
    operator: str
    number: int
    names_property: bool


def _uses(table: Table) -> Iterator[_Use]:
    numbers = {column.name: column.number for column in table.source_columns}
    for column in table.columns:
        if column.property_url is None or column.suppress_output:
            continue
        for url in filter(None, (column.about_url, column.property_url, column.value_url)):
            template = parse_template(url)
            for part in (part for part in template if isinstance(part, Expression)):
                for variable in part.variables:
                    if variable.name in numbers:
                        open_property = url is column.property_url and is_open(template)
                        yield _Use(column, url, part.operator, numbers[variable.name], open_property)


def _template_checks(table: Table, names: IriContext) -> list[RowCheck]:
    """Cells that templates use must not be empty, nor hold characters that no IRI can hold."""
    uses = list(_uses(table))
    checks = []
    for number in sorted({use.number for use in uses if use.operator in STRICT_OPERATORS}):
        obliged = [use for use in uses if use.number == number and use.operator in STRICT_OPERATORS]
        stated = [_stated(table, use.column) for use in obliged]
        empty = f"c{number} IS NULL AND {sql.any_of(list(dict.fromkeys(stated)))}"
        fields: dict[str, object] = {"column": obliged[0].column.name, "template": obliged[0].template}
        checks.append(RowCheck("cell-template", number, empty, fields))
    for number in sorted({use.number for use in uses if use.operator in RESERVED}):
        checks.append(RowCheck("cell-iri", number, _any_item(table, number, illegal)))
    for number in sorted({use.number for use in uses if use.operator in RESERVED}):
        checks.append(RowCheck("cell-iri", number, _any_item(table, number, misplaced)))
    for number in sorted({use.number for use in uses if use.operator in RESERVED and _has_fragment(use)}):
        second = _any_item(table, number, lambda text: sql.part_match(text, "#"))
        checks.append(RowCheck("cell-iri", number, second))
    for number in sorted({use.number for use in uses if use.names_property}):
        unnamed = _any_item(table, number, lambda text: f"NOT {names_property(text, names)}")
        checks.append(RowCheck("cell-property", number, unnamed))
    return checks


def _stated(table: Table, column: Column) -> str:
    """The condition on which the column states something in a row."""
    number = table.column(column.where).number if column.where else column.number
    return f"c{number} IS NOT NULL" if number else "TRUE"


def _has_fragment(use: _Use) -> bool:
    """True if another part of the template may begin the fragment; an IRI has only one."""
    parts = parse_template(use.template)
    others = sum(isinstance(part, Expression) and part.operator in RESERVED for part in parts) > 1
    return use.operator == "#" or others or any(isinstance(part, str) and "#" in part for part in parts)


def _address_checks(table: Table) -> list[RowCheck]:
    """Addresses are absolute, unless the column has a format, and do not refer to code or local files."""
    addresses = [column for column in table.source_columns if column.datatype.base == "anyURI"]
    whole = [column.number for column in addresses if column.datatype.pattern is None]
    open_starts = {use.number for use in _uses(table) if is_open(parse_template(use.template))}
    checks = [RowCheck("cell-relative", number, _any_item(table, number, relative)) for number in whole]
    for number in sorted(open_starts | {column.number for column in addresses}):
        checks.append(RowCheck("cell-scheme", number, _any_item(table, number, active)))
    return checks


def _key_checks(table: Table) -> list[RowCheck]:
    """Keys, and cells in the IRIs of subjects, have no invisible characters."""
    urls = {column.about_url for column in table.columns if column.property_url and column.about_url}
    keys = {name for url in urls for name in variable_names(parse_template(url))} | {*table.primary_key}
    keys |= {name for key in table.foreign_keys for name in key.columns}
    numbers = [
        column.number for column in table.source_columns if column.name in keys and column.datatype.base in TEXTS
    ]
    checks = [RowCheck("key-invisible", n, _any_item(table, n, has_invisible_character)) for n in numbers]
    return checks + [RowCheck("key-decomposed", n, _any_item(table, n, _decomposed)) for n in numbers]


def _decomposed(text: str) -> str:
    return f"{sql.normalize(text)} <> {text}"


def _any_item(table: Table, number: int, condition: Callable[[str], str]) -> str:
    """The condition on the cell's canonical text, or on an item of its list."""
    value = f"c{number}"
    if table.source_columns[number - 1].separator:
        return f"{sql.size(sql.filter_items(value, 'x', condition('x')))} > 0"
    return condition(value)


def row_findings(engine: Engine, source: TableFile, bad: str, checks: Sequence[RowCheck], limit: int) -> list[Finding]:
    """The findings of the rows in the table `bad`, at most `limit` of each check listed."""
    found: list[Finding] = []
    table = source.table
    met = _met(engine, bad, list(dict.fromkeys(check.screen for check in checks)))
    for check in (each for each in checks if each.screen in met):
        condition = f"({check.screen}) AND {check.condition}"
        condition = condition if check.code == "row-blank" else f"whole <> '' AND {condition}"
        shown = sql.substring(check.cell or f"r{check.number}", 1, MAX_QUOTED + 1) if check.number else "''"
        number = check.number or 0
        rows = engine.rows(first_cells(source, number, shown, f"{bad} WHERE {condition}", limit))
        for record, text in rows:
            place = source.place(record, number)
            title = place.column if number else None
            fields = {"value": quote_cell(text), "title": title, **check.fields, "near": nearest(text, check.choices)}
            found.append(finding(check.code, (place,), dataset=table.dataset, **fields))
        if len(rows) == limit:
            ((count,),) = engine.rows(f"SELECT {cells_meeting(source, number, condition)} FROM {bad}")
            found += count_rest(table, check.code, count - limit)
    return found


def _met(engine: Engine, bad: str, screens: Sequence[str]) -> set[str]:
    """The screens that a row of the table `bad` meets: the rows are read once for many of them."""
    found = set[str]()
    for start in range(0, len(screens), _AT_ONCE):
        some = screens[start : start + _AT_ONCE]
        counts = ", ".join(f"count(*) FILTER (WHERE {screen})" for screen in some)
        (numbers,) = engine.rows(f"SELECT {counts} FROM {bad}")
        found |= {screen for screen, number in zip(some, numbers, strict=True) if number}
    return found


def quote_cell(text: str) -> str:
    """A cell's text, shortened for a message; control characters, which could affect a terminal, become symbols."""
    shown = text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "…"
    return printable(shown)


def count_rest(table: Table, code: str, count: int) -> list[Finding]:
    """The finding with the number of others of a code, if any."""
    if count <= 0:
        return []
    return [finding("findings-more", (table.place(),), dataset=table.dataset, kind=code, count=count)]
