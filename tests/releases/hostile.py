"""A release whose every text tries to break a page, with a plain dataset next to it."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import once

from st_opendata.model.release import File

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> & {{ 7 * 7 }} ]]> --><!--"
TURNED = "\u202egnihsif\u202c \u2067abc"
FORMULA = '=HYPERLINK("javascript:alert(3)")'
LONG = "W" * 500
CELLS = [
    SCRIPT, TURNED, FORMULA, LONG, "", "\u00a0", "javascript:alert(4)", "data:text/html,<script>alert(5)</script>",
    "line\nbreak", "tab\there", "emoji 👩‍👩‍👧", "é", "e\u0301", "%s %(x)s {0}", "\\\"'`$(id)", "https://example.org/ok",
    "NULL", "'; DROP TABLE x; --", "=1+1", "@cmd", "x" * 5000,
]  # fmt: skip


def _text(value: str) -> dict[str, str]:
    return {"en": value, "fr": f"{value} (fr)", "de": f"{value} (de)"}


CATALOGUE: dict[str, Any] = {
    "id": "hostile",
    "base": "https://example.org/hostile/",
    "title": _text(f"Catalogue {SCRIPT}"),
    "description": _text(f"Everything {TURNED} that breaks pages {SCRIPT}"),
    "publisher": {"iri": "https://example.org/publisher", "name": _text(f"Office {SCRIPT}"), "type": "LocalAuthority"},
    "contactPoint": {"name": _text(f"Desk {TURNED}"), "email": "a'b&c@example.org"},
    "license": "CC_BY_4_0",
    "rights": _text(SCRIPT),
    "accessRights": "PUBLIC",
    "accrualPeriodicity": "AS_NEEDED",
    "language": ["en", "fr", "de"],
    "theme": ["REGI", "ENER"],
    "keyword": {"en": [SCRIPT, TURNED, LONG[:80], "Énergie", "a+b&c=d"], "fr": ["Énergie"]},
    "spatial": [{"iri": "https://sws.geonames.org/2996944/", "label": _text(f"Lyon {SCRIPT}")}],
    "temporal": {"start": "2019-01-01", "end": "2020-12-31"},
    "issued": "2020-02-01",
    "modified": "2020-03-01",
    "version": f"1.0 {SCRIPT}",
    "datasets": ["texts", "places"],
}
TEXTS: dict[str, Any] = {
    "title": _text(f"Texts {TURNED} {SCRIPT}"),
    "description": _text(f"{LONG} {SCRIPT} {FORMULA}"),
    "versionNotes": _text(SCRIPT),
    "provenance": _text(f"{TURNED} {LONG}"),
    "source": [{"url": "https://example.org/?a='b'&c=(d)", "label": _text(SCRIPT)}],
    "page": [{"url": "https://example.org/page", "label": _text(TURNED)}],
    "conformsTo": [{"url": "https://example.org/standard", "label": _text(LONG)}],
    "tables": [
        {
            "url": "cells.csv",
            "title": _text(f"Cells {SCRIPT}"),
            "description": _text(TURNED + LONG),
            "tableSchema": {
                "aboutUrl": "text/{number}",
                "primaryKey": "number",
                "columns": [
                    {"name": "number", "titles": {"en": f"Number {SCRIPT}"}, "datatype": "integer"},
                    {
                        "name": "text",
                        "titles": _text(f"Text {TURNED}"),
                        "description": _text(SCRIPT),
                        "propertyUrl": "dct:description",
                    },
                    {"name": "address", "titles": _text(LONG), "datatype": "anyURI"},
                ],
            },
        }
    ],
}
PLACES: dict[str, Any] = {
    "title": {"en": "Places", "fr": "Lieux et énergie", "de": "Straßen und Orte"},
    "description": {"en": "Cities with their position and budget.", "fr": "Villes.", "de": "Städte."},
    "theme": ["ENVI"],
    "keyword": {"en": ["cities"], "de": ["Fußgänger"]},
    "issued": "2021-05-01",
    "modified": "2021-06-01",
    "version": "2.1.0",
    "tables": [
        {
            "url": "cities.csv",
            "title": {"en": "Cities", "fr": "Villes", "de": "Städte"},
            "tableSchema": {
                "aboutUrl": "city/{id}",
                "primaryKey": "id",
                "foreignKeys": [
                    {
                        "columnReference": "text",
                        "reference": {"resource": "texts/cells.csv", "columnReference": "number"},
                    }
                ],
                "columns": [
                    {"name": "id", "titles": {"en": "Identifier"}, "required": True},
                    {"name": "name", "titles": {"en": "Name"}, "lang": "en", "propertyUrl": "rdfs:label"},
                    {"name": "lat", "titles": {"en": "Latitude"}, "datatype": "decimal", "propertyUrl": "geo:lat"},
                    {"name": "long", "titles": {"en": "Longitude"}, "datatype": "decimal", "propertyUrl": "geo:long"},
                    {"name": "inhabitants", "titles": {"en": "Inhabitants"}, "datatype": "integer"},
                    {"name": "founded", "titles": {"en": "Founded"}, "datatype": "date"},
                    {"name": "tags", "titles": {"en": "Tags"}, "separator": "|", "propertyUrl": "dct:subject"},
                    {"name": "text", "titles": {"en": "Text"}, "datatype": "integer"},
                    {"virtual": True, "name": "type", "propertyUrl": "rdf:type", "valueUrl": "st:Place"},
                ],
            },
        }
    ],
}  # fmt: skip
CITIES = [
    ["lyon", "Lyon", "45.76", "4.83", "522250", "1790-02-14", "river|hill", "1"],
    ["wien", "Vienna", "48.21", "16.37", "2005760", "1221-10-18", "", ""],
    ["nowhere", "", "", "", "", "", "", ""],
    *(
        [f"c{number:03}", f"Ville é {number}", "46", "5", str(number), f"20{number % 100:02}-01-01", "", ""]
        for number in range(200)
    ),
]  # fmt: skip


def build_hostile(folder: Path) -> Path:
    """The release of the hostile catalogue."""
    source = folder / "hostile"
    for name, described in {"catalogue": CATALOGUE, "texts/dataset": TEXTS, "places/dataset": PLACES}.items():
        path = source / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(described), "utf-8")
    rows = [[number, cell, cell if cell.startswith("https:") else ""] for number, cell in enumerate(CELLS, 1)]
    _write(source / "texts/cells.csv", ["number", "text", "address"], rows)
    _write(
        source / "places/cities.csv",
        ["id", "name", "lat", "long", "inhabitants", "founded", "tags", "text"],
        CITIES,
    )
    release = once.build(source, folder / "release")
    spoil(release)
    return release


def spoil(release: Path) -> None:
    """What our own build refuses, but another may let through: links that run code, in the catalogue and in cells."""
    catalogue = release / "catalog.ttl"
    text = catalogue.read_text("utf-8")
    for old in ("https://example.org/page", "mailto:a'b&c@example.org", "https://example.org/publisher"):
        assert f"<{old}>" in text, old
        text = text.replace(f"<{old}>", "<javascript:alert(6)>" if "page" in old else f"<{old}>")
    catalogue.write_text(text, "utf-8")
    cells = release / "texts/cells.parquet"
    before = File.of(release, "texts/cells.parquet")
    duckdb.sql(
        f"COPY (SELECT number, text, CASE WHEN number % 2 = 0 THEN 'javascript:alert(7)' ELSE address END AS address "
        f"FROM '{cells}') TO '{cells}.new' (FORMAT parquet)"
    )
    Path(f"{cells}.new").replace(cells)
    described = release / "texts/croissant.json"
    after = File.of(release, "texts/cells.parquet")
    described.write_text(described.read_text("utf-8").replace(before.sha256, after.sha256), "utf-8")
    list_anew(release)


def list_anew(release: Path) -> None:
    """Let the release list its files as they are now."""
    path = release / "release.json"
    content = json.loads(path.read_text("utf-8"))
    content["files"] = [asdict(File.of(release, file["path"])) for file in content["files"]]
    path.write_text(json.dumps(content), "utf-8")


def _write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *rows])
