"""The first sheet of a workbook: what it holds, with title, licence, source, tables and columns.

Its own words are in the language of the titles that it shows, where the program speaks that, else in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from st_opendata.exports.sheets import COVERS, MAX_ROWS, sheet_names
from st_opendata.exports.sources import DatasetSource
from st_opendata.model.text import Text, pick, primary, spoken, tag_of
from st_opendata.vocabularies import concept_iri, licence_page

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "dataset": "Dataset",
        "catalogue": "Catalogue",
        "publisher": "Publisher",
        "licence": "Licence",
        "rights": "Rights",
        "changed": "Changed",
        "version": "Version",
        "source": "Source",
        "sheet": "Sheet",
        "column": "Column",
        "title": "Title",
        "meaning": "Meaning",
        "type": "Type",
        "goes-on": "It goes on in the sheets {sheets}, as a sheet holds {rows:,} rows.",
        "several": "{type}, several with {separator} between",
        "cut": "{number} texts are longer than a cell of Excel and end in {end}; the CSV files have them whole.",
    },
    "fr": {
        "dataset": "Jeu de données",
        "catalogue": "Catalogue",
        "publisher": "Éditeur",
        "licence": "Licence",
        "rights": "Droits",
        "changed": "Modifié",
        "version": "Version",
        "source": "Source",
        "sheet": "Feuille",
        "column": "Colonne",
        "title": "Titre",
        "meaning": "Signification",
        "type": "Type",
        "goes-on": "Suite dans les feuilles {sheets}, car une feuille contient {rows:,} lignes.",
        "several": "{type}, plusieurs séparés par {separator}",
        "cut": "{number} textes dépassent une cellule d’Excel et finissent par {end} ; ils sont entiers dans les CSV.",
    },
    "de": {
        "dataset": "Datensatz",
        "catalogue": "Katalog",
        "publisher": "Herausgeber",
        "licence": "Lizenz",
        "rights": "Rechte",
        "changed": "Geändert",
        "version": "Version",
        "source": "Quelle",
        "sheet": "Blatt",
        "column": "Spalte",
        "title": "Titel",
        "meaning": "Bedeutung",
        "type": "Typ",
        "goes-on": "Fortsetzung in den Blättern {sheets}, denn ein Blatt fasst {rows:,} Zeilen.",
        "several": "{type}, mehrere mit {separator} dazwischen",
        "cut": "{number} Texte sind länger als eine Zelle von Excel und enden mit {end}; ganz stehen sie in den CSV.",
    },
}


def cover_name(source: DatasetSource) -> str:
    """The name of the sheet."""
    return COVERS[_language(source)]


def cover_words(source: DatasetSource) -> Mapping[str, str]:
    """The words of the cover; `sheet` begins the row above its list of tables."""
    return _WORDS[_language(source)]


def _language(source: DatasetSource) -> str:
    return primary(spoken(tag_of(source.dataset.title, "en") or "en"))


def cover_rows(source: DatasetSource) -> Iterator[list[str]]:
    """What the cover says of the dataset, its tables and their columns."""

    def say(text: Text | None) -> str:
        return pick(text or {}, "en")

    dataset, catalogue, words = source.dataset, source.catalogue, cover_words(source)
    licence = dataset.license
    yield [say(dataset.title)]
    yield [say(dataset.description)]
    yield []
    facts = (
        ("dataset", catalogue.dataset_iri(dataset.id)),
        ("catalogue", say(catalogue.title)),
        ("publisher", say(dataset.publisher.name) if dataset.publisher else ""),
        ("licence", (licence_page(licence) or concept_iri("licence", licence)) if licence else ""),
        ("rights", say(dataset.rights)),
        ("changed", str(dataset.modified or dataset.issued or "")),
        ("version", dataset.version or ""),
        *(("source", f"{say(link.label)}: {link.url}") for link in sorted(dataset.source, key=lambda link: link.url)),
    )
    yield from ([words[name], value] for name, value in facts if value)
    yield []
    yield [words[name] for name in ("sheet", "column", "title", "meaning", "type")]
    names = sheet_names(source)
    for table in dataset.tables:
        first, *others = names[table.name]
        yield [first, "", say(table.titles), say(table.description)]
        if others:
            yield ["", "", words["goes-on"].format(sheets=", ".join(others), rows=MAX_ROWS)]
        for column in table.source_columns:
            kind = column.datatype.base
            if column.separator:
                kind = words["several"].format(type=kind, separator=column.separator)
            yield ["", column.name, say(column.titles), say(column.description), kind]
