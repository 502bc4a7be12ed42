"""The first rows of a table as the program read them, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from st_opendata.messages.message import Message, message, verbatim
from st_opendata.model.tables import Datatype
from st_opendata.model.text import Text


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column: its title in the file, its type, and its values in the rows; None for null."""

    title: str
    kind: Text
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a table by their numbers, column by column."""

    table: str
    rows: tuple[int, ...]
    columns: tuple[SampleColumn, ...]


def kind_of(datatype: Datatype, separator: str | None, language: str) -> Message:
    """The name of a column's type: its datatype, `text` with its language, and whether cells are lists."""
    kind = message("text") if datatype.base == "string" else verbatim(datatype.base)
    if language != "und":
        kind = message("{kind} ({language})", kind=kind, language=language)
    return message("{kind}, list", kind=kind) if separator else kind


def value_of(cell: str | Sequence[str | None] | None) -> str | None:
    """A cleaned cell for people: the items of a list with bars between them."""
    if cell is None or isinstance(cell, str):
        return cell
    return " | ".join(item or "" for item in cell)
