"""Properties that the key columns of tables state: their numbers name rows, they are no amounts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from st_opendata.errors import InputError
from st_opendata.place import Place
from st_opendata.portal.data.columns import tables_of
from st_opendata.portal.data.edition import Edition


class Keys:
    """The key columns of all tables, read when one of their dataset is asked for; a part of an edition."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._of = cache(self._stated)

    def state(self, iri: str, cells: Iterable[Place]) -> bool:
        """Whether key columns of a table in which one of the cells stands state the property."""
        tables = {table for cell in cells if (table := self._edition.index.table_of(cell))}
        return any(iri in self._of(dataset).get(table, ()) for dataset, table in tables)

    def _stated(self, dataset: str) -> dict[str, set[str]]:
        """By table, the properties."""
        release = self._edition.datasets.get(dataset)
        try:
            tables = tables_of(self._edition, release) if release else ()
        except InputError:  # told on the page of the dataset
            return {}
        return {
            table.name: {column.property for column in table.columns if column.key and column.property}
            for table in tables
        }
