"""One record per file format: name, extension, IANA media type and EU file-type entry.

The EU file-type table (snapshot 2022-09-28) has no entry for Parquet and SQLite: their `iri` is None and the
distribution states its media type alone. Croissant and RO-Crate are profiles of JSON-LD.
"""

from __future__ import annotations

from dataclasses import dataclass

from st_opendata.namespaces import AUTHORITY, IANA


@dataclass(frozen=True, slots=True)
class Format:
    """A file format; `file_type` is the code in the EU file-type authority table."""

    name: str
    label: str
    extension: str
    media_type: str
    file_type: str | None

    @property
    def iri(self) -> str | None:
        """IRI in the EU file-type table, for `dct:format`."""
        return f"{AUTHORITY}file-type/{self.file_type}" if self.file_type else None

    @property
    def media_type_iri(self) -> str:
        """IRI in the IANA registry, for `dcat:mediaType`."""
        return IANA + self.media_type


CSV = Format("csv", "CSV", ".csv", "text/csv", "CSV")
JSON = Format("json", "JSON", ".json", "application/json", "JSON")
PARQUET = Format("parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", None)
GEOJSON = Format("geojson", "GeoJSON", ".geojson", "application/geo+json", "GEOJSON")
N_TRIPLES = Format("nt", "N-Triples", ".nt", "application/n-triples", "RDF_N_TRIPLES")
N_QUADS = Format("nq", "N-Quads", ".nq", "application/n-quads", "RDF_N_QUADS")
TURTLE = Format("ttl", "Turtle", ".ttl", "text/turtle", "RDF_TURTLE")
RDF_XML = Format("rdf", "RDF/XML", ".rdf", "application/rdf+xml", "RDF_XML")
JSON_LD = Format("jsonld", "JSON-LD", ".jsonld", "application/ld+json", "JSON_LD")
TRIG = Format("trig", "TriG", ".trig", "application/trig", "RDF_TRIG")
XLSX = Format("xlsx", "Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX")
ODS = Format("ods", "OpenDocument", ".ods", "application/vnd.oasis.opendocument.spreadsheet", "ODS")
SQLITE = Format("sqlite", "SQLite", ".sqlite", "application/vnd.sqlite3", None)
CROISSANT = Format("croissant", "Croissant", ".json", "application/ld+json", "JSON_LD")
RO_CRATE = Format("ro-crate", "RO-Crate", ".json", "application/ld+json", "JSON_LD")
SVG = Format("svg", "SVG", ".svg", "image/svg+xml", "SVG")
GZIP = Format("gz", "gzip", ".gz", "application/gzip", "GZIP")

_BY_NAME: tuple[Format, ...] = (
    *(CSV, JSON, PARQUET, GEOJSON, XLSX, ODS, SQLITE),
    *(N_TRIPLES, N_QUADS, TURTLE, TRIG, RDF_XML, JSON_LD),
    *(SVG, GZIP),
)
"""Formats that the extension of a file tells."""
FORMATS: tuple[Format, ...] = (*_BY_NAME, CROISSANT, RO_CRATE)
RDF_FORMATS: tuple[Format, ...] = (TURTLE, N_TRIPLES, N_QUADS, TRIG, RDF_XML, JSON_LD)

_BY_EXTENSION = {form.extension: form for form in _BY_NAME} | {".xml": RDF_XML, ".owl": RDF_XML, ".json-ld": JSON_LD}


def format_of(file_name: str) -> Format | None:
    """The format that the file's extension names, or None."""
    return _BY_EXTENSION.get("." + file_name.rpartition(".")[2].lower())
