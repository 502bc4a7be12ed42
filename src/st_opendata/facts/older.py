"""The facts of a dataset in an older release: the shards that are still the same need not be sorted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from st_opendata.sql import native
from st_opendata.system.copying import copy_content


@dataclass(frozen=True, slots=True)
class OlderFacts:
    """Two files of an older release, as `FactBase.write_facts` wrote them, and the shards that are still the same.

    `rows` has the number of the first row of each of these shards in `facts`, from 0, and the number of its rows; of a
    dataset without shards that is the same, whose files are not written, it has one shard without rows.
    """

    facts: Path
    lines: Path
    rows: Mapping[str, tuple[int, int]]

    @contextmanager
    def copied(self, folder: Path) -> Iterator[CopiedFacts]:
        """The facts where an engine can read them, in its own folder; raises OSError."""
        copy = folder / f"older-{self.lines.name}"
        copy_content(self.facts, copy)
        try:
            yield CopiedFacts(copy, self.rows)
        finally:
            copy.unlink()


@dataclass(frozen=True, slots=True)
class CopiedFacts:
    """A copy of the facts, and the rows of the shards that are still the same."""

    file: Path
    rows: Mapping[str, tuple[int, int]]

    def runs(self, shards: Sequence[str]) -> Iterator[tuple[str | None, list[str]]]:
        """Shards that follow each other, with the query for their rows in order; None for those that have changed."""
        for same, run in groupby(shards, self.rows.__contains__):
            found = list(run)
            yield (self._select(found) if same else None), found

    def _select(self, run: Sequence[str]) -> str:
        first, count = self.rows[run[0]][0], sum(self.rows[shard][1] for shard in run)
        return native.numbered_parquet(self.file, first, count)
