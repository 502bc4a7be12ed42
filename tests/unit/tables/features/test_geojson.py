"""Tables of GeoJSON: properties as they were written, geometries as WKT, and each fault at its feature."""

import json

import pytest

from st_opendata.model.tables import Column, FeatureLayer, Table
from st_opendata.tables.features import FeaturesError, extract_layer, open_layer
from st_opendata.tables.features.geojson import LONGEST

SQUARE = [[[16.3, 48.2], [16.4, 48.2], [16.4, 48.3], [16.3, 48.2]]]


def feature(geometry, properties="{}", more=""):
    geometry = geometry if isinstance(geometry, str) else json.dumps(geometry)
    return f'{{"type": "Feature", {more}"properties": {properties}, "geometry": {geometry}}}'


def collection(*features, before="", after=""):
    listed = ",\n".join(features)
    return f'{{"type": "FeatureCollection", {before}"features": [\n{listed}\n]{after}}}'


def extract(tmp_path, text, columns=(), name="areas.geojson"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = Table("areas", "city", path, f"city/{name}", {}, tuple(columns), layer=FeatureLayer())
    found, said = extract_layer(table, tmp_path / "work")
    return (found.path.read_text("utf-8") if found else None), said


def places(found):
    return [(one.code, *((place.row, place.column, place.line) for place in one.places)) for one in found]


def test_cells_are_as_written(tmp_path):
    properties = '{"n": 2.870, "id": 9007199254740993, "big": 1e3, "open": true, "no": null, "text": "a, \\"b\\"\\nc"}'
    text, found = extract(tmp_path, collection(feature({"type": "Point", "coordinates": [4.84, 45.7600]}, properties)))
    assert text == (
        'n,id,big,open,no,text,geometry\n2.870,9007199254740993,1e3,true,,"a, ""b""\nc",POINT(4.84 45.76)\n'
    )
    assert found == []


@pytest.mark.parametrize(
    ("kind", "coordinates", "wkt"),
    [
        ("Point", "[16.370, -48]", "POINT(16.370 -48)"),
        ("Point", "[1.5e-7, 1E1]", "POINT(0.00000015 10)"),
        ("Point", "[1e-999999999, 2]", "POINT(0 2)"),
        ("Polygon", "[[[1.0, 2], [3, 4], [5, 6], [1, 2.0]]]", "POLYGON((1.0 2, 3 4, 5 6, 1 2.0))"),
        ("LineString", "[[1, 2], [3, 4]]", "LINESTRING(1 2, 3 4)"),
        ("MultiPoint", "[[1, 2], [3, 4]]", "MULTIPOINT(1 2, 3 4)"),
        ("Polygon", "[[[1, 2], [3, 4], [5, 6], [1, 2]]]", "POLYGON((1 2, 3 4, 5 6, 1 2))"),
        ("MultiLineString", "[[[1, 2], [3, 4]]]", "MULTILINESTRING((1 2, 3 4))"),
        ("MultiPolygon", "[[[[1, 2], [3, 4], [5, 6], [1, 2]]]]", "MULTIPOLYGON(((1 2, 3 4, 5 6, 1 2)))"),
    ],
)
def test_kinds_of_geometries(tmp_path, kind, coordinates, wkt):
    text, found = extract(tmp_path, collection(feature(f'{{"type": "{kind}", "coordinates": {coordinates}}}')))
    assert text.splitlines()[1].strip('"') == wkt
    assert found == []


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Point", "coordinates": [48.2, 116.3]}, "48.2 116.3 is not on earth"),
        ({"type": "Point", "coordinates": [691000, 5334000]}, "not on earth"),
        ({"type": "Point", "coordinates": ["16", 48]}, "two numbers"),
        ({"type": "Point", "coordinates": [16]}, "two numbers"),
        ({"type": "Point", "coordinates": [[16, 48]]}, "two numbers"),
        ({"type": "Polygon", "coordinates": [[1, 2], [3, 4]]}, "nested"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [1, 3]]]}, "end where they began"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "two positions"),
        ({"type": "GeometryCollection", "geometries": []}, "GeometryCollection"),
        ({"type": "Point"}, "no coordinates"),
        ("7", "no type"),
    ],
)
def test_a_wrong_geometry_is_one_finding_at_its_feature(tmp_path, geometry, words):
    good = feature({"type": "Point", "coordinates": [16, 48]})
    text, found = extract(tmp_path, collection(good, feature(geometry)))
    assert places(found) == [("geometry-wrong", (2, "geometry", None))]
    assert words in found[0].message["en"]
    assert text.splitlines()[1] == "POINT(16 48)"


def test_what_cells_cannot_hold_is_said_once_for_all_features(tmp_path):
    point = {"type": "Point", "coordinates": [16.3, 48.2, 171.5]}
    nested = '{"tags": ["a", 2.50], "address": {"no": 1}}'
    text, found = extract(
        tmp_path, collection(feature("null"), feature(point, nested), feature(point, nested), feature("null"))
    )
    assert places(found) == [
        ("geometry-missing", (1, "geometry", None)),
        ("geometry-height", (2, "geometry", None)),
        ("property-nested", (2, "tags", None)),
        ("property-nested", (2, "address", None)),
    ]
    assert [one.message["en"].split()[0] for one in found[:2]] == ["2", "2"]
    assert text.splitlines()[2] == '"[""a"", 2.50]","{""no"": 1}",POINT(16.3 48.2)'


def test_lists_go_by_the_separator_of_their_column(tmp_path):
    columns = [Column("tags", 1, separator="|"), Column("geometry", 2, required=True)]
    text, found = extract(tmp_path, collection(feature("null", '{"tags": ["a", 2.50]}')), columns)
    assert text.splitlines()[1] == "a|2.50,"
    assert found == []  # each empty cell of a required column is its own violation


def test_properties_of_later_features_and_ids_are_columns(tmp_path):
    text, _ = extract(
        tmp_path, collection(feature("null", '{"a": 1}'), feature("null", '{"b": 2, "a": 3}', more='"id": "x7", '))
    )
    assert text == "feature_id,a,b,geometry\n,1,,\nx7,3,2,\n"


def test_old_names_of_wgs_84_are_accepted(tmp_path):
    for name in (
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:EPSG::4326",
        "EPSG:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    ):
        crs = f', "crs": {{"type": "name", "properties": {{"name": "{name}"}}}}'
        text, found = extract(tmp_path, collection(feature({"type": "Point", "coordinates": [16, 48]}), after=crs))
        assert (text, found) == ("geometry\nPOINT(16 48)\n", [])


def test_other_systems_need_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyproj", None)
    crs = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}, '
    text, (found,) = extract(tmp_path, collection(feature("null"), before=crs))
    assert (text, found.code) == (None, "features-package")
    assert "EPSG:25832" in found.message["en"]
    assert "st-opendata[geo]" in found.remedy["en"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "not a JSON object"),
        ("[1]", 1, "not a JSON object"),
        ('{"type": "FeatureCollection"}', None, '"features"'),
        (feature("null"), None, "one Feature"),
        ('{"type": "Topology", "objects": {}}', None, "one Topology"),
        (collection(feature("null"))[:-3], 2, "ends too early"),
        (collection(feature("null")) + "\n" + feature("null"), 4, "follows"),
        (collection('{"type": "Feature", "properties": {"a": NaN}}'), 2, "NaN"),
        (collection('{"type": "Feature", "properties": {"a": }}'), 2, "damaged"),
        (collection("7"), 2, "not a feature"),
        (collection(feature("null")).replace("null", "[" * 100_000), None, "levels"),
        (collection(feature("null", '{"a": "é"}')).encode("latin-1"), None, "UTF-8"),
        (collection(feature("null"), before='"crs": {"type": "link"}, '), None, '"crs"'),
        (collection(feature("null"), before='"crs": {"properties": null}, '), None, '"crs"'),
        (feature("null") + "\n" + feature("null"), 2, "one feature a line"),
        (collection(feature("null"), feature("null", r'{"a": "\ud800"}')), None, "feature 2 has U+D800"),
        (collection(feature("null", r'{"\udfff": 1}')), None, "feature 1 has U+DFFF"),
        (collection(feature("null", f'{{"a": {"[" * 900}{"]" * 900}}}')), None, "feature 1 has too many levels"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, text, line, words):
    extracted, (found,) = extract(tmp_path, text)
    assert extracted is None
    assert found.code == "features-unreadable"
    assert words in found.message["en"]
    assert line in (None, found.places[0].line)


def test_a_feature_across_windows_is_read_once(tmp_path):
    names = ["x" * (1 << 17), "y" * (1 << 19), "z"]
    text, found = extract(tmp_path, collection(*(feature("null", f'{{"name": "{name}"}}') for name in names)))
    assert text.splitlines()[1:] == [f"{name}," for name in names]
    assert [one.code for one in found] == ["geometry-missing"]


@pytest.mark.slow
def test_a_damaged_file_is_not_read_to_its_end(tmp_path):
    path = tmp_path / "endless.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [{"a": "' + "x" * (4 * LONGEST))
    with pytest.raises(FeaturesError, match="more than"):
        open_layer(path, "")
