"""The tables of a described group in the engine, given row by row: they are not kept in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from st_opendata.csvw.rows.cells import CellSelection, selected
from st_opendata.csvw.rows.checks import CellFindings, cell_checks, wrong_cells
from st_opendata.csvw.rows.keys import group_keys
from st_opendata.csvw.rows.row_selection import RowSelection, read_table
from st_opendata.csvw.rows.triples import row_lines, table_node
from st_opendata.model.findings import Finding
from st_opendata.model.groups import DescribedTable
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.tables.table_file import TableFile

_BATCH = 5_000

ValueRow = tuple[int, int, Sequence[Any]]
"""The number of the row, of its record in the file, and the values of the selection."""


class GroupRows:
    """The tables of a group; `prefixes` expand names that cells hold. Close it, or use it as a context manager.

    `findings` has the errors in cells of a table once its rows have passed; `checked` counts rows of `check`.
    """

    def __init__(self, *, memory: str, threads: int) -> None:
        self._engine = DuckDBEngine(None, memory, threads)
        self._queries: list[RowSelection] = []
        self._wrong: dict[int, CellFindings] = {}
        self.checked = 0

    @property
    def folder(self) -> Path:
        """The folder for copies of the tables' files, the only one that the engine reads."""
        return self._engine.folder

    def open(self, tables: Sequence[DescribedTable], sources: Sequence[TableFile], prefixes: dict[str, str]) -> None:
        """Take the tables of a group, whose sources are in `folder`."""
        self._engine.lock([])
        self._queries = [
            read_table(self._engine, table, source, prefixes) for table, source in zip(tables, sources, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()

    def lines(self, table: DescribedTable, *, minimal: bool) -> Iterator[list[str]]:
        """The N-Triples lines that the table's rows state, in the order of the file, in batches."""
        query = self._query(table)
        for batch in self._passing(query, row_lines(query, minimal=minimal)):
            lines = [line for row in batch if row[2] for line in row[2].split("\n")]
            if lines:
                yield lines

    def rows(self, table: DescribedTable) -> tuple[CellSelection, Iterator[ValueRow]]:
        """The selection of the table's values, and its rows in the order of the file."""
        query = self._query(table)
        selection = CellSelection(query)
        batches = self._passing(query, selected(selection))
        return selection, ((row[0], row[1], row[2:]) for batch in batches for row in batch)

    def node(self, table: DescribedTable) -> str:
        """The N-Triples term of the table."""
        return table_node(self._query(table))

    def findings(self, table: DescribedTable) -> list[Finding]:
        """The findings about the cells of the rows that have passed."""
        return self._wrong[table.number].all() if table.number in self._wrong else []

    def check(self) -> list[Finding]:
        """Every finding of the tables' cells and keys."""
        found = list[Finding]()
        for query in self._queries:
            for batch in self._passing(query, "NULL"):
                self.checked += len(batch)
            found += self.findings(query.described)
        return found + group_keys(self._engine, self._queries, found)

    def _query(self, table: DescribedTable) -> RowSelection:
        return self._queries[table.number - 1]

    def _passing(self, query: RowSelection, expressions: str) -> Iterator[list[tuple[Any, ...]]]:
        """Batches of rows with their numbers and the expressions, whose wrong cells are noted in passing."""
        checks = cell_checks(query)
        wrong = self._wrong[query.described.number] = CellFindings(query, checks)
        statement = f"SELECT row, record, {wrong_cells(checks)} AS wrong, {expressions} FROM ({query.cells})"
        for batch in self._engine.batches(statement, _BATCH):
            for row in batch:
                if row[2]:
                    wrong.note(row[1], row[2])
            yield [(row[0], row[1], *row[3:]) for row in batch]
