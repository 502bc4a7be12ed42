"""A file of features opened by its name: GeoJSON is one layer, a GeoPackage may have several."""

from __future__ import annotations

from pathlib import Path

from st_opendata.tables.features.geojson import geojson_layer
from st_opendata.tables.features.geopackage import geopackage_layer, geopackage_layers
from st_opendata.tables.features.records import FeaturesError, Layer

__all__ = ["EXTENSIONS", "GEOMETRY", "LAYERED", "FeaturesError", "Layer", "layer_names", "open_layer"]

LAYERED = ".gpkg"
EXTENSIONS = (".geojson", LAYERED)
GEOMETRY = "geometry"
"""The name of the column with the geometries."""


def layer_names(path: Path) -> list[str]:
    """The layers of a GeoPackage, by name; one without a name for GeoJSON.

    Raises:
        FeaturesError: it is not a GeoPackage, or is damaged.
        OSError: it cannot be read.
    """
    return geopackage_layers(path) if path.suffix.lower() == LAYERED else [""]


def open_layer(path: Path, name: str) -> Layer:
    """The layer of that name.

    Raises:
        FeaturesError: the file is damaged, or is not of that format.
        OSError: it cannot be read.
    """
    return geopackage_layer(path, name) if path.suffix.lower() == LAYERED else geojson_layer(path)
