"""The text of a CSV file in its dialect: where its header begins, and copies that the engine reads as Python does."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.tables import Table
from st_opendata.tables.copies import copy_path
from st_opendata.tables.quotes import lenient_rows
from st_opendata.tables.splits import file_columns

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_CHUNK = 1 << 20


def csv_reader(table: Table, stream: Iterable[str], *, strict: bool = True, skip_blanks: bool = True) -> CsvReader:
    """Python's own reader set to the table's dialect."""
    dialect = table.dialect
    return csv.reader(
        stream,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=None if dialect.double_quote else "\\",
        skipinitialspace=skip_blanks,
        strict=strict,
    )


def skip_head(table: Table, stream: TextIO) -> tuple[int, int, Iterator[str]]:
    """Read past the rows that the dialect skips, whose cells may have line breaks, and the comments below them.

    Returns the number of rows, the number of lines, and the lines from the header on.

    Raises:
        csv.Error: a cell has no end.
    """
    skipped = csv_reader(table, stream, strict=False)
    rows = sum(1 for _ in islice(skipped, table.dialect.skip_rows))
    comments, rest = _comments(stream, table.dialect.comment_prefix)
    return rows + comments, skipped.line_num + comments, rest


def _comments(stream: TextIO, prefix: str | None) -> tuple[int, Iterator[str]]:
    """The number of comment lines directly above the header, and the lines from it on."""
    number = 0
    for line in stream if prefix else ():
        if not line.startswith(str(prefix)):
            return number, chain([line], stream)
        number += 1
    return number, stream


def in_utf8(table: Table, folder: Path, encoding: str) -> Path:
    """A UTF-8 copy of a file in another encoding; UnicodeError where it is not in it."""
    path = copy_path(table, folder, "utf-8.csv")
    with (
        table.path.open(encoding=encoding, newline="") as old,
        path.open("w", encoding="utf-8", newline="") as new,
    ):
        while text := old.read(_CHUNK):
            new.write(text)
    return path


def has_marks_above(table: Table, path: Path) -> bool:
    """True where the rows above the header have quotation marks, which readers interpret differently."""
    mark = table.dialect.quote
    if not mark or not (table.dialect.skip_rows or table.dialect.comment_prefix):
        return False
    with path.open(encoding="utf-8-sig", newline="") as stream:
        _, lines, _ = skip_head(table, stream)
        stream.seek(0)
        return any(mark in line for line in islice(stream, lines))


def with_blank_head(table: Table, path: Path, folder: Path) -> tuple[Table, Path]:
    """A copy in which an empty line stands for each row above the header, so that rows keep their numbers."""
    target = copy_path(table, folder, "head.csv")
    with path.open(encoding="utf-8-sig", newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        rows, _, lines = skip_head(table, old)
        header = next(lines, "\n")
        end = header[len(header.rstrip("\r\n")) :] or "\n"  # the engine takes one kind in a file
        new.write(end * rows + header)
        new.writelines(lines)
    return _below(table, rows), target


def _below(table: Table, rows: int) -> Table:
    return replace(table, dialect=replace(table.dialect, skip_rows=rows, comment_prefix=None))


def with_marks_as_text(table: Table, path: Path, folder: Path) -> tuple[Table, Path, list[Finding]]:
    """A copy in which quotation marks that do not enclose a cell are written as text, and the findings about them."""
    target, dialect, count = copy_path(table, folder, "quotes.csv"), table.dialect, 0
    width, quote, header = len(file_columns(table)[0]), dialect.quote or '"', list[str]()
    first: tuple[int, int] | None = None
    skip = dialect.skip_rows
    with path.open(encoding="utf-8-sig", newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        out = csv.writer(new, delimiter=dialect.delimiter, quotechar=quote, lineterminator="\n")
        for number, row in enumerate(lenient_rows(old, width, dialect.delimiter, quote), 1):
            comment = dialect.comment_prefix and "".join(row.cells[:1]).startswith(dialect.comment_prefix)
            if number <= dialect.skip_rows or (number == skip + 1 and comment):
                skip = number
                new.write("\n")  # so that rows keep their numbers
                continue
            header = header or row.cells
            count += len(row.stray)
            first = first or ((number, row.stray[0]) if row.stray else None)
            out.writerow(row.cells)
    table = _below(table, skip)
    if first is None:
        return table, target, []
    title = header[first[1]].strip() if dialect.header and first[1] < len(header) else None
    return (
        table,
        target,
        [finding("cleaned-quotes", (table.place(first[0], title),), dataset=table.dataset, count=count)],
    )
