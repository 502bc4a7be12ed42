"""Croissant 1.1 (MLCommons): a dataset for programs for machine learning, with every file and column.

https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from st_opendata.dcat.schema_org import alone, authors_of, find_licence, list_keywords
from st_opendata.formats import CSV
from st_opendata.http.urls import url_path
from st_opendata.model.release import Distribution
from st_opendata.model.tables import Column, Table
from st_opendata.model.text import Text, pick, tag_of

if TYPE_CHECKING:
    from st_opendata.model.agents import Agent
    from st_opendata.model.descriptions import Catalogue, Dataset

Json = dict[str, Any]
CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_LANGUAGE_MAP = {"@container": "@language"}
_CR = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty"),
    *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
    *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator"),
    *("source", "subField", "transform"),
)
_TYPES = {
    **dict.fromkeys(("decimal", "double", "float", "number"), "sc:Float"),
    **dict.fromkeys(
        (
            *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedLong"),
            *("unsignedInt", "unsignedShort", "unsignedByte", "nonPositiveInteger", "negativeInteger"),
        ),
        "sc:Integer",
    ),
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "dateTime": "sc:DateTime",
    "datetime": "sc:DateTime",
    "dateTimeStamp": "sc:DateTime",
    "anyURI": "sc:URL",
}
"""Croissant's data type of a CSVW datatype; text for others."""


def croissant(catalogue: Catalogue, dataset: Dataset, distributions: Iterable[Distribution]) -> Json:
    """The dataset in JSON-LD, names and descriptions in all its languages; the columns are those of its CSV files."""
    distributions = tuple(distributions)
    iri = catalogue.dataset_iri(dataset.id)
    found: Json = {
        "@context": _context(tag_of(dataset.title, "en") or "en"),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": _texts(dataset.title),
        "description": _texts(dataset.description),
        "url": dataset.landing_page[0].url if dataset.landing_page else iri,
        "sameAs": iri,
        "license": find_licence(dataset),
        "creator": alone([_agent(each) for each in authors_of(dataset)]),
        "publisher": _agent(dataset.publisher),
        "datePublished": dataset.issued and dataset.issued.isoformat(),
        "dateModified": dataset.modified and dataset.modified.isoformat(),
        "version": dataset.version,
        "keywords": sorted(list_keywords(dataset)),
        "inLanguage": sorted(dataset.language),
        "citeAs": _citation(dataset, iri),
        "isLiveDataset": False,
        "distribution": [_file(catalogue, each) for each in distributions],
        "recordSet": [record for table in dataset.tables if (record := _record_set(table, distributions))],
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _context(language: str) -> Json:
    """The context of the specification, in which names and descriptions may be maps of languages.

    `language` is that of texts without a tag, such as the citation: the one in which `pick` returns them.
    """
    return {
        "@language": language,
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": _LANGUAGE_MAP,
        "description": _LANGUAGE_MAP,
        **{name: f"cr:{name}" for name in _CR},
    }


def _texts(text: Text) -> Text | str:
    return pick(text, "en") if "und" in text else dict(sorted(text.items()))


def _agent(agent: Agent | None) -> Json | None:
    if agent is None:
        return None
    described = {"@type": "Organization", "@id": agent.iri, "name": pick(agent.name, "en"), "url": agent.homepage}
    return {key: value for key, value in described.items() if value}


def _citation(dataset: Dataset, iri: str) -> str:
    """In DataCite's style: author (year): title (version). address."""
    authors, day = authors_of(dataset), dataset.modified or dataset.issued
    named = "; ".join(pick(each.name, "en") for each in authors)
    start = f"{named}{f' ({day.year})' if day else ''}: " if authors else ""
    version = f" ({dataset.version})" if dataset.version else ""
    return f"{start}{pick(dataset.title, 'en')}{version}. {iri}"


def _file(catalogue: Catalogue, each: Distribution) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": url_path(each.file.path),
        "name": each.file.path.rpartition("/")[2],
        "description": _texts(each.title),
        "contentUrl": catalogue.download_url(each.file.path),
        "contentSize": f"{each.file.size} B",
        "encodingFormat": each.format.media_type,
        "sha256": each.file.sha256,
    }


def _record_set(table: Table, distributions: Iterable[Distribution]) -> Json | None:
    files = (each.file.path for each in distributions if each.format == CSV and each.table == table.stem)
    file = next(files, None)
    if file is None:
        return None
    described: Json = {
        "@type": "cr:RecordSet",
        "@id": table.stem,
        "name": table.stem,
        "description": _texts(table.description or table.titles),
        "field": [_field(table, column, file) for column in table.source_columns],
    }
    if table.primary_key:
        described["key"] = [{"@id": f"{table.stem}/{name}"} for name in table.primary_key]
    return described


def _field(table: Table, column: Column, file: str) -> Json:
    described: Json = {
        "@type": "cr:Field",
        "@id": f"{table.stem}/{column.name}",
        "name": column.name,
        "description": _texts(_meaning(column)),
        # A cell has a whole list; the metadata of the table state the separator of its items.
        "dataType": "sc:Text" if column.separator else _TYPES.get(column.datatype.base, "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
    if column.property_url and "{" not in column.property_url:
        described["equivalentProperty"] = column.property_url
    return described


def _meaning(column: Column) -> Text:
    """Title and description, in each language that one of them has."""
    languages = dict.fromkeys((*column.titles, *column.description)) or {"und": None}
    return {
        language: ": ".join(filter(None, (column.titles.get(language), column.description.get(language))))
        or column.name
        for language in languages
    }
