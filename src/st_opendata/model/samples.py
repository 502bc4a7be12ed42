"""The first rows of a table as they were read, to be looked at by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from st_opendata.model.tables import Datatype


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column: the title that its file has over it, its type, and its values in the rows; None for a null."""

    title: str
    kind: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of a table with these numbers, column by column."""

    table: str
    rows: tuple[int, ...]
    columns: tuple[SampleColumn, ...]


def kind_of(datatype: Datatype, separator: str | None, language: str) -> str:
    """What a column's type is called: its datatype, `text` with its language, and whether cells are lists."""
    kind = "text" if datatype.base == "string" else datatype.base
    kind = kind if language == "und" else f"{kind} ({language})"
    return f"{kind}, list" if separator else kind


def value_of(cell: str | Sequence[str | None] | None) -> str | None:
    """A cleaned cell as people read it: the items of a list with bars between."""
    if cell is None or isinstance(cell, str):
        return cell
    return " | ".join(item or "" for item in cell)
