"""Features (GeoJSON, GeoPackage): read one by one, and written as CSV with a column of geometries as WKT.

GeoJSON is parsed by `json`, feature by feature, and GeoPackage is read by `sqlite3`: both keep numbers as they are and
need no other library. Only coordinates of another system than WGS 84 need pyproj, which the extra `geo` installs.
"""

from st_opendata.tables.features.extraction import extract_layer
from st_opendata.tables.features.geometries import GeometryWriter
from st_opendata.tables.features.layers import (
    EXTENSIONS,
    GEOMETRY,
    LAYERED,
    FeaturesError,
    Layer,
    layer_names,
    open_layer,
)
from st_opendata.tables.features.records import shown_cell

__all__ = [
    "EXTENSIONS",
    "GEOMETRY",
    "LAYERED",
    "FeaturesError",
    "GeometryWriter",
    "Layer",
    "extract_layer",
    "layer_names",
    "open_layer",
    "shown_cell",
]
