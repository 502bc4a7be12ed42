"""The header row against the description: each column by its name or any of its titles, in any order."""

from __future__ import annotations

from st_opendata.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.place import Place
from st_opendata.tables.problems import nearest


def match_header(table: Table, header: tuple[str, ...], *, row: int) -> tuple[tuple[int, ...], list[Finding]]:
    """For each source column its place in the file, counted from 0; and findings when they do not fit together."""
    found: list[Finding] = []
    other = _other_delimiter(table, header)
    if other:
        fields = {"title": header[0], "delimiter": _shown(other), "expected": _shown(table.dialect.delimiter)}
        return (), [finding("table-delimiter", (Place(table.file, row=row),), dataset=table.dataset, **fields)]

    def note(code: str, title: str, **values: object) -> None:
        place = Place(table.file, row=row, column=title or None)
        found.append(finding(code, (place,), dataset=table.dataset, title=title, **values))

    for number, title in enumerate(header):
        if not title:
            note("header-empty", "", number=number + 1)
        elif title in header[:number]:
            note("header-duplicate", title, first=header.index(title) + 1, number=number + 1)
    names = {column.name: number for number, column in enumerate(table.source_columns)}
    titles = {title: number for number, column in enumerate(table.source_columns) for title in column.titles.values()}
    known = titles | names
    order: dict[int, int] = {}
    unknown = []
    for number, title in enumerate(header):
        position = known.get(title)
        if position is None or position in order:
            unknown.append(title)
        else:
            order[position] = number
    spellings = [title for title in unknown if title]
    for column in (column for number, column in enumerate(table.source_columns) if number not in order):
        near = nearest(column.name, spellings) or next(
            (match for title in column.titles.values() if (match := nearest(title, spellings))), None
        )
        note("column-missing", column.name, near=near or "-")
    for title in unknown:
        if title and header.count(title) == 1:
            note("column-unknown", title, near=nearest(title, [*names, *titles]) or "-")
    return tuple(order[number] for number in sorted(order)), found


def _other_delimiter(table: Table, header: tuple[str, ...]) -> str | None:
    """The character that seems to delimit a file whose header came as one cell where several columns are described."""
    if len(header) != 1 or len(table.source_columns) == 1:
        return None
    return max((one for one in ";,\t|" if one in header[0]), key=header[0].count, default=None)


def _shown(delimiter: str) -> str:
    return "\\t" if delimiter == "\t" else delimiter
