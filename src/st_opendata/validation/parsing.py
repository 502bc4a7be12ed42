"""The readers of `st_opendata.rdf` by their former names."""

from st_opendata.rdf import TermReader
from st_opendata.rdf import read_rdf as read_triples

__all__ = ["TermReader", "read_triples"]
