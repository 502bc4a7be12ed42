"""Columns of small stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from st_opendata.sparql.aggregates import Columns, write_columns
from st_opendata.sparql.store import ReleaseStore


@pytest.fixture
def columns_of(tmp_path: Path) -> Iterator[Callable[..., Columns]]:
    """Writes and opens the columns of a store; by default no pattern has too few matches for them."""
    with ExitStack() as stack:

        def make(store: ReleaseStore, few: int = 0) -> Columns:
            path = tmp_path / "columns.db"
            write_columns(store, path, memory=1 << 28, threads=2, few=few)
            return stack.enter_context(closing(Columns(str(path), memory=1 << 27, few=few)))

        yield make
