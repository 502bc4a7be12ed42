"""DuckDB's errors end in its module, and tables are made, replaced and given back as the protocol says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import duckdb
import pytest

from st_opendata.errors import InputError
from st_opendata.sql import dialect as sql
from st_opendata.sql.duckdb import Database, DuckDBEngine
from st_opendata.sql.engine import CsvFile, LimitError, ParquetFiles, ReadError, SqlError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(tmp_path, "200MB", 1)
    yield opened
    opened.close()


def test_errors_are_those_of_the_protocol(tmp_path: Path, engine: DuckDBEngine) -> None:
    with Database(None, {"threads": 1}) as database:
        with pytest.raises(SqlError, match="nothing"):
            database.rows("SELECT * FROM nothing")
        with pytest.raises(ReadError):
            database.rows("SELECT regexp_matches('', '(')")
        timer = Timer(0.2, database.interrupt)
        timer.start()
        with pytest.raises(LimitError):
            database.rows("SELECT count(*) FROM range(100000000000) AS t(n) WHERE n % 7 = 8")
        timer.join()
    (tmp_path / "no database").write_text("x", "utf-8")
    with pytest.raises(SqlError):
        Database(tmp_path / "no database", {}, read_only=True)
    with pytest.raises(InputError, match="the fact base failed"):
        engine.rows("SELECT * FROM nothing")
    with pytest.raises(InputError, match="cannot be opened"):
        DuckDBEngine(tmp_path, "much", 1)
    assert len(list(tmp_path.iterdir())) == 2  # the other engine's folder is gone


def test_files_are_read_when_they_are_used(tmp_path: Path, engine: DuckDBEngine) -> None:
    (tmp_path / "a.csv").write_text("# note\na;b\n'x;y';\nz;1\n", "utf-8")
    (tmp_path / "b.csv").write_text("a\n1,2\n", "utf-8")
    engine.read("a", CsvFile(tmp_path / "a.csv", 2, skip=1, delimiter=";", quote="'", escape="'"))
    assert engine.rows("SELECT * FROM a ORDER BY position") == [(1, "x;y", None), (2, "z", "1")]
    with pytest.raises(ReadError):
        engine.read("b", CsvFile(tmp_path / "b.csv", 1))
        engine.create("c", "SELECT * FROM b")


def test_tables_are_replaced_filled_and_written(tmp_path: Path, engine: DuckDBEngine) -> None:
    engine.create("t", "SELECT 1 AS a")
    engine.define("t", {"a": "VARCHAR", "list": "VARCHAR[]"})
    engine.fill("t", [["x", "y", None], [["1", None], [], None]])
    engine.remove("t", "a = 'y'")
    assert engine.rows("SELECT * FROM t ORDER BY a") == [("x", ["1", None]), (None, None)]
    assert [len(batch) for batch in engine.batches("SELECT * FROM t", 1)] == [1, 1]
    engine.write(["SELECT a FROM t", "SELECT 'z'"], tmp_path / "t.parquet", {"name": "VARCHAR"})
    engine.read("written", ParquetFiles((tmp_path / "t.parquet",)))
    assert engine.rows("SELECT name FROM written") == [("x",), (None,), ("z",)]
    engine.write([], tmp_path / "none.parquet", {"name": "VARCHAR"})
    assert duckdb.read_parquet(str(tmp_path / "none.parquet")).columns == ["name"]
    with pytest.raises(InputError, match="cannot be written"):
        engine.write(["SELECT 1 AS a"], tmp_path / "no folder" / "t.parquet")


def test_sessions_see_the_same_tables_and_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n", "utf-8")
    with Database(None, {"threads": 1}) as database:
        database.create("t", "SELECT 1 AS a")
        database.restrict()
        with database.session() as session:
            assert session.rows("SELECT a FROM t") == [(1,)]
            assert session.types("SELECT a, 'x' AS b FROM t") == {"a": "INTEGER", "b": "VARCHAR"}
            with pytest.raises(SqlError):
                session.rows(f"SELECT * FROM read_csv('{tmp_path / 'a.csv'}')")
        assert database.rows("SELECT a FROM t") == [(1,)]


def test_suspended_tables_are_read_next_to_own_ones(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path, "200MB", 2)
    try:
        engine.define("shared", {"x": sql.LONG})
        engine.fill("shared", [[1, 2]])
        engine.lock([])
        engine.suspend()
        engine.resume(2)
        assert engine.rows("SELECT x FROM shared ORDER BY x") == [(1,), (2,)]
        engine.define("own", {"x": sql.LONG})
        engine.append("own", "SELECT x + 10 FROM shared ORDER BY x")
        assert list(engine.batches("SELECT x FROM own UNION ALL SELECT x FROM shared", 10)) == [
            [(11,), (12,), (1,), (2,)]
        ]
        engine.write(["SELECT x FROM own"], tmp_path / "own.parquet")
        assert (tmp_path / "own.parquet").stat().st_size
        with pytest.raises(InputError):
            engine.fill("shared", [[3]])
        engine.suspend()
        engine.resume()
        engine.fill("shared", [[3]])
        assert engine.rows("SELECT count(*) FROM shared") == [(3,)]
    finally:
        engine.close()
