"""csv2json: a group of tables as JSON text, in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import urldefrag

from st_opendata.csvw.annotations import annotation_members
from st_opendata.csvw.group import OpenGroup
from st_opendata.csvw.objects import row_objects
from st_opendata.csvw.rows.cells import CellSelection, values_of
from st_opendata.model.groups import Annotations, DescribedTable
from st_opendata.tables.json_text import json_array, json_object, json_value, quote


def group_json(opened: OpenGroup, *, minimal: bool) -> Iterator[str]:
    """One document: in minimal mode the list of all objects, in standard mode the group with its tables and rows."""
    if minimal:
        yield "[\n"
        yield from _separated(_all_objects(opened))
        yield "\n]\n"
        return
    said = _said(opened.group.annotations)
    yield "{" + "".join(f"{member},\n" for member in said) + '"tables": ['
    comma = "\n"
    for table in opened.output:
        yield comma + "{"
        yield from _table(opened, table)
        yield "}"
        comma = ",\n"
    yield "\n]}\n"


def _table(opened: OpenGroup, table: DescribedTable) -> Iterator[str]:
    members = _said(table.annotations)
    identity = members[:1] if table.annotations.id else []
    for member in [*identity, f'"url": {quote(table.url)}', *members[len(identity) :]]:
        yield f"{member},\n"
    yield '"row": [\n'
    yield from _separated(_rows(opened, table))
    yield "\n]"


def _separated(items: Iterator[str]) -> Iterator[str]:
    comma = ""
    for item in items:
        yield comma + item
        comma = ",\n"


def _all_objects(opened: OpenGroup) -> Iterator[str]:
    for table in opened.output:
        selection, rows = opened.tables.rows(table)
        for _, _, values in rows:
            yield from row_objects(list(selection.cells(values)))


def _rows(opened: OpenGroup, table: DescribedTable) -> Iterator[str]:
    selection, rows = opened.tables.rows(table)
    document, _ = urldefrag(table.url)
    for row, record, values in rows:
        members = [("url", quote(f"{document}#row={record}")), ("rownum", str(row))]
        titles = _titles(selection, values)
        if titles:
            members.append(("titles", json_array(titles) if len(titles) > 1 else titles[0]))
        members.append(("describes", json_array(row_objects(list(selection.cells(values))))))
        yield json_object(members)


def _titles(selection: CellSelection, values: Sequence[object]) -> list[str]:
    return [
        json_value(text, column.datatype.base if well else "string")
        for column, place, sound in selection.titles
        for text, well in values_of(values[place], values[sound])
    ]


def _said(said: Annotations) -> list[str]:
    identity = {"@id": said.id} if said.id else {}
    members = identity | annotation_members(said)
    return [f"{quote(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in members.items()]
