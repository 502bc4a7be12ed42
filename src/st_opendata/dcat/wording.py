"""Titles and descriptions that the catalogue adds to the publisher's, so that people know what a file is for."""

from __future__ import annotations

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


def describe_distribution(dataset: Dataset, distribution: Distribution) -> Text:
    """What the file holds, in the publisher's words if it is a table, and what it is for."""
    table = next((table for table in dataset.tables if table.name == distribution.table), None)
    purposes = distribution.format.purpose if distribution.purpose is None else distribution.purpose
    held = table.description if table else {}
    purpose = speak(purposes, distribution.title)
    tags = dict.fromkeys((*distribution.title, *purpose))
    both = {tag: " ".join(filter(None, (held.get(tag), purpose.get(tag)))) for tag in tags}
    return {tag: text for tag, text in both.items() if text}
