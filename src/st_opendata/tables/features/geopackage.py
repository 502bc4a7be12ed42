"""GeoPackage (OGC 12-128r19): the layers of a SQLite file, which is opened read-only and whose code is not run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import message
from st_opendata.tables.features.records import Crs, Feature, FeaturesError, Layer, damaged
from st_opendata.tables.features.wkb import geometry_of

_MOST_BYTES = 64_000_000
"""The longest text or geometry."""
_UNDEFINED = (0, -1)
"""Numbers of undefined coordinate systems."""
_LAYERS = (
    "SELECT c.table_name FROM gpkg_contents AS c JOIN pragma_table_list AS t ON t.name = c.table_name "
    "WHERE c.data_type IN ('features', 'attributes') AND t.schema = 'main' AND t.type = 'table' ORDER BY 1"
)


def geopackage_layers(path: Path) -> list[str]:
    """The names of the layers: tables with or without geometries, but no views and no images.

    Raises:
        FeaturesError: it is not a GeoPackage, or is damaged.
        OSError: it cannot be read.
    """
    with _opened(path) as database:
        return [name for (name,) in database.execute(_LAYERS)]


def geopackage_layer(path: Path, name: str) -> Layer:
    """A layer by its name.

    Raises:
        FeaturesError: it is damaged, or states no coordinate system.
        OSError: it cannot be read.
    """
    with _opened(path) as database:
        columns = {row[1]: str(row[2]).upper() for row in database.execute(f"PRAGMA table_info({_quoted(name)})")}
        keys = [row[1] for row in database.execute(f"PRAGMA table_info({_quoted(name)})") if row[5]]
        found = (
            database.execute(
                "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", [name]
            ).fetchone()
            if _has_table(database, "gpkg_geometry_columns")
            else None
        )
        crs = _crs(database, found[1]) if found else None
    geometry = found[0] if found else None
    names = tuple(column for column in columns if column != geometry)
    truths = {column for column, kind in columns.items() if kind == "BOOLEAN"}
    order = ", ".join(map(_quoted, keys)) or "rowid"
    listed = ", ".join(map(_quoted, [*names, *([geometry] if geometry else [])]))
    query = f"SELECT {listed} FROM {_quoted(name)} ORDER BY {order}"  # noqa: S608 (quoted names)

    def features() -> Iterator[Feature]:
        with _opened(path) as database:
            for row in database.execute(query):
                values = {
                    column: bool(value) if column in truths and value is not None else value
                    for column, value in zip(names, row, strict=False)
                }
                yield _feature(values, row[-1] if geometry else None)

    return Layer(name, names, crs, features, located=geometry is not None)


def _feature(values: dict[str, Any], blob: object) -> Feature:
    if blob is None:
        return Feature(values)
    if not isinstance(blob, bytes):
        return Feature(values, problem=message("its bytes are not those of a GeoPackage's geometry"))
    try:
        return Feature(values, geometry_of(blob))
    except MessageError as error:
        return Feature(values, problem=error.message)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database; whatever SQLite refuses is a FeaturesError."""
    with path.open("rb") as file:  # SQLite's own error does not say why
        if not file.read(16).startswith(b"SQLite format 3\0"):
            raise FeaturesError(message("it is not a GeoPackage"))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
            if not _has_table(database, "gpkg_contents"):
                raise FeaturesError(message("it is a SQLite database, but not a GeoPackage"))
            yield database
    except sqlite3.Error as error:
        raise damaged(str(error)) from None


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    return (
        database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name]).fetchone() is not None
    )


def _crs(database: sqlite3.Connection, number: int) -> Crs | None:
    row = database.execute(
        "SELECT srs_name, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        [number],
    ).fetchone()
    if row is None or number in _UNDEFINED:
        raise FeaturesError(message("the layer does not state its coordinate system"))
    name, organization, code, definition = row
    authority = str(organization).upper()
    if (authority, code) == ("EPSG", 4326):
        return None
    if authority in ("EPSG", "ESRI", "IAU"):
        return Crs(f"{authority}:{code}", f"{authority}:{code}")
    return Crs(str(name), str(definition))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
