"""The format of a file by its content, and whether it can be the one that its publisher states.

Formats have their names of `vocabularies.file_formats`. The table of signatures is ours because it has to tell a
GeoPackage from another SQLite file, a shapefile from another archive, and GeoJSON, GML and web pages from other text.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from st_opendata.formats import Format
from st_opendata.vocabularies.file_formats import BYTES, format_by_extension, format_by_name

_HEAD = 1 << 16
_SIGNATURES: tuple[tuple[str, int, bytes], ...] = (
    ("pdf", 0, b"%PDF-"),
    ("png", 0, b"\x89PNG\r\n\x1a\n"),
    ("jpeg", 0, b"\xff\xd8\xff"),
    ("gif", 0, b"GIF87a"),
    ("gif", 0, b"GIF89a"),
    ("tiff", 0, b"II*\0"),
    ("tiff", 0, b"MM\0*"),
    ("tiff", 0, b"II+\0"),
    ("tiff", 0, b"MM\0+"),
    ("jpeg2000", 0, b"\0\0\0\x0cjP  \r\n\x87\n"),
    ("zip", 0, b"PK\x03\x04"),
    ("zip", 0, b"PK\x05\x06"),
    ("sqlite", 0, b"SQLite format 3\0"),
    ("parquet", 0, b"PAR1"),
    ("gz", 0, b"\x1f\x8b"),
    ("bzip2", 0, b"BZh"),
    ("xz", 0, b"\xfd7zXZ\0"),
    ("7z", 0, b"7z\xbc\xaf\x27\x1c"),
    ("rar", 0, b"Rar!\x1a\x07"),
    ("ole", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("rtf", 0, b"{\\rtf"),
    ("ps", 0, b"%!PS"),
    ("mp3", 0, b"ID3"),
    ("hdf", 0, b"\x89HDF\r\n\x1a\n"),
    ("netcdf", 0, b"CDF\x01"),
    ("netcdf", 0, b"CDF\x02"),
    ("las", 0, b"LASF"),
    ("mpeg4", 4, b"ftyp"),
    ("wav", 8, b"WAVEfmt "),
    ("tar", 257, b"ustar"),
)
"""Names of formats, each with an offset and the bytes there."""
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")
"""Application ids of SQLite files (OGC 12-128r19 §1.1.1.1.1), at offset 68."""
_MEMBERS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
)
_ROOTS = {
    "kml": "kml",
    "svg": "svg",
    "RDF": "rdf",
    "rss": "rss",
    "feed": "atom",
    "html": "html",
    "schema": "schema-xml",
    "stylesheet": "xslt",
}
_PARENTS = {
    **dict.fromkeys(("docx", "xlsx", "xlsb", "xlsm", "pptx", "odt", "ods", "odp", "odg", "odc", "odb", "epub"), "zip"),
    **dict.fromkeys(("ppsx", "kmz", "shp", "gdb", "gtfs", "jar", "war", "ear", "apk"), "zip"),
    **dict.fromkeys(("akn4eu-zip", "fmx4-zip", "iso-zip", "mets-zip"), "zip"),
    **dict.fromkeys(("kml", "gml", "svg", "rdf", "rss", "atom", "xhtml", "xhtml5", "xhtml-simpl", "rdf-trix"), "xml"),
    **dict.fromkeys(("schema-xml", "xslt", "xslfo", "sparqlqres", "sdmx", "tmx", "xliff", "owl", "mets", "qgs"), "xml"),
    **dict.fromkeys(("geojson", "jsonld"), "json"),
    **dict.fromkeys(("html5", "html-simpl", "rdfa"), "html"),
    **dict.fromkeys(("doc", "xls", "ppt", "pps", "msi", "mxd"), "ole"),
    **dict.fromkeys(("pdf1x", "pdfa1a", "pdfa1b", "pdfa2a", "pdfa2b", "pdfa3", "pdfua"), "pdf"),
    **dict.fromkeys(("pdfx", "pdfx1a", "pdfx2a", "pdfx4"), "pdf"),
    **dict.fromkeys(("tar-gz", "arc-gz", "warc-gz"), "gz"),
    **dict.fromkeys(("json", "xml", "html", "csv", "tsv", "txt", "ttl", "nt", "nq", "trig", "n3", "sparqlq"), "text"),
    **dict.fromkeys(("sql", "js", "css", "ics", "yaml", "ungen", "tab", "mif-mid", "grid-ascii", "dxf", "pl"), "text"),
    **{"gpkg": "sqlite", "geotiff": "tiff", "tar-xz": "xz", "eps": "ps", "laz": "las", "netcdf": "hdf"},
}
"""The wider format that files of a format have too; `text` and `ole` are of none."""
_ALWAYS_SEEN = frozenset(
    {*(name for name, _, _ in _SIGNATURES), "json", "xml", "docx", "xlsx", "pptx"} - {"netcdf", "mp3"}
)
"""A file of these formats is recognised by its content."""
_WIDE = frozenset({"zip", "gz", "xz", "xml", "json", "text", "ole", "tiff", "sqlite", "hdf"})


def format_of_content(path: Path) -> str | None:
    """The narrowest format that the content shows, `text` for other text, None for other bytes; raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    found = next((name for name, offset, mark in _SIGNATURES if head[offset : offset + len(mark)] == mark), None)
    if found == "zip":
        return _archive(path, head)
    if found == "sqlite" and head[68:72] in _GEOPACKAGE:
        return "gpkg"
    return found or _text(head)


def is_possible(found: str | None, stated: str) -> bool:
    """Whether a file with this content can have the stated format."""
    if stated == BYTES.name or stated in _line(found):
        return True
    if found is None:
        return stated not in _ALWAYS_SEEN and "text" not in _line(stated)
    if stated in _PARENTS:
        return found in _line(stated) and stated not in _ALWAYS_SEEN
    return found in _WIDE and stated not in _ALWAYS_SEEN


def choose_format(found: str | None, stated: Format | None, name: str) -> tuple[Format, bool]:
    """The format of a file, and whether that which is stated, else the extension of its name, fits its content."""
    named = stated or format_by_extension(name)
    if named and is_possible(found, named.name):
        return (named if stated or found is None or found in _line(named.name) else format_by_name(found)), True
    return shown_format(found), named is None


def shown_format(found: str | None) -> Format:
    """The format that the content shows."""
    special = {"text": "txt", "ole": BYTES.name, None: BYTES.name}
    return format_by_name(special.get(found, found or BYTES.name))


def _line(name: str | None) -> Iterator[str]:
    """The format and the wider ones."""
    while name is not None:
        yield name
        name = _PARENTS.get(name)


def _archive(path: Path, head: bytes) -> str:
    """The kind of a ZIP archive by the names in it; nothing is unpacked."""
    media_type = re.search(rb"mimetypeapplication/(vnd\.oasis\.opendocument\.|epub)([a-z]+)", head[:200])
    if media_type:
        kinds = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp", b"graphics": "odg"}
        return "epub" if media_type[1] == b"epub" else kinds.get(media_type[2], "zip")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, RuntimeError, ValueError, EOFError):
        return "zip"
    found = next((kind for member, kind in _MEMBERS if member in names), None)
    if found:
        return found
    endings = {name.rpartition(".")[2].casefold() for name in names}
    if {"shp", "shx", "dbf"} <= endings:
        return "shp"
    return "kmz" if "doc.kml" in names else "zip"


def _text(head: bytes) -> str | None:
    """The syntax of a text; None for bytes that are not text."""
    text = _decoded(head)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    if re.match(r'\{\s*("|\})|\[\s*([\[{"\]]|-?[0-9])', start):
        return _json(start)
    return _markup(start) if start.startswith("<") else "text"


def _json(start: str) -> str:
    if re.match(r'\{[^{]*"type"\s*:\s*"(FeatureCollection|Feature)"', start):
        return "geojson"
    return "jsonld" if re.match(r'[\[{][^{]*"@context"\s*:', start) else "json"


def _markup(start: str) -> str:
    """The kind of XML by its root element; an IRI of Turtle begins like a tag too."""
    bare = re.sub(r"<!--.*?(-->|\Z)|<\?.*?\?>", " ", start, flags=re.DOTALL).lstrip()
    if re.match(r"<!doctype\s+html|<html[\s>]", bare, re.IGNORECASE):
        return "xhtml" if start.startswith("<?xml") else "html"
    bare = re.sub(r"\A<!DOCTYPE[^<\[>]*(\[.*?\]\s*)?>\s*", "", bare, flags=re.DOTALL)
    root = re.match(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]", bare)
    if root is None:
        return "xml" if start.startswith("<?xml") else "text"
    return "gml" if "http://www.opengis.net/gml" in bare[:4000] else _ROOTS.get(root[2], "xml")


def _decoded(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    return head.decode("utf-8", "replace")
