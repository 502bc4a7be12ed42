"""The names of rows: their label, else that of the row that a foreign key refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from st_opendata.exports.sources import TableSource
from st_opendata.facts import FactBase
from st_opendata.model.tables import Column, ForeignKey, Table
from st_opendata.model.text import pick
from st_opendata.rdf.labels import LABELS, best_label

_STEPS = 4

Row = dict[str, Any]
"""Cells by the name of their column: text, a list of texts, or None."""
Name = Callable[[str], str]
"""Gives the name in a language."""


def rows_of(facts: FactBase, table: Table) -> Iterator[Row]:
    """The cleaned rows of a table."""
    names = [column.name for column in table.source_columns]
    return (dict(zip(names, row, strict=True)) for batch in facts.records(table.name) for row in batch)


def name_rows(source: TableSource, about: Column, rows: Sequence[Row]) -> tuple[Name, ...]:
    """The names of a column's subjects, one for each row; a row without a name gets its key."""
    texts = _texts(source, source.table, about.about_url, rows, _STEPS)
    keys = source.table.primary_key or (about.name,)
    plain = [" ".join(str(row.get(key) or "") for key in keys) for row in rows]
    return tuple(_name(text, key) for text, key in zip(texts, plain, strict=True))


def _name(text: dict[str, str], key: str) -> Name:
    return lambda language: pick(text, language) or key


def _texts(
    source: TableSource, table: Table, about: str | None, rows: Sequence[Row], steps: int
) -> list[dict[str, str]]:
    """The names of each row by language; empty for a row without a name."""
    if labels := _labels(table, about):
        return [_stated(labels, row) for row in rows]
    key = _key(table)
    if key is None or not steps:
        return [{} for _ in rows]
    target = next(each for dataset in source.catalogue.datasets for each in dataset.tables if each.name == key.table)
    (here,), (there,) = key.columns, key.reference
    wanted = {row[here] for row in rows}
    found = [row for row in rows_of(source.facts, target) if row[there] in wanted]
    subject = next((column.about_url for column in target.source_columns if column.property_url in LABELS), None)
    named = _texts(source, target, subject or _subject(target), found, steps - 1)
    by_key = {row[there]: text for row, text in zip(found, named, strict=True)}
    return [by_key.get(row[here], {}) for row in rows]


def label_columns(table: Table) -> list[Column]:
    """The columns with the names of a table's rows, by the best property that it has."""
    subject = next((column.about_url for column in table.source_columns if column.property_url in LABELS), None)
    return _labels(table, subject)


def _labels(table: Table, about: str | None) -> list[Column]:
    """The columns with names of the subject, by the best property that has some."""
    mine = [column for column in table.source_columns if column.about_url == about and not column.separator]
    return best_label(lambda label: [column for column in mine if column.property_url == label]) or []


def _stated(labels: Iterable[Column], row: Row) -> dict[str, str]:
    return {column.lang: row[column.name] for column in labels if row[column.name]}


def _key(table: Table) -> ForeignKey | None:
    """The foreign key that distinguishes rows: that of the primary key if possible, else the first."""
    single = [key for key in table.foreign_keys if len(key.columns) == 1]
    return next((key for key in single if key.columns == table.primary_key), next(iter(single), None))


def _subject(table: Table) -> str | None:
    """The template of the table's main subject."""
    return next((column.about_url for column in table.source_columns), None)
