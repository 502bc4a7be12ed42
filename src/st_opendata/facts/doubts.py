"""Rows that are published as data, though they look like totals or footnotes: a person must decide."""

from __future__ import annotations

from st_opendata.facts.checks import quoted
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import FOOTNOTES, TOTALS
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import TEXTS
from st_opendata.tables.office_words import FOOTNOTE, total_labels
from st_opendata.tables.office_words import FOOTNOTES as NOTES
from st_opendata.tables.scan import Source


def doubtful_rows(engine: Engine, source: Source, name: str) -> list[Finding]:
    """Of the table loaded under `name`, one finding for totals and one for footnotes, each at the first such row.

    The first column tells. Where most of its texts stand in several rows, a total is one of the groups that they name.
    A footnote is alone in its row; the last row, alone with a word such as `Source:`, may have delimiters in its text.
    """
    first, *others = source.table.source_columns
    if not others or first.separator or first.datatype.base not in TEXTS:
        return []
    cell = f"c{first.number}"
    alone = [f"c{column.number} IS NULL" for column in others]
    note, noted = (sql.part_match(cell, rf"\A(?:{form})") for form in (FOOTNOTE, NOTES["words"]))
    last = f"(SELECT CASE WHEN count(*) = 1 THEN max(record) END FROM {name} WHERE {noted})"
    conditions = {
        TOTALS: f"{cell} IN {sql.texts(total_labels())}",
        FOOTNOTES: f"{sql.all_of([*alone, note])} OR record = {last} AND record = (SELECT max(record) FROM {name})",
    }
    found = []
    for rule, condition in conditions.items():
        rows = engine.rows(f"SELECT record, {cell} FROM {name} WHERE {condition} ORDER BY record LIMIT 1")
        if rule == TOTALS and rows and _groups(engine, name, cell):
            continue
        for record, text in rows:
            place, values = source.place(record, 1), {"value": quoted(text), "rule": rule}
            found.append(finding("row-doubtful", (place,), dataset=source.table.dataset, **values))
    return found


def _groups(engine: Engine, name: str, cell: str) -> bool:
    ((texts, rows),) = engine.rows(f"SELECT count(DISTINCT {cell}), count(*) FROM {name}")
    return bool(texts * 2 <= rows)
