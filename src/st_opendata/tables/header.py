"""The header row against the description: each column by its name or any of its titles, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Column, Table
from st_opendata.spelling import differ_in_case, first_difference, look_alike, nearest
from st_opendata.tables.splits import file_columns
from st_opendata.tables.titles import cleaned, in_place


def match_header(table: Table, header: tuple[str, ...], *, row: int | None) -> tuple[tuple[int, ...], list[Finding]]:
    """For each source column its place in the file, counted from 0; and findings when they do not fit together.

    If every column's title is at the column's own place, titles may be repeated. `row` is that of the header, if the
    file has one.
    """
    columns, places = file_columns(table)
    if len(header) == len(columns) and in_place(columns, header):
        return places, []
    order, found = _match(replace(table, columns=columns), header, row=row)
    return () if found else tuple(order[place] for place in places), found


def _match(table: Table, header: tuple[str, ...], *, row: int | None) -> tuple[tuple[int, ...], list[Finding]]:
    """The same for the columns of the file, some of which are the source of several columns of the table."""
    found: list[Finding] = []
    other = None if table.layer else _other_delimiter(table, header)
    if other:
        fields = {"title": header[0], "delimiter": _shown(other), "expected": _shown(table.dialect.delimiter)}
        return (), [finding("table-delimiter", (table.place(row),), dataset=table.dataset, **fields)]

    def note(code: str, title: str, **values: object) -> None:
        place = table.place(row, title or None, header.index(title) if title in header else None)
        found.append(finding(code, (place,), dataset=table.dataset, title=title, **values))

    empty = [str(number) for number, title in enumerate(header, 1) if not title]
    if empty:
        note("header-empty", "", numbers=", ".join(empty))
    first: dict[str, int] = {}
    for number, title in enumerate(header, 1):
        if first.setdefault(title, number) < number and title:
            note("header-duplicate", title, first=first[title], number=number)
    names = {column.name: number for number, column in enumerate(table.source_columns)}
    titles = {
        cleaned(title): number for number, column in enumerate(table.source_columns) for title in column.titles.values()
    }
    known = titles | names
    order, unknown = _placed(known, header)
    missing = [column for number, column in enumerate(table.source_columns) if number not in order]
    for column in tuple(missing):
        pair = _like(column, unknown)
        if pair is not None:
            other, name = pair
            if differ_in_case(other, name):
                note("header-case", other, name=name)
            elif other != name:  # else it is a duplicate, which is already found
                number, differs, expected = first_difference(other, name)
                note("header-lookalike", other, name=name, number=number, found=differs, expected=expected)
            missing.remove(column)
            unknown.remove(other)
    spellings = [title for title in unknown if title]
    for column in missing:
        near = nearest(column.name, spellings) or next(
            (match for title in column.titles.values() if (match := nearest(title, spellings))), None
        )
        note("column-missing", column.name, near=near)
    times = Counter(header)
    for title in unknown:
        if title and times[title] == 1:
            note("column-unknown", title, near=nearest(title, [*names, *titles]))
    return tuple(order[number] for number in sorted(order)), found


def _placed(known: Mapping[str, int], header: Sequence[str]) -> tuple[dict[int, int], list[str]]:
    """The place in the header of each column that is known there, and the titles that are not known."""
    order: dict[int, int] = {}
    unknown = []
    for number, title in enumerate(header):
        position = known.get(title)
        if position is None or position in order:
            unknown.append(title)
        else:
            order[position] = number
    return order, unknown


def _titles(column: Column) -> tuple[str, ...]:
    return column.name, *column.titles.values()


def _like(column: Column, unknown: Sequence[str]) -> tuple[str, str] | None:
    """The title of the header that looks like one of the column's, and that one: the same text first, then case."""
    pairs = [(title, name) for title in unknown for name in _titles(column) if title and look_alike(title, name)]
    return min(pairs, key=lambda pair: (pair[0] != pair[1], not differ_in_case(*pair)), default=None)


def _other_delimiter(table: Table, header: tuple[str, ...]) -> str | None:
    """The character that seems to delimit a file whose header is one cell but its description has more."""
    if len(header) != 1 or len(table.source_columns) == 1:
        return None
    return max((one for one in ";,\t|" if one in header[0]), key=header[0].count, default=None)


def _shown(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter
