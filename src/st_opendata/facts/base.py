"""The fact base: all triples that the tables of a catalogue state, each with its cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from st_opendata.facts.loading import LoadedTable, stating
from st_opendata.facts.places import Pattern, PlaceFinder, stated_by
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.findings import Finding
from st_opendata.model.numeric import FLOATS, INTEGER_BOUNDS
from st_opendata.model.samples import Sample, SampleColumn, kind_of, value_of
from st_opendata.model.tables import Column
from st_opendata.namespaces import RDF
from st_opendata.place import Place
from st_opendata.sql import dialect as sql
from st_opendata.sql.engine import Engine
from st_opendata.tables.datatypes import EXPONENT
from st_opendata.tables.scan import TableFile

_SHARD_TRIPLES = 300_000
_BATCH_ROWS = 10_000
_FACT_COLUMNS = {
    **dict.fromkeys(("subject", "predicate", "object", "table", "file"), sql.TEXT),
    "row": sql.LONG,
    "column": sql.TEXT,
    "cell": sql.TEXT,
}
_FORMS: dict[str, list[tuple[str, str]]] = {
    "boolean": [("BOOLEAN", "true|false")],
    "date": [("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}")],
    "dateTime": [("TIMESTAMP", r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")],
    "time": [("TIME", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")],
    **{base: [("DOUBLE", rf"-?[0-9.]{{1,24}}(?:E[+-]?{EXPONENT})?|-?INF|NaN")] for base in FLOATS},
    **{base: [("BIGINT", "-?[0-9]{1,18}")] for base in INTEGER_BOUNDS},
}
"""Parquet types for a datatype's values, with the text that they store unchanged.

A type is used if it can store every value of the column: an amount with three decimals gets three, a date with a time
zone stays text, and so does a number beyond a double.
"""


class FactBase:
    """The cleaned tables and the triples of a catalogue, in an on-disk database that lives as long as this object.

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
        self.catalogue = catalogue
        self.findings = tuple(findings)
        self._engine = engine
        self._tables = tables
        self._predicates = predicates
        self._digits = digits
        self._finder = PlaceFinder(engine, tables, predicates)
        self._by_name = {loaded.table.name: loaded for loaded in tables}
        self._by_dataset: dict[str, list[LoadedTable]] = defaultdict(list)
        for loaded in tables:
            self._by_dataset[loaded.table.dataset].append(loaded)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the database and its temporary folder."""
        self._engine.close()

    def rows(self, table: str) -> int:
        """Number of rows of the table, its header not counted; KeyError for a table that is unknown or was not read."""
        return self._by_name[table].rows

    def triples(self, dataset: str | None = None) -> int:
        """Number of distinct triples of a dataset, or of the catalogue."""
        counts = [
            f"SELECT count(*) AS n FROM (SELECT DISTINCT s, o FROM {name}{self._where(dataset)})"
            for name in self._predicates.values()
        ]
        # If there are several shards, count one after the other, so that not all are in memory at once.
        queries = counts if self._digits or not counts else [f"SELECT sum(n) FROM ({' UNION ALL '.join(counts)})"]
        return sum(int(self._engine.rows(query)[0][0]) for query in queries)

    def lines(self, dataset: str | None = None) -> Iterator[list[str]]:
        """Distinct N-Triples lines without line end, of a dataset or of the catalogue.

        One batch per shard, a shard being a prefix of the MD5 of the subject's term; sorted by code point within.
        Up to about 300,000 triples of a dataset there is one shard. No subject spans two batches, no batch is empty.
        """
        for shard in self._shards(dataset):
            branches = [
                f"SELECT {sql.concat(['s', sql.text(f' {predicate} '), 'o', sql.text(' .')])} AS line "
                f"FROM {name}{self._where(dataset, shard)}"
                for predicate, name in self._predicates.items()
            ]
            if branches:
                query = f"SELECT DISTINCT line FROM ({' UNION ALL '.join(branches)}) ORDER BY line"
                lines = [line for batch in self._engine.batches(query, 50_000) for (line,) in batch]
                if lines:
                    yield lines

    def records(self, table: str) -> Iterator[list[tuple[str | list[str] | None, ...]]]:
        """Cleaned rows in the order of the file, in batches.

        A row has one value per source column of the table's description: canonical XSD text, a list for a separator
        column, None for null. KeyError as for `rows`.
        """
        loaded = self._by_name[table]
        columns = ", ".join(f"c{column.number}" for column in loaded.table.source_columns)
        yield from self._engine.batches(f"SELECT {columns} FROM {loaded.name} ORDER BY record", _BATCH_ROWS)

    def samples(self, count: int) -> Iterator[Sample]:
        """The first `count` rows of each table that could be read."""
        for loaded in self._tables:
            columns = loaded.table.source_columns
            cells = ", ".join(f"c{column.number}" for column in columns)
            rows = self._engine.rows(f"SELECT record, {cells} FROM {loaded.name} ORDER BY record LIMIT {count}")
            sampled = (
                SampleColumn(
                    column.name if column.part else loaded.source.title(column.number),
                    kind_of(column.datatype, column.separator, column.lang),
                    tuple(value_of(row[number]) for row in rows),
                )
                for number, column in enumerate(columns, 1)
            )
            yield Sample(loaded.table.name, tuple(row[0] for row in rows), tuple(sampled))

    def fits(self, table: str, column: str, pattern: str) -> bool:
        """True when every value of the column, or every item of its lists, matches the pattern (RE2) wholly."""
        loaded = self._by_name[table]
        value = f"c{loaded.table.column(column).number}"
        rows = loaded.name
        if loaded.table.column(column).separator:
            rows = f"(SELECT {sql.unnest(value)} AS {value} FROM {loaded.name})"
        unfit = f"{value} IS NOT NULL AND NOT {sql.full_match(value, pattern)}"
        return not self._engine.rows(f"SELECT 1 FROM {rows} WHERE {unfit} LIMIT 1")

    def write_table(self, table: str, path: Path) -> None:
        """Write the cleaned table as Parquet, with numbers, dates and booleans typed and columns named as described."""
        loaded = self._by_name[table]
        columns = _typed_columns(self._engine, loaded)
        self._engine.write([f"SELECT {', '.join(columns)} FROM {loaded.name} ORDER BY record"], path)

    def write_facts(self, dataset: str, path: Path) -> None:
        """Write the dataset's facts as Parquet, one row per triple and cell that states it.

        Columns: subject, predicate and object (N-Triples terms), table, file, row, column (its title in
        the header; null where no single cell states it), and cell (as `Partners!F12`, null where the file is not a
        workbook). Sorted by these, shard by shard.
        """
        names = "(VALUES " + ", ".join(
            f"({loaded.id}, {column}, {sql.text(loaded.table.name)}, {sql.text(loaded.table.file)}, "
            f"{_text(loaded.source.title(number) if number else None)}, {_text(_cell_before_row(loaded, number))})"
            for loaded in self._by_dataset[dataset]
            for column, number in stated_by(loaded)
        )
        cells = f"{names}) AS n(t, c, table_name, file, title, sheet)"
        cell = "sheet || r || CASE WHEN title IS NULL THEN ':' || r ELSE '' END"
        queries = []
        for shard in self._shards(dataset):
            branches = [
                f"SELECT s, {sql.text(predicate)} AS p, o, t, r, c FROM {name}{self._where(dataset, shard)}"
                for predicate, name in self._predicates.items()
            ]
            if branches:
                facts = f"({' UNION ALL '.join(branches)}) AS f JOIN {cells} ON f.t = n.t AND f.c = n.c"
                order = ", ".join(map(str, range(1, len(_FACT_COLUMNS) + 1)))
                queries.append(
                    f"SELECT s, p, o, table_name, file, r, title, {cell} AS cell FROM {facts} ORDER BY {order}"
                )
        self._engine.write(queries, path, _FACT_COLUMNS)

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
        cells = self._engine.rows(f"SELECT DISTINCT t, 1, c FROM {name}{where}", values)
        return tuple(sorted({Place(each.file, column=each.column) for each in self._finder.places(cells)}, key=str))

    def objects(self, subject: str, predicate: str) -> tuple[str, ...]:
        """The distinct objects of triples with this subject and predicate, all N-Triples terms, sorted."""
        if predicate not in self._predicates:
            return ()
        matches = f"s = $1 AND h = {sql.shard('$1', self._digits)}" if self._digits else "s = $1"
        query = f"SELECT DISTINCT o FROM {self._predicates[predicate]} WHERE {matches} ORDER BY o"
        return tuple(found for (found,) in self._engine.rows(query, [subject]))

    def predicates(self, dataset: str | None = None) -> frozenset[str]:
        """The predicates of all triples of a dataset, or of the catalogue, as N-Triples terms."""
        where = self._where(dataset)
        first = [
            f"(SELECT {sql.text(predicate)} AS p FROM {name}{where} LIMIT 1)"
            for predicate, name in self._predicates.items()
        ]
        rows = self._engine.rows(" UNION ALL ".join(first)) if first else []
        return frozenset(predicate for (predicate,) in rows)

    def classes(self, dataset: str | None = None) -> frozenset[str]:
        """The objects of rdf:type in a dataset, or in the catalogue, as N-Triples terms."""
        name = self._predicates.get(f"<{RDF}type>")
        rows = self._engine.rows(f"SELECT DISTINCT o FROM {name}{self._where(dataset)}") if name else []
        return frozenset(found for (found,) in rows)

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

    def statements(self, predicates: Sequence[str], dataset: str | None = None) -> Iterator[list[str]]:
        """Distinct N-Triples lines with one of these predicates, sorted by subject, in batches.

        They are of a dataset or of the catalogue; KeyError for a predicate that no triple may have.
        """
        branches = [
            f"SELECT DISTINCT s, {sql.text(predicate)} AS p, o FROM {self._predicates[predicate]}{self._where(dataset)}"
            for predicate in predicates
        ]
        line = sql.concat(["s", "' '", "p", "' '", "o", "' .'"])
        query = f"SELECT {line} AS line FROM ({' UNION ALL '.join(branches)}) ORDER BY s"
        for batch in self._engine.batches(query, 50_000):
            yield [line for (line,) in batch]

    def columns(self, predicate: str) -> tuple[Place, ...]:
        """File and header title (no row) of each column whose cells state that predicate, an N-Triples term."""
        return tuple(
            loaded.source.place(None, number)
            for loaded in self._tables
            for column, (_, number) in zip(loaded.table.columns, stated_by(loaded), strict=True)
            if number and f"<{column.property_url}>" == predicate
        )

    def _shards(self, dataset: str | None) -> Sequence[str]:
        """Prefixes of h, as many as give each about 300,000 triples of the dataset, or of the catalogue."""
        digits = self._digits
        if dataset is not None:
            digits = shard_digits([loaded.source for loaded in self._by_dataset[dataset]])
        return [format(number, f"0{digits}x") for number in range(16**digits)] if digits else [""]

    def _where(self, dataset: str | None, shard: str = "") -> str:
        conditions = []
        if shard:
            first, last = (sql.text(shard.ljust(self._digits, digit)) for digit in "0f")
            conditions.append(f"h BETWEEN {first} AND {last}")
        if dataset is not None:
            ids = [str(loaded.id) for loaded in self._by_dataset[dataset]]
            conditions.append(f"t IN ({', '.join(ids) or 'NULL'})")
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def shard_digits(sources: Sequence[TableFile]) -> int:
    """The number of hexadecimal digits for shards of at most about 300,000 triples, from the size of the tables."""
    triples = sum(source.lines * len(stating(source.table)) for source in sources)
    digits = 0
    while triples > _SHARD_TRIPLES * 16**digits and digits < 4:
        digits += 1
    return digits


def _cell_before_row(loaded: LoadedTable, number: int) -> str | None:
    """The part before the row in the name of a cell of the column, None if the file is not a workbook."""
    cell = loaded.source.place(1, number).cell
    return cell.removesuffix("1:1" if not number else "1") if cell else None


def _text(value: str | None) -> str:
    return "NULL" if value is None else sql.text(value)


def _typed_columns(engine: Engine, loaded: LoadedTable) -> list[str]:
    """Expressions that convert each source column to its type and name."""
    return [f"{_typed(engine, loaded, column)} AS {sql.name(column.name)}" for column in loaded.table.source_columns]


def _typed(engine: Engine, loaded: LoadedTable, column: Column) -> str:
    value = f"c{column.number}"
    if column.separator:
        return value
    forms = (
        _decimal(engine, loaded, value) if column.datatype.base == "decimal" else _FORMS.get(column.datatype.base, [])
    )
    for kind, form in forms:
        unfit = f"{value} IS NOT NULL AND NOT {sql.full_match(value, form)}"
        if not engine.rows(f"SELECT 1 FROM {loaded.name} WHERE {unfit} LIMIT 1"):
            number = sql.replace(value, "INF", "Infinity") if kind == "DOUBLE" else value
            return sql.cast(number, kind)
    return value


def _decimal(engine: Engine, loaded: LoadedTable, value: str) -> list[tuple[str, str]]:
    """Decimals with as many digits after the point as the column has, of 18 or 38 digits in total."""
    ((scale,),) = engine.rows(f"SELECT coalesce(max({sql.decimal_places(value)}), 0) FROM {loaded.name}")
    return [
        (f"DECIMAL({width}, {scale})", rf"-?[0-9]{{1,{width - scale}}}(?:\.[0-9]*)?")
        for width in (18, 38)
        if scale < width
    ]
