"""A small catalogue with everything that makes exports hard, its facts, and its files written once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exporting import write_dataset, write_dumps

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution

CATALOGUE = """
id: hostile
base: https://example.org/data/
title: {en: Hostile, fr: Hostile, de: Feindlich}
description: {en: Everything that breaks exports., fr: Tout ce qui casse., de: Alles was bricht.}
license: CC_BY_4_0
prefixes: {ex: "https://example.org/terms#", unused: "https://example.org/unused#"}
datasets: [countries, places]
"""
COUNTRIES = """
title: {en: Countries, fr: Pays, de: Länder}
description: {en: Two countries., fr: Deux pays., de: Zwei Länder.}
tables:
  - url: countries.csv
    title: {en: Countries, fr: Pays, de: Länder}
    tableSchema:
      aboutUrl: "country/{code}"
      primaryKey: code
      columns:
        - {name: code, titles: {en: Code}, required: true, propertyUrl: "ex:code"}
        - {name: label, titles: {en: Name}, lang: en-GB, propertyUrl: "skos:prefLabel"}
"""
PLACES = """
title: {en: Places, fr: Lieux, de: Orte}
description: {en: Places and texts., fr: Lieux et textes., de: Orte und Texte.}
tables:
  - url: cities.csv
    title: {en: Cities, fr: Villes, de: Städte}
    description: {en: One row a city., fr: Une ligne par ville., de: Eine Zeile je Stadt.}
    dialect: {delimiter: ";"}
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      foreignKeys: [{columnReference: country, reference: {resource: countries/countries.csv, columnReference: code}}]
      columns:
        - name: id
          titles: {en: Identifier, fr: Identifiant}
          required: true
          datatype: {base: string, format: "[a-z0-9-]+"}
        - {name: label_fr, titles: {en: French name, fr: Nom}, lang: fr, propertyUrl: "rdfs:label"}
        - {name: label_en, titles: {en: English name}, lang: en, propertyUrl: "rdfs:label"}
        - {name: country, titles: {en: Country}, propertyUrl: "ex:country", valueUrl: "country/{country}"}
        - {name: lat, titles: {en: Latitude}, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: long, titles: {en: Longitude}, datatype: decimal, propertyUrl: "geo:long"}
        - name: budget
          titles: {en: Budget}
          datatype: {base: decimal, format: {decimalChar: ",", groupChar: " "}, minimum: "0"}
          propertyUrl: "ex:budget"
        - {name: inhabitants, titles: {en: Inhabitants}, datatype: integer, propertyUrl: "ex:inhabitants"}
        - {name: since, titles: {en: Since}, datatype: {base: date, format: dd/MM/yyyy}, propertyUrl: "ex:since"}
        - {name: capital, titles: {en: Capital}, datatype: {base: boolean, format: oui|non}, propertyUrl: "ex:capital"}
        - {name: share, titles: {en: Share}, datatype: double, propertyUrl: "ex:share"}
        - {name: tags, titles: {en: Tags}, separator: "|", propertyUrl: "ex:tag"}
        - {name: years, titles: {en: Years}, separator: "|", datatype: gYear, propertyUrl: "ex:year"}
        - {name: page, titles: {en: Page}, datatype: anyURI, propertyUrl: "ex:page", valueUrl: "{+page}"}
        - {name: note, titles: {en: Note}, "null": ["-"], propertyUrl: "ex:note"}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "ex:City"}
        - {virtual: true, propertyUrl: "dct:identifier", default: "constant"}
  - url: texts.csv
    title: {en: Texts, fr: Textes, de: Texte}
    tableSchema:
      aboutUrl: "text/{number}"
      primaryKey: number
      columns:
        - {name: number, titles: {en: Number}, datatype: integer}
        - {name: text, titles: {en: Text}, propertyUrl: "ex:text"}
  - url: links.csv
    title: {en: Links, fr: Liens, de: Verknüpfungen}
    tableSchema:
      foreignKeys: [{columnReference: countries, reference: {resource: countries/countries.csv, columnReference: code}}]
      columns:
        - {name: countries, titles: {en: Via}, separator: " ", propertyUrl: "ex:via", valueUrl: "country/{countries}"}
        - {name: kind, titles: {en: Property}, propertyUrl: "rdf:predicate", valueUrl: "{+kind}"}
        - {name: value, titles: {en: Value}, propertyUrl: "{+kind}"}
"""
CITY_COLUMNS = [
    "id", "label_fr", "label_en", "country", "lat", "long", "budget", "inhabitants", "since", "capital", "share",
    "tags", "years", "page", "note",
]  # fmt: skip
CITIES = [
    ["lyon", "Lyon", "Lyons", "FR", "45.7640", "4.8357", "29 119 448,36", "522250", "31/07/2021", "non", "1.5E0",
     "river|hill", "2016|2021", "https://example.org/lyon?a=1&b=%C3%A9", ""],
    ["vienna", "Vienne", "Vienna", "AT", "48.20849", "16.37208", "7,50", "", "", "oui", "INF",
     "", "", "https://example.org/caf%C3%A9", "plain"],
    ["nowhere", "Nulle part", "", "", "", "", "", "", "", "", "", "", "", "", "-"],
]  # fmt: skip
LINKS = [
    ["FR AT", "ex:own", "one"],
    ["", "skos:altLabel", "two"],
    ["AT", "https://example.org/terms#full", "three, four"],
]
TEXTS = [
    'say "hello", he said',
    "two\nlines",
    "windows\r\nlines",
    "carriage\rreturn",
    "tab\there",
    "back\\slash",
    "emoji 😀 👩‍👩‍👧",
    "e\u0301 and é",
    "\u200fright to left\u200e \u202eoverride",
    "<script>alert(1)</script> &amp; ]]>",
    "=1+1",
    "+1", "-1", "@cmd",
    "NULL", "NA", "null",
    " spaces around ",
    "line\u2028paragraph\u2029next\x85",
    "x" * 100_000,
]  # fmt: skip


def write_catalogue(folder: Path, links: list[list[str]]) -> None:
    """The catalogue's files, with these rows in the table links.csv."""
    for name, text in {"countries": COUNTRIES, "places": PLACES}.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "dataset.yaml").write_text(text, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    _write_table(folder / "countries/countries.csv", ["code", "label"], [["FR", "France"], ["AT", "Austria"]])
    _write_table(folder / "places/cities.csv", CITY_COLUMNS, CITIES, ";")
    _write_table(folder / "places/links.csv", ["countries", "kind", "value"], links)
    numbered = [[str(number), text] for number, text in enumerate(TEXTS, 1)]
    _write_table(folder / "places/texts.csv", ["number", "text"], numbered)


def _write_table(path: Path, header: list[str], rows: list[list[str]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows([header, *rows])


@pytest.fixture(scope="session")
def catalogue_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[list[str]]], Catalogue]:
    """A catalogue with links of one's own."""

    def make(links: list[list[str]]) -> Catalogue:
        folder = tmp_path_factory.mktemp("own") / "catalogue"
        write_catalogue(folder, links)
        return read_catalogue(folder)

    return make


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("hostile") / "catalogue"
    write_catalogue(folder, LINKS)
    return read_catalogue(folder)


@pytest.fixture(scope="session")
def facts(catalogue: Catalogue) -> Iterator[FactBase]:
    with load_facts(catalogue) as base:
        assert {found.code for found in base.findings} == {"cleaned-null", "formula-like"}
        yield base


@pytest.fixture(scope="session")
def release(catalogue: Catalogue, facts: FactBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a release with every export."""
    folder = tmp_path_factory.mktemp("release")
    for dataset in catalogue.datasets:
        write_dataset(dataset, facts, folder)
    write_dumps(facts, folder)
    return folder


@pytest.fixture(scope="session")
def distributions(catalogue: Catalogue, facts: FactBase, release: Path) -> dict[str, Distribution]:
    """The distributions of places by path."""
    written = write_dataset(catalogue.datasets[1], facts, release)
    return {distribution.file.path: distribution for distribution in written}
