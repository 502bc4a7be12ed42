"""Croissant 1.1 (MLCommons): a dataset as programs for machine learning load it, with every file and column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from st_opendata.formats import CSV
from st_opendata.model.text import Text, pick
from st_opendata.portal.citations import citation_of, write_bibtex
from st_opendata.portal.columns import Column, Table
from st_opendata.portal.descriptions import Description, Named

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


def croissant(dataset: Description, tables: Iterable[Table], base_url: str, language: str) -> Json:
    """The dataset in JSON-LD; the columns are those of its CSV files. `base_url` has no slash at its end."""
    tables = tuple(tables)
    licence = dataset.licence
    found: Json = {
        "@context": _context(language),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": _say(dataset.title, language),
        "description": _say(dataset.description, language),
        "url": f"{base_url}/{language}/dataset/{quote(dataset.id)}",
        "sameAs": dataset.release.iri,
        "license": (licence.page or licence.iri) if licence else None,
        "creator": _agent(dataset.creator or dataset.publisher, language),
        "publisher": _agent(dataset.publisher, language),
        "datePublished": dataset.issued,
        "dateModified": dataset.modified,
        "version": dataset.version,
        "keywords": list(dataset.keywords.get(language) or ()),
        "inLanguage": language,
        "citeAs": write_bibtex(citation_of(dataset, language)),
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": each.file.path,
                "name": each.file.path.rpartition("/")[2],
                "description": _say(each.title, language),
                "contentUrl": f"{base_url}/{quote(each.file.path)}",
                "contentSize": f"{each.file.size} B",
                "encodingFormat": each.format.media_type,
                "sha256": each.file.sha256,
            }
            for each in dataset.release.distributions
        ],
        "recordSet": [record for table in tables if (record := _record_set(table, language))],
    }
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _context(language: str) -> Json:
    """The context of the specification, in which names and descriptions may be maps of languages."""
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


def _agent(agent: Named | None, language: str) -> Json | None:
    if agent is None:
        return None
    described = {"@type": "Organization", "@id": agent.iri, "name": _say(agent.label, language), "url": agent.page}
    return {key: value for key, value in described.items() if value}


def _record_set(table: Table, language: str) -> Json | None:
    file = next((each.file.path for each in table.files if each.format == CSV), None)
    if file is None or not table.columns:
        return None
    described: Json = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": _say(table.description or table.title, language),
        "field": [_field(table, column, file, language) for column in table.columns],
    }
    return described


def _field(table: Table, column: Column, file: str, language: str) -> Json:
    title, meaning = _say(column.title, language), _say(column.description, language)
    described: Json = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{title}: {meaning}" if meaning else title,
        # A list stands in one cell: its items are separated as the metadata of the table say.
        "dataType": "sc:Text" if column.separator else _TYPES.get(column.datatype, "sc:Text"),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
    if column.property:
        described["equivalentProperty"] = column.property
    return described


def _say(text: Text, language: str) -> str:
    return pick(text, language)
