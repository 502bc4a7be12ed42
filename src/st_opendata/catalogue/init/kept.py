"""The cells of tables with more different ones than memory should hold: an engine keeps all, and answers for all.

A guess then comes from a sample that has the first cells and some of each form; the engine finds the cells that it
does not read.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from st_opendata.catalogue.init.numerals import datatype_of
from st_opendata.catalogue.init.profile import LIST_NUMBERS, LONGEST_ITEM, Guess, Profile, guess
from st_opendata.facts.cells import canonical
from st_opendata.facts.raw import needs_python
from st_opendata.messages.message import message
from st_opendata.model.tables import Column
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import CsvFile, Engine, ReadError
from st_opendata.tables.datatypes import BLANKS, parse

_BATCH = 50_000
_FORMS = 2_000
"""Forms of a column's cells, digits alike, of which the sample has some; cells of more forms are not numbers."""
_UNREAD = 100
"""Cells that a guess does not read, to guess again with."""
_ROUNDS = 6
_WHITE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""The characters that `str.strip` drops."""
_INVISIBLE = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\A\p{Zs}|\p{Zs}\z"
_BEYOND_ASCII = r"[^\x00-\x7F]"


class CellStore:
    """An engine for the tables of a draft, opened for the first of them, within `memory` and `threads`.

    Use it as a context manager.
    """

    def __init__(self, memory: str, threads: int) -> None:
        self._settings = (memory, threads)
        self._engine: DuckDBEngine | None = None
        self._tables = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine:
            self._engine.close()

    def keep(self, rows: Iterable[Sequence[str]], width: int) -> KeptTable | None:
        """Keep the rows, each of this many cells; None if a row is longer than the engine can read.

        Raises:
            InputError: the disk is full, or there is not enough memory.
        """
        engine = self._engine = self._engine or DuckDBEngine(None, *self._settings)
        self._tables += 1
        name, path = f"cells{self._tables}", engine.folder / "cells.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        cells = ", ".join(f"coalesce(f{place}, '') AS c{place}" for place in range(width))
        try:
            engine.read(f"{name}_file", CsvFile(path, width, header=False, line_end="\n"))
            engine.create(name, f"SELECT position, {cells} FROM {name}_file")
        except ReadError:
            return None
        finally:
            path.unlink()
        return KeptTable(engine, name)


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table of cells c0, c1 … by their place in the file, with the `position` of their row."""

    engine: Engine
    name: str

    def column(self, place: int) -> KeptColumn:
        """The cells at a place."""
        return KeptColumn(self.engine, self.name, f"c{place}")

    def identify(self, places: Sequence[int]) -> bool:
        """True where no two rows are alike in these columns, capitals aside."""
        return not self._repeated([self.column(place).folded() for place in places])

    def _repeated(self, values: Sequence[str]) -> bool:
        named = {f"v{place}": value for place, value in enumerate(values)}
        rows = f"SELECT {', '.join(f'{value} AS {key}' for key, value in named.items())} FROM {self.name}"
        return bool(self.engine.rows(f"{sql.duplicates(list(named), f'({rows})')} LIMIT 1"))


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """All cells of a column: `cell` of the rows in `table`."""

    engine: Engine
    table: str
    cell: str

    def describe(self, profile: Profile) -> None:
        """Set what the profile of a sample says of all cells."""
        counts = f"count(DISTINCT {self.cell}), max({sql.length(self.cell)})"
        ((different, longest),) = self.engine.rows(f"SELECT {counts} FROM {self.table} WHERE {self._filled}")
        profile.sampled, profile.different, profile.longest = True, different, longest
        if different + profile.blank < profile.rows:
            twice = f"SELECT {self.cell} FROM {self.table} WHERE {self._filled} GROUP BY {self.cell}"
            ((profile.repeated,),) = self.engine.rows(f"{twice} HAVING count(*) > 1 ORDER BY min(position) LIMIT 1")
        elif not profile.blank:
            profile.all_differ = not self._any(sql.part_match(self.cell, _INVISIBLE)) and KeptTable(
                self.engine, self.table
            ).identify([int(self.cell[1:])])

    def forms(self) -> list[str]:
        """For each form that cells have, digits alike, the first cell, the lowest and the highest."""
        form = sql.replace_matches(self.cell, "[0-9]", "0")
        found = f"{sql.arg_min(self.cell, 'position')}, min({self.cell}), max({self.cell}), min(position) AS p"
        rows = f"SELECT {form} AS form, {self.cell}, position FROM {self.table} WHERE {self._filled}"
        listed = self.engine.rows(f"SELECT {found} FROM ({rows}) GROUP BY form ORDER BY p LIMIT {_FORMS}")
        return list(dict.fromkeys(cell for *cells, _ in listed for cell in cells))

    def unread(self, found: Guess) -> list[str]:
        """The first cells that the guess does not read, all different."""
        text, kind = sql.trim(self.cell, BLANKS), datatype_of(found.base, found.form)
        if found.separator:
            return self._first(f"{sql.size(sql.filter_items(self._items(found.separator), 'x', _unlike(found)))} > 0")
        if found.base == "string":
            return []
        others = f"{text} NOT IN {sql.texts(['', *found.null])}"
        if not needs_python(self.engine, Column("cells", 1, datatype=kind)):
            return self._first(f"{others} AND {canonical(kind, text)} IS NULL")
        rows = self.engine.batches(f"SELECT DISTINCT {text} FROM {self.table} WHERE {others}", _BATCH)
        lost = (cell for batch in rows for (cell,) in batch if parse(kind, cell) is None)
        return [cell for cell, _ in zip(lost, range(_UNREAD), strict=False)]

    def folded(self) -> str:
        """The expression of the cells without white space around them and differences of capitals, as Python folds."""
        cell = sql.trim(self.cell, _WHITE)
        beyond = f"SELECT DISTINCT {cell} FROM {self.table} WHERE {sql.part_match(self.cell, _BEYOND_ASCII)}"
        if not self.engine.rows(f"{beyond} LIMIT 1"):
            return sql.lower(cell)
        name = f"{self.table}_{self.cell}"
        self.engine.define(name, {"raw": sql.TEXT, "folded": sql.TEXT})
        for batch in self.engine.batches(beyond, _BATCH):
            cells = [text for (text,) in batch]
            self.engine.fill(name, [cells, [unicodedata.normalize("NFC", text.casefold()) for text in cells]])
        found = f"(SELECT {sql.any_value('folded')} FROM {name} WHERE raw = {cell})"
        return f"coalesce({found}, {sql.lower(cell)})"

    def missing(self, values: Iterable[str]) -> set[str]:
        """Those of the values that no cell has, white space around it aside."""
        name, listed = f"{self.table}_values", list(values)
        self.engine.define(name, {"value": sql.TEXT})
        for start in range(0, len(listed), _BATCH):
            self.engine.fill(name, [listed[start : start + _BATCH]])
        cells = f"(SELECT {sql.trim(self.cell, _WHITE)} AS value FROM {self.table})"
        lost = self.engine.rows(sql.anti_join(name, cells, sql.equal_columns(["value"], ["value"])))
        self.engine.drop(name)
        return {value for (value,) in lost}

    @property
    def _filled(self) -> str:
        return f"{sql.trim(self.cell, BLANKS)} <> ''"

    def _items(self, separator: str) -> str:
        return sql.split(self.cell, separator)

    def _any(self, condition: str) -> bool:
        return bool(self.engine.rows(f"SELECT position FROM {self.table} WHERE {condition} LIMIT 1"))

    def _first(self, condition: str) -> list[str]:
        rows = f"SELECT {self.cell} FROM {self.table} WHERE {self._filled} AND {condition}"
        return list(dict.fromkeys(cell for (cell,) in self.engine.rows(f"{rows} ORDER BY position LIMIT {_UNREAD}")))


def _unlike(found: Guess) -> str:
    """The condition that an item x of a list is not as the guess says."""
    bare = sql.trim("x", BLANKS)
    if found.base in LIST_NUMBERS:
        return f"NOT {sql.full_match(bare, LIST_NUMBERS[found.base])}"
    return sql.any_of(["x = ''", f"{sql.trim('x', _WHITE)} <> x", f"{sql.length('x')} > {LONGEST_ITEM}"])


def guess_all(profile: Profile, cells: KeptColumn, *, comma: bool, title: str) -> Guess:
    """The guess for a column of which the profile has a sample, which all cells bear out; adds to the sample."""
    cells.describe(profile)
    found = guess(profile, comma=comma, title=title)
    # More cells make no number of a text, but they tell how numbers are written.
    if found.base != "string" or found.why or found.separator:
        profile.sample(cells.forms())
        found = guess(profile, comma=comma, title=title)
    for _ in range(_ROUNDS):
        if not (lost := cells.unread(found)):
            return found
        profile.sample(lost)
        found = guess(profile, comma=comma, title=title)
    return Guess(why=message("too many different cells to compare: taken as text"))


def padded(rows: Iterable[Sequence[str]], width: int) -> Iterator[list[str]]:
    """Rows of this many cells."""
    return ([*cells[:width], *[""] * (width - len(cells))] for cells in rows)
