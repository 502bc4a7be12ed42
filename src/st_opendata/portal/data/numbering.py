"""Numbers of rows as their publisher's spreadsheet shows them, the header being row 1; facts name their cells so."""

from __future__ import annotations

from functools import cache

from st_opendata.portal.data.columns import TableDescription
from st_opendata.portal.data.edition import Edition
from st_opendata.portal.data.rows import open_rows

_AFTER_HEADER = 2


class FirstRows:
    """The numbers of the first rows of the tables of an edition; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._spans = cache(self._ask)

    def of(self, dataset: str, table: TableDescription) -> int:
        """That of a table: the first row that a fact names, where facts name rows from the first to the last.

        Where they do not, some rows state nothing; the table is then taken for one that begins below a header.
        Raises as `RowReader.ask`.
        """
        first, last = self._spans(dataset).get(table.name, (0, 0))
        return first if last - first + 1 == table.rows else _AFTER_HEADER

    def _ask(self, dataset: str) -> dict[str, tuple[int, int]]:
        facts = f"{dataset}/facts.parquet"
        return self._edition.part(open_rows).spans(facts) if facts in self._edition.files else {}
