"""The fact base: all triples that the tables of a catalogue state, each with its cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from st_opendata.facts.contents import Contents
from st_opendata.facts.counting import TripleCounter
from st_opendata.facts.loading import LoadedTable, stating
from st_opendata.facts.mapping import fixed_predicate
from st_opendata.facts.older import OlderFacts
from st_opendata.facts.parts import ROW_GROUPS, in_order
from st_opendata.facts.places import CELL_NAMES, Pattern, PlaceFinder, cell_names, stated_by, with_cell_names
from st_opendata.facts.samples import sample_of
from st_opendata.facts.small import SmallTables
from st_opendata.facts.triples import Triples, prefixes
from st_opendata.facts.typed import all_match, write_typed
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.findings import Finding
from st_opendata.model.release import FactFile, FactFolder
from st_opendata.model.samples import Sample
from st_opendata.place import Place
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine, SharedEngine
from st_opendata.tables.table_file import TableFile

_SORTED = "sorted_facts"
"""The facts of a dataset in the order of its files."""
_SHARD_TRIPLES = 50_000
_BATCH_ROWS = 10_000
_MOST_GROUPS = 256
"""About the most row groups of a file: who opens it reads what each of them has."""
_UNSHARDED_GROUP = 4 * ROW_GROUPS[0]
_SORTED_ROWS = 1_000_000
"""The most rows that are sorted or counted at once: the engine cannot bound the memory, or becomes slow."""
_FACT_COLUMNS = {
    **dict.fromkeys(("subject", "predicate", "object", "table", "file"), sql.TEXT),
    "row": sql.LONG,
    "column": sql.TEXT,
    "cell": sql.TEXT,
}
_FILE_COLUMNS = {
    **dict.fromkeys(("dataset", "s", "o", "table", "file"), sql.TEXT),
    "row": sql.LONG,
    **dict.fromkeys(("column", "cell", "h"), sql.TEXT),
}


class FactBase(Triples):
    """The cleaned tables and the triples of a catalogue, in a database that lives as long as this object.

    Use it as a context manager, or call `close`. Everything it gives is deterministic: the same tables give the same
    lines, rows, findings and Parquet bytes.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        engine: Engine,
        tables: Sequence[LoadedTable],
        findings: Sequence[Finding],
        predicates: dict[str, str],
        digits: int,
    ) -> None:
        """Take the loaded tables, the engine's table for each predicate, and the number of digits in their `h`."""
        super().__init__(engine, predicates, digits)
        self.catalogue = catalogue
        self.findings = tuple(findings)
        self._engine = engine
        self._tables = tables
        self._predicates = predicates
        self._counts: dict[str, tuple[int, Mapping[str, int]]] = {}
        self.contents = Contents(engine, tables, predicates)
        self._finder = PlaceFinder(engine, tables, predicates)
        self._small = SmallTables(engine)
        self._by_name = {loaded.table.name: loaded for loaded in tables}
        self._dataset_of = {loaded.id: loaded.table.dataset for loaded in tables}
        self._by_dataset: dict[str, list[LoadedTable]] = defaultdict(list)
        for loaded in tables:
            self._by_dataset[loaded.table.dataset].append(loaded)
        self._stated = {dataset: self._may_state(own) for dataset, own in self._by_dataset.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the database and its temporary folder."""
        self._engine.close()

    @property
    def engine(self) -> Engine:
        """The engine that has the triples."""
        return self._engine

    @property
    def relations(self) -> Mapping[str, str]:
        """The engine's table for each predicate, an N-Triples term; s and o are subject and object.

        A triple has a row for each cell that states it.
        """
        return self._predicates

    def _may_state(self, tables: Iterable[LoadedTable]) -> Mapping[str, str]:
        columns = {fixed_predicate(column) for loaded in tables for column in stating(loaded.table)}
        if None in columns:
            return self._predicates
        return {each: self._predicates[each] for each in sorted(filter(None, columns)) if each in self._predicates}

    def _stating(self, dataset: str | None) -> Mapping[str, str]:
        """Those that its columns name: a catalogue may have thousands of predicates, most of them of one dataset."""
        return self._predicates if dataset is None else self._stated.get(dataset, {})

    def rows(self, table: str) -> int:
        """Number of rows of the table, its header not counted; KeyError for a table that is unknown or was not read."""
        return self._by_name[table].rows

    def triples(self, dataset: str | None = None) -> int:
        """Number of distinct triples of a dataset, or of the catalogue."""
        counts = map(self._count, self._stating(dataset))
        return sum(total if dataset is None else stated.get(dataset, 0) for total, stated in counts)

    def _count(self, predicate: str) -> tuple[int, Mapping[str, int]]:
        """The number of distinct triples with the predicate in the catalogue, and in each dataset that has any."""
        if predicate not in self._counts:
            name = self._predicates[predicate]
            counter = TripleCounter(self._engine, self._dataset_of, lambda: self._cell_names)
            self._counts[predicate] = counter.count(name, self._parts(name))
        return self._counts[predicate]

    def _parts(self, name: str) -> list[str]:
        """Conditions for parts of the rows of a predicate's table, by their shards, that can be sorted or counted."""
        if not self._digits:
            return [self._where(None)]
        ((rows,),) = self._engine.rows(f"SELECT count(*) FROM {name}")
        digits = next((each for each in range(self._digits) if rows <= _SORTED_ROWS * 16**each), self._digits)
        return [self._where(None, part) for part in prefixes(digits)]

    def repeated_lines(self, dataset: str) -> Iterator[tuple[Sequence[str], list[str]]]:
        """The shards of a dataset, several at once, in the order of `lines`, with lines that an earlier dataset has."""
        counts = {each: self._count(each) for each in self._stating(dataset)}
        repeating = {
            each: self._predicates[each] for each, (total, stated) in counts.items() if total < sum(stated.values())
        }
        if not repeating:
            yield self._shards(dataset), []
            return
        yield from self._common_lines(repeating, dataset, f"t < {self._by_dataset[dataset][0].id}")

    @contextmanager
    def shared(self) -> Iterator[None]:
        """A block in which only processes that are forked in it may use the facts, after `join`."""
        assert isinstance(self._engine, SharedEngine)
        self._engine.suspend()
        try:
            yield
        finally:
            self._engine.resume()

    @property
    def can_be_shared(self) -> bool:
        """Whether the engine lets several processes read its tables."""
        return isinstance(self._engine, SharedEngine)

    def join(self, processes: int) -> None:
        """Read the facts, in one of several processes that were forked for that; each has a share of the memory."""
        assert isinstance(self._engine, SharedEngine)
        self._engine.resume(processes)

    def records(self, table: str) -> Iterator[list[tuple[str | list[str] | None, ...]]]:
        """Cleaned rows in the order of the file, in batches.

        A row has one value per source column of the table's description: canonical XSD text, a list for a separator
        column, None for null. KeyError as for `rows`.
        """
        loaded = self._by_name[table]
        rows = self._small.rows(loaded)
        if rows is None:
            columns = [f"c{column.number}" for column in loaded.table.source_columns]
            for query in in_order(self._engine, loaded, columns):
                yield from self._engine.batches(query, _BATCH_ROWS)
            return
        for start in range(0, len(rows), _BATCH_ROWS):
            yield list(rows[start : start + _BATCH_ROWS])

    def samples(self, count: int) -> Iterator[Sample]:
        """The first `count` rows of each table that could be read."""
        return (sample_of(self._engine, loaded, count) for loaded in self._tables)

    def fits(self, table: str, column: str, pattern: str) -> bool:
        """True when every value of the column, or every item of its lists, matches the pattern (digits) wholly."""
        loaded = self._by_name[table]
        value = f"c{loaded.table.column(column).number}"
        if loaded.table.column(column).separator:
            items = f"(SELECT {sql.unnest(value)} AS {value} FROM {loaded.name})"
            return all_match(self._engine, items, value, None, pattern)
        cells = self._small.columns(loaded)
        own = cells[loaded.table.column(column).number - 1] if cells else None
        return all_match(self._engine, loaded.name, value, own, pattern)

    def write_table(self, table: str, path: Path) -> None:
        """Write the cleaned table as Parquet, with numbers, dates and booleans typed and columns named as described."""
        loaded = self._by_name[table]
        write_typed(self._engine, loaded, self._small.columns(loaded), path)

    def write_facts(
        self,
        dataset: str,
        path: Path,
        on_lines: Callable[[list[str]], object] | None = None,
        older: OlderFacts | None = None,
    ) -> None:
        """Write the dataset's facts as Parquet, one row per triple and cell that states it.

        Columns: subject, predicate and object (N-Triples terms), table, file, row, column (its title in
        the header; null where no single cell states it), and cell (as `Partners!F12`, null where the file is not a
        workbook). Sorted by these, shard by shard; shards of an `older` file that are the same are taken from there.

        `on_lines` gets what `lines` gives, in other batches: the order of triples is that of their lines, because a
        term with more characters than another continues with one that is higher than the space after the other.
        """
        self._engine.define(_SORTED, _FACT_COLUMNS)
        with older.copied(self._engine.folder) if older else nullcontext() as kept:
            # The bytes depend on the number of rows that are added at once: as many, wherever they come from.
            for shards in self._groups(dataset) if self._stating(dataset) else ():
                runs = kept.runs(shards) if kept else [(None, shards)]
                selects = [same or self._sorted_facts(dataset, run) for same, run in runs]
                both = " UNION ALL ".join(f"SELECT * FROM ({each})" for each in selects)
                self._engine.append(_SORTED, both if len(selects) > 1 else selects[0])
        self._engine.write([f"SELECT * FROM {_SORTED}"], path)
        if on_lines:
            self._tell_lines(on_lines)
        self._engine.drop(_SORTED)

    def _sorted_facts(self, dataset: str, shards: Sequence[str]) -> str:
        where, order = self._part(dataset, shards)
        branches = [
            f"SELECT s, {sql.text(predicate)} AS p, o, t, r, c, h FROM {name}{where}"
            for predicate, name in self._stating(dataset).items()
        ]
        facts, row, cell = with_cell_names(f"({' UNION ALL '.join(branches)})", self._cell_names, self._tables)
        order += ", ".join(map(str, range(1, len(_FACT_COLUMNS) + 1)))
        return f"SELECT s, p, o, table_name, file, {row}, title, {cell} AS cell FROM {facts} ORDER BY {order}"

    def _tell_lines(self, on_lines: Callable[[list[str]], object]) -> None:
        """Give the lines of the sorted facts, of which several may state the same triple."""
        line = sql.concat(["subject", "' '", "predicate", "' '", sql.name("object"), "' .'"])
        last = ""
        for rows in self._engine.batches(f"SELECT {line} FROM {_SORTED}", _BATCH_ROWS):
            lines = dict.fromkeys(text for (text,) in rows)
            lines.pop(last, None)
            last = rows[-1][0]
            if lines:
                on_lines(list(lines))

    def write_files(
        self, paths: Mapping[str, str], folder: Path, kept: Mapping[str, FactFile] | None = None
    ) -> FactFolder:
        """Write the facts of each predicate, an N-Triples term, as Parquet to its path in the folder.

        Columns: dataset, s and o (N-Triples terms), table, file, row, column and cell (as in `write_facts`), and h (the
        first digits of the subject's MD5 where the catalogue has shards). Sorted by h, dataset, s, o and the cell, in
        row groups of about a shard: who reads a shard, a dataset or a subject skips the others. The files that are
        `kept`, by their predicates, are in the folder already.
        """
        there = kept or {}
        return FactFolder(
            self._digits,
            {dataset: self.shard_digits(dataset) for dataset in self._by_dataset},
            tuple(there.get(each) or self._write_file(each, path, folder) for each, path in sorted(paths.items())),
        )

    def _write_file(self, predicate: str, path: str, folder: Path) -> FactFile:
        name = self._predicates[predicate]
        ((rows,),) = self._engine.rows(f"SELECT count(*) FROM {name}")
        fewest, most = ROW_GROUPS
        groups = min(16**self._digits, _MOST_GROUPS)
        shard = -(-rows // groups // fewest) * fewest if self._digits else _UNSHARDED_GROUP
        joined, row, cell = with_cell_names(name, self._cell_names, self._tables)
        columns = (
            f'n.dataset AS dataset, s, o, n.table_name AS "table", n.file AS file, {row} AS "row", '
            f'n.title AS "column", {cell} AS cell, h'
        )
        queries = [
            f"SELECT {columns} FROM {joined}{where} ORDER BY 9, 1, 2, 3, 4, 5, 6, 7" for where in self._parts(name)
        ]
        together = _FILE_COLUMNS if len(queries) > 1 else None
        self._engine.write(queries, folder / path, together, row_group=min(max(shard, fewest), most), newer=True)
        triples, stated = self._count(predicate)
        return FactFile(predicate[1:-1], path, triples, stated)

    @cached_property
    def _cell_names(self) -> str:
        """The engine's table of the names of cells: dataset, table, file, title and sheet by the ids t and c."""
        self._engine.define("cell_names", CELL_NAMES)
        self._engine.fill("cell_names", cell_names(self._tables))
        return "cell_names"

    def places(self, subject: str, predicate: str | None = None, obj: str | None = None) -> tuple[Place, ...]:
        """The cells that state triples with this subject (and predicate, and object), all N-Triples terms, sorted."""
        names = [self._predicates[predicate]] if predicate in self._predicates else []
        if predicate is None:
            names = list(self._predicates.values())
        matches, values = "s = $1", [subject]
        if self._digits:
            matches += f" AND h = {sql.shard('$1', self._digits)}"
        if obj is not None:
            matches, values = f"{matches} AND o = $2", [subject, obj]
        if not names:
            return ()
        query = " UNION ".join(f"SELECT t, r, c FROM {name} WHERE {matches}" for name in names)
        return self._finder.places(self._engine.rows(query, values))

    def find_places(self, patterns: Iterable[Pattern]) -> dict[Pattern, tuple[Place, ...]]:
        """`places` of many patterns in one pass over the facts; a pattern without any is left out."""
        return {pattern: self._finder.places(cells) for pattern, cells in self._finder.find(patterns).items()}

    def find_rows(self, subjects: Iterable[str]) -> dict[str, tuple[Place, ...]]:
        """The rows with triples of each subject, in the order of `places`; a subject without any is left out."""
        found = self._finder.find((subject, None, None) for subject in subjects)
        return {str(subject): self._finder.rows(cells) for (subject, _, _), cells in found.items()}

    def columns_stating(self, predicate: str, value: str | None = None) -> tuple[Place, ...]:
        """File and header title of each column that states triples with this predicate (and object), sorted.

        A constant has no title; a sheet has no name here.
        """
        name = self._predicates.get(predicate)
        if name is None:
            return ()
        where, values = (" WHERE o = $1", [value]) if value is not None else ("", [])
        cells = self._engine.rows(f"SELECT DISTINCT t, NULL, c FROM {name}{where}", values)
        return tuple(sorted({Place(each.file, column=each.column) for each in self._finder.places(cells)}, key=str))

    def objects(self, subject: str, predicate: str) -> tuple[str, ...]:
        """The distinct objects of triples with this subject and predicate, all N-Triples terms, sorted."""
        if predicate not in self._predicates:
            return ()
        matches = f"s = $1 AND h = {sql.shard('$1', self._digits)}" if self._digits else "s = $1"
        query = f"SELECT DISTINCT o FROM {self._predicates[predicate]} WHERE {matches} ORDER BY o"
        return tuple(found for (found,) in self._engine.rows(query, [subject]))

    def naming(self, start: str, known: Collection[str]) -> list[tuple[str, str, str, int]]:
        """The objects that are IRIs beginning with `start` and are not known, by predicate, sorted.

        Each is a subject (that of the first row), the predicate and the object as N-Triples terms, and the number of
        triples; `start` is an IRI.
        """
        branches = [
            f"SELECT {sql.arg_min('s', 'r')} AS s, {sql.text(predicate)} AS p, o, count(*) AS n FROM {name} "
            f"WHERE {sql.starts_with('o', '$1')} GROUP BY o"
            for predicate, name in self._predicates.items()
        ]
        query = f"SELECT s, p, o, n FROM ({' UNION ALL '.join(branches)}) ORDER BY p, o"
        rows = self._engine.rows(query, [f"<{start}"]) if branches else []
        return [
            (subject, predicate, value, int(count)) for subject, predicate, value, count in rows if value not in known
        ]

    def columns(self, predicate: str) -> tuple[Place, ...]:
        """File and header title (no row) of each column whose cells state that predicate, an N-Triples term."""
        return tuple(
            loaded.source.place(None, number)
            for loaded in self._tables
            for column, (_, number) in zip(loaded.table.columns, stated_by(loaded), strict=True)
            if number and not loaded.source.is_made(number) and f"<{column.property_url}>" == predicate
        )

    def shard_digits(self, dataset: str | None) -> int:
        """The digits of the shards of a dataset, from the size of its tables, or of the catalogue."""
        tables = self._by_dataset[dataset] if dataset else ()
        return shard_digits([loaded.source for loaded in tables]) if dataset else self._digits

    def _size(self, dataset: str | None) -> int:
        where = self._where(dataset)
        return sum(self._engine.rows(f"SELECT count(*) FROM {name}{where}")[0][0] for name in self._predicates.values())

    def _within(self, dataset: str) -> str:
        ids = [str(loaded.id) for loaded in self._by_dataset[dataset]]
        return f"t IN ({', '.join(ids) or 'NULL'})"


def shard_digits(sources: Sequence[TableFile]) -> int:
    """The number of hexadecimal digits for shards of at most about 50,000 triples, from the size of the tables."""
    triples = sum(source.most_rows * len(stating(source.table)) for source in sources)
    digits = 0
    while triples > _SHARD_TRIPLES * 16**digits and digits < 4:
        digits += 1
    return digits
