"""One record per file format: all that is known of it but its writer, which `exports/registry.py` names.

The EU file-type table (snapshot 2022-09-28) has no entry for Parquet and SQLite: their `iri` is None and the
distribution states its media type alone. Croissant and RO-Crate are profiles of JSON-LD.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from st_opendata.messages.message import Message, message
from st_opendata.namespaces import AUTHORITY, IANA


@dataclass(frozen=True, slots=True)
class Preview:
    """A view that CKAN has for files of a format: its type and its title.

    `through_proxy` says that the portal hands the file to the view itself, which it only does up to a size.
    """

    view_type: str
    title: Message = field(compare=False)
    through_proxy: bool = True


_TABLE = Preview("datatables_view", message("Table"), through_proxy=False)
_MAP = Preview("geojson_view", message("Map"))
_PICTURE = Preview("image_view", message("Picture"), through_proxy=False)
_CONTENT = Preview("text_view", message("Content"))


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `label` is what people call it, `ckan_label` what CKAN calls it where that differs. `file_type` is the code in the
    EU file-type authority table, `standard` the IRI of what files of it conform to. `extensions` are further ones by
    which a file is known. `packed` says that a file is compressed in itself. `title` says what a file contains, where
    that is not what its source is called, and `purpose` what it is for. `preview` is CKAN's view of it.
    """

    name: str
    label: str
    extension: str
    media_type: str
    file_type: str | None
    standard: str | None = None
    extensions: tuple[str, ...] = ()
    packed: bool = False
    ckan_label: str | None = None
    preview: Preview | None = None
    title: Message | None = field(default=None, compare=False)
    purpose: Message | None = field(default=None, compare=False)

    @property
    def iri(self) -> str | None:
        """IRI in the EU file-type table, for `dct:format`."""
        return f"{AUTHORITY}file-type/{self.file_type}" if self.file_type else None

    @property
    def media_type_iri(self) -> str:
        """IRI in the IANA registry, for `dcat:mediaType`."""
        return IANA + self.media_type


_FACTS = message("Facts")
_TABLES = message("Tables")
_W3C = "https://www.w3.org/TR/"

CSV = Format(
    "csv", "CSV", ".csv", "text/csv", "CSV",
    standard="https://www.rfc-editor.org/rfc/rfc4180",
    preview=_TABLE,
    purpose=message("A table for spreadsheets and programs."),
)  # fmt: skip
XLSX = Format(
    "xlsx", "Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX",
    standard="https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    packed=True,
    ckan_label="XLSX",
    title=_TABLES,
    purpose=message("All tables of the dataset as a workbook for Excel and other spreadsheets, a sheet each."),
)  # fmt: skip
ODS = Format(
    "ods", "OpenDocument", ".ods", "application/vnd.oasis.opendocument.spreadsheet", "ODS",
    standard="https://docs.oasis-open.org/office/OpenDocument/v1.3/OpenDocument-v1.3-part1-introduction.html",
    packed=True,
    ckan_label="ODS",
    title=_TABLES,
    purpose=message("All tables of the dataset as a workbook in the open format of LibreOffice, a sheet each."),
)  # fmt: skip
GEOJSON = Format(
    "geojson", "GeoJSON", ".geojson", "application/geo+json", "GEOJSON",
    standard="https://www.rfc-editor.org/rfc/rfc7946",
    preview=_MAP,
    title=message("Places"),
    purpose=message("The places of the dataset, for map programs."),
)  # fmt: skip
JSON = Format(
    "json", "JSON", ".json", "application/json", "JSON",
    standard="https://www.rfc-editor.org/rfc/rfc8259",
    preview=_CONTENT,
    purpose=message("The table as a list of objects, for web pages."),
)  # fmt: skip
PARQUET = Format(
    "parquet", "Parquet", ".parquet", "application/vnd.apache.parquet", None,
    packed=True,
    purpose=message("The table with typed columns, for analysis."),
)  # fmt: skip
TURTLE = Format(
    "ttl", "Turtle", ".ttl", "text/turtle", "RDF_TURTLE",
    standard=f"{_W3C}turtle/",
    preview=_CONTENT,
    title=_FACTS,
    purpose=message("All facts of the dataset as linked data that people can read."),
)  # fmt: skip
JSON_LD = Format(
    "jsonld", "JSON-LD", ".jsonld", "application/ld+json", "JSON_LD",
    standard=f"{_W3C}json-ld11/",
    extensions=(".json-ld",),
    ckan_label="RO-Crate",  # what 0.1 published: another one would have every dataset written again
    preview=_CONTENT,
    title=_FACTS,
    purpose=message("All facts of the dataset as linked data for web developers."),
)  # fmt: skip
RDF_XML = Format(
    "rdf", "RDF/XML", ".rdf", "application/rdf+xml", "RDF_XML",
    standard=f"{_W3C}rdf-syntax-grammar/",
    extensions=(".xml", ".owl"),
    ckan_label="RDF",
    preview=_CONTENT,
    title=_FACTS,
    purpose=message("All facts of the dataset as linked data in XML."),
)  # fmt: skip
N_TRIPLES = Format(
    "nt", "N-Triples", ".nt", "application/n-triples", "RDF_N_TRIPLES",
    standard=f"{_W3C}n-triples/",
    preview=_CONTENT,
    title=_FACTS,
    purpose=message("All facts of the dataset as linked data, one a line."),
)  # fmt: skip
N_QUADS = Format("nq", "N-Quads", ".nq", "application/n-quads", "RDF_N_QUADS", standard=f"{_W3C}n-quads/")
TRIG = Format("trig", "TriG", ".trig", "application/trig", "RDF_TRIG", standard=f"{_W3C}trig/")
SQLITE = Format("sqlite", "SQLite", ".sqlite", "application/vnd.sqlite3", None)
SVG = Format("svg", "SVG", ".svg", "image/svg+xml", "SVG", preview=_PICTURE)
GZIP = Format("gz", "gzip", ".gz", "application/gzip", "GZIP")
CROISSANT = Format("croissant", "Croissant", ".json", "application/ld+json", "JSON_LD")
RO_CRATE = Format("ro-crate", "RO-Crate", ".json", "application/ld+json", "JSON_LD")

FORMATS: tuple[Format, ...] = (
    *(CSV, XLSX, ODS, GEOJSON, JSON, PARQUET),
    *(TURTLE, JSON_LD, RDF_XML, N_TRIPLES, N_QUADS, TRIG),
    *(SQLITE, SVG, GZIP, CROISSANT, RO_CRATE),
)
"""In the order in which portals list files: what most visitors can open comes first.

Of two with the same extension or media type, the first is meant by it.
"""
RDF_FORMATS: tuple[Format, ...] = (TURTLE, N_TRIPLES, N_QUADS, TRIG, RDF_XML, JSON_LD)
CHOSEN_FORMATS: tuple[Format, ...] = (JSON, XLSX, ODS, GEOJSON, TURTLE, RDF_XML, JSON_LD, TRIG, SQLITE)
"""Those that `formats:` in a description can leave out; commands and other files need the rest."""
CATALOGUE_FORMATS: tuple[Format, ...] = (TRIG, SQLITE)
"""Those of them with one file for the whole catalogue."""
DATASET_FORMATS: tuple[Format, ...] = FORMATS[: FORMATS.index(N_TRIPLES) + 1]
"""Those in which a dataset or its tables are written, so that a portal may have them."""


def format_named(name: str) -> Format:
    """The format of this name; KeyError for none."""
    for form in FORMATS:
        if form.name == name:
            return form
    raise KeyError(name)


def format_of(file_name: str) -> Format | None:
    """The format that the file's extension names, or None."""
    extension = "." + file_name.rpartition(".")[2].lower()
    return next((form for form in FORMATS if extension in (form.extension, *form.extensions)), None)


def place_in_lists(form: Format) -> int:
    """Where files of the format stand among those of other formats: at the end, if a release does not write it."""
    return FORMATS.index(form) if form in FORMATS else len(FORMATS)


def format_of_media_type(media_type: str) -> Format | None:
    """The format of this media type, or None."""
    return next((form for form in FORMATS if form.media_type == media_type), None)
