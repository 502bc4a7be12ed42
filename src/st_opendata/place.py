"""Where something stands: a cell of a table or a position in a text file."""

from __future__ import annotations

from dataclasses import dataclass

_WORDS = {
    "en": ("line", "column", "row", "column"),
    "fr": ("ligne", "colonne", "ligne", "colonne"),
    "de": ("Zeile", "Spalte", "Zeile", "Spalte"),
}
"""The words for line and offset of a text file, and for row and column of a table."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file, and in it either a cell (`row`, `column`) or a position (`line`, `offset`).

    `row` counts records with the header as 1, as a spreadsheet shows it; `column` is the title
    that the publisher sees in the header. `line` and `offset` count from 1.
    """

    file: str
    row: int | None = None
    column: str | None = None
    line: int | None = None
    offset: int | None = None

    def within(self, language: str = "en") -> str:
        """Where in the file, in English, French or German; empty for the file as a whole."""
        line, offset, row, column = _WORDS.get(language, _WORDS["en"])
        parts = (
            f"{line} {self.line}" if self.line is not None else "",
            f"{offset} {self.offset}" if self.offset is not None else "",
            f"{row} {self.row}" if self.row is not None else "",
            f'{column} "{self.column}"' if self.column is not None else "",
        )
        return ", ".join(filter(None, parts))

    def text(self, language: str = "en") -> str:
        """The file and where in it."""
        return ", ".join(filter(None, (self.file, self.within(language))))

    def __str__(self) -> str:
        return self.text()
