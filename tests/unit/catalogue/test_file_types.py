"""The format of a file by its content, and the formats that it can have."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from plans import PDF, packed, pixel, write_geopackage

from st_opendata.catalogue.file_types import choose_format, format_of_content, is_possible, shown_format
from st_opendata.vocabularies import codes
from st_opendata.vocabularies.file_formats import file_format, format_by_name, stated_format

CONTENTS = {
    "pdf": PDF,
    "png": pixel(),
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "gif": b"GIF89a\1\0\1\0",
    "tiff": b"II*\0\x08\0\0\0",
    "zip": packed("a.csv"),
    "shp": packed("x/roads.SHP", "x/roads.shx", "x/roads.dbf"),
    "kmz": packed("doc.kml"),
    "docx": packed("[Content_Types].xml", "word/document.xml"),
    "xlsx": packed("[Content_Types].xml", "xl/workbook.xml"),
    "gz": b"\x1f\x8b\x08\0",
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "parquet": b"PAR1\x15\x04",
    "mpeg4": b"\0\0\0\x18ftypmp42",
    "tar": b"a.txt".ljust(257, b"\0") + b"ustar\x0000",
    "geojson": b'{ "type": "FeatureCollection",\n "features": []}',
    "jsonld": b'{"@context": "https://schema.org/"}',
    "json": b'\xef\xbb\xbf[{"a": 1}]',
    "kml": b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"/>',
    "gml": b'<?xml version="1.0"?><x:Roads xmlns:x="u" xmlns:gml="http://www.opengis.net/gml/3.2"><a/></x:Roads>',
    "svg": b'<!-- a --><svg xmlns="http://www.w3.org/2000/svg"/>',
    "rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "html": b"\n<!DOCTYPE html><html><body>Login</body></html>",
    "xml": b"<?xml version='1.0'?><a/>",
    "text": b"id;name\n1;a\n",
    None: b"\x00\x01\x02\x03binary",
}


@pytest.mark.parametrize("expected", CONTENTS, ids=str)
def test_content_shows_its_format(expected: str | None, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENTS[expected])
    assert format_of_content(path) == expected
    assert expected is None or is_possible(expected, expected) or expected in ("text", "ole")


def test_a_geopackage_is_told_from_another_sqlite_file(tmp_path: Path) -> None:
    write_geopackage(tmp_path / "a")
    write_geopackage(tmp_path / "b", b"\0\0\0\0")
    assert [format_of_content(tmp_path / name) for name in "ab"] == ["gpkg", "sqlite"]


@pytest.mark.parametrize(
    ("found", "stated"),
    [
        ("text", "csv"),
        ("text", "ttl"),
        ("shp", "zip"),
        ("zip", "gtfs"),
        ("zip", "gdb"),
        ("pdf", "pdfa2a"),
        ("json", "geojson"),  # the type may follow a long list of features
        ("xml", "gml"),
        ("ole", "xls"),
        ("tiff", "geotiff"),
        ("gz", "tar-gz"),
        ("sqlite", "gpkg"),
        (None, "ecw"),
        ("zip", "akn4eu"),
        ("pdf", "octet"),
    ],
)
def test_a_format_may_be_narrower_or_wider_than_what_the_content_shows(found: str | None, stated: str) -> None:
    assert is_possible(found, stated)


@pytest.mark.parametrize(
    ("found", "stated"),
    [
        ("html", "csv"),
        ("html", "pdf"),
        ("text", "pdf"),
        ("text", "json"),
        ("text", "png"),
        ("zip", "xlsx"),
        ("pdf", "ecw"),
        ("png", "jpeg"),
        (None, "csv"),
        (None, "pdf"),
        (None, "zip"),
    ],
)
def test_content_contradicts_a_format(found: str | None, stated: str) -> None:
    assert not is_possible(found, stated)


@pytest.mark.parametrize(
    ("found", "name", "expected"),
    [
        ("text", "a.csv", ("csv", True)),
        ("text", "a", ("txt", True)),
        ("html", "export.csv", ("html", False)),
        ("shp", "roads.zip", ("shp", True)),
        ("zip", "a.bin", ("zip", True)),
        ("pdf", "a.PDF", ("pdf", True)),
        (None, "a.nc", ("netcdf", True)),
        (None, "a.unheard", ("octet", True)),
        ("ole", "a.doc", ("doc", True)),
    ],
)
def test_without_a_statement_the_narrowest_format_of_content_and_name_is_chosen(
    found: str | None, name: str, expected: tuple[str, bool]
) -> None:
    form, fits = choose_format(found, None, name)
    assert (form.name, fits) == expected


def test_every_code_of_the_table_has_a_format_with_a_name_of_its_own() -> None:
    forms = [file_format(code) for code in codes("file-type")]
    assert len({form.name for form in forms}) == len(forms)
    assert [format_by_name(form.name) for form in forms] == forms
    assert [stated_format(str(form.iri)) for form in forms] == forms


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_have_a_format_that_exists(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "file"
    for _ in range(60):
        start = chance.choice([each for each in CONTENTS.values() if each])
        path.write_bytes(start[: chance.randrange(len(start))] + chance.randbytes(chance.randrange(300)))
        found = format_of_content(path)
        assert format_by_name(shown_format(found).name) == shown_format(found)
