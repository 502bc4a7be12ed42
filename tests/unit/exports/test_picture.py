"""Pictures of datasets: which have one, what it is drawn from, and that it can be read."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from xml.etree import ElementTree

import pytest
from exporting import write_picture

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import load_facts
from st_opendata.model.release import File, Picture

CATALOGUE = """
id: pictures
base: https://example.org/data/
title: {en: Pictures, fr: Images}
description: {en: Datasets to draw.}
language: [fr, en]
datasets: [towns, money, codes]
"""
TOWNS = """
title: {en: Towns, fr: Villes}
description: {en: Towns.}
tables:
  - url: towns.csv
    tableSchema:
      aboutUrl: "town/{id}"
      primaryKey: id
      columns:
        - {name: id, required: true}
        - {name: name, propertyUrl: "rdfs:label", lang: en}
        - {name: nom, propertyUrl: "rdfs:label", lang: fr}
        - {name: lat, datatype: decimal, propertyUrl: "geo:lat"}
        - {name: long, datatype: decimal, propertyUrl: "geo:long"}
        - {name: source, propertyUrl: "prov:wasDerivedFrom", valueUrl: "source/{source}"}
        - {name: role, propertyUrl: "dct:type", valueUrl: "role/{role}"}
"""
TOWNS_ROWS = """id,name,nom,lat,long,source,role
wien,Vienna <&>,Vienne,48.2,16.37,a,lead
lyon,Lyon,Lyon,45.75,4.85,b,lead
sofia,Sofia,Sofia,42.7,23.32,a,follower
nowhere,Nowhere,Nulle part,,,a,follower
"""
MONEY = """
title: {en: Money, fr: Argent}
description: {en: Money.}
tables:
  - url: shares.csv
    title: {en: Shares, fr: Parts}
    tableSchema:
      aboutUrl: "share/{town}"
      primaryKey: town
      foreignKeys: [{columnReference: town, reference: {resource: towns/towns.csv, columnReference: id}}]
      columns:
        - {name: town, required: true}
        - {name: year, datatype: integer, propertyUrl: "schema:copyrightYear"}
        - {name: amount, titles: {en: amount, fr: montant}, datatype: decimal, propertyUrl: "eurio:value"}
        - {name: currency, propertyUrl: "eurio:currency"}
"""
MONEY_ROWS = "town,year,amount,currency\nlyon,2016,2500000.50,EUR\nwien,2015,4000000,EUR\nsofia,2014,,EUR\n"
CODES = """
title: {en: Codes, fr: Codes}
description: {en: Codes.}
tables:
  - url: codes.csv
    tableSchema:
      aboutUrl: "role/{code}"
      primaryKey: code
      columns:
        - {name: code, required: true}
        - {name: label, propertyUrl: "skos:prefLabel", lang: en}
        - {name: libelle, propertyUrl: "skos:prefLabel", lang: fr}
        - {virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "skos:Concept"}
"""
CODES_ROWS = "code,label,libelle\nfollower,follower town,ville suiveuse\nlead,lead town,ville leader\n"
FILES = {
    "towns": (TOWNS, "towns.csv", TOWNS_ROWS),
    "money": (MONEY, "shares.csv", MONEY_ROWS),
    "codes": (CODES, "codes.csv", CODES_ROWS),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., dict[str, tuple[Picture | None, ElementTree.Element | None]]]:
    """The pictures of the catalogue's datasets and what is in them, after replacements in its files."""

    def drawn(*changes: tuple[str, str]) -> dict[str, tuple[Picture | None, ElementTree.Element | None]]:
        folder = tmp_path / "catalogue"
        for dataset, (described, file, rows) in FILES.items():
            (folder / dataset).mkdir(parents=True)
            for name, text in (("dataset.yaml", described), (file, rows)):
                changed = reduce(lambda text, change: text.replace(*change), changes, text)
                (folder / dataset / name).write_text(changed, "utf-8")
        (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
        catalogue = read_catalogue(folder)
        found: dict[str, tuple[Picture | None, ElementTree.Element | None]] = {}
        with load_facts(catalogue) as facts:
            assert {found.code for found in facts.findings} <= {"cleaned-null", "formula-like"}
            for dataset in catalogue.datasets:
                picture = write_picture(dataset, facts, tmp_path)
                path = tmp_path / dataset.id / "preview.svg"
                assert path.exists() == bool(picture)
                if picture:
                    assert picture.file == File.of(tmp_path, f"{dataset.id}/preview.svg")
                found[dataset.id] = picture, ElementTree.parse(path).getroot() if picture else None
        return found

    return drawn


def texts(root: ElementTree.Element | None, language: str | None) -> list[str]:
    """The words that readers of a language see; None for all other languages."""
    assert root is not None
    parts = [part for part in root.iter(f"{SVG}g") if part.get("systemLanguage") == language]
    return [text.text or "" for part in parts for text in part.iter(f"{SVG}text")]


def test_a_map_of_places_by_kind(draw: Callable[..., dict[str, tuple[Picture, ElementTree.Element]]]) -> None:
    picture, root = draw()["towns"]
    assert picture.title == {"en": "Map (SVG)", "fr": "Carte (SVG)"}
    assert picture.description["fr"] == "Les lieux du jeu de données sur une carte."
    assert texts(root, None) == [
        "Towns",
        "3 places",
        *["Vienna <&>", "Lyon", "Sofia"],
        "Lead town (2)",
        "Follower town (1)",
    ]
    assert texts(root, "fr") == [
        "Villes",
        "3 lieux",
        "Vienne",
        "Lyon",
        "Sofia",
        "Ville leader (2)",
        "Ville suiveuse (1)",
    ]


def test_a_chart_of_money_named_by_what_a_key_leads_to(
    draw: Callable[..., dict[str, tuple[Picture, ElementTree.Element]]],
) -> None:
    picture, root = draw()["money"]
    assert picture.title["fr"] == "Graphique (SVG)"
    assert picture.description == {"en": "Shares. Amount in euros.", "fr": "Parts. Montant en euros."}
    assert texts(root, None) == ["Shares", "Amount in euros", "Vienna <&>", "4,000,000", "Lyon", "2,500,000"]
    assert texts(root, "fr")[2:4] == ["Vienne", "4\u202f000\u202f000"]


def test_nothing_to_draw(draw: Callable[..., dict[str, tuple[Picture | None, None]]]) -> None:
    assert draw()["codes"] == (None, None)


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "change",
    [("2015,4000000,EUR", "2015,4000000,CHF"), ("2015,4000000", "2015,-1"), ("2015,4000000", "2015,")],
    ids=["two currencies", "a debt", "one amount"],
)
def test_money_that_makes_no_chart(
    draw: Callable[..., dict[str, tuple[Picture | None, None]]], change: tuple[str, str]
) -> None:
    assert draw(change)["money"] == (None, None)


def test_what_the_facts_do_not_call_a_code_is_no_kind(
    draw: Callable[..., dict[str, tuple[Picture, ElementTree.Element]]],
) -> None:
    _, root = draw(("skos:Concept", "skos:Collection"))["towns"]
    assert texts(root, None) == ["Towns", "3 places", "Vienna <&>", "Lyon", "Sofia"]


@pytest.mark.slow
def test_a_row_without_name_is_called_by_its_key(
    draw: Callable[..., dict[str, tuple[Picture, ElementTree.Element]]],
) -> None:
    found = draw(("rdfs:label", "skos:note"))
    assert "wien" in texts(found["towns"][1], None)
    assert "wien" in texts(found["money"][1], None)
