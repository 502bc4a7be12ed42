"""CSV: the cleaned table (RFC 4180, UTF-8 without BOM), and the CSVW metadata that describes this file.

The header holds the column names. A cell holds the canonical XSD text of its value, a list its items with the column's
separator between them, a null cell the column's null text. Text is not changed: a cell that a spreadsheet would
treat as a formula (`=1+1`) stays unchanged, because any change would change the data.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.exports.csvw_metadata import null_texts, write_metadata
from st_opendata.exports.published import ROW, iri_columns, link_tables, list_separator
from st_opendata.exports.sources import TableSource
from st_opendata.messages.message import message
from st_opendata.model.tables import Column, Table
from st_opendata.namespaces import PREFIXES
from st_opendata.release.layout import METADATA_SUFFIX, table_file
from st_opendata.tables.templates import full_iri

Cell = str | list[str] | None


def write_csv(source: TableSource, path: Path) -> None:
    """Write the table to `path`, link tables to its folder, and the description to `path` with `-metadata.json`.

    Raises:
        InputError: an item of a list holds the separator, so that it could not be read back.
    """
    columns = source.table.source_columns
    _write(path, columns, _rows(columns, source))
    for link in link_tables(source.table):
        _write(path.with_name(table_file(link.stem)), link.columns, _link_rows(link, source))
    write_metadata(source, path.with_name(path.name + METADATA_SUFFIX))


def _rows(columns: Sequence[Column], source: TableSource) -> Iterator[Sequence[Cell]]:
    """The rows, whose cells are encoded in those columns that do not have plain text; None makes an empty cell."""
    named = iri_columns(source.table)
    encoders = [
        (number, _encoder(column, source))
        for number, column in enumerate(columns)
        if column.separator or column.name in named or next(iter(null_texts(column)), "")
    ]
    rows = chain.from_iterable(source.facts.records(source.table.name))
    if not encoders:
        yield from rows
        return
    for row in rows:
        cells: list[Cell] = list(row)
        for number, encode in encoders:
            cells[number] = encode(cells[number])
        yield cells


def _write(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.name for column in columns])
        writer.writerows(rows)


def _link_rows(link: Table, source: TableSource) -> Iterator[list[str]]:
    """One row for each item of the list column, which is the link table's last."""
    *keys, item = link.columns
    names = [column.name for column in source.table.source_columns]
    encoders = [_encoder(column, source) for column in keys]
    encode_item = _encoder(item, source)
    for number, row in enumerate(chain.from_iterable(source.facts.records(source.table.name)), 1):
        cells: dict[str, Cell] = dict(zip(names, row, strict=True)) | {ROW: str(number)}
        key = [encode(cells[column.name]) for encode, column in zip(encoders, keys, strict=True)]
        yield from ([*key, encode_item(value)] for value in cells[item.name] or ())


def _encoder(column: Column, source: TableSource) -> Callable[[Cell], str]:
    null = next(iter(null_texts(column)), "")
    named = column.name in iri_columns(source.table)
    base, prefixes = source.catalogue.base, source.catalogue.prefixes
    separator = list_separator(column, base, PREFIXES | prefixes, iris=named)

    def encode(cell: Cell) -> str:
        if cell is None:
            return null
        if isinstance(cell, str):
            return full_iri(cell, base, prefixes) if named else cell
        items = [full_iri(item, base, prefixes) for item in cell] if named else cell
        assert separator is not None, column.name  # only a column with a separator has lists
        if wrong := next((item for item in items if separator in item), None):
            raise InputError(
                message(
                    'the item "{item}" in the column "{column}" contains the separator "{separator}"',
                    item=wrong,
                    column=column.name,
                    separator=separator,
                ),
                remedy=message("Choose another separator for this column."),
            )
        return separator.join(items)

    return encode
