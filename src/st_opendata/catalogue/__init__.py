"""The folder that a publisher edits: read, checked, drafted and written."""

from st_opendata.catalogue.read import read_catalogue

__all__ = ["read_catalogue"]
