"""The tables of a dataset as sheets of a workbook, shared by XLSX and ODS.

The first sheet is the cover (`cover.py`). A sheet has at most the rows that a spreadsheet shows; a longer table
continues on further sheets. Values have types if a spreadsheet keeps them unchanged; a number of more than 15 digits or
beyond a float, a date before March 1900 and a time with a zone stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from math import isfinite

from st_opendata.exports.published import iri_columns
from st_opendata.exports.sources import DatasetSource, TableSource
from st_opendata.messages.message import message
from st_opendata.model.numeric import FLOATS, INTEGER_BOUNDS, NUMBERS
from st_opendata.model.tables import Column
from st_opendata.tables.templates import full_iri

COVER = message("About")
"""The name of the cover; no other sheet has it, in any language of the cover."""
MAX_ROWS = 1_048_576
"""The most rows of a sheet, including its header."""
EPOCH = date(1980, 1, 1)
"""The oldest date of a member of a zip file."""

_DIGITS = 15
_FIRST_DAY = date(1900, 3, 1)
"""Spreadsheets disagree about earlier days."""
_FIRST_TEXT = _FIRST_DAY.isoformat()
_DATE_LENGTH = len(_FIRST_TEXT)
_NAME_LENGTH = 31

Value = str | bool | int | float | Decimal | date | datetime | None
Cell = str | list[str] | None


@dataclass(frozen=True, slots=True)
class DataSheet:
    """A sheet: the rows below its header are typed values."""

    table: str
    name: str
    header: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


def sheets_of(source: DatasetSource) -> Iterator[DataSheet]:
    """The sheets of all tables of the dataset, in their order; read the rows of one before taking the next."""
    names = sheet_names(source)
    for table in source.dataset.tables:
        columns = table.source_columns
        rows = _rows(TableSource(source.catalogue, source.dataset, table, source.facts))
        header = tuple(column.name for column in columns)
        for name in names[table.name]:
            yield DataSheet(table.stem, name, header, islice(rows, MAX_ROWS - 1))


def sheet_names(source: DatasetSource) -> dict[str, list[str]]:
    """The names of the sheets of each table: several if it has more rows than a sheet."""
    taken = set(map(str.casefold, COVER.values()))
    names: dict[str, list[str]] = {}
    for table in source.dataset.tables:
        parts = max(1, -(-source.facts.rows(table.name) // (MAX_ROWS - 1)))
        names[table.name] = [_free(table.stem, number, taken) for number in range(1, parts + 1)]
    return names


def _free(table: str, part: int, taken: set[str]) -> str:
    """A name of at most 31 characters that no sheet has yet, without regard to case."""
    number = part
    while True:
        end = f" ({number})" if number > 1 else ""
        name = table[: _NAME_LENGTH - len(end)] + end
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
        number += 1


def day_of(source: DatasetSource) -> date:
    """The date in the workbook: that of the last change, from the catalogue."""
    return max(source.dataset.modified or source.dataset.issued or EPOCH, EPOCH)


def _rows(source: TableSource) -> Iterator[tuple[Value, ...]]:
    """The rows, encoded column by column: most columns need no call, or one, for each cell."""
    encoders = [_encoder(column, source) for column in source.table.source_columns]
    for batch in source.facts.records(source.table.name):
        columns = zip(encoders, zip(*batch, strict=True), strict=True)
        yield from zip(*(encode(cells) for encode, cells in columns), strict=True)


def _encoder(column: Column, source: TableSource) -> Callable[[Sequence[Cell]], Sequence[Value]]:
    named = column.name in iri_columns(source.table)
    base, catalogue = column.datatype.base, source.catalogue
    typed: Callable[[str], Value] | None = None
    if base in NUMBERS:
        typed = _float if base in FLOATS else _integer if base in INTEGER_BOUNDS else _decimal
    elif base in ("date", "dateTime"):
        typed = _moment
    elif base == "boolean":
        typed = "true".__eq__

    def iri(text: str) -> str:
        return full_iri(text, catalogue.base, catalogue.prefixes)

    def listed(cell: Cell) -> Value:
        items = cell if isinstance(cell, list) else []
        return (column.separator or "").join(map(iri, items) if named else items) if cell is not None else None

    if column.separator:
        return lambda cells: list(map(listed, cells))
    encode = iri if named else typed
    return partial(_encoded, encode) if encode else _unchanged


def _encoded(encode: Callable[[str], Value], cells: Sequence[Cell]) -> list[Value]:
    return [encode(cell) if isinstance(cell, str) else None for cell in cells]


def _unchanged(cells: Sequence[Cell]) -> Sequence[Value]:
    return cells  # type: ignore[return-value]  # without a separator no cell is a list


def _integer(text: str) -> Value:
    return int(text) if len(text.lstrip("-")) <= _DIGITS else text


def _decimal(text: str) -> Value:
    digits = text.lstrip("-0.").replace(".", "")
    return Decimal(text) if len(digits) <= _DIGITS else text


def _float(text: str) -> Value:
    value = float(text)
    if not isfinite(value):  # INF, NaN, and what is larger than a float can be
        return text
    vanished = not value and re.search("[1-9]", text.partition("E")[0])
    return text if vanished else value


def _moment(text: str) -> Value:
    """A date, or a date and time to the second, without a zone."""
    if len(text) == _DATE_LENGTH:
        return date.fromisoformat(text) if text >= _FIRST_TEXT else text
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2})?", text)
    if not found or date.fromisoformat(found[1]) < _FIRST_DAY:
        return text
    return datetime.fromisoformat(text) if found[2] else date.fromisoformat(text)
