"""SHACL at the speed of a query engine: shapes compiled to queries over columns, equal to pySHACL (docs/shacl.md)."""

from st_opendata.shacl.screens.columns import Columns
from st_opendata.shacl.screens.validation import Notice, validate

__all__ = ["Columns", "Notice", "validate"]
