"""The facts of a release in its files: the questions of a fact base, asked by any number of processes at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from st_opendata.facts.triples import TYPE, Triples, prefixes
from st_opendata.model.release import FactFolder
from st_opendata.sql import dialect as sql
from st_opendata.sql import native
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import Row
from st_opendata.sql.reading import readable_release

_TOGETHER = 2_000_000
"""About the most triples whose subjects are distinguished at once."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """The number of subjects of a set of facts, the first in the order of the lines, the lowest and the highest."""

    count: int
    first: str
    lowest: str
    highest: str


class FactReader(Triples):
    """The facts in the files that `FactBase.write_files` wrote; use it as a context manager.

    Lines and answers are those of the fact base. A description and a folder are all that another process needs.
    Every method raises InputError if a file cannot be read, or memory or disk space does not suffice.
    """

    def __init__(self, folder: Path, described: FactFolder, *, memory: str = "1GB", threads: int = 1) -> None:
        """Open the files of the release in `folder`; `memory` and `threads` bound each query."""
        self.files = described.files
        self._described = described
        self._database = _Files([folder / file.path for file in described.files], memory, threads)
        relations = {f"<{file.predicate}>": native.parquet([folder / file.path]) for file in described.files}
        super().__init__(self._database, relations, described.digits)
        self._by_dataset: dict[str, dict[str, str]] = defaultdict(dict)
        for file in described.files:
            for dataset in file.datasets:
                self._by_dataset[dataset][f"<{file.predicate}>"] = relations[f"<{file.predicate}>"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    def triples(self, dataset: str | None = None) -> int:
        """Number of distinct triples of a dataset, or of the catalogue."""
        return sum(file.triples if dataset is None else file.datasets.get(dataset, 0) for file in self.files)

    def objects(self, subject: str, predicate: str) -> tuple[str, ...]:
        """The distinct objects of triples with this subject and predicate, all N-Triples terms, sorted."""
        if predicate not in self._relations:
            return ()
        query = f"SELECT DISTINCT o FROM {self._relations[predicate]} WHERE {self._is(subject)} ORDER BY o"
        return tuple(found for (found,) in self._database.rows(query))

    def shard_digits(self, dataset: str | None) -> int:
        """The digits of the shards of a dataset, or of the catalogue."""
        return self._described.datasets.get(dataset, 0) if dataset else self._digits

    def subjects(self) -> dict[str | None, Subjects]:
        """The subjects of each dataset that has any, and, as None, those of the catalogue."""
        found: dict[str | None, list[tuple[str, int, str, str]]] = defaultdict(list)
        # A file is opened for each part, and has as many row groups as there are shards: one shard at a time is slow.
        digits = next((each for each in range(self._digits) if self.triples() <= _TOGETHER * 16**each), self._digits)
        for part in prefixes(digits):
            where = self._where(None, part)
            rows = " UNION ALL ".join(f"SELECT dataset, s, h FROM {name}{where}" for name in self._relations.values())
            stated = f"SELECT DISTINCT dataset, s, h FROM ({rows})" if rows else None
            for dataset, *shard in self._sums(stated, "s, h", "h, count(*), min(s), max(s)", by="h") if stated else ():
                found[dataset].append(tuple(shard))
        return {dataset: self._subjects(dataset, shards) for dataset, shards in found.items()}

    def _subjects(self, dataset: str | None, shards: Sequence[tuple[str, int, str, str]]) -> Subjects:
        digits = self.shard_digits(dataset)
        return Subjects(
            sum(count for _, count, _, _ in shards),
            min((shard[:digits], lowest) for shard, _, lowest, _ in shards)[1],
            min(lowest for _, _, lowest, _ in shards),
            max(highest for _, _, _, highest in shards),
        )

    def instances(self) -> dict[str | None, dict[str, int]]:
        """The number of subjects by class, an N-Triples term, of each dataset and of the catalogue."""
        iri = sql.starts("o", "<")
        relation = self._relations.get(TYPE)
        stated = f"SELECT DISTINCT dataset, s, o FROM {relation} WHERE {iri}" if relation else None
        found: dict[str | None, dict[str, int]] = defaultdict(dict)
        for dataset, term, count in self._sums(stated, "s, o", "o, count(*)", by="o") if stated else ():
            found[dataset][term] = count
        return found

    def naming(self, starts: Mapping[str, str]) -> dict[str | None, dict[tuple[str, str], int]]:
        """The number of triples whose object is an IRI with one of these starts, of each dataset and of the catalogue.

        By the name of the start and the predicate, an N-Triples term.
        """
        found: dict[str | None, dict[tuple[str, str], int]] = defaultdict(dict)
        for predicate, relation in self._relations.items():
            for name, start in starts.items():
                stated = f"SELECT DISTINCT dataset, s, o FROM {relation} WHERE {sql.starts('o', f'<{start}')}"
                for dataset, count in self._sums(stated, "s, o", "count(*)"):
                    if count:
                        found[dataset][name, predicate] = count
        return found

    def _sums(self, stated: str, columns: str, values: str, by: str = "") -> Iterator[Row]:
        """Values of each dataset, then of the catalogue as dataset None, from rows with the columns and `dataset`."""
        group = f", {by}" if by else ""
        rows = self._database.rows(f"SELECT dataset, {values} FROM ({stated}) GROUP BY dataset{group}")
        yield from rows
        if len(self._by_dataset) == 1:
            yield from ((None, *row[1:]) for row in rows)
            return
        of_all = f"(SELECT DISTINCT {columns} FROM ({stated}))"
        grouped = f" GROUP BY {by}" if by else " HAVING count(*) > 0"
        yield from self._database.rows(f"SELECT NULL, {values} FROM {of_all}{grouped}")

    def _stating(self, dataset: str | None) -> Mapping[str, str]:
        return self._relations if dataset is None else self._by_dataset.get(dataset, {})

    def _size(self, dataset: str | None) -> int:
        return self.triples(dataset)

    def _within(self, dataset: str) -> str:
        return f"dataset = {sql.text(dataset)}"


class _Files:
    """An engine that reads these files only; an error of its reader is that of a damaged file."""

    def __init__(self, files: Sequence[Path], memory: str, threads: int) -> None:
        self._engine = DuckDBEngine(None, memory, threads)
        self._engine.lock(files)

    def close(self) -> None:
        self._engine.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        with readable_release():
            return self._engine.rows(query, values)

    def batches(self, query: str, size: int) -> Iterator[list[Row]]:
        with readable_release():
            yield from self._engine.batches(query, size)
