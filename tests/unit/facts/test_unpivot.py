"""Tables with a column for each year become tables with a row for each year, each fact with its cell in the file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from catalogues import found, publish
from st_opendata.__main__ import main
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.facts import FactBase, load_facts
from st_opendata.place import Place

Load = Callable[..., FactBase]
Make = Callable[..., Path]
YEARS: dict[str, Any] = {"columns": "(?P<year>[0-9]{4})", "value": "persons"}
COLUMNS: list[dict[str, Any]] = [
    {"name": "district", "titles": "Bezirk", "propertyUrl": "ex:district"},
    {"name": "year", "datatype": "gYear", "propertyUrl": "ex:year"},
    {"name": "persons", "datatype": "integer", "null": ["", ".."], "propertyUrl": "ex:persons"},
]
KEY = {"primaryKey": ["district", "year"]}
FILE = "Bezirk,2018,2019\nMitte,1,2\nNord,..,4\n"
