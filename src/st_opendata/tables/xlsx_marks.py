"""The marks of a sheet of an Excel workbook (ECMA-376, SpreadsheetML)."""

from __future__ import annotations

import posixpath
import re

from st_opendata.tables.archives import Archive, Attributes, WorkbookError
from st_opendata.tables.marks import BUILT_IN, Cell, Marks, column_number, shows_day, telling

_BOOK = "xl/workbook.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def xlsx_marks(archive: Archive, sheet: str) -> Marks:
    """Raises WorkbookError for what no spreadsheet writes."""
    reader = _Sheet(_formats(archive), since_1904=_counts_from_1904(archive))
    archive.parse(_part(archive, sheet), reader.handlers, reader.add_text)
    return reader.finished()


def _part(archive: Archive, sheet: str) -> str:
    """The member that holds the sheet."""
    found: dict[str, str] = {}
    targets: dict[str, str] = {}

    def note_sheet(attributes: Attributes) -> None:
        keys = [key for key in attributes if key.endswith(":id")]
        found[attributes.get("name", "")] = attributes[keys[0]] if keys else ""

    def note_target(attributes: Attributes) -> None:
        targets[attributes.get("Id", "")] = attributes.get("Target", "")

    archive.parse(_BOOK, {"sheet": note_sheet})
    archive.parse("xl/_rels/workbook.xml.rels", {"Relationship": note_target})
    if found.get(sheet) not in targets:
        raise WorkbookError(f'its sheet "{sheet}" leads nowhere')
    return posixpath.normpath(posixpath.join("/xl", targets[found[sheet]])).lstrip("/")


def _counts_from_1904(archive: Archive) -> bool:
    """True for a workbook whose day 1 is 2 January 1904."""
    found = list[str]()
    archive.parse(_BOOK, {"workbookPr": lambda attributes: found.append(attributes.get("date1904", "0"))})
    return any(text in ("1", "true") for text in found)


def _formats(archive: Archive) -> dict[str, str]:
    """The number format by the number of a cell style."""
    codes = dict(BUILT_IN)
    found: dict[str, str] = {}
    counting = False

    def note_code(attributes: Attributes) -> None:
        codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")

    def note_styles(_: Attributes) -> None:
        nonlocal counting
        counting = True

    def end_styles(_: Attributes) -> None:
        nonlocal counting
        counting = False

    def note_style(attributes: Attributes) -> None:
        if counting:
            found[str(len(found))] = codes.get(int(attributes.get("numFmtId", "0")), "")

    if "xl/styles.xml" in archive:
        handlers = {"numFmt": note_code, "cellXfs": note_styles, "cellStyles": end_styles, "xf": note_style}
        try:
            archive.parse("xl/styles.xml", handlers)
        except ValueError:
            raise WorkbookError("its styles have a number format without a number") from None
    return {style: code for style, code in found.items() if code}


class _Sheet:
    """Follows the elements of a sheet; a cell is judged when the next one starts."""

    def __init__(self, formats: dict[str, str], *, since_1904: bool) -> None:
        self._marks = Marks()
        self._formats = {style: told for style, code in formats.items() if (told := telling(code))}
        self._days = set() if since_1904 else {style for style, code in formats.items() if shows_day(code)}
        self._day = False
        self._row, self._column = 0, 0
        self._kind = ""
        self._formula = self._inside = False
        self._text = ""
        self.handlers = {
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_value,
            "is": self._start_value,
            "col": self._hide_columns,
            "mergeCell": self._merge,
        }

    def finished(self) -> Marks:
        self._settle()
        return self._marks

    def add_text(self, text: str) -> None:
        if self._inside:
            self._text += text

    def _start_row(self, attributes: Attributes) -> None:
        self._settle()
        self._row = _number(attributes.get("r"), self._row + 1)
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self._marks.hidden_rows.append(self._row)

    def _start_cell(self, attributes: Attributes) -> None:
        self._settle()
        if reference := attributes.get("r"):
            self._row, self._column = _cell(reference)
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._day = self._kind == "n" and attributes.get("s", "0") in self._days
        if self._formats and self._kind == "n":
            code = self._formats.get(attributes.get("s", "0"), "")
            self._marks.formats.setdefault(self._column, set()).add(code)

    def _start_formula(self, _: Attributes) -> None:
        self._formula = True

    def _start_value(self, _: Attributes) -> None:
        self._marks.fill(self._row, self._column)
        self._inside = self._formula or self._day or self._kind == "e"

    def _settle(self) -> None:
        here = self._row, self._column
        if self._kind == "e":
            self._marks.errors[here] = self._text
        elif self._formula and self._kind != "str" and not self._text.strip():
            self._marks.fill(*here)
            self._marks.uncalculated.append(here)
        if self._day and self._text.partition(".")[0] == "60":
            self._marks.no_days.append(here)
        if self._formula or self._inside:
            self._text = ""
        self._kind, self._formula, self._inside, self._day = "", False, False, False

    def _hide_columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = _number(attributes.get("min"), 1), _number(attributes.get("max"), 1)
            self._marks.hidden_columns += range(first, min(last, 16_384) + 1)

    def _merge(self, attributes: Attributes) -> None:
        self._settle()
        first, _, last = attributes.get("ref", "").partition(":")
        self._marks.merged.append((_cell(first), _cell(last or first)))


def _cell(reference: str) -> Cell:
    found = _REFERENCE.fullmatch(reference)
    if not found or not 0 < int(found[2]) <= 1_048_576:
        raise WorkbookError(f'"{reference}" names no cell')
    return int(found[2]), column_number(found[1])


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise WorkbookError(f'"{text[:20]}" is no number of a row or column')
    return int(text)
