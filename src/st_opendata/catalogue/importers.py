"""What the importers of exports have in common: their options, and what they give back.

An importer is a package next to this module, with a function that takes the sources, the folder to write and
`ImportOptions`, and a line in `cli/import_.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from st_opendata.messages.message import Message


def _ignore(_: str) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`base` is the start of all IRIs, None for one that is made of the name of the folder.

    `language` is that of comments, one of `LANGUAGES`. `on_progress` gets the name of each file before it is read.
    """

    base: str | None = None
    language: str = "en"
    on_progress: Callable[[str], None] = _ignore


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """A table of the catalogue, the file that it was copied from (empty if the import wrote it), and its rows."""

    table: str
    source: str
    rows: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in the catalogue, and why."""

    name: str
    reason: Message


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The tables of the new catalogue, in its order, and the files that are left out."""

    tables: tuple[ImportedTable, ...]
    left_out: tuple[LeftOut, ...]
