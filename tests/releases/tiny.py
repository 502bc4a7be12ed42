"""A tiny good catalogue, and the same enriched by what a portal may stumble over."""

from __future__ import annotations

from pathlib import Path

import once

CATALOGUE = """\
id: tiny
base: https://example.org/tiny/
title: {en: Tiny catalogue, fr: Petit catalogue, de: Kleiner Katalog}
description: {en: Three cities and what sources say of them., fr: Trois villes., de: Drei Städte.}
publisher:
  iri: https://example.org/publisher
  name: {en: City office}
  type: LocalAuthority
contactPoint: {name: {en: City office}, email: office@example.org}
license: CC_BY_4_0
rights: {en: Free to use with attribution.}
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
availability: STABLE
status: COMPLETED
language: [en]
theme: [REGI]
keyword: {en: [city, example]}
spatial:
  - {iri: "https://sws.geonames.org/2996944/", label: {en: Lyon}, centroid: [45.74906, 4.84789]}
temporal: {start: 2020-01-01, end: 2020-12-31}
issued: 2020-02-01
modified: 2020-03-01
version: 1.0.0
datasets: [places, says]
"""

PLACES = """\
title: {en: Places, fr: Lieux, de: Orte}
description: {en: Cities and their countries., fr: Villes et pays., de: Städte und Länder.}
tables:
  - url: cities.csv
    title: {en: Cities}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: country, reference: {resource: countries.csv, columnReference: code}}]
      columns:
        - {name: id, titles: {en: Identifier}, required: true, datatype: {base: string, format: "[a-z]+"}}
        - {name: name, titles: {en: Name}, lang: en, propertyUrl: "schema:name"}
        - {name: country, titles: {en: Country}, propertyUrl: "schema:containedInPlace", valueUrl: "country/{country}"}
        - {name: inhabitants, titles: {en: Inhabitants}, datatype: integer, propertyUrl: "schema:value"}
        - {name: founded, titles: {en: Founded}, datatype: date, propertyUrl: "schema:foundingDate"}
        - {name: page, titles: {en: Page}, datatype: anyURI, propertyUrl: "schema:url", valueUrl: "{+page}"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "schema:City"}
  - url: countries.csv
    title: {en: Countries}
    tableSchema:
      aboutUrl: "country/{code}"
      primaryKey: code
      columns:
        - {name: code, titles: {en: Code}, required: true}
        - {name: label, titles: {en: Label}, lang: en, propertyUrl: "rdfs:label"}
        - {name: latitude, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: longitude, datatype: decimal, propertyUrl: "geo:long"}
"""

CITIES = """\
id,name,country,inhabitants,founded,page
lyon,Lyon,FR,522250,1790-02-14,https://www.lyon.fr/
wien,Vienna,AT,2005760,1221-10-18,https://www.wien.gv.at/
munich,Munich,DE,1510378,1158-06-14,
"""
COUNTRIES = "code,label,latitude,longitude\nFR,France,46.0,2.0\nAT,Austria,47.3,13.3\nDE,Germany,51.5,10.5\n"

SAYS = """\
title: {en: Claims, fr: Affirmations, de: Aussagen}
description: {en: What sources say of cities., fr: Ce que disent les sources., de: Was Quellen sagen.}
tables:
  - url: says.csv
    title: {en: Claims}
    dialect: {delimiter: ";"}
    tableSchema:
      aboutUrl: "says/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: city, reference: {resource: places/cities.csv, columnReference: id}}]
      columns:
        - {name: id, required: true}
        - {name: city, required: true, propertyUrl: "rdf:subject", valueUrl: "city/{city}"}
        - {name: value, datatype: integer, propertyUrl: "rdf:object"}
        - {name: source, propertyUrl: "prov:wasDerivedFrom", valueUrl: "source/{source}"}
        - {name: rank, propertyUrl: "st:rank", valueUrl: "scheme:claim-rank/{rank}"}
        - {name: reason, lang: en, propertyUrl: "st:reason"}
        - {virtual: true, name: property, propertyUrl: "rdf:predicate", valueUrl: "schema:value"}
  - url: origins.csv
    title: {en: Sources}
    tableSchema:
      aboutUrl: "source/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: title, lang: en, propertyUrl: "dct:title"}
"""

CLAIMS = """\
id;city;value;source;rank;reason
a;lyon;522250;insee;preferred;The census counts.
b;lyon;520000;page;other;
"""
SOURCES = "id,title\ninsee,Census of 2021\npage,Page of the city\n"

FILES = {
    "catalogue.yaml": CATALOGUE,
    "places/dataset.yaml": PLACES,
    "places/cities.csv": CITIES,
    "places/countries.csv": COUNTRIES,
    "says/dataset.yaml": SAYS,
    "says/says.csv": CLAIMS,
    "says/origins.csv": SOURCES,
}


def write_tiny(folder: Path) -> Path:
    """The tiny catalogue."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def build_tiny(folder: Path) -> Path:
    """The release of it."""
    return once.build(write_tiny(folder / "tiny"), folder / "release")


ENRICHED = {
    "catalogue.yaml": (
        ("centroid: [45.74906, 4.84789]", "centroid: [45.74906, 4.84789], nuts: FRK26"),
        ("license: CC_BY_4_0", "license: CC_BY_4_0\nlandingPage: {url: 'https://example.org/', label: {en: Home}}"),
        (
            "keyword: {en: [city, example]}",
            "keyword: {en: [city, 'R&D (public)', X], fr: ['qualité d''air', ville], de: [Stadt]}",
        ),
        ("language: [en]", "language: [en, fr]\nseries: {id: all, title: {en: All}, description: {en: All of them.}}"),
    ),
    "places/dataset.yaml": (
        (
            "description: {en: Cities and their countries.,",
            "versionNotes: {en: First.}\n"
            "provenance: {en: Read from pages.}\n"
            "source: [{url: 'https://example.org/source', label: {en: Source}}]\n"
            "page: [{url: 'https://example.org/page', label: {en: Page}}]\n"
            "conformsTo: [{url: 'https://example.org/standard', label: {en: Standard}}]\n"
            "type: STATISTICAL\n"
            "highValue: {category: [c_ac64a52d]}\n"
            "description: {en: 'Cities * and <their> countries.',",
        ),
    ),
}


def build_enriched(folder: Path, name: str = "tiny") -> Path:
    """The release of the enriched catalogue, with this id."""
    catalogue = write_tiny(folder / name)
    for file, changes in ENRICHED.items():
        text = (catalogue / file).read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        text = text.replace("id: tiny", f"id: {name}").replace("example.org/tiny/", f"example.org/{name}/")
        (catalogue / file).write_text(text, "utf-8")
    return once.build(catalogue, folder / "release")
