"""The bytes of a table's file before an engine reads it: encoding, header, counts.

The engine reads fast but accepts errors silently. So the program first reads the bytes in one cheap pass, which also
counts line ends and delimiters; these must equal those in and between the cells (`TableFile.agrees`). If they do
not, or the engine refuses the file, `structure.diagnose` names the row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from st_opendata.messages.codes import finding
from st_opendata.messages.system_errors import system_reason
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Dialect, Table
from st_opendata.place import Place
from st_opendata.spelling import nearest
from st_opendata.tables.copies import copy_path
from st_opendata.tables.csv_text import (
    csv_reader,
    has_marks_above,
    in_utf8,
    skip_head,
    with_blank_head,
    with_marks_as_text,
)
from st_opendata.tables.encodings import START, EncodingGuess, guess_encoding, wide_encoding
from st_opendata.tables.encodings.findings import guess_finding, undecodable
from st_opendata.tables.features import extract_layer
from st_opendata.tables.header import match_header
from st_opendata.tables.kinds import is_empty, other_format
from st_opendata.tables.quotes import quote_problem
from st_opendata.tables.row_filter import filter_rows, header_not_found, needs_filter
from st_opendata.tables.splits import file_columns
from st_opendata.tables.table_file import TableFile
from st_opendata.tables.titles import Header, NumberedRow, cleaned, find_header
from st_opendata.tables.unpivot import WideColumn, file_table, staying, unpivot_findings
from st_opendata.tables.workbooks import extract_sheet

MAX_CELL = 500_000
"""Characters of a cell; a spreadsheet holds 32,767."""

_CHUNK = 1 << 20


@dataclass(slots=True)
class _Counts:
    newlines: int = 0
    returns: int = 0
    delimiters: int = 0
    last_newlines: int = 0
    last_returns: int = 0
    """Line ends after the last character that is not one: blank lines at the end do not matter."""


def open_source(table: Table, folder: Path, languages: Sequence[str] = ()) -> TableFile | list[Finding]:
    """Read the start and the structure of a table's file; errors of the file as a whole are returned as findings.

    A file in another encoding than UTF-8, and the sheet of a workbook, is rewritten into `folder`, which the caller
    removes. If the description states no encoding, it is guessed from the bytes and the languages.
    """
    try:
        if table.path.exists() and not table.path.is_file():
            return [finding("table-not-a-file", (table.place(),), dataset=table.dataset)]
        if table.layer:
            return _open_layer(table, folder)
        return _open_sheet(table, folder) if table.sheet else _open_text(table, folder, languages)
    except OSError as error:
        return [refusal(table, error)]


def refusal(table: Table, error: OSError) -> Finding:
    """The finding about a table whose file cannot be opened."""
    place = (table.place(),)
    if isinstance(error, FileNotFoundError):
        near = nearest(table.path.name, _files_beside(table.path))
        return finding("table-missing", place, dataset=table.dataset, near=near)
    return finding("table-unreadable", place, dataset=table.dataset, reason=system_reason(error))


def _files_beside(path: Path) -> list[str]:
    """Names of files in the folder, descriptions left out; empty if it cannot be read."""
    with suppress(OSError):
        return sorted(each.name for each in path.parent.iterdir() if each.suffix not in (".yaml", ".ttl"))
    return []


def _open_text(table: Table, folder: Path, languages: Sequence[str]) -> TableFile | list[Finding]:
    path, stated = table.path, table.dialect.encoding
    with path.open("rb") as stream:
        start = stream.read(START)
    if found := no_table(table, start):
        return [found]
    wide = None if stated else wide_encoding(start)
    if wide or (stated and codecs.lookup(stated).name != "utf-8"):
        return _open_rewritten(table, folder, EncodingGuess(wide) if wide else None)
    counts = _count(table, path)
    if not isinstance(counts, Finding):
        return _open_utf8(table, path, folder, counts)
    guess = EncodingGuess("utf-8") if stated or counts.code != "table-not-utf8" else guess_encoding(path, languages)
    return [counts] if guess.encoding == "utf-8" else _open_rewritten(table, folder, guess)


def _open_rewritten(table: Table, folder: Path, guess: EncodingGuess | None) -> TableFile | list[Finding]:
    """The source of a file in another encoding than UTF-8: the guessed one, else the stated one."""
    encoding = guess.encoding if guess else table.dialect.encoding
    assert encoding
    try:
        path = in_utf8(table, folder, encoding)
    except UnicodeError:
        return [undecodable(table, encoding, guessed=guess is not None)]
    counts = _count(table, path)
    source = [counts] if isinstance(counts, Finding) else _open_utf8(table, path, folder, counts)
    if guess is None:
        return source
    told = _told(table, path, guess)
    if isinstance(source, list):
        return [told, *source]
    return replace(source, findings=(told, *source.findings), guess=guess)


def _open_utf8(table: Table, path: Path, folder: Path, counts: _Counts) -> TableFile | list[Finding]:
    """The source of UTF-8 text, copied if a rule requires it, or if the engine reads quotation marks differently."""
    if table.unpivot:
        return _open_wide(table, path, folder, counts)
    said, original = list[Finding](), path
    if table.cleaning.stray_quotes:
        table, path, said = with_marks_as_text(table, path, folder)
    elif not needs_filter(table) and has_marks_above(table, path):
        table, path = with_blank_head(table, path, folder)
    if needs_filter(table):
        source = _sifted(table, path, folder)
    else:
        again = counts if path == original else _count(table, path)
        assert isinstance(again, _Counts)
        source = _source(table, path, again, folder)
    return source if isinstance(source, list) else replace(source, findings=(*said, *source.findings))


def _open_wide(table: Table, path: Path, folder: Path, counts: _Counts) -> TableFile | list[Finding]:
    """The source of a table whose rows are columns of the file: opened as the table of the file."""
    header = _find_header(table, path)
    if isinstance(header, Finding):
        return [header]
    as_file, wide = file_table(table, header.titles)
    if found := unpivot_findings(table, header.titles, wide, header.last):
        return found
    source = _open_utf8(as_file, path, folder, counts)
    return source if isinstance(source, list) else _widened(source, table, as_file, wide)


def _widened(source: TableFile, table: Table, as_file: Table, wide: Sequence[WideColumn]) -> TableFile:
    """The source of the table whose rows are columns of the one that `as_file` describes."""
    assert table.unpivot
    places = dict(zip((column.name for column in as_file.source_columns), source.order, strict=True))
    made = {name: len(source.header) + number for number, name in enumerate(table.unpivot.columns)}
    return replace(
        source,
        table=replace(source.table, columns=table.columns, unpivot=table.unpivot),
        order=tuple(made[name] if name in made else places[name] for name in (c.name for c in table.source_columns)),
        wide=tuple(replace(column, place=places[column.title]) for column in wide),
    )


def _find_header(table: Table, path: Path) -> Header | Finding:
    """The header that shows which columns are rows."""
    skip, stay = table.dialect.skip_rows, staying(table)
    stay = replace(stay, columns=file_columns(stay)[0])
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            skip, _, lines = skip_head(table, stream)
            reader = csv_reader(table, lines, strict=not table.cleaning.stray_quotes)
            return find_header(stay, enumerate(reader, skip + 1)) or header_not_found(stay)
    except csv.Error as error:
        return finding("row-quote", (table.place(skip + 1),), dataset=table.dataset, reason=quote_problem(error))


def _told(table: Table, path: Path, guess: EncodingGuess) -> Finding:
    """The finding about a guess, at the first cell of the rewritten file that depends on it."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = _readable(table, stream)
        skip, first = next(rows, (0, []))
        titles = list(map(cleaned, first)) if table.dialect.header else [c.name for c in table.source_columns]
        return guess_finding(table, guess, chain([(skip, first)], rows), titles)


def _readable(table: Table, stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The rows from the header on with their numbers, up to one that cannot be read."""
    with suppress(csv.Error):
        skip, _, lines = skip_head(table, stream)
        yield from enumerate(csv_reader(table, lines), skip + 1)


def _open_sheet(table: Table, folder: Path) -> TableFile | list[Finding]:
    extracted, found = extract_sheet(table, folder)
    if extracted is None:
        return found
    if not (extracted.sheet and extracted.sheet.letters):
        return [*found, finding("table-empty", (extracted.place(),), dataset=table.dataset)]
    source = _open_text(extracted, folder, ())
    if isinstance(source, list):
        return [*found, *source]
    return replace(source, findings=(*found, *source.findings))


def _open_layer(table: Table, folder: Path) -> TableFile | list[Finding]:
    """The source of features, whose copy has a header although the first feature is row 1."""
    extracted, found = extract_layer(table, folder)
    if extracted is None:
        return found
    source = _open_text(extracted, folder, ())
    if isinstance(source, list):
        return [*found, *source]
    return replace(source, first=1, findings=(*found, *source.findings))


def no_table(table: Table, start: bytes) -> Finding | None:
    """A finding if the file is not a table."""
    place = (table.place(),)
    if is_empty(start):
        return finding("table-empty", place, dataset=table.dataset)
    if kind := other_format(start):
        return finding("table-other-format", place, dataset=table.dataset, kind=kind)
    utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (
        len(start) > 3 and 0 in (start[0], start[1])
    )
    stated = table.dialect.encoding
    if utf16 and stated and not stated.lower().startswith("utf-16") and start.count(0) * 3 > len(start):
        return finding("table-utf16", place, dataset=table.dataset)
    return None


def _count(table: Table, path: Path) -> _Counts | Finding:
    """One pass over the bytes: line ends and delimiters counted, NUL bytes and broken UTF-8 refused with their line."""
    counts, decoder = _Counts(), codecs.getincrementaldecoder("utf-8")()
    delimiter = table.dialect.delimiter.encode()
    with path.open("rb") as stream:
        for chunk, before in _chunks(stream):
            if b"\0" in chunk:
                line = counts.newlines + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
                return finding("table-nul", (Place(table.file, line=line),), dataset=table.dataset)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                position = max(error.start - before, 0)
                line = counts.newlines + chunk.count(b"\n", 0, position) + 1
                return _not_utf8(table, line, error.object[error.start : error.start + 1])
            counts.newlines += chunk.count(b"\n")
            counts.returns += chunk.count(b"\r")
            counts.delimiters += chunk.count(delimiter)
            content = chunk.rstrip(b"\r\n")
            end = chunk[len(content) :]
            counts.last_newlines = end.count(b"\n") + (0 if content else counts.last_newlines)
            counts.last_returns = end.count(b"\r") + (0 if content else counts.last_returns)
    if decoder.getstate()[0]:
        return _not_utf8(table, counts.newlines + 1, decoder.getstate()[0][:1])
    return counts


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Chunks, each with the number of bytes that an incremental UTF-8 decoder holds back before it."""
    held = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while chunk := stream.read(_CHUNK):
        yield chunk, held
        decoder.reset()
        decoder.decode(chunk[-4:])
        held = len(decoder.getstate()[0])


def _not_utf8(table: Table, line: int, byte: bytes) -> Finding:
    place = (Place(table.file, line=line),)
    latin = byte.decode("windows-1252", "replace")
    return finding("table-not-utf8", place, dataset=table.dataset, byte=f"0x{byte.hex().upper()}", character=latin)


def _source(table: Table, path: Path, counts: _Counts, folder: Path) -> TableFile | list[Finding]:
    """The header compared with the description."""
    skip = table.dialect.skip_rows
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            skip, above_data, lines = skip_head(table, stream)
            reader = csv_reader(table, lines)
            first = next(reader, list[str]())
            above_data += reader.line_num if table.dialect.header else 0
    except csv.Error as error:
        return [finding("row-quote", (table.place(skip + 1),), dataset=table.dataset, reason=quote_problem(error))]
    if reader.line_num > 1:  # the engine takes the line end inside the title for that of all lines
        return _sifted(table, path, folder)
    titles, order, found = _header(table, first, skip + 1)
    if found:
        return found
    ends = (counts.newlines or counts.returns) - (counts.last_newlines or counts.last_returns) + 1
    in_header = _delimiters_above(path, above_data, table.dialect.delimiter)
    return TableFile(
        table=table,
        path=path.resolve(),
        header=titles,
        order=order,
        skip=skip,
        first=skip + 1 + table.dialect.header,
        lines=ends - above_data,
        delimiters=counts.delimiters - in_header,
    )


def without_ragged_rows(source: TableFile, folder: Path) -> TableFile | None:
    """A copy of a lenient table's file without the rows that have more or fewer cells than its header.

    Its findings are those of these rows. None for a table that is not lenient, and if the file has other faults.
    """
    if not source.table.lenient or source.numbered:
        return None
    table = source.table
    as_file = file_table(table, source.header)[0] if source.wide else table
    copy = _sifted(as_file, source.path, folder)
    if isinstance(copy, list):
        return None
    return _widened(copy, table, as_file, source.wide) if source.wide else copy


def _sifted(table: Table, path: Path, folder: Path) -> TableFile | list[Finding]:
    """A copy without the rows that the table's rules skip."""
    target = copy_path(table, folder, "rows.csv")
    read = [0]

    def rows() -> Iterator[NumberedRow]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            read[0], _, lines = skip_head(table, stream)
            # As the engine does: a blank after a delimiter is part of the cell.
            for cells in csv_reader(table, lines, skip_blanks=False):
                read[0] += 1
                yield read[0], cells

    before = csv.field_size_limit(MAX_CELL)
    try:
        columns, places = file_columns(table)
        sifted = filter_rows(replace(table, columns=columns), rows, target)
    except csv.Error as error:
        place = (table.place(read[0] + 1),)
        if "limit" in str(error):
            return [finding("cell-long", place, dataset=table.dataset, limit=MAX_CELL)]
        return [finding("row-quote", place, dataset=table.dataset, reason=quote_problem(error))]
    finally:
        csv.field_size_limit(before)
    if isinstance(sifted, list):
        return sifted
    sheet = table.sheet
    if sheet:
        sheet = replace(sheet, letters=("", *(sheet.letters[place] for place in sifted.order)))
    return TableFile(
        table=replace(table, dialect=Dialect(header=False, trim=table.dialect.trim), sheet=sheet),
        path=target.resolve(),
        header=("", *sifted.titles),
        order=tuple(place + 1 for place in places),
        skip=0,
        first=sifted.first,
        lines=sifted.rows + sifted.breaks,
        delimiters=sifted.rows * len(sifted.titles) + sifted.delimiters,
        findings=tuple(sifted.findings),
        numbered=True,
    )


def _header(table: Table, first: list[str], row: int) -> tuple[tuple[str, ...], tuple[int, ...], list[Finding]]:
    """Titles of the file, the place of each source column among them, and what does not fit."""
    if table.dialect.header:
        titles = tuple(map(cleaned, first))
        return titles, *match_header(table, titles, row=None if table.layer else row)
    columns, places = file_columns(table)
    return tuple(column.name for column in columns), places, []


def _delimiters_above(path: Path, lines: int, delimiter: str) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(line.count(delimiter) for line, _ in zip(stream, range(lines), strict=False))
