"""Catalogue and dataset descriptions: what is read, what is inherited, and every problem at its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError, InputError
from st_opendata.model.tables import Datatype, ForeignKey

CATALOGUE = """\
id: demo
base: https://example.org/id/
title: {en: Demo}
description: {en: A demo}
publisher: {iri: "https://example.org/lyon", name: {fr: Lyon}}
license: CC_BY_4_0
language: [fr, en]
keyword: {en: [cities]}
modified: 2026-11-01
prefixes: {ex: "https://example.org/ns#"}
datasets: [cities]
"""
DATASET = """\
title: {en: Cities}
description: {en: The cities}
language: [de]
tables:
  - url: cities.csv
    title: {en: Cities, fr: Villes}
    dialect: {delimiter: ";"}
    lang: fr
    null: [n/a]
    tableSchema:
      aboutUrl: "city/{id}"
      primaryKey: id
      foreignKeys:
        - {columnReference: country, reference: {resource: countries.csv, columnReference: code}}
      columns:
        - {name: id, titles: Identifier, required: true}
        - {name: name, titles: {fr: Nom}, propertyUrl: "rdfs:label"}
        - {name: country, lang: en, propertyUrl: "ex:country", valueUrl: "country/{country}"}
        - {name: total, datatype: {base: decimal, format: {decimalChar: ",", groupChar: " "}, minimum: 0}}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "ex:City"}
  - url: countries.csv
    tableSchema:
      columns: [{name: code}]
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def files(catalogue: str = CATALOGUE, dataset: str = DATASET) -> Path:
        (tmp_path / "cities").mkdir(exist_ok=True)
        (tmp_path / "catalogue.yaml").write_text(catalogue, "utf-8")
        (tmp_path / "cities" / "dataset.yaml").write_text(dataset, "utf-8")
        return tmp_path

    return files


def test_a_catalogue(write: Callable[..., Path]) -> None:
    catalogue = read_catalogue(write())
    assert (catalogue.id, catalogue.base, catalogue.site) == (
        "demo",
        "https://example.org/id/",
        "https://example.org/id/",
    )
    (dataset,) = catalogue.datasets
    assert dataset.license == "CC_BY_4_0" and dataset.publisher and dataset.publisher.name == {"fr": "Lyon"}
    assert (
        dataset.language == ("de",) and dataset.keyword == {"en": ("cities",)} and str(dataset.modified) == "2026-11-01"
    )
    cities, countries = dataset.tables
    assert (cities.name, cities.file, cities.dialect.delimiter) == ("cities", "cities/cities.csv", ";")
    assert cities.titles == {"en": "Cities", "fr": "Villes"} and countries.titles == {"und": "countries"}
    assert [column.number for column in cities.columns] == [1, 2, 3, 4, 0]
    assert [column.lang for column in cities.columns] == ["fr", "fr", "en", "fr", "fr"]
    assert all(column.null == ("n/a",) for column in cities.columns)
    assert {column.about_url for column in cities.columns} == {"https://example.org/id/city/{id}"}
    assert cities.column("name").property_url == "http://www.w3.org/2000/01/rdf-schema#label"
    assert cities.column("country").value_url == "https://example.org/id/country/{country}"
    assert cities.column("type").value_url == "https://example.org/ns#City"
    assert cities.column("total").datatype == Datatype(
        "decimal", "http://www.w3.org/2001/XMLSchema#decimal", decimal_char=",", group_char=" ", minimum="0"
    )
    assert cities.column("id").titles == {"und": "Identifier"} and cities.column("id").required
    assert cities.primary_key == ("id",)
    assert cities.foreign_keys == (ForeignKey(("country",), "cities", "countries", ("code",)),)
    assert countries.columns[0].about_url == "https://example.org/id/countries/{_row}"


def test_site_can_be_given(write: Callable[..., Path]) -> None:
    catalogue = read_catalogue(write(), site="http://localhost:8000/")
    assert (catalogue.base, catalogue.site) == ("https://example.org/id/", "http://localhost:8000/")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "license: CC_BY_4_0",
            "lic\u0435nse: CC_BY_4_0",
            6,
            "Character 4: U+0435 CYRILLIC SMALL LETTER IE, not U+0065",
        ),
        ("license: CC_BY_4_0", "licence: CC_BY_4_0", 6, 'the key "licence" is unknown; did you mean "license"?'),
        ("license: CC_BY_4_0", "license: CC_BY_4", 6, '"CC_BY_4" is not a code of the EU licence table; did you mean'),
        ("id: demo\n", "", 1, 'the key "id" is missing'),
        ("title: {en: Demo}", "title: {en: ''}", 3, "a text needs at least one language"),
        ("base: https://example.org/id/", "base: example.org", 2, "not an absolute http(s) IRI"),
        ("modified: 2026-11-01", "modified: 1.11.2026", 9, '"modified"'),
        (
            'publisher: {iri: "https://example.org/lyon", name',
            'publisher: {iri: "https://example.org/lyon", nmae',
            5,
            'did you mean "name"?',
        ),
        ('"https://example.org/ns#"', "ns", 10, 'the prefix "ex" needs an absolute IRI'),
        ("datasets: [cities]", "datasets: []", 11, "the catalogue has no datasets"),
        (
            "datasets: [cities]",
            "datasets: [citys]",
            11,
            'there is no folder for the dataset "citys"; did you mean "cities"?',
        ),
        ("datasets: [cities]", "datasets: [../cities]", 11, "cannot be the folder of a dataset"),
        ("datasets: [cities]", "datasets: [cities, ontology]", 11, 'a dataset cannot be called "ontology"'),
        ("datasets: [cities]", "datasets: [schema]", 11, 'a dataset cannot be called "schema"'),
        ("datasets: [cities]", "datasets: [cities, cities]", 11, "listed twice"),
        ("datasets: [cities]", "datasets: {a: b}", 11, "must be a list"),
        ("datasets: [cities]", "folder: x\ndatasets: [cities]", 11, 'the key "folder" is unknown'),
    ],
)
def test_problems_of_catalogue_yaml(write: Callable[..., Path], old: str, new: str, line: int, message: str) -> None:
    assert old in CATALOGUE
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(write(CATALOGUE.replace(old, new)))
    assert message in caught.value.message_text()
    assert caught.value.place and (caught.value.place.file, caught.value.place.line) == ("catalogue.yaml", line)
    assert caught.value.remedy_text()


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title: {en: Cities}", "id: x\ntitle: {en: Cities}", 1, 'delete the key "id"'),
        ("    lang: fr", "    langue: fr", 8, 'the key "langue" is unknown; did you mean "lang"?'),
        ("lang: en,", "lang: english!,", 18, "not a language tag"),
        ("required: true", "required: yes", 16, "must be true or false"),
        ("name: name,", "nam: name,", 17, 'the key "nam" is unknown; did you mean "name"?'),
        ("name: name,", "name: id,", 17, 'the column name "id" is here a second time'),
        ("name: name,", "name: my name,", 17, "cannot name a column"),
        ("base: decimal", "base: decimel", 19, 'is not a datatype of CSVW; did you mean "decimal"?'),
        ('decimalChar: ","', 'decimalChar: "x"', 19, '"decimalChar" must be one character'),
        ("minimum: 0", "minimum: low", 19, 'the limit "low" is not of the type decimal'),
        ("minimum: 0", "minLength: 2", 19, "a length fits text, not decimal"),
        ("minimum: 0", "minimun: 0", 19, 'did you mean "minimum"?'),
        ('"city/{id}"', '"city/{id"', 11, "has no partner"),
        ('"city/{id}"', '"city/{}"', 11, "is not an expression of a URI template"),
        ('"city/{id}"', '"city/{idd}"', 11, 'there is no column "idd"; did you mean "id"?'),
        ('"city/{id}"', '"my city/{id}"', 11, "is not allowed in an IRI"),
        ('"rdfs:label"', "label", 17, '"label" is not a property: write the prefix before it'),
        ('"city/{id}"', '"exx:{id}"', 11, 'the prefix "exx"'),
        ('"city/{id}"', '"city/{type}"', 11, 'there is no column "type"'),
        ("primaryKey: id", "primaryKey: idd", 12, 'there is no column "idd"; did you mean "id"?'),
        ("resource: countries.csv", "resource: contries.csv", 14, 'did you mean "countries.csv"?'),
        ("columnReference: code", "columnReference: kode", 14, 'has no column "kode"; did you mean "code"?'),
        ("columnReference: code", "columnReference: [code, code]", 14, "as many columns"),
        ("url: countries.csv", "url: cities.csv", 21, 'already uses the table name "cities"'),
        ("url: countries.csv", "url: Facts.csv", 21, 'a table cannot be called "facts"'),
        ("url: countries.csv", "url: ../countries.csv", 21, "leaves the catalogue"),
        ("url: countries.csv", "url: /etc/passwd", 21, "leaves the catalogue"),
        ("url: countries.csv", "url: https://example.org/x.csv", 21, "leaves the catalogue"),
        ("url: countries.csv", "url: 'a b.csv'", 21, "is not a plain file name"),
        ("{name: code}", "{name: l, separator: '|', ordered: true, propertyUrl: 'ex:l'}", 23, "an ordered list"),
        ("columns: [{name: code}]", "primaryKey: l\n      columns: [{name: l, separator: ','}]", 23, "cannot be a key"),
        ("columns: [{name: code}]", "columns: []", 23, "the table has no columns"),
        (
            "    tableSchema:\n      columns: [{name: code}]",
            "    tableSchema: https://x.org/s.json",
            22,
            "must have keys, not a text or list",
        ),
        (
            "columns: [{name: code}]",
            "columns: [{name: v, virtual: true, propertyUrl: 'ex:p', valueUrl: 'ex:q'}, {name: code}]",
            23,
            "put virtual columns last",
        ),
        ("columns: [{name: code}]", "columns: [{name: v, virtual: true}]", 23, "a virtual column needs"),
        ('delimiter: ";"', 'delimiter: ";;"', 7, '"delimiter" must be one character'),
        ('delimiter: ";"', "encoding: utf-9", 7, "is not an encoding"),
        ("language: [de]", "language: de", 3, '"language"'),
    ],
)
def test_problems_of_dataset_yaml(write: Callable[..., Path], old: str, new: str, line: int, message: str) -> None:
    assert old in DATASET
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(write(dataset=DATASET.replace(old, new)))
    assert message in caught.value.message_text()
    assert caught.value.place and (caught.value.place.file, caught.value.place.line) == ("cities/dataset.yaml", line)
    assert caught.value.remedy_text()


@pytest.mark.parametrize(
    ("datatype", "message"),
    [
        ("{base: date, format: yy-MM-dd}", "is not a pattern for date"),
        ("{base: boolean, format: Y}", "is not a format for boolean"),
        ("{base: string, format: '[a-z'}", "is not a regular expression"),
        ("{base: decimal, format: '0#'}", "is not a number pattern"),
        ("{base: string, minimum: 3}", "a minimum or maximum fits numbers and dates"),
        ("{base: string, minLength: 3, maxLength: 2}", "minLength is greater"),
    ],
)
def test_bad_datatypes(write: Callable[..., Path], datatype: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(write(dataset=DATASET.replace("{name: code}", f"{{name: code, datatype: {datatype}}}")))
    assert message in caught.value.message_text() and caught.value.place and caught.value.place.line == 23


def test_all_problems_of_a_file_come_together(write: Callable[..., Path]) -> None:
    wrong = (
        DATASET.replace("required: true", "requird: true").replace("minimum: 0", "minimun: 0").replace("city/{id}", "{")
    )
    with pytest.raises(ConfigurationError) as caught:
        read_catalogue(write(dataset=wrong))
    assert "and 2 more in this file" in caught.value.message_text()
    assert all(word in caught.value.message_text() for word in ("requird", "minimun", "partner"))
    assert caught.value.place and caught.value.place.line == 11


def test_missing_folders_and_files(write: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_catalogue(tmp_path / "none")
    with pytest.raises(InputError, match="no such file"):
        read_catalogue(tmp_path)
    folder = write()
    with pytest.raises(InputError, match="is a file, not a folder"):
        read_catalogue(folder / "catalogue.yaml")
    (folder / "cities" / "dataset.yaml").unlink()
    with pytest.raises(InputError, match="there is no such file"):
        read_catalogue(folder)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_links_must_stay_in_the_catalogue(write: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    outside.write_text("code\n")
    folder = write()
    (folder / "cities" / "countries.csv").symlink_to(outside)
    with pytest.raises(ConfigurationError, match="a link that leaves the catalogue"):
        read_catalogue(folder)
    (folder / "cities" / "countries.csv").unlink()
    (folder / "cities" / "dataset.yaml").rename(outside.parent / "dataset.yaml")
    (folder / "cities" / "dataset.yaml").symlink_to(outside.parent / "dataset.yaml")
    with pytest.raises(ConfigurationError, match="a link that leaves the catalogue"):
        read_catalogue(folder)
    (folder / "cities" / "dataset.yaml").unlink()
    (folder / "cities" / "dataset.yaml").write_text(DATASET)
    (folder / "shared.csv").write_text("code\n")
    (folder / "cities" / "countries.csv").symlink_to(folder / "shared.csv")
    assert read_catalogue(folder).datasets[0].tables[1].name == "countries"


@pytest.mark.parametrize("pattern", ["#0,00", "#0,00 %", "0,0", "#.##0,00"])
def test_a_pattern_that_means_a_decimal_comma_is_refused_without_one(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "data").mkdir()
    label = "title: {en: T}\ndescription: {en: T}\n"
    (tmp_path / "catalogue.yaml").write_text(f"id: test\nbase: https://e.example/\n{label}datasets: [data]\n", "utf-8")
    column = f"{{name: v, datatype: {{base: decimal, format: '{pattern}'}}}}"
    tables = f"tables: [{{url: t.csv, tableSchema: {{columns: [{column}]}}}}]\n"
    (tmp_path / "data/dataset.yaml").write_text(label + tables, "utf-8")
    with pytest.raises(ConfigurationError, match=r"decimalChar|is not a number pattern"):
        read_catalogue(tmp_path)
