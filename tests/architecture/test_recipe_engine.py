"""Recipe "add an engine": one class with the methods of `sql.engine.Engine`, handed to `load_facts`, and nothing else.

The made-up one has no tables of its own: like an engine on a cluster it looks at Parquet files through views, and like
a lazy one it changes none. CSV is read by Python.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pytest
from engines import BASE, write_catalogue

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, base, load_facts
from st_opendata.sql.duckdb import DuckDBEngine
from st_opendata.sql.engine import CsvFile, OpenEngine, ParquetFiles, ReadError, Row


class ParquetEngine:
    """Each table is a folder of Parquet files, one for each time that rows were added to it."""

    def __init__(self, parent: Path | None, memory: str, threads: int) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=parent))
        self._connection = duckdb.connect(config={"memory_limit": memory, "threads": threads})
        self._folders: dict[str, Path] = {}
        self._readable: set[Path] = set()
        self._files = 0

    def lock(self, files: Iterable[Path]) -> None:
        self._readable = set(files)

    def read(self, name: str, source: CsvFile | ParquetFiles) -> None:
        assert isinstance(source, CsvFile)
        assert source.path in self._readable or source.path.is_relative_to(self.folder)
        doubled = source.quote == source.escape
        style: dict[str, Any] = {"doublequote": doubled, "escapechar": None if doubled else source.escape}
        with source.path.open(encoding="utf-8", newline="") as file:
            lines = islice(file, source.skip, None)
            reader = csv.reader(lines, delimiter=source.delimiter, quotechar=source.quote, strict=True, **style)
            try:
                rows = list(islice(reader, int(source.header), None))
            except csv.Error as error:
                raise ReadError(str(error)) from None
        if any(len(row) != source.width for row in rows):
            raise ReadError("records differ in length")
        names = [f"f{number}" for number in range(source.width)]
        self.define(name, {"position": "BIGINT"} | dict.fromkeys(names, "VARCHAR"))
        self.fill(name, [list(range(1, len(rows) + 1)), *([row[n] for row in rows] for n in range(source.width))])

    def create(self, name: str, query: str) -> None:
        self._files += 1
        folder = self._folders[name] = self.folder / f"{self._files}"
        folder.mkdir()
        self._add(name, query)
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{folder}/*.parquet')")

    def define(self, name: str, columns: Mapping[str, str]) -> None:
        listed = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in columns.items())
        self.create(name, f"SELECT {listed} WHERE FALSE")

    def append(self, name: str, query: str) -> None:
        columns = ", ".join(f'"{row[0]}"' for row in self.rows(f"DESCRIBE {name}"))
        self._add(name, f"SELECT * FROM ({query}) AS t({columns})")

    def fill(self, name: str, columns: Sequence[Sequence[object]]) -> None:
        described = enumerate(self.rows(f"DESCRIBE {name}"), 1)
        listed = ", ".join(f'unnest(${place}::{row[1]}[]) AS "{row[0]}"' for place, row in described)
        self._add(name, f"SELECT {listed}", columns)

    def remove(self, name: str, condition: str) -> None:
        self.create(name, f"SELECT * FROM {name} WHERE NOT coalesce({condition}, FALSE)")

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP VIEW {name}")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(query, list(values)).fetchall()

    def batches(self, query: str, size: int) -> Iterator[list[Row]]:
        rows = self.rows(query)
        return (rows[start : start + size] for start in range(0, len(rows), size))

    def write(
        self,
        queries: Sequence[str],
        path: Path,
        columns: Mapping[str, str] | None = None,
        *,
        row_group: int | None = None,
        newer: bool = False,
    ) -> None:
        if columns is not None:
            self.define("written", columns)
            for query in queries:
                self.append("written", query)
        self._copy(queries[0] if columns is None else "SELECT * FROM written", path)

    def understands(self, pattern: str) -> bool:
        return pattern.isalnum()  # Python reads the cells of other patterns

    def close(self) -> None:
        self._connection.close()
        shutil.rmtree(self.folder)

    def _add(self, name: str, query: str, values: Sequence[object] = ()) -> None:
        folder = self._folders[name]
        self._copy(query, folder / f"{len(list(folder.iterdir())):06}.parquet", values)

    def _copy(self, query: str, path: Path, values: Sequence[object] = ()) -> None:
        self._connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", list(values))


def everything(facts: FactBase, folder: Path) -> dict[str, Any]:
    """All that a fact base gives."""
    folder.mkdir()
    city = f"<{BASE}city/lyon>"
    facts.write_facts("data", folder / "facts.parquet")
    paths = {term: f"facts-{number}.parquet" for number, term in enumerate(sorted(facts.predicates()))}
    described = facts.write_files(paths, folder)
    for table in ("kinds", "cities", "countries", "years"):
        facts.write_table(table, folder / f"{table}.parquet")
    return {
        "findings": facts.findings,
        "counts": (facts.triples(), facts.triples("data"), [facts.rows(table) for table in ("kinds", "cities")]),
        "lines": list(facts.lines()),
        "described": described,
        "records": [list(facts.records(table)) for table in ("kinds", "cities", "countries", "years")],
        "samples": list(facts.samples(2)),
        "places": facts.places(city),
        "objects": facts.objects(city, "<http://www.w3.org/2000/01/rdf-schema#label>"),
        "predicates": facts.predicates("data"),
        "classes": facts.classes(),
        "naming": facts.naming(BASE, ()),
        "fits": facts.fits("cities", "id", "[a-z]+"),
        "files": {path.name: duckdb.read_parquet(str(path)).fetchall() for path in sorted(folder.iterdir())},
    }


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "triples"), [(False, 10), (True, base._SHARD_TRIPLES)], ids=["sound", "wrong"])
def test_facts_are_the_same_whichever_engine_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool, triples: int
) -> None:
    monkeypatch.setattr(base, "_SHARD_TRIPLES", triples)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    catalogue = read_catalogue(write_catalogue(tmp_path, wrong=wrong))
    found = []
    engines: tuple[OpenEngine, ...] = (ParquetEngine, DuckDBEngine)
    for engine in engines:
        with load_facts(catalogue, engine=engine) as facts:
            found.append(everything(facts, tmp_path / engine.__name__))  # type: ignore[attr-defined]
    made_up, real = found
    assert made_up == real
    assert (real["counts"][0] > 50) is not wrong
    assert (len(real["findings"]) > 50) is wrong
    assert not list((tmp_path / "temporary").iterdir())
