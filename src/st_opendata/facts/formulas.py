"""Notes about texts that a spreadsheet program takes for formulas when it opens a published CSV file.

They are published as they are: a changed cell would be another fact. So the publisher is told.
"""

from __future__ import annotations

from collections.abc import Callable

from st_opendata.facts.loading import LoadedTable
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import TEXTS

_SIGNS = "+\\-\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
_START = f"^(?:[\\t\\r\\n]|[=@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH COMMERCIAL AT}{_SIGNS}])"
"""How spreadsheet programs know a formula; a tab or line end at the start is dropped by some of them."""

_SIGNED = f"[{_SIGNS}]\\s*[€$£]?\\s*\\p{{N}}"
_HARMLESS = (
    r"[^\p{L}\p{N}]*",  # a dash for no value
    f"{_SIGNED}[\\p{{N}}\\s.,'’/():%‰°{_SIGNS}]*",  # a number, a date, a telephone number
    f"{_SIGNED}[\\p{{N}}\\s.,'’:–]*(?:[eE][+\\-]?\\p{{N}}+)?\\s*[\\p{{L}}°€$£%‰µ²³ /.]{{0,30}}",  # with a unit
)
_EXAMPLES, _LETTERS = 3, 40


def formula_findings(engine: Engine, loaded: LoadedTable) -> list[Finding]:
    """A note for each column of texts some of which begin as a formula does, with the first of them."""
    texts = [column for column in loaded.table.source_columns if column.datatype.base in TEXTS]
    begun = [column for column, _ in _counts(engine, loaded, texts, _begins)]
    return [_note(engine, loaded, column, count) for column, count in _counts(engine, loaded, begun, _condition)]


def _counts(
    engine: Engine, loaded: LoadedTable, columns: list[Column], condition: Callable[[Column], str]
) -> list[tuple[Column, int]]:
    """The columns of which a cell meets the condition, each with the number of such cells."""
    if not columns:
        return []
    counts = ", ".join(f"count(*) FILTER (WHERE {condition(column)})" for column in columns)
    (numbers,) = engine.rows(f"SELECT {counts} FROM {loaded.name}")
    return [(column, count) for column, count in zip(columns, numbers, strict=True) if count]


def _shown(column: Column) -> str:
    value = f"c{column.number}"
    return sql.joined(value, column.separator) if column.separator else value


def _begins(column: Column) -> str:
    """As a formula does. This is asked first: compiling the other patterns takes longer than reading a small table."""
    return f"coalesce({sql.part_match(_shown(column), _START)}, FALSE)"


def _condition(column: Column) -> str:
    value = _shown(column)
    harmless = " OR ".join(sql.full_match(value, pattern) for pattern in _HARMLESS)
    return f"coalesce({sql.part_match(value, _START)} AND NOT ({harmless}), FALSE)"


def _note(engine: Engine, loaded: LoadedTable, column: Column, count: int) -> Finding:
    rows = engine.rows(
        f"SELECT record, {_shown(column)} FROM {loaded.name} WHERE {_condition(column)}"
        f" ORDER BY record LIMIT {_EXAMPLES}"
    )
    places = tuple(loaded.source.place(record, column.number) for record, _ in rows)
    examples = " · ".join(text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…" for _, text in rows)
    title = loaded.source.title(column.number)
    return finding("formula-like", places, dataset=loaded.table.dataset, title=title, count=count, examples=examples)
