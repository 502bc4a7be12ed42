"""Rewritten copies of tables that the engine cannot read."""

from __future__ import annotations

from pathlib import Path

from st_opendata.model.tables import Table


def copy_path(table: Table, folder: Path, ending: str) -> Path:
    """The path for a copy in the folder; the name of a table may have that of its dataset before a slash."""
    path = folder / f"{table.name}.{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
