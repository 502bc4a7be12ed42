"""Small GeoPackages, written by sqlite3 and struct alone."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

Row = tuple[object, ...]
_TABLES = """
PRAGMA application_id = 1196444487;
CREATE TABLE gpkg_spatial_ref_sys (srs_name, srs_id INTEGER PRIMARY KEY, organization, organization_coordsys_id,
  definition, description);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type, srs_id);
CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined', 0, 'NONE', 0, 'undefined', '');
"""


def write_geopackage(path: Path, layers: Mapping[str, Sequence[Row]], srs: int = 4326) -> Path:
    """Each row has an id, a geometry, a name and whether it is open."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(_TABLES)
        if srs:
            row = (f"EPSG {srs}", srs, "EPSG", srs, "undefined", "")
            database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
        for name, rows in layers.items():
            database.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, open BOOLEAN)')
            database.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?)", (name, srs))
            database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 2, 2)", (name, srs))
            database.executemany(f'INSERT INTO "{name}" VALUES (?, ?, ?, ?)', rows)
        database.commit()
    return path


def header(*, empty: bool = False, envelope: bool = False) -> bytes:
    flags = 1 | (0x10 if empty else 0) | (0x02 if envelope else 0)
    return b"GP\0" + bytes([flags]) + struct.pack("<i", 4326) + (bytes(32) if envelope else b"")


def point(*numbers: float, order: str = "<") -> bytes:
    code = 1 if len(numbers) == 2 else 1001
    return bytes([order == "<"]) + struct.pack(f"{order}I{len(numbers)}d", code, *numbers)


def line(positions: Sequence[tuple[float, float]]) -> bytes:
    return b"\1" + struct.pack("<II", 2, len(positions)) + _packed(positions)


def polygon(*rings: Sequence[tuple[float, float]]) -> bytes:
    packed = b"".join(struct.pack("<I", len(ring)) + _packed(ring) for ring in rings)
    return b"\1" + struct.pack("<II", 3, len(rings)) + packed


def several(code: int, *parts: bytes) -> bytes:
    return b"\1" + struct.pack("<II", code, len(parts)) + b"".join(parts)


def _packed(positions: Sequence[tuple[float, float]]) -> bytes:
    return b"".join(struct.pack("<2d", *position) for position in positions)
