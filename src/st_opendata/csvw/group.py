"""A described group of tables, opened: found, read and ready to pass through a conversion or a check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from st_opendata.csvw.assembly import assemble
from st_opendata.csvw.discovery import Hints, describe
from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.common_properties import prefixes
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.rows.group_rows import GroupRows
from st_opendata.model.groups import DescribedTable, TableGroup


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group whose tables can be read; `notices` are those of its description."""

    group: TableGroup
    tables: GroupRows
    notices: Notices

    @property
    def output(self) -> list[DescribedTable]:
        """The tables that a conversion writes."""
        return [table for table in self.group.tables if not table.suppress_output]


@contextmanager
def open_group(
    iri: str, loader: DocumentLoader, hints: Hints | None = None, *, memory: str = "1GB", threads: int = 2
) -> Iterator[OpenGroup]:
    """The group that the document or table at `iri` is or belongs to; `memory` bounds the engine.

    Raises:
        ConfigurationError: the description has an error by CSVW metadata.
        InputError: a document or file cannot be read.
    """
    notices = Notices()
    described = describe(iri, loader, hints or Hints(), notices)
    with GroupRows(memory=memory, threads=threads) as tables:
        assembly = assemble(described, loader, notices, tables.folder)
        tables.open(assembly.group.tables, assembly.sources, prefixes())
        yield OpenGroup(assembly.group, tables, notices)
