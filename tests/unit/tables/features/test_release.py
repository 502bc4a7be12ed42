"""A release of features: facts in the terms of GeoSPARQL, and GeoJSON with the geometries that came in."""

import csv
import json
from decimal import Decimal

import csvw
import pytest
from geopackages import header, point, write_geopackage

from st_opendata.build import Job, build
from st_opendata.catalogue import read_catalogue
from st_opendata.catalogue.init.draft import Answers, draft_catalogue
from st_opendata.facts import load_facts
from st_opendata.release.explain import explain

CATALOGUE = """
id: city
base: https://example.org/
title: {en: City}
description: {en: Places of a city.}
publisher: {iri: "https://example.org/publisher", name: {en: City}}
license: CC_BY_4_0
datasets: [areas]
"""
DATASET = """
title: {en: Areas}
description: {en: Areas of a city.}
tables:
  - url: FILE
    title: {en: Areas}
    tableSchema:
      aboutUrl: "area/{no}"
      primaryKey: "no"
      columns:
        - {name: "no", required: true, datatype: integer}
        - {name: name, propertyUrl: "rdfs:label", lang: de}
        - {name: geometry, datatype: wktLiteral, aboutUrl: "area/{no}/shape", propertyUrl: "gsp:asWKT"}
        - {name: shape, virtual: true, where: geometry, propertyUrl: "gsp:hasGeometry", valueUrl: "area/{no}/shape"}
"""
GEOMETRIES = [
    '{"type": "Point", "coordinates": [16.370, 48.20]}',
    '{"type": "LineString", "coordinates": [[16.3, 48.2], [16.4, 48.25]]}',
    '{"type": "MultiPoint", "coordinates": [[16.3, 48.2], [16.4, 48.25]]}',
    '{"type": "Polygon", "coordinates": [[[16, 48], [17, 48], [17, 49], [16, 48]], [[16.5, 48.1], [16.6, 48.1], '
    "[16.6, 48.2], [16.5, 48.1]]]}",
    '{"type": "MultiLineString", "coordinates": [[[16.3, 48.2], [16.4, 48.25]], [[1, 2], [3, 4]]]}',
    '{"type": "MultiPolygon", "coordinates": [[[[16, 48], [17, 48], [17, 49], [16, 48]]], [[[1, 2], [3, 4], [5, 6], '
    "[1, 2]]]]}",
]


def collection(geometries):
    features = (
        f'{{"type": "Feature", "properties": {{"no": {number}, "name": "Grätzl {number}"}}, "geometry": {geometry}}}'
        for number, geometry in enumerate(geometries, 1)
    )
    return f'{{"type": "FeatureCollection", "features": [{",".join(features)}]}}'


def catalogue(folder, text, file="areas.geojson", dataset=DATASET):
    (folder / "areas").mkdir(parents=True)
    (folder / "catalogue.yaml").write_text(CATALOGUE)
    (folder / "areas/dataset.yaml").write_text(dataset.replace("FILE", file))
    (folder / "areas" / file).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")
    source = catalogue(folder / "city", collection([*GEOMETRIES, "null"]))
    build(Job(source), folder / "release")
    return folder / "release"


def test_geometries_come_out_as_they_went_in(release):
    written = json.loads((release / "areas/areas.geojson").read_text("utf-8"), parse_float=Decimal)
    found = {feature["properties"]["name"]: feature["geometry"] for feature in written["features"]}
    assert found == {
        f"Grätzl {number}": json.loads(geometry, parse_float=Decimal) for number, geometry in enumerate(GEOMETRIES, 1)
    }
    assert [str(number) for number in written["bbox"]] == ["1", "2", "17", "49"]


def test_properties_are_the_other_facts(release):
    written = json.loads((release / "areas/areas.geojson").read_text("utf-8"))
    first = next(each for each in written["features"] if each["id"] == "https://example.org/area/1")
    assert first["properties"] == {"name": "Grätzl 1", "label@de": "Grätzl 1"}


def test_facts_are_those_of_geosparql(release):
    lines = (release / "areas/areas.nt").read_text("utf-8").splitlines()
    gsp = "http://www.opengis.net/ont/geosparql#"
    shape = "<https://example.org/area/1/shape>"
    assert f'{shape} <{gsp}asWKT> "POINT(16.370 48.20)"^^<{gsp}wktLiteral> .' in lines
    assert f"<https://example.org/area/1> <{gsp}hasGeometry> {shape} ." in lines
    assert not any("area/7/shape" in line for line in lines)


def test_the_published_csv_has_the_same_geometries_and_is_valid_csvw(release):
    with (release / "areas/areas.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["geometry"] == "POINT(16.370 48.20)"
    assert rows[6]["geometry"] == ""
    assert csvw.CSVW(str(release / "areas/areas.csv-metadata.json"), validate=True).is_valid


def test_explain_names_the_feature(release):
    found = explain(release, "https://example.org/area/2/shape", "en")
    assert "row=2" in repr(found)
    assert "areas.geojson" in repr(found)


def test_what_does_not_fit_the_description_is_found_at_its_property(tmp_path):
    text = collection(GEOMETRIES[:2]).replace('"no": 2', '"no": "x"').replace('"name": "Grätzl 2"', '"nam": ""')
    with load_facts(read_catalogue(catalogue(tmp_path / "a", text))) as facts:
        assert [(one.code, one.places[0].column) for one in facts.findings] == [("column-unknown", "nam")]
    with load_facts(read_catalogue(catalogue(tmp_path / "b", text.replace('"nam"', '"name"')))) as facts:
        assert facts.findings[0].code == "cell-datatype"
        assert str(facts.findings[0].places[0]) == 'areas/areas.geojson, row 2, column "no"'


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("POINT (16.370 48.2)", "POINT(16.370 48.2)"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(16 48)", "POINT(16 48)"),
        ('"{""type"": ""Point"", ""coordinates"": [16, 48.20]}"', "POINT(16 48.20)"),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(48 16)", None),
        ("POINT(48 116)", None),
        ('"POLYGON((1 2, 3 4, 5 6, 1 3))"', None),
        ("somewhere", None),
    ],
)
def test_a_column_of_a_csv_file_has_geometries_too(tmp_path, cell, written):
    text = f"no,name,geometry\n1,a,{cell}\n"
    with load_facts(read_catalogue(catalogue(tmp_path / "city", text, "areas.csv"))) as facts:
        if written is None:
            assert [(one.code, one.places[0].row) for one in facts.findings] == [("cell-datatype", 2)]
        else:
            assert [row[2] for batch in facts.records("areas") for row in batch] == [written]


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ("    layer: areas", '"layer" is for GeoPackage'),
        ("    rows: [{skip: footnotes}]", '"rows" is for CSV'),
        ('    dialect: {delimiter: ";"}', '"dialect" is for CSV'),
    ],
)
def test_keys_that_features_do_not_have(tmp_path, added, words):
    dataset = DATASET.replace(
        "    title: {en: Areas}\n    tableSchema", f"    title: {{en: Areas}}\n{added}\n    tableSchema"
    )
    with pytest.raises(Exception, match=words):
        read_catalogue(catalogue(tmp_path / "city", collection([]), dataset=dataset))


def test_init_drafts_what_check_accepts(tmp_path):
    (tmp_path / "areas.geojson").write_text(collection(GEOMETRIES), "utf-8")
    layers = {name: [(1, header() + point(11.5, 48.1), "Au", 1)] for name in ("trees", "wells")}
    package = write_geopackage(tmp_path / "city.gpkg", layers)
    draft = draft_catalogue(tmp_path / "city", [tmp_path / "areas.geojson", package], Answers("City", "https://e.org/"))
    assert [(table.name, table.rows) for table in draft.tables] == [("areas", 6), ("trees", 1), ("wells", 1)]
    with load_facts(read_catalogue(tmp_path / "city")) as facts:
        assert facts.findings == ()
        assert sum(1 for batch in facts.lines() for line in batch if "#asWKT>" in line) == 8


@pytest.mark.slow
def test_many_features_take_bounded_memory(tmp_path):
    import resource

    ring = ", ".join(f"[16.{number:02}, 48.{number:02}]" for number in range(1, 40))
    shape = f'{{"type": "Polygon", "coordinates": [[[16, 48], {ring}, [16, 48]]]}}'
    source = catalogue(tmp_path / "city", "")
    with (source / "areas/areas.geojson").open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for number in range(100_000):
            comma = "," if number else ""
            properties = f'{{"no": {number}, "name": "Area {number}"}}'
            file.write(f'{comma}\n{{"type": "Feature", "properties": {properties}, "geometry": {shape}}}')
        file.write("]}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with load_facts(read_catalogue(source), memory="300MB") as facts:
        assert facts.findings == ()
        assert facts.rows("areas") == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000


def test_the_picture_is_a_map_with_the_names_of_things(release):
    picture = (release / "areas/preview.svg").read_text("utf-8")
    assert "Grätzl 4" in picture
    assert picture.count('fill-opacity="0.25"') == 2
