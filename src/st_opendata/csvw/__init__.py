"""Tables on the web (CSVW): a description and its files opened as a group, converted by csv2rdf or csv2json, validated.

A description is found (`source`, `discovery`, `loader`), read into records (`metadata/`) and put together with its
files (`assembly`), whose rows the engine gives one by one (`rows/`). `csv2rdf`, `csv2json` and `validate` use them.
"""

from st_opendata.csvw.conversion import CONVERSIONS, write_group
from st_opendata.csvw.csv2json import group_json
from st_opendata.csvw.csv2rdf import group_lines
from st_opendata.csvw.discovery import Hints
from st_opendata.csvw.group import OpenGroup, open_group
from st_opendata.csvw.loader import DocumentLoader
from st_opendata.csvw.metadata.datatypes import (
    LENGTHS,
    LIMITS,
    datatype_description,
    is_sign,
    named_datatype,
    with_facets,
)
from st_opendata.csvw.metadata.reference import complaints
from st_opendata.csvw.metadata.tables import read_group
from st_opendata.csvw.metadata.values import is_encoding
from st_opendata.csvw.source import SourceOptions, WebFetcher, local_source, remote_source
from st_opendata.csvw.validate import check_group, conversion_warnings

__all__ = [
    "CONVERSIONS",
    "LENGTHS",
    "LIMITS",
    "DocumentLoader",
    "Hints",
    "OpenGroup",
    "SourceOptions",
    "WebFetcher",
    "check_group",
    "complaints",
    "conversion_warnings",
    "datatype_description",
    "group_json",
    "group_lines",
    "is_encoding",
    "is_sign",
    "local_source",
    "named_datatype",
    "open_group",
    "read_group",
    "remote_source",
    "with_facets",
    "write_group",
]
