"""Profiles that a drafted catalogue may want: those whose columns one of its tables has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from st_opendata.catalogue.init.columns import DraftTable
from st_opendata.catalogue.profiles import packaged_profile, packaged_profiles


@dataclass(frozen=True, slots=True)
class Proposal:
    """A packaged profile, and the table and columns that speak for it."""

    profile: str
    table: str
    columns: tuple[str, ...]

    @property
    def reason(self) -> str:
        """One sentence."""
        return f"the profile {self.profile} fits: {self.table} has the columns {', '.join(self.columns)}"


def propose_profiles(tables: Sequence[DraftTable]) -> Iterator[Proposal]:
    """Each profile once, by the first table that has all columns of one of its sets; names in small letters."""
    for name in packaged_profiles():
        sets = packaged_profile(name).fits
        for table in tables:
            names = {column.name.lower() for column in table.columns}
            fitting = next((each for each in sets if each <= names), None)
            if fitting:
                columns = tuple(column.name for column in table.columns if column.name.lower() in fitting)
                yield Proposal(name, table.name, columns)
                break
