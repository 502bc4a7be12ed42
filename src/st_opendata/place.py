"""Where something stands: a cell of a table or a position in a text file."""

from __future__ import annotations

from dataclasses import dataclass


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

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.offset is not None:
            parts.append(f"column {self.offset}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f'column "{self.column}"')
        return ", ".join(parts)
