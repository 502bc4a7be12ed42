"""What the bytes of a table's file say before an engine reads it: encoding, header, counts.

The engine reads fast but takes much silently. So the bytes are looked at in one cheap pass, which also counts line
ends and delimiters; after reading, these must equal what the cells account for (`Source.agrees`). Where they do not,
or the engine refuses, `structure.diagnose` names the row.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from st_opendata.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.place import Place
from st_opendata.tables.encodings import START, Guess, guess_encoding, wide_encoding
from st_opendata.tables.encodings.findings import guess_finding, undecodable
from st_opendata.tables.header import match_header
from st_opendata.tables.problems import nearest
from st_opendata.tables.splits import file_columns
from st_opendata.tables.workbooks import extract_sheet

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

MAX_CELL = 500_000
"""Characters of a cell; a spreadsheet holds 32,767."""

_CHUNK = 1 << 20
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel or OpenDocument workbook (or another zip file)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip file"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that an engine may read.

    `path` is UTF-8 text, `header` the titles as they stand there, `order` for each source column of the table its
    place in the file, counted from 0. `first` is the number of the first data record as a spreadsheet counts it.
    `lines` and `delimiters` count what stands after the header. In a `numbered` file each record begins with its
    number.
    """

    table: Table
    path: Path
    header: tuple[str, ...]
    order: tuple[int, ...]
    skip: int
    first: int
    lines: int
    delimiters: int
    findings: tuple[Finding, ...] = ()
    """What is to be said of the sheet of a workbook, and of a guessed encoding."""
    numbered: bool = False
    guess: Guess | None = None
    """How a file is read that is not UTF-8, where its description does not say it."""

    def title(self, number: int) -> str:
        """The title that the publisher sees over the table's source column of that number, counted from 1."""
        return self.header[self.order[number - 1]]

    def place(self, row: int | None, number: int = 0) -> Place:
        """A cell of the table's source column of that number, or the row where it is 0."""
        return self.table.place(row, self.title(number), self.order[number - 1]) if number else self.table.place(row)

    def agrees(self, rows: int, breaks: int, delimiters: int) -> bool:
        """True when rows with so many line ends and delimiters inside their cells account for the whole file."""
        return self.lines == rows + breaks and self.delimiters == rows * (len(self.header) - 1) + delimiters


@dataclass(slots=True)
class _Counts:
    newlines: int = 0
    returns: int = 0
    delimiters: int = 0
    last_newlines: int = 0
    last_returns: int = 0
    """Line ends after the last character that is not one: blank lines at the end are nobody's concern."""


def open_source(table: Table, folder: Path, languages: Sequence[str] = ()) -> Source | list[Finding]:
    """Look at the file of a table; what is wrong with it as a whole comes back as findings.

    A file in another encoding than UTF-8, and the sheet of a workbook, is rewritten into `folder`, which the caller
    removes. Where the description states no encoding, it is guessed from the bytes and the languages.
    """
    try:
        if table.path.exists() and not table.path.is_file():
            return [finding("table-not-a-file", (table.place(),), dataset=table.dataset)]
        return _open_sheet(table, folder) if table.sheet else _open_text(table, folder, languages)
    except FileNotFoundError:
        near = nearest(table.path.name, _files_beside(table.path))
        return [finding("table-missing", (table.place(),), dataset=table.dataset, near=near)]
    except OSError as error:
        return [finding("table-unreadable", (table.place(),), dataset=table.dataset, reason=error.strerror or "")]


def _files_beside(path: Path) -> list[str]:
    """Names of files in the folder, descriptions left out; empty where it cannot be looked into."""
    with suppress(OSError):
        return sorted(each.name for each in path.parent.iterdir() if each.suffix not in (".yaml", ".ttl"))
    return []


def _open_text(table: Table, folder: Path, languages: Sequence[str]) -> Source | list[Finding]:
    path, stated = table.path, table.dialect.encoding
    with path.open("rb") as stream:
        start = stream.read(START)
    if found := _whole_file(table, start):
        return [found]
    wide = None if stated else wide_encoding(start)
    if wide or (stated and codecs.lookup(stated).name != "utf-8"):
        return _open_rewritten(table, folder, Guess(wide) if wide else None)
    counts = _count(table, path)
    if not isinstance(counts, Finding):
        return _source(table, path, counts)
    guess = Guess("utf-8") if stated or counts.code != "table-not-utf8" else guess_encoding(path, languages)
    return [counts] if guess.encoding == "utf-8" else _open_rewritten(table, folder, guess)


def _open_rewritten(table: Table, folder: Path, guess: Guess | None) -> Source | list[Finding]:
    """The source of a file in another encoding than UTF-8: the guessed one, else the stated one."""
    encoding = guess.encoding if guess else table.dialect.encoding
    assert encoding
    try:
        path = _rewritten(table, folder, encoding)
    except UnicodeError:
        return [undecodable(table, encoding, guessed=guess is not None)]
    counts = _count(table, path)
    source = [counts] if isinstance(counts, Finding) else _source(table, path, counts)
    if guess is None:
        return source
    told = _told(table, path, guess)
    return [told, *source] if isinstance(source, list) else replace(source, findings=(told,), guess=guess)


def _told(table: Table, path: Path, guess: Guess) -> Finding:
    """What is said of a guess, at the first cell of the rewritten file that depends on it."""
    skip = table.dialect.skip_rows + _comment_lines(table, path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(skip):
            stream.readline()
        rows = _readable(csv_reader(table, stream))
        first = next(rows, [])
        titles = [title.strip() for title in first] if table.dialect.header else [c.name for c in table.source_columns]
        return guess_finding(table, guess, enumerate(chain([first], rows), skip + 1), titles)


def _readable(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    """All rows up to one that cannot be read."""
    with suppress(csv.Error):
        yield from reader


def _open_sheet(table: Table, folder: Path) -> Source | list[Finding]:
    extracted, found = extract_sheet(table, folder)
    if extracted is None:
        return found
    if not (extracted.sheet and extracted.sheet.letters):
        return [*found, finding("table-empty", (extracted.place(),), dataset=table.dataset)]
    source = _open_text(extracted, folder, ())
    return [*found, *source] if isinstance(source, list) else replace(source, findings=tuple(found))


def _whole_file(table: Table, start: bytes) -> Finding | None:
    """A finding when the file is no table at all."""
    place = (table.place(),)
    if is_blank(start):
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


def is_blank(start: bytes) -> bool:
    """Whether a file that starts like this has nothing in it but blanks and a byte order mark."""
    return not start.removeprefix(codecs.BOM_UTF8).strip() or start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def other_format(start: bytes) -> str | None:
    """What a file that starts like this is instead of CSV; None where nothing speaks against CSV."""
    if start.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "a web page or XML file"
    return next((label for signature, label in _SIGNATURES if start.startswith(signature)), None)


def _rewritten(table: Table, folder: Path, encoding: str) -> Path:
    """A UTF-8 copy of a file in another encoding."""
    path = folder / f"{table.name}.utf-8.csv"
    with (
        table.path.open(encoding=encoding, newline="") as old,
        path.open("w", encoding="utf-8", newline="") as new,
    ):
        while text := old.read(_CHUNK):
            new.write(text)
    return path


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


def _source(table: Table, path: Path, counts: _Counts) -> Source | list[Finding]:
    """The header compared with the description."""
    skip = table.dialect.skip_rows + _comment_lines(table, path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for _ in range(skip):
            stream.readline()
        reader = csv_reader(table, stream)
        try:
            first = next(reader, list[str]())
        except csv.Error as error:
            return [finding("row-quote", (table.place(skip + 1),), dataset=table.dataset, reason=str(error))]
        used = reader.line_num + skip
    titles, order, found = _header(table, first, skip + 1)
    if found:
        return found
    if not table.dialect.header:
        used = skip
    lines = (counts.newlines or counts.returns) - (counts.last_newlines or counts.last_returns) + 1
    in_header = _delimiters_above(path, used, table.dialect.delimiter)
    return Source(
        table=table,
        path=path.resolve(),
        header=titles,
        order=order,
        skip=skip,
        first=skip + 1 + table.dialect.header,
        lines=lines - used,
        delimiters=counts.delimiters - in_header,
    )


def _header(table: Table, first: list[str], row: int) -> tuple[tuple[str, ...], tuple[int, ...], list[Finding]]:
    """Titles of the file, the place of each source column among them, and what does not fit."""
    if table.dialect.header:
        titles = tuple(title.strip() for title in first)
        return titles, *match_header(table, titles, row=row)
    columns, places = file_columns(table)
    return tuple(column.name for column in columns), places, []


def csv_reader(table: Table, stream: Iterable[str]) -> CsvReader:
    """Python's own reader set to the table's dialect, strict."""
    dialect = table.dialect
    return csv.reader(
        stream,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
        skipinitialspace=True,
        strict=True,
    )


def _comment_lines(table: Table, path: Path) -> int:
    """Comment lines directly above the header."""
    prefix, number = table.dialect.comment_prefix, 0
    if not prefix:
        return 0
    with path.open(encoding="utf-8-sig") as stream:
        for _ in range(table.dialect.skip_rows):
            stream.readline()
        for line in stream:
            if not line.startswith(prefix):
                break
            number += 1
    return number


def _delimiters_above(path: Path, lines: int, delimiter: str) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(line.count(delimiter) for line, _ in zip(stream, range(lines), strict=False))
