"""Groups of tables as a CSVW metadata document describes them, with all annotations that a conversion writes.

Facts need only the `model.tables.Table` of a table; these records hold the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from st_opendata.model.tables import Table
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES

Json = Any
"""A JSON value: common properties may hold any."""
TITLE, DESCRIPTION = f"{PREFIXES['dct']}title", f"{PREFIXES['dct']}description"


@dataclass(frozen=True, slots=True)
class Annotations:
    """Descriptions of a group or table in addition to its columns, as normalised JSON-LD (CSVW metadata §5.8, §6.1)."""

    id: str | None = None
    properties: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[Json, ...] = ()

    def texts(self, name: str) -> Text:
        """The texts of a natural-language property by language, `und` for those without one."""
        values = self.properties.get(name, [])
        listed = values if isinstance(values, list) else [values]
        return {each.get("@language", "und"): str(each["@value"]) for each in listed if "@value" in each}


@dataclass(frozen=True, slots=True)
class DescribedTable:
    """A table at its `url`: `number` counts from 1 in its group, `described_in` is the name of its description."""

    number: int
    url: str
    table: Table
    annotations: Annotations = field(default_factory=Annotations)
    row_titles: tuple[str, ...] = ()
    suppress_output: bool = False
    described_in: str = ""


@dataclass(frozen=True, slots=True)
class TableGroup:
    """The tables of one metadata document, in its order."""

    tables: tuple[DescribedTable, ...]
    annotations: Annotations = field(default_factory=Annotations)
