"""Small catalogues around the inputs: few facts, many kinds of columns."""

from __future__ import annotations

import re
from pathlib import Path

from st_opendata.build import Job, build

CATALOGUE = """\
id: tiny
base: https://example.org/tiny/
title: {en: Tiny catalogue, fr: Petit catalogue, de: Kleiner Katalog}
description: {en: Three cities and what sources say of them., fr: Trois villes., de: Drei Städte.}
publisher: {iri: https://example.org/publisher, name: {en: City office}, type: LocalAuthority}
contactPoint: {name: {en: City office}, email: office@example.org}
license: CC_BY_4_0
rights: {en: Free to use with attribution.}
accessRights: PUBLIC
accrualPeriodicity: AS_NEEDED
language: [en]
theme: [REGI]
keyword: {en: [city, example]}
spatial:
  - {iri: "https://sws.geonames.org/2996944/", label: {en: Lyon}, centroid: [45.74906, 4.84789]}
temporal: {start: 2020-01-01, end: 2020-12-31}
issued: 2020-02-01
modified: 2020-03-01
version: 1.0.0
datasets: [places]
"""
PLACES = """\
title: {en: Places, fr: Lieux, de: Orte}
description: {en: Cities and their countries., fr: Villes et pays., de: Städte und Länder.}
tables:
  - url: cities.csv
    title: {en: Cities}
    dialect: {}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: twin, reference: {resource: cities.csv, columnReference: id}}]
      columns:
        - {name: id, titles: {en: Identifier}, required: true, datatype: {base: string, format: "[a-z]+"}}
        - {name: name, titles: {en: Name}, lang: en, propertyUrl: "schema:name"}
        - {name: twin, propertyUrl: "schema:containedInPlace", valueUrl: "city/{twin}"}
        - {name: inhabitants, datatype: {base: integer, format: "#,##0", minimum: "0"}, propertyUrl: "schema:population"}
        - {name: area, datatype: {base: decimal, format: {decimalChar: ",", groupChar: " "}}, propertyUrl: "schema:area"}
        - {name: founded, datatype: {base: date, format: "d.M.yyyy"}, propertyUrl: "schema:foundingDate"}
        - {name: page, titles: {en: Page}, datatype: anyURI, propertyUrl: "schema:url", valueUrl: "{+page}"}
        - {name: tags, separator: "|", propertyUrl: "dct:subject", valueUrl: "tag/{tags}"}
        - {name: lead, datatype: {base: boolean, format: "yes|no"}, propertyUrl: "schema:member"}
        - {name: share, datatype: {base: decimal, format: "0.0%"}, propertyUrl: "schema:amount"}
        - {name: note, datatype: {base: string, format: "(?!x).*"}, propertyUrl: "schema:description"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "schema:City"}
"""
CITIES = """\
id,name,twin,inhabitants,area,founded,page,tags,lead,share,note
lyon,Lyon,wien,"522,250","47,87",14.2.1790,https://www.lyon.fr/,river|hill,yes,12.5%,a note
wien,Vienna,,"2,005,760","414,6",18.10.1221,https://www.wien.gv.at/,,no,3.0%,
munich,"Munich
(München)",lyon,"1,510,378","1 310,7",14.6.1158,,beer,no,,"said ""so"" twice"
"""
_COLUMN = re.compile(r"- \{name: (\w+)")


def with_columns(names: str) -> str:
    """The description of the dataset with these columns of the table alone, and the virtual one."""
    kept = names.split()
    lines = [line for line in PLACES.splitlines() if not (found := _COLUMN.search(line)) or found[1] in kept]
    text = "\n".join(lines) + "\n"
    return text if "twin" in kept else re.sub(r" +foreignKeys:.*\n", "", text)


FILES = {"catalogue.yaml": CATALOGUE, "places/dataset.yaml": PLACES, "places/cities.csv": CITIES}


def write_catalogue(folder: Path) -> Path:
    """The catalogue, in the folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def build_release(folder: Path) -> Path:
    """A release of the catalogue, in the sub-folder `release` of the folder."""
    release = folder / "release"
    outcome = build(Job(write_catalogue(folder / "source")), release)
    assert outcome.release, outcome.findings
    return release
