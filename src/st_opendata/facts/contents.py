"""Digests of what tables hold and state: equal digests mean the same records, facts and cells, so the same files."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from hashlib import sha256

from st_opendata.facts.loading import LoadedTable
from st_opendata.facts.places import stated_by
from st_opendata.sql import native
from st_opendata.sql.engine import Engine, Row


def digest_of(content: object) -> str:
    """The SHA-256 of plain values, lists and dictionaries, whose order counts; other values by their text."""
    return sha256(json.dumps(content, default=_plain).encode()).hexdigest()


class Contents:
    """The digests of loaded tables and of the facts of predicates.

    Rows are summed up by their number and by two sums of the engine's hashes of 64 bits, which change with its version,
    but those of a small table, which were in memory when it was loaded.
    """

    def __init__(self, engine: Engine, tables: Sequence[LoadedTable], relations: Mapping[str, str]) -> None:
        """Take the engine with the tables, and its relation for each predicate, an N-Triples term."""
        self._engine = engine
        self._tables = {each.id: each for each in tables}
        self._of_name = {each.table.name: each for each in tables}
        self._relations = relations
        self.table = cache(self._table)
        self.predicate = cache(self._predicate)
        self._sums = cache(self._summed)
        self._named = cache(self._names)

    def _table(self, name: str) -> str:
        """The digest of a table as it was loaded, and of its mapping without titles and descriptions."""
        loaded = self._of_name[name]
        table = loaded.table
        columns = tuple(replace(column, titles={}, description={}) for column in table.columns)
        mapping = asdict(replace(table, titles={}, description={}, columns=columns))
        if loaded.digest:
            return digest_of([mapping, _cells(loaded), loaded.digest])
        numbers = ["record", *(["row"] if loaded.source.numbered else [])]
        summed = [*numbers, *(f"c{column.number}" for column in table.source_columns)]
        sums = self._engine.rows(native.summed_rows(loaded.name, summed))
        return digest_of([mapping, _cells(loaded), sums])

    def _predicate(self, predicate: str) -> str:
        """The digest of the facts with a predicate, an N-Triples term, and of the cells that state them."""
        return digest_of([predicate, [[self._named(number), *row] for number, *row in self._sums(predicate)]])

    def _names(self, number: int) -> list[object]:
        """The names of a table and its cells."""
        loaded = self._tables[number]
        return [loaded.table.dataset, loaded.table.stem, _cells(loaded)]

    def shards(self, dataset: str, digits: int) -> dict[str, tuple[int, str]]:
        """The number of rows and the digest of each shard that has any, as `predicate` of the facts of a dataset."""
        tables = {number: each for number, each in self._tables.items() if each.table.dataset == dataset}
        named = {number: digest_of([each.table.stem, _cells(each)]) for number, each in tables.items()}
        found: dict[str, list[list[object]]] = defaultdict(list)
        counts = Counter[str]()
        for predicate in sorted(self._relations):
            for number, shard, count, *sums in self._sums(predicate):
                if number in named:
                    found[shard[:digits]].append([predicate, named[number], shard, count, *sums])
                    counts[shard[:digits]] += count
        return {shard: (counts[shard], digest_of(found[shard])) for shard in sorted(found)}

    def _summed(self, predicate: str) -> list[Row]:
        """The sums of the facts with a predicate by table and shard."""
        columns = ["s", "o", "r", "c"]
        return self._engine.rows(native.summed_rows(self._relations[predicate], columns, by=["t", "h"]))


def _cells(loaded: LoadedTable) -> list[object]:
    """The names of the cells of a table that state something."""
    source = loaded.source
    named = [
        (source.title(number), str(source.place(1, number))) if number else None for _, number in stated_by(loaded)
    ]
    cells = [loaded.table.file, source.numbered, source.first, named]
    return [*cells, [asdict(column) for column in source.wide]] if source.wide else cells


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
