"""A table that is read and written in parts is the table that is read and written at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts, parts, small

ROWS = 5_000
COLUMNS = [
    {"name": "id", "datatype": "integer"},
    {"name": "money", "datatype": {"base": "decimal", "format": {"decimalChar": ","}}},
    {"name": "day", "datatype": "date"},
    {"name": "names", "separator": ";"},
    {"name": "text", "null": "-"},
]
CONTENT = "id;money;day;names;text\n" + "".join(
    f'{row * 7 % ROWS};"{row},{row % 100:02}";2024-02-{row % 28 + 1:02};"a;{row}";{"-" if row % 9 else "x" * 50}\n'
    for row in range(ROWS)
)


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes parts small, and keeps no rows in memory."""

    def shrink() -> None:
        monkeypatch.setattr(parts, "_BYTES", len(CONTENT) // 3)
        monkeypatch.setattr(small, "_MOST_CELLS", 0)

    return shrink


def test_rows_and_parquet_are_the_same_in_parts(
    load: Callable[..., FactBase], in_parts: Callable[[], None], tmp_path: Path
) -> None:
    facts = load(CONTENT, COLUMNS, dialect={"delimiter": ";"})
    rows = [row for batch in facts.records("t") for row in batch]
    facts.write_table("t", tmp_path / "whole.parquet")
    in_parts()
    facts = load(CONTENT, COLUMNS, dialect={"delimiter": ";"})
    (loaded,) = facts._tables
    assert len(parts.in_order(facts.engine, loaded, ["record"])) == 3
    assert [row for batch in facts.records("t") for row in batch] == rows
    facts.write_table("t", tmp_path / "parts.parquet")
    whole, made = (pq.ParquetFile(tmp_path / f"{name}.parquet") for name in ("whole", "parts"))
    assert (whole.num_row_groups, made.num_row_groups) == (1, 3)
    assert made.metadata.format_version == whole.metadata.format_version
    assert made.schema_arrow.names == whole.schema_arrow.names and made.schema_arrow.types == whole.schema_arrow.types
    assert made.read().to_pylist() == whole.read().to_pylist()
    assert [row["id"] for row in made.read().to_pylist()] == [row * 7 % ROWS for row in range(ROWS)]


@pytest.mark.slow
def test_wide_rows_need_no_more_memory_than_is_allowed(make: Callable[..., Path], tmp_path: Path) -> None:
    """Eighty MB of rows of four KB, of which a row group of the usual number of rows would not fit into the memory."""
    columns = [{"name": "id", "datatype": "integer"}, {"name": "text"}]
    content = "id,text\n" + "".join(f"{row},{row:04000}\n" for row in range(20_000))
    folder = make({"t.csv": (content, {"columns": columns})})
    with load_facts(read_catalogue(folder), memory="150MB", threads=1) as facts:
        facts.write_table("t", tmp_path / "t.parquet")
        assert sum(len(batch) for batch in facts.records("t")) == 20_000
    assert pq.read_metadata(tmp_path / "t.parquet").num_rows == 20_000
