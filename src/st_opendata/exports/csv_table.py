"""CSV: the cleaned table (RFC 4180, UTF-8 without BOM), and beside it the CSVW metadata that describes this very file.

The header holds the column names. A cell holds the canonical XSD text of its value, a list its items with the column's
separator between them, a null cell the column's null text. Text is not changed: a cell that a spreadsheet would take
for a formula (`=1+1`) stays as it is, as any change would be a change of data.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.exports.csvw_metadata import METADATA_SUFFIX, null_texts, write_metadata
from st_opendata.exports.sources import TableSource
from st_opendata.model.tables import Column

Cell = str | list[str] | None


def write_csv(source: TableSource, path: Path) -> None:
    """Write the table to `path` and its description to `path` with `-metadata.json` appended.

    Raises:
        InputError: an item of a list holds the separator, so that it could not be read back.
    """
    columns = source.table.source_columns
    encoders = [_encoder(column) for column in columns]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.name for column in columns])
        for batch in source.facts.records(source.table.name):
            writer.writerows([encode(cell) for encode, cell in zip(encoders, row, strict=True)] for row in batch)
    write_metadata(source, path.with_name(path.name + METADATA_SUFFIX))


def _encoder(column: Column) -> Callable[[Cell], str]:
    null = next(iter(null_texts(column)), "")
    separator = column.separator

    def encode(cell: Cell) -> str:
        if cell is None:
            return null
        if isinstance(cell, str):
            return cell
        if separator is None or any(separator in item for item in cell):
            raise InputError(
                f'an item of {cell} in the column "{column.name}" holds the separator "{separator}"',
                remedy="Choose another separator for this column.",
            )
        return separator.join(cell)

    return encode
