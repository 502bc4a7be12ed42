"""The marks of a sheet of an Excel workbook (ECMA-376, SpreadsheetML)."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from st_opendata.messages.message import message, number_text
from st_opendata.tables.workbooks.archives import MAX_TOKEN, Archive, Attributes, WorkbookError, text_too_long
from st_opendata.tables.workbooks.marks import (
    BUILT_IN,
    MAX_CELLS,
    Cell,
    Marks,
    column_number,
    displayed_format,
    refuse_large,
    shows_day,
)

_BOOK = "xl/workbook.xml"
_ROOT_LINKS, _BOOK_LINKS = "_rels/.rels", "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TEXT_KINDS = ("inlineStr", "str")
_MAX_COLUMNS, _MAX_ROWS = 16_384, 1_048_576
_MAX_DESCRIBED = 20 * _MAX_COLUMNS


@dataclass(frozen=True, slots=True)
class _Link:
    """A relationship: `kind` is the last word of its type, `target` as it is written."""

    kind: str
    target: str


class XlsxMarks:
    """The marks of the sheets of a workbook whose parts may have any names; relationships say which is which.

    Raises:
        WorkbookError: it has what no spreadsheet program writes, or texts beyond the bounds.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        books = [link for link in _links(archive, _ROOT_LINKS).values() if link.kind == "officeDocument"]
        if any(_member(archive, link.target, "/") != _BOOK for link in books):
            raise WorkbookError(message("its workbook is not {member}", member=_BOOK))
        self._targets = _links(archive, _BOOK_LINKS)
        self._sheets = _sheets(archive)
        read = [each for each in self._targets.values() if each.kind in ("styles", "sharedStrings")]
        read += [self._targets[key] for key in self._sheets.values() if key in self._targets]
        for link in read:
            archive.verify(_member(archive, link.target))
        self._formats, self._since_1904 = _formats(archive), _counts_from_1904(archive)
        self._lengths = self._measured_texts()

    def of(self, sheet: str) -> Marks:
        """The marks of the sheet of that name."""
        reader = _Sheet(sheet, self._formats, self._lengths, since_1904=self._since_1904)
        self._archive.parse(self._part(sheet), reader.handlers, reader.add_text)
        return reader.finished()

    def _part(self, sheet: str) -> str:
        """The member that holds the sheet."""
        link = self._targets.get(self._sheets.get(sheet, ""))
        if link is None:
            raise WorkbookError(message('it is damaged: its sheet "{sheet}" is missing', sheet=sheet))
        return _member(self._archive, link.target)

    def _measured_texts(self) -> list[int]:
        """The number of letters of each shared text, which cells refer to by number."""
        links = [each for each in self._targets.values() if each.kind == "sharedStrings"]
        parts = {*(_member(self._archive, each.target) for each in links), *self._archive.alike(_TEXTS)}
        if len(parts) > 1:
            raise WorkbookError(message("it has {count} parts with texts", count=len(parts)))
        lengths = list[int]()

        def start_text(_: Attributes) -> None:
            if len(lengths) >= MAX_CELLS:
                raise WorkbookError(message("it has more than {most} texts", most=number_text(MAX_CELLS)))
            lengths.append(0)

        def add_text(text: str) -> None:
            if lengths:
                lengths[-1] += len(text)
                if lengths[-1] > MAX_TOKEN:
                    raise text_too_long()

        for part in parts:
            self._archive.parse(part, {"si": start_text}, add_text)
        return lengths


def _sheets(archive: Archive) -> dict[str, str]:
    """The identifier of the relationship that leads to each sheet."""
    found: dict[str, str] = {}

    def note(attributes: Attributes) -> None:
        keys = [key for key in attributes if key.endswith(":id")]
        found[attributes.get("name", "")] = attributes[keys[0]] if keys else ""

    archive.parse(_BOOK, {"sheet": note})
    return found


def _links(archive: Archive, part: str) -> dict[str, _Link]:
    """The relationships that a member states, by their identifiers."""
    found: dict[str, _Link] = {}

    def note(attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = _Link(kind, attributes.get("Target", ""))

    archive.parse(part, {"Relationship": note})
    return found


def _member(archive: Archive, target: str, folder: str = "/xl") -> str:
    """The member at the target of a relationship; some programs write it from the root without a slash."""
    paths = (posixpath.normpath(posixpath.join(start, target)).lstrip("/") for start in (folder, "/"))
    found = next((members for path in paths if (members := archive.alike(path))), [])
    if len(found) != 1:
        if found:
            raise WorkbookError(message("it has two members {member}", member=target))
        raise WorkbookError(message("it has no member {member}", member=target))
    return found[0]


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
        except WorkbookError:
            raise
        except ValueError:
            raise WorkbookError(message("its styles have a number format without a number")) from None
    return {style: code for style, code in found.items() if code}


class _Sheet:
    """Follows the elements of a sheet; a cell is judged when the next one starts.

    `lengths` are those of the texts that cells name by number: each cell has its own copy in memory.
    """

    def __init__(self, name: str, formats: dict[str, str], lengths: list[int], *, since_1904: bool) -> None:
        self._name, self._marks = name, Marks()
        self._lengths, self._letters, self._here = lengths, 0, 0
        self._formats = {style: form for style, code in formats.items() if (form := displayed_format(code))}
        self._days = set() if since_1904 else {style for style, code in formats.items() if shows_day(code)}
        self._day = False
        self._row, self._column, self._described = 0, 0, 0
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
        }

    def finished(self) -> Marks:
        self._settle()
        refuse_large(self._name, self._marks, self._letters)
        return self._marks

    def add_text(self, text: str) -> None:
        if self._kind in _TEXT_KINDS:
            self._letters += len(text)
            self._here += len(text)
            if self._here > MAX_TOKEN:
                raise text_too_long()
        if self._inside:
            self._text += text

    def _start_row(self, attributes: Attributes) -> None:
        self._settle()
        refuse_large(self._name, self._marks, self._letters)
        self._row = _number(attributes.get("r"), self._row + 1)
        if self._row > _MAX_ROWS:
            raise WorkbookError(
                message('its sheet "{sheet}" has more than {most} rows', sheet=self._name, most=number_text(_MAX_ROWS))
            )
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self._marks.hidden_rows.add(self._row)

    def _start_cell(self, attributes: Attributes) -> None:
        self._settle()
        if reference := attributes.get("r"):
            self._row, self._column = _cell(reference)
        else:
            self._column += 1
        self._kind, self._here = attributes.get("t", "n"), 0
        self._day = self._kind == "n" and attributes.get("s", "0") in self._days
        if self._formats and self._kind == "n":
            code = self._formats.get(attributes.get("s", "0"), "")
            self._marks.formats.setdefault(self._column, set()).add(code)

    def _start_formula(self, _: Attributes) -> None:
        self._formula = True

    def _start_value(self, _: Attributes) -> None:
        self._marks.fill(self._row, self._column)
        self._inside = self._formula or self._day or self._kind in ("e", "s")

    def _settle(self) -> None:
        here = self._row, self._column
        if self._kind == "s" and self._text.isdecimal() and (number := int(self._text)) < len(self._lengths):
            self._letters += self._lengths[number]
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
            hidden = range(first, min(last, _MAX_COLUMNS) + 1)
            self._described += len(hidden)
            if self._described > _MAX_DESCRIBED:
                raise WorkbookError(
                    message('its sheet "{sheet}" describes the same columns again and again', sheet=self._name)
                )
            self._marks.hidden_columns.update(hidden)


def _cell(reference: str) -> Cell:
    found = _REFERENCE.fullmatch(reference)
    if not found or not 0 < int(found[2]) <= _MAX_ROWS:
        raise WorkbookError(message('"{reference}" does not name a cell', reference=reference))
    return int(found[2]), column_number(found[1])


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise WorkbookError(message('"{text}" is not the number of a row or column', text=text[:20]))
    return int(text)
