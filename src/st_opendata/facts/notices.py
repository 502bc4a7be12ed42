"""Columns that are valid but may be mistakes: personal data, and texts that spreadsheets treat as formulas.

Cells or titles that are about persons indicate personal data (`tables.personal`). Formulas are published unchanged:
a changed cell would be another fact; the publisher gets a note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from st_opendata.facts.loading import LoadedTable
from st_opendata.facts.small import Cell
from st_opendata.facts.unpivot import cells_meeting, first_cells
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.numeric import INTEGER_BOUNDS
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import TEXTS
from st_opendata.tables.personal import ACCOUNT, LEAST, MARKS, PersonalKind, forms_of, is_iban, veiled

_EXAMINED = 100
_SIGNS = "+\\-\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
_START = f"^(?:[\\t\\r\\n]|[=@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}{_SIGNS}])"
"""The start of a formula for spreadsheet programs; some of them drop a tab or line end at the start."""
_FIRST = frozenset(
    "\t\r\n=@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}+-\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
)
"""The characters that it finds."""
_PLAIN = (("A", "\uff00"), ("/", "<"))
"""Texts between these have none of these characters at their start: letters and digits."""

_SIGNED = f"[{_SIGNS}]\\s*[€$£]?\\s*\\p{{N}}"
_HARMLESS = (
    r"[^\p{L}\p{N}]*",  # a dash for no value
    f"{_SIGNED}[\\p{{N}}\\s.,'’/():%‰°{_SIGNS}]*",  # a number, a date, a telephone number
    f"{_SIGNED}[\\p{{N}}\\s.,'’:–]*(?:[eE][+\\-]?\\p{{N}}+)?\\s*[\\p{{L}}°€$£%‰µ²³ /.]{{0,30}}",  # with a unit
)
_FORMULAS_SHOWN, _FORMULA_LENGTH = 3, 40


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """A sign of personal data: cells of `column` that meet the condition are data of the kind `kind`.

    All of them meet `screen`, which the engine need not compile; `may_meet` says the same of a cell.
    """

    column: Column
    kind: PersonalKind
    condition: str
    screen: str
    may_meet: Callable[[Cell], bool]


def personal_findings(engine: Engine, loaded: LoadedTable) -> list[Finding]:
    """A warning for each column in which half of the cells are personal data and whose description does not say so."""
    suspicions = [each for column in loaded.table.source_columns for each in _suspicions(loaded, column)]
    if loaded.cells is None:
        possible = [each for each, _ in _meeting(engine, loaded, suspicions, lambda each: each.screen)]
    else:
        possible = [each for each in suspicions if _is_possible(each, loaded.cells[each.column.number - 1])]
    found: dict[str, Finding] = {}
    for each, meeting in _meeting(engine, loaded, possible, lambda each: each.condition):
        if each.column.name not in found:
            warning = _warning(engine, loaded, each, meeting)
            found |= {each.column.name: warning} if warning else {}
    return list(found.values())


def _is_possible(suspicion: _Suspicion, cells: Sequence[Cell]) -> bool:
    known = sum(cell is not None for cell in cells)
    return known > 0 and sum(map(suspicion.may_meet, cells)) >= max(1, LEAST * known)


def _meeting(
    engine: Engine, loaded: LoadedTable, suspicions: list[_Suspicion], condition: Callable[[_Suspicion], str]
) -> list[tuple[_Suspicion, int]]:
    """The suspicions whose condition enough cells of the column meet, each with their number."""
    if not suspicions:
        return []
    values = list(dict.fromkeys(_value(each.column) for each in suspicions))
    source, number_of = loaded.source, {_value(each.column): each.column.number for each in suspicions}
    counts = [cells_meeting(source, number_of[value], f"{value} IS NOT NULL") for value in values]
    counts += [cells_meeting(source, each.column.number, condition(each)) for each in suspicions]
    (numbers,) = engine.rows(f"SELECT {', '.join(counts)} FROM {loaded.name}")
    known = dict(zip(values, numbers, strict=False))
    counted = zip(suspicions, numbers[len(values) :], strict=True)
    return [(each, count) for each, count in counted if count and count >= LEAST * known[_value(each.column)]]


def _suspicions(loaded: LoadedTable, column: Column) -> list[_Suspicion]:
    """The kinds of data that the column may have, by its type and titles."""
    base = column.datatype.base
    if column.personal is not None or not (base in TEXTS or base in INTEGER_BOUNDS or base == "anyURI"):
        return []
    others = [title for each in loaded.table.source_columns if each is not column for title in _titles(loaded, each)]
    forms = forms_of(_titles(loaded, column), others, text=base not in INTEGER_BOUNDS)
    return [
        _Suspicion(column, kind, _meets(column, form), _may_meet(column, form), _screen(column, form))
        for kind, form in forms.items()
    ]


def _titles(loaded: LoadedTable, column: Column) -> list[str]:
    return [column.name, *column.titles.values(), loaded.source.title(column.number)]


def _value(column: Column) -> str:
    return f"c{column.number}"


def _may_meet(column: Column, pattern: str) -> str:
    """True where the cell, or an item of its list, may match the pattern: without compiling it."""
    value = _value(column)
    if column.separator or not (pattern in MARKS or pattern == ACCOUNT):
        return f"{value} IS NOT NULL"
    if pattern == ACCOUNT:  # a capital first, a digit third
        return f"{value} BETWEEN 'A' AND '[' AND {sql.substring(value, 3, 1)} BETWEEN '0' AND '9'"
    return sql.contains(value, MARKS[pattern])


def _screen(column: Column, pattern: str) -> Callable[[Cell], bool]:
    """The same of a cell in memory."""
    mark = MARKS.get(pattern)
    if column.separator or not (mark or pattern == ACCOUNT):
        return lambda cell: cell is not None
    if mark:
        return lambda cell: cell is not None and mark in cell
    return lambda cell: isinstance(cell, str) and "A" <= cell <= "[" and "0" <= cell[2:3] <= "9"


def _meets(column: Column, pattern: str) -> str:
    """True where the cell, or an item of its list, matches the pattern."""
    value = f"c{column.number}"
    if column.separator:
        return f"{sql.size(sql.filter_items(value, 'x', sql.full_match('x', pattern)))} > 0"
    return sql.full_match(value, pattern)


def _warning(engine: Engine, loaded: LoadedTable, suspicion: _Suspicion, count: int) -> Finding | None:
    column = suspicion.column
    value = f"c{column.number}"
    shown = sql.join_items(value, " ") if column.separator else value
    rows = engine.rows(
        f"SELECT record, {shown} FROM {loaded.name} WHERE {suspicion.condition} ORDER BY record LIMIT {_EXAMINED}"
    )
    if suspicion.kind is PersonalKind.ACCOUNTS and 2 * sum(is_iban(text) for _, text in rows) < len(rows):
        return None
    record, text = rows[0]
    place = loaded.source.place(record, column.number)
    fields = {"title": loaded.source.title(column.number), "kind": suspicion.kind.message, "count": count}
    return finding(
        "personal-data", (place,), dataset=loaded.table.dataset, rows=loaded.rows, example=veiled(text), **fields
    )


def formula_findings(engine: Engine, loaded: LoadedTable) -> list[Finding]:
    """A note for each text column with cells that begin like a formula, with the first of them."""
    texts = [column for column in loaded.table.source_columns if column.datatype.base in TEXTS]
    if loaded.cells is None:
        begun = [column for column, _ in _counts(engine, loaded, texts, _begins)]
    else:
        begun = [column for column in texts if any(map(_sign_of(column), loaded.cells[column.number - 1]))]
    return [_formula_note(engine, loaded, *counted) for counted in _counts(engine, loaded, begun, _is_formula)]


def _counts(
    engine: Engine, loaded: LoadedTable, columns: list[Column], condition: Callable[[Column], str]
) -> list[tuple[Column, int]]:
    """The columns with cells that meet the condition, each with their number."""
    if not columns:
        return []
    counts = ", ".join(cells_meeting(loaded.source, column.number, condition(column)) for column in columns)
    (numbers,) = engine.rows(f"SELECT {counts} FROM {loaded.name}")
    return [(column, count) for column, count in zip(columns, numbers, strict=True) if count]


def _formula_text(column: Column) -> str:
    value = f"c{column.number}"
    return sql.join_items(value, column.separator) if column.separator else value


def _begins(column: Column) -> str:
    """Whether a text begins like a formula. It is checked first, as compiling the other patterns takes time."""
    value = _formula_text(column)
    plain = sql.any_of([f"{value} BETWEEN {sql.text(first)} AND {sql.text(last)}" for first, last in _PLAIN])
    return f"coalesce({sql.when([(plain, 'FALSE')], sql.part_match(value, _START))}, FALSE)"


def _sign_of(column: Column) -> Callable[[Cell], bool]:
    """The same of a cell in memory."""
    separator = column.separator or ""

    def begins(cell: Cell) -> bool:
        return cell is not None and (cell if isinstance(cell, str) else separator.join(cell))[:1] in _FIRST

    return begins


def _is_formula(column: Column) -> str:
    value = _formula_text(column)
    harmless = " OR ".join(sql.full_match(value, pattern) for pattern in _HARMLESS)
    return sql.when([(_begins(column), f"NOT ({harmless})")], "FALSE")


def _formula_note(engine: Engine, loaded: LoadedTable, column: Column, count: int) -> Finding:
    chosen = f"{loaded.name} WHERE {_is_formula(column)}"
    rows = engine.rows(first_cells(loaded.source, column.number, _formula_text(column), chosen, _FORMULAS_SHOWN))
    places = tuple(loaded.source.place(record, column.number) for record, _ in rows)
    examples = " · ".join(text if len(text) <= _FORMULA_LENGTH else f"{text[:_FORMULA_LENGTH]}…" for _, text in rows)
    title = loaded.source.title(column.number)
    return finding("formula-like", places, dataset=loaded.table.dataset, title=title, count=count, examples=examples)
