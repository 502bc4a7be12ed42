"""Titles and descriptions that the catalogue adds to the publisher's, so that people know what a file is for."""

from __future__ import annotations

from collections.abc import Mapping

from st_opendata.model.descriptions import Dataset
from st_opendata.model.release import Distribution
from st_opendata.model.text import Text, speak

SPARQL_TITLE = {"en": "SPARQL 1.1 Protocol", "fr": "Protocole SPARQL 1.1", "de": "SPARQL-1.1-Protokoll"}
SERVICE_TITLE = {
    "en": "SPARQL endpoint: {title}",
    "fr": "Point d’accès SPARQL : {title}",
    "de": "SPARQL-Endpunkt: {title}",
}
SERVICE_DESCRIPTION = {
    "en": "Queries over all datasets. It answers once the release is served with SPARQL at the catalogue's site; "
    "whoever serves it elsewhere sets that address as the site and builds it again.",
    "fr": "Requêtes sur tous les jeux de données. Il répond dès que la publication est servie avec SPARQL sur le site "
    "du catalogue ; qui la sert ailleurs indique cette adresse comme site et la reconstruit.",
    "de": "Abfragen über alle Datensätze. Er antwortet, sobald die Veröffentlichung mit SPARQL unter der Site des "
    "Katalogs angeboten wird; wer sie anderswo anbietet, setzt diese Adresse als Site und baut sie neu.",
}
METADATA_TITLE = {"en": "Columns of {file}", "fr": "Colonnes de {file}", "de": "Spalten von {file}"}
_FACTS = "facts"
_PURPOSES: Mapping[str, Text] = {
    "csv": {
        "en": "A table for spreadsheets and programs.",
        "fr": "Un tableau pour tableurs et programmes.",
        "de": "Eine Tabelle für Tabellenkalkulation und Programme.",
    },
    "json": {
        "en": "The table as a list of objects, for web pages.",
        "fr": "Le tableau comme liste d’objets, pour les pages web.",
        "de": "Die Tabelle als Liste von Objekten, für Webseiten.",
    },
    "parquet": {
        "en": "The table with typed columns, for analysis.",
        "fr": "Le tableau avec des colonnes typées, pour l’analyse.",
        "de": "Die Tabelle mit Datentypen je Spalte, für Auswertungen.",
    },
    "xlsx": {
        "en": "All tables of the dataset as a workbook for Excel and other spreadsheets, a sheet each.",
        "fr": "Tous les tableaux du jeu de données, une feuille chacun, pour Excel et d’autres tableurs.",
        "de": "Alle Tabellen des Datensatzes als Arbeitsmappe für Excel und andere, je ein Blatt.",
    },
    "ods": {
        "en": "All tables of the dataset as a workbook in the open format of LibreOffice, a sheet each.",
        "fr": "Tous les tableaux du jeu de données, une feuille chacun, au format ouvert de LibreOffice.",
        "de": "Alle Tabellen des Datensatzes als Arbeitsmappe im offenen Format von LibreOffice, je ein Blatt.",
    },
    "geojson": {
        "en": "The places of the dataset, for map programs.",
        "fr": "Les lieux du jeu de données, pour les logiciels de cartographie.",
        "de": "Die Orte des Datensatzes, für Kartenprogramme.",
    },
    "nt": {
        "en": "All facts of the dataset as linked data, one a line.",
        "fr": "Tous les faits du jeu de données en données liées, un par ligne.",
        "de": "Alle Fakten des Datensatzes als verknüpfte Daten, einer je Zeile.",
    },
    "ttl": {
        "en": "All facts of the dataset as linked data that people can read.",
        "fr": "Tous les faits du jeu de données en données liées lisibles.",
        "de": "Alle Fakten des Datensatzes als lesbare verknüpfte Daten.",
    },
    "rdf": {
        "en": "All facts of the dataset as linked data in XML.",
        "fr": "Tous les faits du jeu de données en données liées, en XML.",
        "de": "Alle Fakten des Datensatzes als verknüpfte Daten in XML.",
    },
    "jsonld": {
        "en": "All facts of the dataset as linked data for web developers.",
        "fr": "Tous les faits du jeu de données en données liées pour le web.",
        "de": "Alle Fakten des Datensatzes als verknüpfte Daten für Webentwicklung.",
    },
    _FACTS: {
        "en": "All facts of the dataset, each with the cell that states it.",
        "fr": "Tous les faits du jeu de données, chacun avec la cellule qui l’énonce.",
        "de": "Alle Fakten des Datensatzes, jeder mit der Zelle, in der er steht.",
    },
}


def describe_distribution(dataset: Dataset, distribution: Distribution) -> Text:
    """What the file holds, in the publisher's words if it is a table, and what it is for."""
    table = next((table for table in dataset.tables if table.name == distribution.table), None)
    name = distribution.format.name
    purposes = _PURPOSES.get(_FACTS if name == "parquet" and not table else name, {})
    held = table.description if table else {}
    purpose = speak(purposes, distribution.title)
    tags = dict.fromkeys((*distribution.title, *purpose))
    both = {tag: " ".join(filter(None, (held.get(tag), purpose.get(tag)))) for tag in tags}
    return {tag: text for tag, text in both.items() if text}
