"""A publisher's tables: CSV of any kind, the sheets of workbooks, and features, as rows of text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from st_opendata.catalogue.init.encodings import broken_encoding
from st_opendata.errors import InputError
from st_opendata.messages.codes import as_error, finding
from st_opendata.messages.message import Message, counted, message
from st_opendata.model.tables import Cleaning, Dialect, FeatureLayer, Table
from st_opendata.place import Place
from st_opendata.tables.encodings import EncodingGuess, guess_encoding
from st_opendata.tables.features import EXTENSIONS as FEATURES
from st_opendata.tables.features import GEOMETRY, FeaturesError, layer_names, open_layer, shown_cell
from st_opendata.tables.quotes import Certainty, lenient_rows, swallowed_rows
from st_opendata.tables.scan import MAX_CELL, no_table, refusal
from st_opendata.tables.workbooks import EXTENSIONS, Marks, WorkbookError, cell_writer, open_workbook

_SAMPLE = 1 << 18
_DELIMITERS = ",;\t|"
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that `build` refuses in a cell."""


class SourceRow(NamedTuple):
    """Cells as text; `number` is that of the row in the file or sheet, as a spreadsheet counts them."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of a file: a sheet, a layer of features, or all of it.

    `marks` are those of a sheet, `delimiter` and `encoding` those of a CSV file.

    `guess` has more about an encoding other than UTF-8. `cleaning` has the rules without which `build` refuses its
    cells, and `remarks` the reasons; `width` is the usual number of cells in its rows.
    """

    path: Path
    sheet: str | None = None
    marks: Marks | None = None
    delimiter: str = ","
    encoding: str = "utf-8"
    guess: EncodingGuess | None = None
    cleaning: Cleaning = field(default_factory=Cleaning)
    remarks: tuple[Message, ...] = ()
    width: int = 0
    layer: FeatureLayer | None = None

    @property
    def name(self) -> str:
        """The name of its sheet or layer, else of its file."""
        return self.sheet or (self.layer and self.layer.name) or self.path.stem

    def rows(self) -> Iterator[SourceRow]:
        """All rows from the first line on, empty ones too, after `cleaning`, from the start each time.

        Raises:
            InputError: it cannot be read to its end.
        """
        with _told(self):
            rows = self._sheet_rows() if self.sheet is not None else self._csv_rows()
            if self.layer:
                rows = self._feature_rows(self.layer)
            new = self.cleaning.control
            if new is None:
                yield from rows
            else:
                yield from (SourceRow(row.number, [_CONTROL.sub(new, cell) for cell in row.cells]) for row in rows)

    def _csv_rows(self) -> Iterator[SourceRow]:
        with _lines(self) as lines:
            rows: Iterable[list[str]] = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)
            if self.cleaning.stray_quotes:
                rows = (row.cells for row in lenient_rows(lines, self.width, self.delimiter))
            yield from map(SourceRow._make, enumerate(rows, 1))

    def _sheet_rows(self) -> Iterator[SourceRow]:
        assert self.sheet is not None
        with open_workbook(self.path) as book:
            cells = book.read(self.sheet)
            # Leading zeros are shown digits of a code; a percentage is better read as a number.
            shown = (cells.marks.number_format(number) for number in range(1, cells.marks.columns + 1))
            writers = [cell_writer(None, "" if code.endswith("%") else code) for code in shown]
            for number, row in enumerate(cells.rows, 1):
                yield SourceRow(number, [write(value) for write, value in zip(writers, row, strict=False)])

    def _feature_rows(self, layer: FeatureLayer) -> Iterator[SourceRow]:
        """The names of the columns as row 0, then the features; of a geometry its kind, as all of it is long."""
        opened = open_layer(self.path, layer.name or "")
        located = [GEOMETRY] if opened.located else []
        yield SourceRow(0, [*opened.columns, *located])
        for number, feature in enumerate(opened.features(), 1):
            values = (feature.values.get(name) for name in opened.columns)
            cells = [shown_cell(value) for value in values]
            kind = feature.geometry.kind if feature.geometry else ""
            yield SourceRow(number, [*cells, *([kind] if located else [])])


@contextmanager
def _lines(source: RawTable) -> Iterator[Iterable[str]]:
    """The lines of a CSV file, its cells bounded."""
    before = csv.field_size_limit(MAX_CELL)
    try:
        encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
        with source.path.open(encoding=encoding, newline="") as file:
            yield file
    finally:
        csv.field_size_limit(before)


@contextmanager
def _told(source: RawTable) -> Iterator[None]:
    """Raise what cannot be read as the finding that `check` has for it."""
    try:
        yield
    except FileNotFoundError:
        place = Place(str(source.path))
        raise InputError(
            message("there is no such file"), place=place, remedy=message("Check the path after --from.")
        ) from None
    except UnicodeError:  # in the encoding that was guessed
        raise broken_encoding(source.path, source.encoding) from None
    except OSError as error:
        raise as_error(refusal(_table(source), error)) from None
    except csv.Error:  # the only one that a reader has which takes stray quotation marks as text
        raise _refused(source, "cell-long", limit=MAX_CELL) from None
    except WorkbookError as error:
        raise _refused(source, "workbook-unreadable", reason=error.message) from None
    except FeaturesError as error:
        raise _refused(source, "features-unreadable", error.line, reason=error.message) from None


def _table(source: RawTable) -> Table:
    """As the functions that look at the files of tables take it."""
    dialect = Dialect(delimiter=source.delimiter, encoding=source.encoding)
    return Table(source.name, "", source.path, str(source.path), {}, (), dialect=dialect)


def _refused(source: RawTable, code: str, line: int | None = None, **values: object) -> InputError:
    return as_error(finding(code, (Place(str(source.path), line=line),), dataset=None, **values))


def find_sources(path: Path, languages: Sequence[str] = ()) -> list[RawTable]:
    """The tables in a file: one of a CSV file, one for each visible sheet with content of a workbook, or each layer.

    `languages` are those that the file is known to be in: they help to guess its encoding.

    Raises:
        InputError: it cannot be read, or is of another format.
    """
    whole = RawTable(path)
    with _told(whole):
        if path.exists() and not path.is_file():
            raise _refused(whole, "table-not-a-file")
        if path.suffix.lower() in EXTENSIONS:
            sources = list(_sheets(path))
            if not sources:
                raise _refused(whole, "table-empty")
            return sources
        if path.suffix.lower() in FEATURES:
            return [RawTable(path, layer=FeatureLayer(name or None)) for name in layer_names(path)]
        return [_csv_source(path, languages)]


def _sheets(path: Path) -> Iterator[RawTable]:
    with open_workbook(path) as book:
        for sheet in book.visible:
            cells = book.read(sheet)
            if not cells.marks.rows:
                continue
            texts = (value for row in cells.rows for value in row if isinstance(value, str))
            steering = sum(len(_CONTROL.findall(text)) for text in texts)
            yield _with_rules(RawTable(path, sheet, cells.marks), None, steering)


def _with_rules(source: RawTable, marks: Message | None, steering: int) -> RawTable:
    """The source with the rules by which `build` accepts it, and the reasons; `marks` is that for quotation marks."""
    rules, reasons = Cleaning(stray_quotes=marks is not None), [marks] if marks else []
    if steering:
        rules = replace(rules, control=" ")
        reason = counted(
            "{count} control character, which no published file may have: it becomes a space; better delete it in the "
            "file",
            "{count} control characters, which no published file may have: each becomes a space; better delete them in "
            "the file",
            number="count",
            count=steering,
        )
        reasons.append(reason)
    return replace(source, cleaning=rules, remarks=tuple(reasons))


def _csv_source(path: Path, languages: Sequence[str]) -> RawTable:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)

    if found := no_table(Table(path.stem, "", path, str(path), {}, (), dialect=Dialect(encoding=None)), start):
        raise as_error(found)
    guess = guess_encoding(path, languages)
    if guess.broken:
        raise broken_encoding(path, guess.encoding)
    text = codecs.getincrementaldecoder(guess.encoding)("replace").decode(start.removeprefix(codecs.BOM_UTF8))
    delimiter, width = _delimiter(text)
    source = RawTable(path, delimiter=delimiter, encoding=guess.encoding, width=width)
    source = source if guess.encoding == "utf-8" else replace(source, guess=guess)
    seen = _Seen(source)
    return _with_rules(source, seen.marks(), seen.steering)


class _Seen:
    """A look at all lines of a CSV file: counts control characters, refuses NUL, finds stray quotation marks."""

    def __init__(self, source: RawTable) -> None:
        self._source = source
        self._marked = False
        self.steering = 0

    def marks(self) -> Message | None:
        """The problem with the quotation marks, if there is one."""
        source, row, before = self._source, 0, 0
        with _lines(source) as file:
            lines = self._counted(file)
            reader = csv.reader(lines, delimiter=source.delimiter, skipinitialspace=True, strict=True)
            try:
                for row, cells in enumerate(reader, 1):
                    if reader.line_num > before + 1 and (last := self._swallowed(cells, row)):
                        found = message(
                            "a quotation mark in row {row} makes one cell of the rows down to {last}",
                            row=row,
                            last=last,
                        )
                        break
                    before = reader.line_num
                else:
                    return None
            except csv.Error:
                if not self._marked:  # a cell is too long
                    raise
                found = message("the quotation marks of row {row} are wrong", row=row + 1)
            for _ in lines:
                pass
        return message(
            "{problem}: marks that do not enclose a cell are read as text; better correct them in the file",
            problem=found,
        )

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            if "\0" in line:
                raise _refused(self._source, "table-nul", number)
            self._marked = self._marked or '"' in line
            self.steering += len(_CONTROL.findall(line))
            yield line

    def _swallowed(self, cells: list[str], row: int) -> int:
        """The last of the rows that are one cell, 0 where none are."""
        for place, cell in enumerate(cells):
            found = swallowed_rows(cell, (place, cells[0]), self._source.width, self._source.delimiter)
            if found is Certainty.SURELY:
                return row + len(cell.splitlines()) - 1
        return 0


_PARTING = re.compile(r"(?<![0-9]),(?! )|,(?![0-9 ])")
"""A comma that is neither between digits nor before a blank, as most delimiters are."""


_TITLE = r'(?:"[^"]*"|[A-Za-z_]\w*)'
"""A title in quotation marks, or of letters and digits only."""


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter that most rows have as often as is usual, and the number of cells that result.

    Empty cells at the ends of rows do not count. A first line of nothing but plain titles shows its delimiter: cells
    with line breaks and long texts make few rows look alike by another one.
    """

    def fit(delimiter: str) -> tuple[int, int]:
        lengths, filled = list[int](), list[int]()
        try:
            for row in islice(
                csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True), 60
            ):
                lengths.append(len(row))
                filled.append(max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0))
        except csv.Error:
            pass
        usual = {width for width, count in Counter(lengths).items() if width > 1 and count * 5 >= len(lengths)}
        width = max(usual, default=1)
        return sum(length > 1 and number <= width for length, number in zip(lengths, filled, strict=True)), width

    fits = {delimiter: fit(delimiter) for delimiter in _DELIMITERS}
    found = max(_DELIMITERS, key=fits.__getitem__)
    first = text.partition("\n")[0].rstrip("\r")
    for delimiter in _DELIMITERS:
        if re.fullmatch(rf"{_TITLE}(?:{re.escape(delimiter)}{_TITLE}){{2,}}", first):
            return delimiter, max(fits[delimiter][1], 1)
    if found == "," and not _PARTING.search("".join(islice(io.StringIO(text), 60))):
        # Decimals, or `Meier, Anna`: by commas such a file is as even as by its delimiter.
        other = max((each for each in _DELIMITERS if each != ","), key=fits.__getitem__)
        found = other if fits[other][1] > 1 and fits[other][0] * 3 >= fits[","][0] * 2 else found
    return found, max(fits[found][1], 1)
