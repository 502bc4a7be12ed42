"""The rows of a loaded table in the order of its file, in parts of a bounded number of bytes: rows may be wide."""

from __future__ import annotations

from collections.abc import Iterable

from st_opendata.facts.loading import LoadedTable
from st_opendata.sql.engine import Engine

ROW_GROUPS = (2_048, 122_880)
"""The fewest and the most rows of a row group; the number is a multiple of the first, the engine's vector."""
_BYTES = 32_000_000
"""About the most bytes of a part: the engine cannot bound the memory that sorting and writing much more takes."""


def part_rows(loaded: LoadedTable) -> int:
    """The rows of a part, as many as a row group may have."""
    fewest, most = ROW_GROUPS
    fitting = _BYTES * loaded.rows // max(loaded.source.path.stat().st_size, 1)
    return min(max(fitting // fewest * fewest, fewest), most)


def in_order(engine: Engine, loaded: LoadedTable, columns: Iterable[str]) -> list[str]:
    """Queries of these columns, one for each part; together they give the rows in the order of the file."""
    query, size = f"SELECT {', '.join(columns)} FROM {loaded.name}", part_rows(loaded)
    if loaded.rows <= size:
        return [f"{query} ORDER BY record"]
    ((first, last),) = engine.rows(f"SELECT min(record), max(record) FROM {loaded.name}")
    starts = range(first, last + 1, size)
    return [f"{query} WHERE record BETWEEN {start} AND {start + size - 1} ORDER BY record" for start in starts]
