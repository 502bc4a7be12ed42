"""Warnings about personal data: columns whose cells or titles say that they are of persons (`tables.personal`)."""

from __future__ import annotations

from dataclasses import dataclass

from st_opendata.facts.loading import LoadedTable
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.numeric import INTEGER_BOUNDS
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import TEXTS
from st_opendata.tables.personal import ACCOUNTS, LEAST, forms_of, is_iban, veiled

_EXAMINED = 100


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """Cells of `column` that meet the condition hold what `kind` says."""

    column: Column
    kind: str
    condition: str


def personal_findings(engine: Engine, loaded: LoadedTable) -> list[Finding]:
    """A warning for each column in which half of the cells are personal data and of which nobody has said if it is."""
    suspicions = [each for column in loaded.table.source_columns for each in _suspicions(loaded, column)]
    if not suspicions:
        return []
    counts = ", ".join(
        f"count(*) FILTER (WHERE {_known(each.column)}), count(*) FILTER (WHERE {each.condition})"
        for each in suspicions
    )
    (numbers,) = engine.rows(f"SELECT {counts} FROM {loaded.name}")
    found: dict[str, Finding] = {}
    for each, known, meeting in zip(suspicions, numbers[::2], numbers[1::2], strict=True):
        if meeting and meeting >= LEAST * known and each.column.name not in found:
            warning = _warning(engine, loaded, each, meeting)
            found |= {each.column.name: warning} if warning else {}
    return list(found.values())


def _suspicions(loaded: LoadedTable, column: Column) -> list[_Suspicion]:
    """What the column may hold, by its type and titles."""
    base = column.datatype.base
    if column.personal is not None or not (base in TEXTS or base in INTEGER_BOUNDS or base == "anyURI"):
        return []
    others = [title for each in loaded.table.source_columns if each is not column for title in _titles(loaded, each)]
    forms = forms_of(_titles(loaded, column), others, text=base not in INTEGER_BOUNDS)
    return [_Suspicion(column, kind, _meets(column, form)) for kind, form in forms.items()]


def _titles(loaded: LoadedTable, column: Column) -> list[str]:
    return [column.name, *column.titles.values(), loaded.source.title(column.number)]


def _known(column: Column) -> str:
    return f"c{column.number} IS NOT NULL"


def _meets(column: Column, pattern: str) -> str:
    """True where the cell, or an item of its list, matches the pattern."""
    value = f"c{column.number}"
    if column.separator:
        return f"{sql.size(sql.only(value, 'x', sql.full_match('x', pattern)))} > 0"
    return f"coalesce({sql.full_match(value, pattern)}, FALSE)"


def _warning(engine: Engine, loaded: LoadedTable, suspicion: _Suspicion, count: int) -> Finding | None:
    column = suspicion.column
    value = f"c{column.number}"
    shown = sql.joined(value, " ") if column.separator else value
    rows = engine.rows(
        f"SELECT record, {shown} FROM {loaded.name} WHERE {suspicion.condition} ORDER BY record LIMIT {_EXAMINED}"
    )
    if suspicion.kind == ACCOUNTS and 2 * sum(is_iban(text) for _, text in rows) < len(rows):
        return None
    record, text = rows[0]
    place = loaded.source.place(record, column.number)
    fields = {"title": loaded.source.title(column.number), "kind": suspicion.kind, "count": count}
    return finding(
        "personal-data", (place,), dataset=loaded.table.dataset, rows=loaded.rows, example=veiled(text), **fields
    )
