"""Descriptions that people write, in YAML or JSON: read with the place of each value, and their problems collected."""

from st_opendata.documents.document import MAX_BYTES, MAX_DEPTH, MAX_NODES, Data, Document, Steps, read_document
from st_opendata.documents.fields import Fields
from st_opendata.documents.problems import Problems

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Data",
    "Document",
    "Fields",
    "Problems",
    "Steps",
    "read_document",
]
