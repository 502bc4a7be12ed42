"""A made-up catalogue of a town whose datasets are more than tables: files of many formats, links and services."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import zipfile
import zlib
from pathlib import Path

CATALOGUE = """\
id: fennwick
base: https://data.fennwick.example/
title: {en: Open data of Fennwick}
description: {en: What the town of Fennwick publishes.}
publisher: {iri: https://www.fennwick.example/, name: {en: Town of Fennwick}, type: LocalAuthority}
contactPoint: {name: {en: Data desk}, email: data@fennwick.example}
license: CC_BY_4_0
rights: {en: Reuse is free.}
accessRights: PUBLIC
language: [en]
theme: [ENER]
spatial: [{iri: "https://sws.geonames.org/2750405/", label: {en: Netherlands}}]
temporal: {start: 2024-01-01, end: 2026-12-31}
issued: 2025-03-01
modified: 2025-03-01
datasets: [plans]
"""
PLANS = """\
title: {en: Plans of the town}
description: {en: Development plans of all quarters.}
keyword: {en: [plan, map]}
files:
  - path: report.pdf
    title: {en: Report}
    description: {en: The report of the year.}
    language: [de]
    license: CC0
    conformsTo: [{url: https://www.iso.org/standard/51502.html, label: {en: PDF 1.7}}]
  - {path: plans.zip, title: {en: Tables of the plans}}
  - {path: roads.zip, title: {en: Roads}}
  - {path: places.geojson, title: {en: Places}}
  - {path: map.png, title: {en: Map}}
  - {path: areas.gpkg, title: {en: Areas}, format: GPKG}
links:
  - url: https://geo.fennwick.example/wms
    title: {en: Map service}
    service: WMS
    endpointDescription: https://geo.fennwick.example/wms?service=WMS&request=GetCapabilities
  - {url: https://www.fennwick.example/plans, title: {en: Page about the plans}}
  - url: https://files.fennwick.example/big.csv
    title: {en: Measurements}
    format: CSV
    size: 1234
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
"""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PLACES = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {"n": "x"}, "geometry": {"type": "Point", "coordinates": [5, 52]}}],
}


def write_plans(folder: Path) -> Path:
    """Write the catalogue into `folder`, which is made."""
    plans = folder / "plans"
    plans.mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (plans / "dataset.yaml").write_text(PLANS, "utf-8")
    (plans / "report.pdf").write_bytes(PDF)
    (plans / "plans.zip").write_bytes(packed("a.csv"))
    (plans / "roads.zip").write_bytes(packed("roads.shp", "roads.shx", "roads.dbf", "roads.prj"))
    (plans / "places.geojson").write_text(json.dumps(PLACES), "utf-8")
    (plans / "map.png").write_bytes(pixel())
    write_geopackage(plans / "areas.gpkg")
    return folder


def packed(*names: str) -> bytes:
    """A ZIP archive with members of these names."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), name)
    return data.getvalue()


def pixel() -> bytes:
    """A PNG image of one pixel."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_geopackage(path: Path, application: bytes = b"GPKG") -> None:
    """A SQLite file with this application id."""
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA application_id={int.from_bytes(application, 'big')}")
        database.execute("CREATE TABLE areas (name TEXT)")
    database.close()
