"""Tables as CSV on the Web describes them: reading descriptions, scanning files, datatypes and URI templates."""

from st_opendata.tables.catalogue import read_catalogue

__all__ = ["read_catalogue"]
