"""The tables that a publisher has: CSV of any make, and the sheets of workbooks, as rows of text."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from st_opendata.drafts.encodings import broken_encoding
from st_opendata.errors import InputError
from st_opendata.place import Place
from st_opendata.tables.archives import WorkbookError
from st_opendata.tables.encodings import Guess, guess_encoding
from st_opendata.tables.marks import Marks
from st_opendata.tables.scan import MAX_CELL, is_blank
from st_opendata.tables.typed_cells import cell_writer
from st_opendata.tables.workbooks import EXTENSIONS, open_workbook

_SAMPLE = 1 << 18
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as text; `line` is the number of its last line in the file, of its row in a sheet."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """A table of a file. `marks` are those of a sheet, `delimiter` and `encoding` those of a CSV file.

    `guess` tells more of an encoding other than UTF-8.
    """

    path: Path
    sheet: str | None = None
    marks: Marks | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    guess: Guess | None = None

    @property
    def name(self) -> str:
        """What it is called: by its sheet, else by its file."""
        return self.sheet or self.path.stem

    def rows(self) -> Iterator[Row]:
        """All rows from the first line on, empty ones too, from the start each time.

        Raises:
            InputError: it cannot be read to its end.
        """
        try:
            yield from self._sheet_rows() if self.sheet is not None else self._csv_rows()
        except (OSError, UnicodeError, csv.Error, WorkbookError) as error:
            raise _unreadable(self.path, str(error)) from None

    def _csv_rows(self) -> Iterator[Row]:
        before = csv.field_size_limit(MAX_CELL)
        try:
            encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
            with self.path.open(encoding=encoding, newline="") as file:
                reader = csv.reader(file, delimiter=self.delimiter, skipinitialspace=True, strict=True)
                for cells in reader:
                    yield Row(reader.line_num, cells)
        finally:
            csv.field_size_limit(before)

    def _sheet_rows(self) -> Iterator[Row]:
        assert self.sheet is not None
        with open_workbook(self.path) as book:
            cells = book.read(self.sheet)
            # Leading zeros are shown digits of a code; a percentage is better read as a number.
            shown = (cells.marks.shown(number) for number in range(1, cells.marks.columns + 1))
            writers = [cell_writer(None, "" if code.endswith("%") else code) for code in shown]
            for number, row in enumerate(cells.rows, 1):
                yield Row(number, [write(value) for write, value in zip(writers, row, strict=False)])


def find_sources(path: Path, languages: Sequence[str] = ()) -> list[Source]:
    """The tables in a file: one of a CSV file, one for each visible sheet with content of a workbook.

    `languages` are those that the file is known to be in: they help to guess its encoding.

    Raises:
        InputError: it cannot be read, or is of another format.
    """
    try:
        if path.suffix.lower() in EXTENSIONS:
            with open_workbook(path) as book:
                found = [Source(path, sheet, book.read(sheet).marks) for sheet in book.visible]
            sources = [source for source in found if source.marks and source.marks.rows]
        else:
            sources = [_csv_source(path, languages)]
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror}", place=Place(str(path)), remedy="Check the path after --from."
        ) from None
    except WorkbookError as error:
        raise _unreadable(path, str(error)) from None
    if not sources:
        raise _unreadable(path, "it has no cells")
    return sources


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(
        f"no table can be read from it: {reason}",
        place=Place(str(path)),
        remedy="Give CSV files, or workbooks saved as .xlsx or .ods.",
    )


def _csv_source(path: Path, languages: Sequence[str]) -> Source:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    if is_blank(start):
        raise WorkbookError("it is empty")
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        raise WorkbookError("it is no CSV file")
    guess = guess_encoding(path, languages)
    text = codecs.getincrementaldecoder(guess.encoding)("replace").decode(start.removeprefix(codecs.BOM_UTF8))
    if "\0" in text:
        raise WorkbookError("it is no text")
    if guess.broken:
        raise broken_encoding(path, guess.encoding)
    return Source(path, None, None, _delimiter(text), guess.encoding, None if guess.encoding == "utf-8" else guess)


def _delimiter(text: str) -> str:
    """The delimiter by which most rows have as many cells, and more than one."""

    def fit(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = list[int]()
        try:
            for row in rows:
                widths.append(len(row))
                if len(widths) == 60:
                    break
        except csv.Error:
            pass
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(_DELIMITERS, key=fit)
