"""The texts of the catalogue's own dataset: published, so the same words and spaces in every version."""

from __future__ import annotations

import pyoxigraph as ox

from st_opendata.namespaces import expand
from st_opendata.rdf.statements import Statements
from st_opendata.targets.ckan.portal_catalogue import describe_catalogue, describe_document

TITLE = {"en": "City {data}", "fr": "Données", "de": "Daten"}
DATASET, FILE, METADATA = (f"https://example.org/{name}" for name in ("dataset", "file", "metadata"))


def texts(graph: Statements, node: str, name: str) -> dict[str | None, str]:
    values = graph.values(node, expand(name))
    return {value.language: value.value for value in values if isinstance(value, ox.Literal)}


def test_a_portal_of_an_older_version_needs_no_write() -> None:
    graph = Statements()
    describe_catalogue(graph, DATASET, TITLE, {"catalog.ttl": (FILE, b"")})
    assert texts(graph, DATASET, "dct:title") == {
        "en": "City {data}: catalogue",
        "fr": "Données : catalogue",
        "de": "Daten: Katalog",
    }
    assert texts(graph, DATASET, "dct:description") == {
        "en": "Descriptions of all datasets of “City {data}” as DCAT-AP 3, with the addresses of their files on this "
        "portal. For harvesters and programs: every property in every language.",
        "fr": "Descriptions de tous les jeux de données de « Données » en DCAT-AP 3, avec les adresses de leurs "
        "fichiers sur ce portail. Pour moissonneurs et programmes : toutes les propriétés dans toutes les langues.",
        "de": "Beschreibungen aller Datensätze von „Daten“ als DCAT-AP 3, mit den Adressen ihrer Dateien auf diesem "
        "Portal. Für Harvester und Programme: alle Eigenschaften in allen Sprachen.",
    }
    assert texts(graph, FILE, "dct:title") == {
        "en": "Catalogue (Turtle)",
        "fr": "Catalogue (Turtle)",
        "de": "Katalog (Turtle)",
    }
    assert texts(graph, FILE, "dct:description") == {
        "en": "All datasets with every property in every language, as DCAT-AP 3 in Turtle.",
        "fr": "Tous les jeux de données avec toutes leurs propriétés dans toutes les langues, en DCAT-AP 3 (Turtle).",
        "de": "Alle Datensätze mit allen Eigenschaften in allen Sprachen, als DCAT-AP 3 in Turtle.",
    }


def test_metadata_of_a_table_are_described_in_the_languages_of_their_title() -> None:
    graph = Statements()
    for language in ("en", "fr", "de"):
        graph.add(METADATA, expand("dct:title"), ox.Literal("cities", language=language))
    describe_document(graph, DATASET, METADATA, ())
    assert texts(graph, METADATA, "dct:description") == {
        "en": "Describes the columns of the table for programs: titles, types, keys (W3C CSV on the Web).",
        "fr": "Décrit les colonnes du tableau pour les programmes : titres, types, clés (W3C CSV on the Web).",
        "de": "Beschreibt die Spalten der Tabelle für Programme: Titel, Datentypen, Schlüssel (W3C CSV on the Web).",
    }
