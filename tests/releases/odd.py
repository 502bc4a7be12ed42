"""A release with values that try to break a page, and names that are hard to write into an address."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import once
import xlsxwriter

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7 * 7 }}"
TURNED = "\u202egnihsif\u202c"
BASE = "https://example.org/odd/"
CATALOGUE: dict[str, Any] = {
    "id": "odd",
    "base": BASE,
    "title": {"en": f"Odd {SCRIPT}"},
    "description": {"en": "Values that try to break a page."},
    "publisher": {"iri": "https://example.org/office", "name": {"en": "Office"}, "type": "LocalAuthority"},
    "contactPoint": {"name": {"en": "Desk"}, "email": "desk@example.org"},
    "license": "CC_BY_4_0",
    "language": ["en"],
    "issued": "2020-01-01",
    "prefixes": {"ex": "https://example.org/ns#"},
    "datasets": ["items"],
}
DATASET: dict[str, Any] = {
    "title": {"en": "Items"},
    "description": {"en": "Items."},
    "tables": [
        {
            "url": "items.csv",
            "title": {"en": "Items"},
            "tableSchema": {
                "aboutUrl": "item/{id}",
                "primaryKey": "id",
                "columns": [
                    {"name": "id", "titles": {"en": "Id"}, "required": True},
                    {"name": "label", "titles": {"en": SCRIPT}, "propertyUrl": "rdfs:label"},
                    {"name": "note", "titles": {"en": "Note"}, "lang": "ar", "propertyUrl": "rdfs:comment"},
                    {"name": "link", "titles": {"en": "Link"}, "propertyUrl": "rdfs:seeAlso", "valueUrl": "{+link}"},
                    {"name": "of", "titles": {"en": "Of"}, "propertyUrl": "ex:of", "valueUrl": "group/{of}"},
                    {"name": "lat", "titles": {"en": "Lat"}, "datatype": "decimal", "propertyUrl": "geo:lat"},
                    {"name": "long", "titles": {"en": "Long"}, "datatype": "decimal", "propertyUrl": "geo:long"},
                    {"name": "day", "titles": {"en": "Day"}, "datatype": "date", "propertyUrl": "ex:day"},
                ],
            },
        },
        {
            "url": "late.csv",
            "title": {"en": "Late"},
            "dialect": {"skipRows": 3},
            "tableSchema": {
                "aboutUrl": "late/{id}",
                "primaryKey": "id",
                "columns": [
                    {"name": "id", "titles": {"en": "Id"}, "required": True},
                    {"name": "label", "titles": {"en": "Label"}, "propertyUrl": "rdfs:label"},
                    {"name": "like", "titles": {"en": "Like"}, "propertyUrl": "ex:like", "valueUrl": "{+like}"},
                    {"name": "day", "datatype": "dateTime", "propertyUrl": "ex:day", "valueUrl": "day/{day}"},
                ],
            },
        },
        {
            "url": "plots.csv",
            "title": {"en": "Plots"},
            "tableSchema": {
                "aboutUrl": "plot/{parcel}",
                "primaryKey": "parcel",
                "columns": [
                    {"name": name, "titles": {"en": name}, "datatype": "integer", "propertyUrl": f"ex:{name}"}
                    for name in ("parcel", "area", "builtYear")
                ],
            },
        },
        {
            "url": "lists.csv",
            "title": {"en": "Lists"},
            "tableSchema": {
                "aboutUrl": "list/{id}",
                "primaryKey": "id",
                "columns": [
                    {"name": "id", "titles": {"en": "Id"}, "required": True},
                    *(
                        {"name": f"label_{tag}", "titles": {"en": tag}, "lang": tag, "propertyUrl": "dct:title"}
                        for tag in ("en", "fr", "de")
                    ),
                    {"name": "kind", "virtual": True, "propertyUrl": "rdf:type", "valueUrl": "skos:ConceptScheme"},
                ],
            },
        },
        *(
            {
                **source,
                "title": {"en": "Named"},
                "tableSchema": {
                    "aboutUrl": f"{thing}/{{id}}",
                    "primaryKey": "id",
                    "columns": [
                        {"name": "id", "titles": {"en": "Id"}, "required": True},
                        {"name": "label", "titles": {"en": "Label"}, "propertyUrl": "rdfs:label"},
                    ],
                },
            }
            for thing, source in (
                ("renamed", {"url": "as-it-came.csv", "name": "other-name"}),
                ("sheet", {"url": "book.xlsx", "sheet": "First sheet"}),
                ("sheet", {"url": "book.xlsx", "sheet": "It's the 2nd!", "name": "the-second"}),
            )
        ),
    ],
}
SHEETS = {
    "First sheet": [["id", "label"], ["first", "First of the first"]],
    "It's the 2nd!": [["id", "label"], ["other", "Other of the second"], ["second", "Second of the second"]],
}
LATE = [
    *([f"a note in row {number}"] for number in (1, 2, 3)),
    ["id", "label", "like", "day"],
    ["first", "First", "item/script", "2020-02-29T12:00:00"],
    ["second", "Second", "ex:thing", ""],
    ["third", "Third", "", ""],
]
ROWS = [
    ["script", SCRIPT, TURNED, "urn:isbn:1", "1", "", "", "2020-02-29"],
    ["a b/é?x#y", "Äpfel & Birnen", "", "https://example.org/ok", "1", "45.76001", "4.83", ""],
    ["..", "Dots", "", "ftp://example.org/file", "1", "", "", ""],
    *([f"n{number:03}", f"Number {number}", "", "", "2", "", "", ""] for number in range(230)),
]


def write_odd(folder: Path) -> Path:
    """The catalogue."""
    (folder / "items").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(json.dumps(CATALOGUE), "utf-8")
    (folder / "items" / "dataset.yaml").write_text(json.dumps(DATASET), "utf-8")
    with (folder / "items" / "items.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["id", "label", "note", "link", "of", "lat", "long", "day"], *ROWS])
    with (folder / "items" / "late.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(LATE)
    (folder / "items" / "lists.csv").write_text("id,en,fr,de\nStädte & 50 %,Towns,Villes,Städte\n", "utf-8")
    (folder / "items" / "plots.csv").write_text("parcel,area,builtYear\n123456,234567,1987\n", "utf-8")
    (folder / "items" / "as-it-came.csv").write_text("id,label\none,One\n", "utf-8")
    with xlsxwriter.Workbook(folder / "items" / "book.xlsx") as book:
        for name, rows in SHEETS.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return folder


def build_odd(folder: Path) -> Path:
    """The release of it."""
    return once.build(write_odd(folder / "catalogue"), folder / "release")
