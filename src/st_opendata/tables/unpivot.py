"""The columns of a file that become rows: `unpivot` of dataset.yaml against the titles of the header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column, Table, Unpivot
from st_opendata.spelling import nearest
from st_opendata.tables.splits import file_columns
from st_opendata.tables.titles import cleaned, known_as


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of the file whose cells are rows: its title, what this says in each column for it, and its place.

    `place` counts the columns of the file from 0.
    """

    title: str
    says: tuple[str, ...]
    place: int


def staying(table: Table) -> Table:
    """The table of the columns that the file has, too."""
    made = table.unpivot.columns if table.unpivot else ()
    return replace(table, columns=tuple(each for each in table.source_columns if each.name not in made), unpivot=None)


def file_table(table: Table, header: Sequence[str]) -> tuple[Table, tuple[WideColumn, ...]]:
    """The table of the file under this header, and its columns that become rows.

    Such a column is described by its title, and as the column of the values. Those that stay come first where they
    are first in the file, so that columns without a title go by their place.
    """
    rule = table.unpivot
    assert rule is not None
    stay = list(staying(table).columns)
    known = {title for column in file_columns(staying(table))[0] for title in known_as(column)}
    wide = tuple(
        WideColumn(header[place], says, place) for place, says in _matched(rule, header) if header[place] not in known
    )
    places, columns, value = {each.place for each in wide}, list[Column](), table.column(rule.value)
    for place, title in enumerate(header):
        if place in places:
            columns.append(replace(value, name=title, titles={}, untitled=False))
        elif stay:
            columns.append(stay.pop(0))
    numbered = (replace(column, number=number) for number, column in enumerate([*columns, *stay], 1))
    return replace(table, columns=tuple(numbered), unpivot=None), wide


def unpivot_findings(table: Table, header: Sequence[str], wide: Sequence[WideColumn], row: int) -> list[Finding]:
    """The faults of the header in this row: columns that are missing, or say the same."""
    rule = table.unpivot
    assert rule is not None
    found = [
        finding("column-missing", (table.place(row),), dataset=table.dataset, title=title, near=nearest(title, header))
        for title in (*rule.titles, *(rule.span or ()))
        if cleaned(title) not in header
    ]
    if not (found or wide):
        found.append(finding("unpivot-none", (table.place(row),), dataset=table.dataset, columns=rule.pattern or ""))
    first: dict[tuple[str, ...], WideColumn] = {}
    for column in wide:
        other = first.setdefault(column.says, column)
        if other is not column:
            places = tuple(table.place(row, each.title, each.place) for each in (other, column))
            fields = {"title": column.title, "other": other.title, "says": ", ".join(column.says)}
            found.append(finding("unpivot-same", places, dataset=table.dataset, **fields))
    return found


def _matched(rule: Unpivot, header: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The places of the columns of the rule, each with what its title says; a column that stays may be one of them."""
    if rule.pattern is not None:
        for place, title in enumerate(header):
            if title and (match := re.fullmatch(rule.pattern, title)):
                yield place, tuple((match[name] or "").strip() for name in match.re.groupindex) or (title,)
        return
    titles = set(map(cleaned, rule.titles))
    if rule.span and all(cleaned(end) in header for end in rule.span):
        first, last = sorted(header.index(cleaned(end)) for end in rule.span)
        titles = {*header[first : last + 1]}
    yield from ((place, (title,)) for place, title in enumerate(header) if title in titles and title)
