"""Formats of files that a publisher adds to a dataset: all of the EU file-type table, and those of the program's own.

The table states neither media types nor extensions. Those of the common types are here, from the registry of IANA and,
for geographic formats, from their standards; other types have the media type of unknown bytes.
"""

from __future__ import annotations

from functools import cache

from st_opendata.formats import FORMATS, Format
from st_opendata.vocabularies import code_of, codes, label

OCTETS = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "7Z": ("application/x-7z-compressed", (".7z",)),
    "ATOM": ("application/atom+xml", (".atom",)),
    "BMP": ("image/bmp", (".bmp",)),
    "BZIP2": ("application/x-bzip2", (".bz2",)),
    "CSS": ("text/css", (".css",)),
    "DBF": ("application/vnd.dbf", (".dbf",)),
    "DOC": ("application/msword", (".doc",)),
    "DOCX": (f"{_OFFICE}wordprocessingml.document", (".docx",)),
    "DWG": ("image/vnd.dwg", (".dwg",)),
    "DXF": ("image/vnd.dxf", (".dxf",)),
    "EPUB": ("application/epub+zip", (".epub",)),
    "GDB": ("application/zip", ()),
    "GEOTIFF": ("image/tiff", ()),
    "GIF": ("image/gif", (".gif",)),
    "GML": ("application/gml+xml", (".gml",)),
    "GPKG": ("application/geopackage+sqlite3", (".gpkg",)),
    "GTFS": ("application/zip", ()),
    "HDF": ("application/x-hdf", (".h5", ".hdf", ".hdf5")),
    "HTML": ("text/html", (".html", ".htm")),
    "ICS": ("text/calendar", (".ics",)),
    "JPEG": ("image/jpeg", (".jpg", ".jpeg")),
    "JPEG2000": ("image/jp2", (".jp2",)),
    "JS": ("text/javascript", (".js",)),
    "KML": ("application/vnd.google-earth.kml+xml", (".kml",)),
    "KMZ": ("application/vnd.google-earth.kmz", (".kmz",)),
    "LAS": ("application/vnd.las", (".las",)),
    "LAZ": ("application/vnd.laszip", (".laz",)),
    "MDB": ("application/vnd.ms-access", (".mdb",)),
    "MP3": ("audio/mpeg", (".mp3",)),
    "MPEG4": ("video/mp4", (".mp4",)),
    "NETCDF": ("application/netcdf", (".nc",)),
    "ODG": (f"{_OPEN}graphics", (".odg",)),
    "ODP": (f"{_OPEN}presentation", (".odp",)),
    "ODT": (f"{_OPEN}text", (".odt",)),
    "PDF": ("application/pdf", (".pdf",)),
    "PNG": ("image/png", (".png",)),
    "PPT": ("application/vnd.ms-powerpoint", (".ppt",)),
    "PPTX": (f"{_OFFICE}presentationml.presentation", (".pptx",)),
    "PS": ("application/postscript", (".ps", ".eps")),
    "RAR": ("application/vnd.rar", (".rar",)),
    "RSS": ("application/rss+xml", (".rss",)),
    "RTF": ("application/rtf", (".rtf",)),
    "SCHEMA_XML": ("application/xml", (".xsd",)),
    "SHP": ("application/zip", ()),
    "SPARQLQ": ("application/sparql-query", (".rq",)),
    "SQL": ("application/sql", (".sql",)),
    "TAR": ("application/x-tar", (".tar",)),
    "TIFF": ("image/tiff", (".tif", ".tiff")),
    "TSV": ("text/tab-separated-values", (".tsv",)),
    "TXT": ("text/plain", (".txt", ".md")),
    "WAV": ("audio/vnd.wave", (".wav",)),
    "XHTML": ("application/xhtml+xml", (".xhtml",)),
    "XLS": ("application/vnd.ms-excel", (".xls",)),
    "XLSB": ("application/vnd.ms-excel.sheet.binary.macroenabled.12", (".xlsb",)),
    "XLSM": ("application/vnd.ms-excel.sheet.macroenabled.12", (".xlsm",)),
    "XML": ("application/xml", (".xml",)),
    "XSLT": ("application/xslt+xml", (".xsl", ".xslt")),
    "XZ": ("application/x-xz", (".xz",)),
    "YAML": ("application/yaml", (".yaml", ".yml")),
    "ZIP": ("application/zip", (".zip",)),
}
"""Media type and extensions by the code in the file-type table, of formats that releases do not write themselves.

A shapefile, a file geodatabase and a GTFS feed are published as ZIP archives.
"""
_LABELS = {"SHP": "Shapefile", "GPKG": "GeoPackage", "GEOTIFF": "GeoTIFF", "NETCDF": "NetCDF", "TXT": "Text"}
_EU = "eu-"
BYTES = Format("octet", "Binary", "", OCTETS, "OCTET")
"""The format of a file about which nothing is known."""


@cache
def file_format(code: str) -> Format:
    """The format with this code in the EU file-type table; KeyError for a code that the table does not have."""
    for form in FORMATS:
        if form.file_type == code:
            return form
    if code == BYTES.file_type:
        return BYTES
    if code not in codes("file-type"):
        raise KeyError(code)
    media_type, extensions = _KNOWN.get(code, (OCTETS, ()))
    name = code.lower().replace("_", "-")
    if name in {form.name for form in FORMATS}:  # RDF in the table is any syntax, in a release RDF/XML
        name = f"{_EU}{name}"
    first = extensions[0] if extensions else f".{name}"
    return Format(
        name, _LABELS.get(code, label("file-type", code)["en"]), first, media_type, code, extensions=extensions[1:]
    )


def stated_format(text: str) -> Format | None:
    """The format that a publisher or portal calls so: a code, IRI or label of the EU table, or our name; else None."""
    own = next((form for form in FORMATS if text.strip().casefold() in (form.name, form.label.casefold())), None)
    code = code_of("file-type", text)
    return file_format(code) if code else own


def format_by_name(name: str) -> Format:
    """The format of this name in `release.json`; KeyError for any other name."""
    for form in FORMATS:
        if form.name == name:
            return form
    return file_format(name.removeprefix(_EU).upper().replace("-", "_"))


def format_by_extension(file_name: str) -> Format | None:
    """The format that the file's extension names, among those of releases and the common ones."""
    extension = "." + file_name.rpartition(".")[2].lower() if "." in file_name else ""
    for form in FORMATS:
        if extension == form.extension:
            return form
    code = next((code for code, (_, extensions) in _KNOWN.items() if extension in extensions), None)
    if code:
        return file_format(code)
    return next((form for form in FORMATS if extension in form.extensions), None)
