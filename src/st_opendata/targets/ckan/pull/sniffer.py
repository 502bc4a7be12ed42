"""Encoding, delimiter and header of a CSV file of unknown origin, and the description of the table in it.

The file stays unchanged: a CSVW dialect describes its syntax. Columns are text, unless the DataStore of the portal has
types for them that fit their first cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from st_opendata.catalogue.statements import Yaml
from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message, verbatim
from st_opendata.model.findings import Finding, Severity
from st_opendata.model.tables import Column, Datatype, Dialect, Table
from st_opendata.names import plain
from st_opendata.system.scratch import Scratch
from st_opendata.tables.datatypes import parse
from st_opendata.tables.encodings import EncodingGuess, first_cell, guess_encoding
from st_opendata.tables.scan import open_source
from st_opendata.tables.table_file import TableFile
from st_opendata.targets.ckan.pull.fields import clean

_SAMPLE = 1 << 18
_ROWS = 200
MAX_COLUMNS = 16_384
_DELIMITERS = ",;\t|"
_DATATYPES = {
    **dict.fromkeys(("int", "int2", "int4", "int8", "integer", "bigint"), "integer"),
    "numeric": "decimal",
    "float8": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "dateTime",
}
"""CSVW datatypes by PostgreSQL type."""
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]*")


@dataclass(frozen=True, slots=True)
class DataStoreColumn:
    """A column of the portal's DataStore: its type, and its label and notes for people."""

    type: str
    label: str = ""
    notes: str = ""


class NotATableError(MessageError):
    """The file is not a table; the message says why."""


def describe_file(path: Path, language: str, datastore: Mapping[str, DataStoreColumn]) -> tuple[Yaml, list[Message]]:
    """The description of the table in a file, without its `url`, and remarks on it.

    Raises:
        NotATableError: the program cannot read it as a table.
        OSError: the file cannot be read.
    """
    guess = guess_encoding(path, () if language == "en" else (language,))
    sample = _sample(path, guess.encoding)
    delimiter = _delimiter(sample)
    rows = _rows(sample, delimiter)
    header = [title.strip() for title in rows[0]] if rows else []
    if len(header) > MAX_COLUMNS:
        raise NotATableError(
            message(
                "it has {number} columns, more than the {most} of a spreadsheet",
                number=f"{len(header):,}",
                most=f"{MAX_COLUMNS:,}",
            )
        )
    names = _names(header)
    kinds = {
        name: _datatype(datastore.get(title), [row[number] for row in rows[1:] if number < len(row)])
        for number, (name, title) in enumerate(zip(names, header, strict=True))
    }
    _refuse(path, Dialect(delimiter=delimiter, encoding=guess.encoding), names, header)
    stated = guess.encoding if guess.sure else "utf-8"
    dialect = {
        key: text
        for key, text, usual in (("delimiter", delimiter, ","), ("encoding", stated, "utf-8"))
        if text != usual
    }
    columns = [
        _column(name, title, kinds[name], datastore.get(title), language)
        for name, title in zip(names, header, strict=True)
    ]
    described = ({"dialect": dialect} if dialect else {}) | {"tableSchema": {"columns": columns}}
    return described, _remarks(path.name, guess, rows)


def _sample(path: Path, encoding: str) -> str:
    """The beginning of the file as text, of whole lines."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start.removeprefix(codecs.BOM_UTF8))
    return text.rpartition("\n")[0] if len(start) == _SAMPLE and "\n" in text else text


def _remarks(name: str, guess: EncodingGuess, rows: Sequence[Sequence[str]]) -> list[Message]:
    """A remark on a file that is in another encoding than UTF-8."""
    if guess.encoding == "utf-8":
        return []
    remark = message("{file} is not UTF-8 and is read as {encoding}", file=name, encoding=guess.encoding)
    if example := first_cell(enumerate(rows, 1), guess):
        remark = message("{remark}, as in “{cell}” in row {row}", remark=remark, cell=example.cell, row=example.row)
    if not guess.sure:
        remark = message("{remark}, which is not sure: state its encoding", remark=remark)
    return [remark]


def _delimiter(sample: str) -> str:
    """The delimiter that cuts most rows into as many cells as the header, and the header into most cells."""

    def fit(delimiter: str) -> tuple[int, int]:
        rows = _rows(sample, delimiter)[:20]
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) if width > 1 else 0, width)

    return max(_DELIMITERS, key=fit)


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True):
            rows.append(row)
            if len(rows) > _ROWS:
                break
    except csv.Error:
        pass
    return rows


def _refuse(path: Path, dialect: Dialect, names: Sequence[str], header: Sequence[str]) -> None:
    """Raise NotATableError for a fault of the file as a whole, or of the first row that has one."""
    columns = tuple(
        Column(name, number, {"und": title}) for number, (name, title) in enumerate(zip(names, header, strict=True), 1)
    )
    table = Table("table", "dataset", path, path.name, {"und": path.stem}, columns, dialect=dialect)
    with Scratch() as folder:
        source = open_source(table, folder)
    findings: Sequence[Finding] = source.findings if isinstance(source, TableFile) else source
    for each in findings:
        if each.severity is Severity.VIOLATION:
            row = each.places[0].row if each.places else None
            reason = message("row {row}: {problem}", row=row, problem=each.message) if row else verbatim(each.message)
            raise NotATableError(reason)
    if not names:
        raise NotATableError(message("its first line is empty; it must have the names of the columns"))
    if problem := _unlike_header(path, dialect, header):
        raise NotATableError(problem)


def _unlike_header(path: Path, dialect: Dialect, header: Sequence[str]) -> Message | None:
    """The problem of the first row with another number of cells than the header, or a value under no title."""
    blank = [number for number, title in enumerate(header) if not title]
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=dialect.delimiter, skipinitialspace=True)
        try:
            for number, row in enumerate(rows, 1):
                if row and len(row) != len(header):
                    return message("row {row} has more or fewer cells than the header", row=number)
                if row and any(row[place].strip() for place in blank):
                    return message("row {row} has a value in a column without a title", row=number)
        except csv.Error:
            pass
    return None


def _names(header: Sequence[str]) -> list[str]:
    """A name for each column that CSVW takes and templates can use."""
    kept = {title for title in header if _LEGAL.fullmatch(title)}
    reserved, used = {title.casefold() for title in kept}, set[str]()
    names: list[str] = []
    times: dict[str, int] = {}
    for number, title in enumerate(header, 1):
        start = title if title in kept else plain(title, "_") or f"column_{number}"
        name = start
        while name.casefold() in used or (title not in kept and name.casefold() in reserved):
            times[start] = times.get(start, 1) + 1
            name = f"{start}_{times[start]}"
        used.add(name.casefold())
        names.append(name)
    return names


def _datatype(datastore: DataStoreColumn | None, cells: Sequence[str]) -> str | None:
    """The DataStore's type, if the cells have the syntax that CSVW requires."""
    base = _DATATYPES.get(datastore.type) if datastore else None
    if base is None:
        return None
    kind = Datatype(base, f"http://www.w3.org/2001/XMLSchema#{base}")
    return base if all(parse(kind, cell) is not None for cell in cells if cell) else None


def _column(name: str, title: str, datatype: str | None, datastore: DataStoreColumn | None, language: str) -> Yaml:
    described: Yaml = {"name": name}
    if not title:
        return {**described, "titles": ""}
    if name != title:
        described["titles"] = {language: clean(title)} if clean(title) else {}
    elif datastore and datastore.label not in ("", name):
        described["titles"] = {language: clean(datastore.label)}
    if datastore and clean(datastore.notes):
        described["description"] = {language: clean(datastore.notes)}
    if datatype:
        described["datatype"] = datatype
    return {key: value for key, value in described.items() if value}
