"""The draft: tables with their columns, the keys between them, and remarks on each."""

from __future__ import annotations

from dataclasses import dataclass, field

from st_opendata.catalogue.init.kept import KeptTable
from st_opendata.catalogue.init.layout import Layout
from st_opendata.catalogue.init.profile import Guess, Profile
from st_opendata.catalogue.init.sources import RawTable
from st_opendata.messages.message import Message
from st_opendata.model.tables import RowRule


@dataclass(slots=True)
class DraftColumn:
    """A column: its name, its title in the header, and the guess from its cells.

    `part_of` is the name or title of the column of the file that it has a part of; its profile then is that column's.
    `place` counts the columns of the file from 0; those that a rule makes come after them.
    """

    name: str
    title: str
    profile: Profile
    found: Guess
    language: str | None = None
    property: str | None = None
    remarks: list[Message] = field(default_factory=list)
    part_of: str | None = None
    place: int = 0
    described: bool = False
    """Whether the schema of the table describes it, so that dataset.yaml need not."""

    def called(self) -> str:
        """The name that people use: its title, else its name."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class DraftReference:
    """A column whose cells are keys of another table."""

    column: DraftColumn
    table: DraftTable
    key: DraftColumn


@dataclass(slots=True)
class DraftSchema:
    """A Table Schema that describes a table: the name and content of its copy, and fields that the table lacks."""

    file: str
    content: str
    without: tuple[str, ...]
    has_key: bool = False


@dataclass(slots=True)
class DraftTable:
    """A table; the columns of `key` name its rows, `splits` are the patterns of columns that are read in parts.

    `rules` for its rows each have a reason.
    """

    name: str
    source: RawTable
    layout: Layout
    columns: list[DraftColumn]
    rows: int = 0
    remarks: list[Message] = field(default_factory=list)
    key: tuple[DraftColumn, ...] = ()
    references: list[DraftReference] = field(default_factory=list)
    splits: dict[str, str] = field(default_factory=dict)
    rules: list[tuple[RowRule, Message]] = field(default_factory=list)
    unpivot: tuple[dict[str, str], Message] | None = None
    """The rule by which columns of the file are rows, with its reason."""
    first_rows: list[tuple[int, list[str]]] = field(default_factory=list)
    """Line and cells of the first rows, as they were read."""
    kept: KeptTable | None = None
    """All cells, where some columns have too many different ones for a profile."""
    schema: DraftSchema | None = None
