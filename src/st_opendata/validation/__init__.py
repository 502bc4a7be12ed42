"""SHACL: shapes in, findings out, reports for people and machines."""

from st_opendata.validation.checking import validate_facts, validate_files, validate_graph
from st_opendata.validation.shapes import Shapes, load_shapes

__all__ = [
    "Shapes",
    "load_shapes",
    "validate_facts",
    "validate_files",
    "validate_graph",
]
