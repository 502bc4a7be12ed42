"""The folder that a publisher edits: read, checked, drafted and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue

__all__ = ["read_catalogue"]


def read_catalogue(folder: Path, *, site: str | None = None) -> Catalogue:
    """As `read.read_catalogue`, whose readers of tables are loaded now: stories and questions do without them."""
    from st_opendata.catalogue import read

    return read.read_catalogue(folder, site=site)
