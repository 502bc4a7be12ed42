"""The marks of a sheet of an OpenDocument spreadsheet (ODF 1.3 part 3)."""

from __future__ import annotations

from st_opendata.messages.message import message
from st_opendata.tables.workbooks.archives import MAX_TOKEN, Archive, Attributes, WorkbookError, text_too_long
from st_opendata.tables.workbooks.marks import Marks, refuse_large

_HIDDEN = ("collapse", "filter")
_MOST = 1_048_576
_MOST_COLUMNS = 16_384


def ods_marks(archive: Archive) -> dict[str, Marks]:
    """The marks of each sheet by its name; raises WorkbookError for what no spreadsheet program writes."""
    reader = _Content()
    for member in ("styles.xml", "content.xml"):
        if member in archive:
            archive.parse(member, reader.handlers, reader.add_text)
            reader.finish_table()
    return reader.found


class _Content:
    """Follows the elements of the document: number formats, then the sheets."""

    def __init__(self) -> None:
        self.found: dict[str, Marks] = {}
        self._times, self._here, self._letters = 0, 0, 0
        self._name, self._marks = "", Marks()
        self._row, self._column, self._rows_here = 0, 0, 1
        self._columns = 0
        self._error: tuple[int, int] | None = None
        self._number_style = ""
        self._codes: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._defaults: dict[int, str] = {}
        self.handlers = {
            "number-style": self._start_number,
            "percentage-style": self._start_percentage,
            "number": self._note_digits,
            "style": self._start_style,
            "table": self._start_table,
            "table-column": self._start_column,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._skip_cell,
            "s": self._start_spaces,
        }

    def add_text(self, text: str) -> None:
        self._count_letters(len(text))
        if self._error:
            self._marks.errors[self._error] += text

    def _count_letters(self, number: int) -> None:
        """Count a repeated cell each time: each has its own text in memory."""
        self._here += number
        self._letters += number * self._times
        if self._here > MAX_TOKEN:
            raise text_too_long()

    def _start_spaces(self, attributes: Attributes) -> None:
        self._count_letters(_count(attributes, "text:c", 1, MAX_TOKEN))

    def _start_number(self, attributes: Attributes) -> None:
        self._number_style = attributes.get("style:name", "")
        self._codes[self._number_style] = ""

    def _start_percentage(self, attributes: Attributes) -> None:
        self._number_style = attributes.get("style:name", "")
        self._codes[self._number_style] = "%"

    def _note_digits(self, attributes: Attributes) -> None:
        whole = _count(attributes, "number:min-integer-digits", 1, 20)
        places = _count(attributes, "number:decimal-places", 0, 20)
        code = self._codes.get(self._number_style)
        if code == "%":
            self._codes[self._number_style] = "0" + ("." + "0" * places if places else "") + "%"
        elif code == "" and whole > 1 and not places:
            self._codes[self._number_style] = "0" * whole

    def _start_style(self, attributes: Attributes) -> None:
        self._styles[attributes.get("style:name", "")] = attributes.get("style:data-style-name", "")

    def finish_table(self) -> None:
        """Refuse the last table if it is beyond the bounds."""
        refuse_large(self._name, self._marks, self._letters)

    def _start_table(self, attributes: Attributes) -> None:
        self.finish_table()
        self._name = attributes.get("table:name", "")  # links to other files hold tables without one
        if self._name and self._name in self.found:
            raise WorkbookError(message('it has two sheets "{sheet}"', sheet=self._name))
        self._marks = self.found[self._name] = Marks()
        self._defaults, self._error = {}, None
        self._row, self._rows_here, self._columns, self._times, self._letters = 0, 1, 0, 0, 0

    def _start_column(self, attributes: Attributes) -> None:
        repeated = _count(attributes, "table:number-columns-repeated", 1, _MOST_COLUMNS)
        hidden = attributes.get("table:visibility") in _HIDDEN
        style = attributes.get("table:default-cell-style-name", "")
        for column in range(self._columns + 1, min(self._columns + repeated, _MOST_COLUMNS) + 1):
            self._defaults[column] = style
            if hidden:
                self._marks.hidden_columns.add(column)
        self._columns += repeated

    def _start_row(self, attributes: Attributes) -> None:
        refuse_large(self._name, self._marks, self._letters)
        self._error = None
        self._row += self._rows_here
        self._rows_here = _count(attributes, "table:number-rows-repeated", 1, _MOST)
        self._column = 1
        if attributes.get("table:visibility") in _HIDDEN:
            self._marks.hidden_rows.update(range(self._row, min(self._row + self._rows_here, _MOST + 1)))

    def _skip_cell(self, attributes: Attributes) -> None:
        self._error = None
        self._column += _count(attributes, "table:number-columns-repeated", 1, _MOST_COLUMNS)

    def _start_cell(self, attributes: Attributes) -> None:
        self._error = None
        here = self._row, self._column
        repeated = _count(attributes, "table:number-columns-repeated", 1, _MOST_COLUMNS)
        self._times, self._here = repeated * self._rows_here, 0
        kind = attributes.get("office:value-type")
        if kind or "table:formula" in attributes:
            last = self._row + self._rows_here - 1, self._column + repeated - 1
            if last[0] > _MOST or last[1] > _MOST_COLUMNS:
                raise WorkbookError(
                    message(
                        'its sheet "{sheet}" has cells beyond {cell}, the last of a spreadsheet',
                        sheet=self._name,
                        cell=f"XFD{_MOST}",
                    )
                )
            for column in range(self._column, self._column + repeated):
                self._marks.fill(last[0], column)
        if attributes.get("calcext:value-type") == "error":
            self._marks.errors[here] = ""
            self._error = here
        elif "table:formula" in attributes and not kind:
            self._marks.uncalculated.append(here)
        elif kind in ("float", "percentage"):
            style = attributes.get("table:style-name") or self._defaults.get(self._column, "")
            code = self._codes.get(self._styles.get(style, ""), "")
            self._marks.formats.setdefault(self._column, set()).add(code)
        height = _count(attributes, "table:number-rows-spanned", 1, _MOST)
        width = _count(attributes, "table:number-columns-spanned", 1, _MOST_COLUMNS)
        if height > 1 or width > 1:
            self._marks.merge(here, (self._row + height - 1, self._column + width - 1))
        self._column += repeated


def _count(attributes: Attributes, name: str, default: int, most: int) -> int:
    text = attributes.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= most):
        raise WorkbookError(message('"{text}" is not a number for {name}', text=text[:20], name=name))
    return int(text)
