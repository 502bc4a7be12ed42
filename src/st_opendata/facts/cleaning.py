"""The publisher's rules for cells: applied to raw text, each with the cells that it changed.

`cells` applies CSVW's own rules (`trim`, `null`); this module only counts the cells that they change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from st_opendata.facts.characters import has_control_character, replace_control_characters
from st_opendata.facts.raw import raw_rows
from st_opendata.facts.unpivot import own_cell
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column, Replacement, Table
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import BLANKS, SPACED
from st_opendata.tables.table_file import TableFile


@dataclass(frozen=True, slots=True)
class CellRule:
    """One rule: `cells` gives, from a cell's text, the new text and whether it differs; None for no rule."""

    code: str
    cells: Callable[[Column, str], tuple[str, str] | None]
    fields: dict[str, object] = field(default_factory=dict)


def rules(table: Table) -> list[CellRule]:
    """The table's rules in the order in which they are applied."""
    found, cleaning = list[CellRule](), table.cleaning
    if cleaning.control is not None:
        found.append(CellRule("cleaned-control-characters", _control(cleaning.control)))
    for each in cleaning.replace:
        found.append(CellRule("cleaned-replaced", _replacing(each), {"old": each.old, "new": each.new}))
    if table.dialect.trim:
        found.append(CellRule("cleaned-trimmed", _trimmed))
    words = dict.fromkeys(word for column in table.source_columns for word in column.null if word)
    if words:
        listed = ", ".join(f"“{word}”" for word in words)
        found.append(CellRule("cleaned-null", _null(trim=table.dialect.trim), {"words": listed}))
    return found


def _control(new: str) -> Callable[[Column, str], tuple[str, str] | None]:
    return lambda _, text: (replace_control_characters(text, new), has_control_character(text))


def _replacing(rule: Replacement) -> Callable[[Column, str], tuple[str, str] | None]:
    def cells(column: Column, text: str) -> tuple[str, str] | None:
        if rule.column not in (None, column.name):
            return None
        if rule.whole:
            same = f"{sql.trim(text, BLANKS)} = {sql.text(rule.old)}"
            return sql.when([(same, sql.text(rule.new))], text), same
        return sql.replace(text, rule.old, rule.new), sql.contains(text, rule.old)

    return cells


def _trimmed(column: Column, text: str) -> tuple[str, str] | None:
    if column.datatype.base not in SPACED:
        return None  # its cells lose white space by CSVW anyway
    return text, f"{sql.trim(text, BLANKS)} <> {text}"


def _null(*, trim: bool) -> Callable[[Column, str], tuple[str, str] | None]:
    def cells(column: Column, text: str) -> tuple[str, str] | None:
        words = [word for word in column.null if word]
        bare = text if column.datatype.base in SPACED and not trim else sql.trim(text, BLANKS)
        return (text, f"{bare} IN {sql.texts(words)}") if words else None

    return cells


def clean_rows(source: TableFile, file: str) -> str:
    """Rows as `raw.raw_rows` gives them, after the rules: with `whole`, the raw text of the row.

    For each rule, q1 … is the list of the numbers of the cells that it changes.
    """
    columns = source.table.source_columns
    of_file = dict(zip(source.order, columns, strict=True))  # one of those with parts of one cell
    raw = [f"{'x' if column.part else 'r'}{column.number}" for column in of_file.values()]
    whole_cells = [f"x{column.number}" for column in columns if column.part]
    rows = f"SELECT *, {sql.concat_known(raw)} AS whole FROM ({raw_rows(source, file)})"
    for place, rule in enumerate(rules(source.table), 1):
        cells, touched = list[str](), list[str]()
        for number, column in enumerate(columns, 1):
            found = rule.cells(column, f"r{number}")
            cells.append(f"{found[0]} AS r{number}" if found else f"r{number}")
            if found and (
                column.part is None or rule.code != "cleaned-null" or of_file[source.order[number - 1]] is column
            ):
                touched.append(sql.when([(found[1], str(number))]))
        names = ["record", *(["row"] if source.numbered else [])]
        kept = [*names, *cells, *whole_cells, "whole", *(f"q{earlier}" for earlier in range(1, place))]
        rows = f"SELECT {', '.join(kept)}, {sql.not_null(touched)} AS q{place} FROM ({rows})"
    return rows


def touched_columns(table: Table) -> list[str]:
    """The columns q1 … of the table's rules."""
    return [f"q{place}" for place, _ in enumerate(rules(table), 1)]


def cleaning_findings(engine: Engine, source: TableFile, name: str) -> list[Finding]:
    """The number of cells that each rule changed in the loaded table of that name, at the first of them, if any."""
    return list(_counted(engine, source, name, rules(source.table)))


def _counted(engine: Engine, source: TableFile, name: str, found: Sequence[CellRule]) -> Iterator[Finding]:
    for place, rule in enumerate(found, 1):
        cells = f"q{place}"
        size = sql.size(cells)
        ((count, record),) = engine.rows(
            f"SELECT coalesce(sum({size}), 0), min(record) FILTER (WHERE {size} > 0) FROM {name}"
        )
        if count and source.wide:
            ((count,),) = engine.rows(_cells_touched(source, name, cells))
        if count:
            ((number,),) = engine.rows(f"SELECT {sql.item(cells, '1')} FROM {name} WHERE record = $1", [record])
            where, dataset = (source.place(record, number),), source.table.dataset
            yield finding(rule.code, where, dataset=dataset, count=int(count), **rule.fields)


def _cells_touched(source: TableFile, name: str, cells: str) -> str:
    """The query for the number of cells of the file in these lists, of which several rows may have the same one."""
    numbers = range(1, len(source.order) + 1)
    own = sql.when([(f"n = {number}", own_cell(source, number)) for number in numbers])
    touched = f"SELECT record, {sql.unnest(cells)} AS n FROM {name}"
    return f"SELECT count(*) FROM (SELECT DISTINCT n, {own} AS cell FROM ({touched}))"
