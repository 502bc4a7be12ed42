"""SHACL at the speed of a query engine: shapes compiled to queries over columns, equal to pySHACL (docs/shacl.md)."""

from st_opendata.shacl.screens.columns import DataColumns
from st_opendata.shacl.screens.rows import SlowShape, Unscreened
from st_opendata.shacl.screens.validation import few_triples, validate

__all__ = ["DataColumns", "SlowShape", "Unscreened", "few_triples", "validate"]
