"""Tables of GeoPackage: layers, typed values, geometries of well-known binary, and damage."""

import sqlite3
from contextlib import closing

import pytest
from geopackages import header, line, point, polygon, several, write_geopackage

from st_opendata.model.tables import FeatureLayer, Table
from st_opendata.tables.features import FeaturesError, extract_layer, layer_names, open_layer

SQUARE = [(11.5, 48.1), (11.6, 48.1), (11.6, 48.2), (11.5, 48.1)]


def extract(tmp_path, path, layer=None):
    table = Table("areas", "city", path, f"city/{path.name}", {}, (), layer=FeatureLayer(layer))
    found, said = extract_layer(table, tmp_path / "work")
    return (found.path.read_text("utf-8") if found else None), said


def test_rows_are_in_the_order_of_their_ids(tmp_path):
    rows = [
        (7, header() + polygon(SQUARE), "Au, Haidhausen", 1),
        (2, header(envelope=True) + polygon(SQUARE, SQUARE), None, 0),
        (9, header(empty=True) + several(3), "", None),
    ]
    path = write_geopackage(tmp_path / "city.gpkg", {"districts": rows})
    text, found = extract(tmp_path, path)
    ring = "(11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1)"
    assert text.splitlines() == [
        "fid,name,open,geometry",
        f'2,,false,"POLYGON({ring}, {ring})"',
        f'7,"Au, Haidhausen",true,"POLYGON({ring})"',
        "9,,,",
    ]
    assert [(one.code, one.places[0].row) for one in found] == [("geometry-missing", 3)]


@pytest.mark.parametrize(
    ("binary", "wkt"),
    [
        (point(11.5, 48.1), "POINT(11.5 48.1)"),
        (point(11.5, 48.1, order=">"), "POINT(11.5 48.1)"),
        (point(1.5e-7, 48.0), "POINT(0.00000015 48.0)"),
        (line(SQUARE[:2]), "LINESTRING(11.5 48.1, 11.6 48.1)"),
        (several(4, point(1, 2), point(3, 4)), "MULTIPOINT(1.0 2.0, 3.0 4.0)"),
        (several(5, line(SQUARE[:2])), "MULTILINESTRING((11.5 48.1, 11.6 48.1))"),
        (several(6, polygon(SQUARE)), "MULTIPOLYGON(((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1)))"),
    ],
)
def test_kinds_of_geometries(tmp_path, binary, wkt):
    path = write_geopackage(tmp_path / "city.gpkg", {"places": [(1, header() + binary, "", None)]})
    text, found = extract(tmp_path, path)
    assert text.splitlines()[1].removeprefix("1,,,").strip('"') == wkt
    assert found == []


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "bytes"),
        (b"GP\0", "damaged"),
        (b"XY" + header() + point(1, 2), "not those"),
        (header() + point(1, 2)[:-1], "damaged"),
        (header() + b"\1\3\0\0\0\1\0\0\0\xff\xff\xff\xff", "damaged"),
        (header() + several(6, point(1, 2)), "damaged"),
        (header() + polygon(SQUARE[:3]), "end where they began"),
        (header() + point(691000.0, 5334000.0), "not on earth"),
        (header() + several(10), "CurvePolygon"),
        ("POINT(1 2)", "not those"),
    ],
)
def test_a_wrong_geometry_is_one_finding_at_its_feature(tmp_path, blob, words):
    rows = [(1, header() + point(1, 2), "", None), (5, blob, "", None)]
    _, (found,) = extract(tmp_path, write_geopackage(tmp_path / "city.gpkg", {"places": rows}))
    assert (found.code, found.places[0].row, found.places[0].column) == ("geometry-wrong", 2, "geometry")
    assert words in found.message["en"]


def test_heights_are_left_out_with_a_warning(tmp_path):
    path = write_geopackage(tmp_path / "city.gpkg", {"places": [(1, header() + point(11.5, 48.1, 519.0), "", None)]})
    text, (found,) = extract(tmp_path, path)
    assert (text.splitlines()[1], found.code) == ("1,,,POINT(11.5 48.1)", "geometry-height")


def test_binary_values_are_left_out_with_a_warning(tmp_path):
    path = write_geopackage(tmp_path / "city.gpkg", {"places": [(1, header() + point(1, 2), b"\x89PNG", None)]})
    text, (found,) = extract(tmp_path, path)
    assert (text.splitlines()[1], found.code, found.places[0].column) == (
        "1,,,POINT(1.0 2.0)",
        "property-binary",
        "name",
    )


def test_layers_are_named(tmp_path):
    path = write_geopackage(tmp_path / "city.gpkg", {"streets": [], "the 'districts'": []})
    assert layer_names(path) == ["streets", "the 'districts'"]
    assert extract(tmp_path, path, "the 'districts'")[0] == "fid,name,open,geometry\n"
    (unnamed,), (missing,) = extract(tmp_path, path)[1], extract(tmp_path, path, "street")[1]
    assert (unnamed.code, missing.code) == ("layer-unnamed", "layer-missing")
    assert "streets" in unnamed.message["en"]
    assert "Did you mean “streets”" in missing.message["en"]


def test_views_are_no_layers(tmp_path):
    path = write_geopackage(tmp_path / "city.gpkg", {"streets": []})
    with closing(sqlite3.connect(path)) as database:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        database.execute(f"CREATE VIEW trap AS {endless}")
        database.execute("INSERT INTO gpkg_contents VALUES ('trap', 'features', 4326)")
        database.commit()
    assert layer_names(path) == ["streets"]


def test_a_layer_without_a_system_is_refused(tmp_path):
    path = write_geopackage(tmp_path / "city.gpkg", {"places": []}, srs=0)
    _, (found,) = extract(tmp_path, path)
    assert found.code == "features-unreadable"
    assert "coordinate system" in found.message["en"]


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"SQLite format 3\0", b"SQLite format 3\0" + bytes(5000)])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "city.gpkg"
    path.write_bytes(content)
    with pytest.raises(FeaturesError):
        layer_names(path)


def test_a_database_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "city.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE a (b)")
        database.commit()
    with pytest.raises(FeaturesError, match="not a GeoPackage"):
        layer_names(path)


def test_damage_within_a_layer_is_an_error(tmp_path):
    rows = [(number, header() + polygon(SQUARE), "x" * 500, 1) for number in range(100)]
    path = write_geopackage(tmp_path / "city.gpkg", {"places": rows})
    content = bytearray(path.read_bytes())
    content[-8192:] = b"\xff" * 8192
    path.write_bytes(content)
    with pytest.raises(FeaturesError):
        list(open_layer(path, "places").features())


def test_other_systems_are_converted(tmp_path):
    pytest.importorskip("pyproj")
    marienplatz = header() + point(691_607.9, 5_334_760.7)  # ETRS89 / UTM zone 32N
    path = write_geopackage(tmp_path / "city.gpkg", {"places": [(1, marienplatz, "", None)]}, srs=25832)
    text, (found,) = extract(tmp_path, path)
    longitude, latitude = map(float, text.splitlines()[1].removeprefix("1,,,POINT(").removesuffix(")").split())
    assert (round(longitude, 3), round(latitude, 3)) == (11.576, 48.137)
    assert found.code == "geometry-converted"
    assert "EPSG:25832" in found.message["en"]


def test_positions_without_a_place_on_earth_are_refused(tmp_path):
    pytest.importorskip("pyproj")
    path = write_geopackage(tmp_path / "a.gpkg", {"places": [(1, header() + point(1e30, 1e30), "", None)]}, srs=25832)
    _, found = extract(tmp_path, path)
    assert [one.code for one in found] == ["geometry-converted", "geometry-wrong"]


def test_an_unknown_system_is_refused(tmp_path):
    pytest.importorskip("pyproj")
    path = write_geopackage(tmp_path / "a.gpkg", {"places": [(1, header() + point(1, 2), "", None)]}, srs=999_999)
    _, (found,) = extract(tmp_path, path)
    assert found.code == "features-crs"
