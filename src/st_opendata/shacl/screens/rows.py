"""The question of a constraint, and the rows that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rdflib.term import Node

from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.model import Model
from st_opendata.sql import dialect as sql

COLUMNS = {"n": sql.TEXT, "f": sql.TEXT, "p": sql.TEXT, "v": sql.TEXT, "k": sql.INTEGER, "sure": sql.BOOLEAN}
"""A row: root, focus node, path if it is not that of the shape, value, the number of its shape and component."""


class Unscreened(Enum):
    """Why a shape does not compile."""

    SPARQL = "sparql"
    CUSTOM = "custom"
    RECURSIVE = "recursive"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class SlowShape:
    """A shape that does not compile, why, and for how many nodes pySHACL was asked."""

    shape: Node
    reason: Unscreened
    nodes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A shape on a table of focus nodes (n).

    `values` is a relation of their value nodes (n, v), whose rows may repeat; None if they have none.
    """

    columns: DataColumns
    model: Model
    shape: Node
    focus: str
    values: str | None

    @property
    def is_property(self) -> bool:
        """True for a property shape."""
        return self.model.path(self.shape) is not None

    def value_nodes(self) -> str | None:
        """A table of the distinct value nodes (n), None if there is none."""
        if not self.is_property:
            return self.focus
        return None if self.values is None else self.columns.once(f"SELECT DISTINCT v AS n FROM {self.values}")


@dataclass(frozen=True, slots=True)
class Rows:
    """A query for the results of a component (None: that of the query's column k) with the columns n and v.

    Those of `complete` have all columns of a row. The condition `sure` is on the columns of the query.
    """

    component: Node | None
    query: str
    sure: str = "TRUE"
    complete: bool = False

    def select(self, kind: int) -> str:
        """The rows."""
        if self.complete:
            return f"SELECT n, f, p, v, {'k' if self.component is None else kind} AS k, sure FROM ({self.query})"
        return f"SELECT n, n AS f, {sql.null(sql.TEXT)} AS p, v, {kind} AS k, {self.sure} AS sure FROM ({self.query})"
