"""SHACL: shapes in, findings out, reports for people and machines."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "validate_catalogue": "catalogue",
    "validate_facts": "checking",
    "validate_files": "checking",
    "validate_graph": "checking",
    "language_shapes": "languages",
    "report_json": "report",
    "report_text": "report",
    "report_turtle": "report",
    "error_github": "sarif",
    "error_sarif": "sarif",
    "report_github": "sarif",
    "report_sarif": "sarif",
    "Shapes": "shapes",
    "load_shapes": "shapes",
    "target_terms": "targets",
    "validate_in_time": "timing",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load the module of a name when it is used: the validators take a second, and a report needs none of them."""
        if name not in _HOMES:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
