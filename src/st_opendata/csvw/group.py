"""A described group of tables, opened: found, read and ready to pass through a conversion or a check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from st_opendata.csvw.assembly import assemble
from st_opendata.csvw.discovery import Hints, describe
from st_opendata.csvw.loader import Shelf
from st_opendata.csvw.metadata.annotations import prefixes
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.csvw.rows.base import WebTables
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding
from st_opendata.model.groups import DescribedTable, TableGroup


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A group whose tables can be read; `notices` hold what was said of its description."""

    group: TableGroup
    tables: WebTables
    notices: Notices

    @property
    def output(self) -> list[DescribedTable]:
        """The tables that a conversion writes."""
        return [table for table in self.group.tables if not table.suppress_output]

    def warnings(self) -> list[Finding]:
        """What CSVW asks a converter to warn of: the description, and the cells of the tables that have passed."""
        found = [finding("csvw-ignored", (place,), reason=reason) for place, reason in self.notices.warnings]
        found += self._violations()
        return found + [one for table in self.group.tables for one in self.tables.findings(table)]

    def check(self) -> list[Finding]:
        """Everything that a validator says of the group (CSVW syntax §6)."""
        found = [finding("csvw-ignored", (place,), reason=reason) for place, reason in self.notices.warnings]
        return found + self._violations() + self.tables.check()

    def _violations(self) -> list[Finding]:
        empty = [finding("table-empty", (place,)) for place in self.notices.empty]
        wrong = [finding("csvw-structure", (place,), reason=reason) for place, reason in self.notices.violations]
        return empty + wrong + self.notices.rows


@contextmanager
def open_group(
    iri: str, shelf: Shelf, hints: Hints | None = None, *, memory: str = "1GB", threads: int = 2
) -> Iterator[OpenGroup]:
    """The group that the document or table at `iri` is or belongs to; `memory` bounds the engine.

    Raises:
        ConfigurationError: the description has an error by CSVW metadata.
        InputError: a document or file cannot be read.
    """
    notices = Notices()
    described = describe(iri, shelf, hints or Hints(), notices)
    with WebTables(memory=memory, threads=threads) as tables:
        assembly = assemble(described, shelf, notices, tables.folder)
        tables.open(assembly.group.tables, assembly.sources, prefixes())
        yield OpenGroup(assembly.group, tables, notices)
