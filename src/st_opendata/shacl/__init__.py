"""SHACL: shapes in, findings out, reports for people and machines."""

from st_opendata.shacl.catalogue import validate_catalogue
from st_opendata.shacl.checking import validate_facts, validate_files, validate_graph
from st_opendata.shacl.languages import language_shapes
from st_opendata.shacl.report import report_json, report_text, report_turtle
from st_opendata.shacl.sarif import error_github, error_sarif, report_github, report_sarif
from st_opendata.shacl.shapes import Shapes, load_shapes
from st_opendata.shacl.targets import target_terms
from st_opendata.shacl.timing import validate_in_time

__all__ = [
    "Shapes",
    "error_github",
    "error_sarif",
    "language_shapes",
    "load_shapes",
    "report_github",
    "report_json",
    "report_sarif",
    "report_text",
    "report_turtle",
    "target_terms",
    "validate_catalogue",
    "validate_facts",
    "validate_files",
    "validate_graph",
    "validate_in_time",
]
