"""The cells of triples: many patterns are looked up at once, in one join with the table of each predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from st_opendata.facts.loading import LoadedTable
from st_opendata.place import Place
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.templates import parse_template, variable_names

Pattern = tuple[str | None, str | None, str | None]
"""Subject, predicate and object of triples as N-Triples terms; None for any."""

_Cell = tuple[int, int, int]
"""Table, record and column ids."""

_ASKED = {"n": sql.INTEGER, "s": sql.TEXT, "p": sql.TEXT, "o": sql.TEXT}
_JOINED = 50
"""The predicates of one statement."""
CELL_NAMES = {
    **dict.fromkeys(("t", "c", "slot"), sql.INTEGER),
    "header": sql.LONG,
    **dict.fromkeys(("dataset", "table_name", "file", "title", "sheet"), sql.TEXT),
}
"""The columns of the table of the names of cells.

Several columns of a file may be rows of a table: then `slot` is the place of one among these, else 0. `header` is the
row of a title that states something.
"""


class PlaceFinder:
    """Finds cells in the tables of predicates, which `mapping` describes."""

    def __init__(self, engine: Engine, tables: Sequence[LoadedTable], predicates: Mapping[str, str]) -> None:
        self._engine = engine
        self._predicates = predicates
        self._tables = {loaded.id: loaded for loaded in tables}
        self._columns: dict[tuple[int, int], int] = {}

    def places(self, cells: Iterable[_Cell]) -> tuple[Place, ...]:
        """The cells by file, row and column."""
        return tuple(sorted(set(map(self._place, cells)), key=_order))

    def rows(self, cells: Iterable[_Cell]) -> tuple[Place, ...]:
        """The rows of the cells, in the order of `places`."""
        first: dict[tuple[int, int], str] = {}
        for table, record, column in cells:
            title = self._title(table, column)
            first[table, record] = min(title, first.get((table, record), title))
        rows = [(self._row(*key), title) for key, title in first.items()]
        rows.sort(key=lambda row: (row[0].file, row[0].row or 0, row[1], row[0].cell or ""))
        return tuple(dict.fromkeys(row for row, _ in rows))

    def find(self, patterns: Iterable[Pattern]) -> dict[Pattern, list[_Cell]]:
        """The cells that state triples of each pattern; a pattern without any is left out."""
        found = defaultdict[Pattern, list[_Cell]](list)
        for given, alike in _by_parts(patterns).items():
            self._engine.define("asked", _ASKED)
            self._engine.fill("asked", [list(range(len(alike))), *map(list, zip(*alike, strict=True))])
            joins = [self._join(name, given) for name in self._asked_predicates(alike)]
            for start in range(0, len(joins), _JOINED):
                query = " UNION ALL ".join(joins[start : start + _JOINED])
                for rows in self._engine.batches(query, 50_000):
                    for number, *cell in rows:
                        found[alike[number]].append(tuple(cell))
            self._engine.drop("asked")
        return found

    def _asked_predicates(self, patterns: Sequence[Pattern]) -> list[str]:
        """The predicates that have a table and may be those of a pattern."""
        asked = {predicate for _, predicate, _ in patterns}
        return list(self._predicates) if None in asked else [name for name in self._predicates if name in asked]

    def _join(self, predicate: str, given: tuple[bool, bool, bool]) -> str:
        conditions = [f"a.p = {sql.text(predicate)}"] if given[1] else []
        conditions += [
            f"a.{part} = f.{part}" for part, is_given in zip("spo", given, strict=True) if is_given and part != "p"
        ]
        where = f" WHERE {sql.all_of(conditions)}" if conditions else ""
        return f"SELECT DISTINCT a.n, f.t, f.r, f.c FROM asked AS a, {self._predicates[predicate]} AS f{where}"

    def _place(self, cell: _Cell) -> Place:
        table, record, column = cell
        return self._tables[table].source.place(record, self._number(table, column))

    def _row(self, table: int, record: int) -> Place:
        source = self._tables[table].source
        rule = source.table.unpivot  # then the row is a cell of the file
        return source.place(record, source.table.column(rule.value).number) if rule else source.place(record).in_row()

    def _title(self, table: int, column: int) -> str:
        number = self._number(table, column)
        return self._tables[table].source.title(number) if number else ""

    def _number(self, table: int, column: int) -> int:
        if (table, column) not in self._columns:
            self._columns |= {(table, each): number for each, number in stated_by(self._tables[table])}
        return self._columns[table, column]


def stated_by(loaded: LoadedTable) -> Iterator[tuple[int, int]]:
    """For each column id the number of the source column whose cells state its triples.

    For a virtual column this is the first column that its valueUrl or propertyUrl uses; 0 for a constant.
    """
    numbers = {column.name: column.number for column in loaded.table.source_columns}
    for column_id, column in enumerate(loaded.table.columns, 1):
        number = column.number
        for url in filter(None, (column.value_url, column.property_url)) if column.virtual else ():
            used = [numbers[name] for name in variable_names(parse_template(url)) if name in numbers]
            number = number or next(iter(used), 0)
        yield column_id, number


def _order(place: Place) -> tuple[str, int, str, str]:
    return place.file, place.row or 0, place.column or "", place.cell or ""


def _by_parts(patterns: Iterable[Pattern]) -> dict[tuple[bool, bool, bool], list[Pattern]]:
    """The distinct patterns by the parts that they give."""
    found = defaultdict[tuple[bool, bool, bool], list[Pattern]](list)
    for subject, predicate, value in dict.fromkeys(patterns):
        found[subject is not None, predicate is not None, value is not None].append((subject, predicate, value))
    return found


def cell_names(tables: Sequence[LoadedTable]) -> list[list[object]]:
    """The columns of `CELL_NAMES`: the names of all cells that state something."""
    names: list[list[object]] = [[] for _ in CELL_NAMES]
    for loaded in tables:
        source, table = loaded.source, loaded.table
        for (column, number), slot in product(stated_by(loaded), range(max(len(source.wide), 1))):
            place = source.place(len(source.wide) + slot if source.wide else 1, number)
            title = place.column if number else None
            header = place.row if source.is_of_title(number) else None
            values = (loaded.id, column, slot, header, table.dataset, table.stem, table.file, title)
            for listed, value in zip(names, (*values, _before_row(place, number)), strict=True):
                listed.append(value)
    return names


def _before_row(place: Place, number: int) -> str | None:
    """The part before the row in the name of a cell of the column, None if the file is not a workbook."""
    row = str(place.row)
    return place.cell.removesuffix(f"{row}:{row}" if not number else row) if place.cell else None


def with_cell_names(relation: str, names: str, tables: Sequence[LoadedTable]) -> tuple[str, str, str]:
    """The facts of a relation (f) joined with the names of their cells (n), the row of a cell, and its own name."""
    joined, row = f"{relation} AS f JOIN {names} AS n ON f.t = n.t AND f.c = n.c", "r"
    wide = {loaded.id: len(loaded.source.wide) for loaded in tables if loaded.source.wide}
    if wide:
        rows = {number: sql.divide("f.r", count) for number, count in wide.items()}
        slots = [(f"f.t = {number}", f"f.r - {rows[number]} * {count}") for number, count in wide.items()]
        of_file = sql.when([(f"f.t = {number}", each) for number, each in rows.items()], "f.r")
        joined, row = f"{joined} AND n.slot = {sql.when(slots, '0')}", f"coalesce(n.header, {of_file})"
    return joined, row, f"n.sheet || {row} || CASE WHEN n.title IS NULL THEN ':' || {row} ELSE '' END"
