"""GeoJSON: the places of a dataset, and what cannot be a place."""

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest

from st_opendata.exports.geojson import has_places, write_geojson
from st_opendata.rdf.writing import UnwritableTripleError

GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
XSD = "http://www.w3.org/2001/XMLSchema#"


def literal(text: str, kind: str = "decimal") -> str:
    return f'"{text}"^^<{XSD}{kind}>'


def place(number: int, lat: str, long: str, *others: tuple[str, str]) -> list[str]:
    facts = [(f"{GEO}lat", lat), (f"{GEO}long", long), *others]
    return sorted(f"<https://example.org/{number}> <{predicate}> {obj} ." for predicate, obj in facts)


def write(tmp_path, batches):
    source = _source(batches)
    assert has_places(source)
    write_geojson(source, tmp_path / "places.geojson")
    return json.loads((tmp_path / "places.geojson").read_text("utf-8"), parse_float=Decimal)


def test_release(release):
    collection = json.loads((release / "places/places.geojson").read_text("utf-8"), parse_float=Decimal)
    assert collection["type"] == "FeatureCollection"
    assert [str(number) for number in collection["bbox"]] == ["4.8357", "45.7640", "16.37208", "48.20849"]
    features = {feature["id"]: feature for feature in collection["features"]}
    assert features.keys() == {"https://example.org/data/city/lyon", "https://example.org/data/city/vienna"}
    lyon = features["https://example.org/data/city/lyon"]
    assert lyon["type"] == "Feature"
    assert lyon["geometry"] == {"type": "Point", "coordinates": [Decimal("4.8357"), Decimal("45.7640")]}
    assert lyon["properties"] == {
        "name": "Lyons",
        "budget": Decimal("29119448.36"),
        "capital": False,
        "country": "https://example.org/data/country/FR",
        "identifier": "constant",
        "inhabitants": 522250,
        "label@en": "Lyons",
        "label@fr": "Lyon",
        "note": "",
        "page": "https://example.org/lyon?a=1&b=%C3%A9",
        "share": Decimal("1.5"),
        "since": "2021-07-31",
        "tag": ["hill", "river"],
        "type": "https://example.org/terms#City",
        "year": ["2016", "2021"],
    }


def test_only_where_there_are_places(release):
    assert not (release / "countries/countries.geojson").exists()
    one_coordinate = [f'<https://example.org/1> <{GEO}lat> "1" .', f'<https://example.org/2> <{GEO}long> "1" .']
    assert not has_places(_source([one_coordinate]))


def test_batches_may_cut_a_subject(tmp_path):
    lines = place(1, literal("1"), literal("2"))
    assert write(tmp_path, [lines[:1], lines[1:]])["features"][0]["geometry"]["coordinates"] == [2, 1]


def test_properties_that_share_a_last_part_keep_more_of_their_iri(tmp_path):
    others = [
        ("https://example.org/a#label", '"one"'),
        ("https://example.org/b/label", '"two"'),
        ("https://schema.org/name", '"three"'),
        ("https://example.org/ends/in/slash/", '"four"'),
    ]
    (feature,) = write(tmp_path, [place(1, literal("1"), literal("2"), *others)])["features"]
    assert feature["properties"] == {
        "https://example.org/a#label": "one",
        "https://example.org/b/label": "two",
        "schema:name": "three",
        "name": "three",
        "https://example.org/ends/in/slash/": "four",
    }


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ([("http://www.w3.org/2000/01/rdf-schema#label", '"Wien"@de')], "Wien"),
        ([("http://www.w3.org/2004/02/skos/core#prefLabel", '"Wien"')], "Wien"),
        (
            [
                ("http://www.w3.org/2000/01/rdf-schema#label", '"Vienne"@fr'),
                ("http://www.w3.org/2000/01/rdf-schema#label", '"Vienna"@en'),
                ("http://www.w3.org/2004/02/skos/core#prefLabel", '"Wien"@en'),
            ],
            "Wien",
        ),
    ],
)
def test_name(tmp_path, label, name):
    (feature,) = write(tmp_path, [place(1, literal("1"), literal("2"), *label)])["features"]
    assert feature["properties"]["name"] == name


def test_coordinates_stay_exact(tmp_path):
    lines = place(1, literal("-45.10000000000000000001"), literal("+4.50")) + place(
        2, literal("1", "integer"), literal("1E1", "double")
    )
    collection = write(tmp_path, [lines])
    assert str(collection["features"][0]["geometry"]["coordinates"]) == (
        "[Decimal('4.50'), Decimal('-45.10000000000000000001')]"
    )
    assert collection["bbox"] == [Decimal("4.50"), Decimal("-45.10000000000000000001"), 10, 1]


@pytest.mark.parametrize(
    ("lat", "long"),
    [
        (literal("90.1"), literal("0")),
        (literal("0"), literal("-181")),
        (literal("INF", "double"), literal("0")),
        ('"somewhere"', literal("0")),
        ("<https://example.org/here>", literal("0")),
    ],
)
def test_what_is_no_coordinate(tmp_path, lat, long):
    with pytest.raises(UnwritableTripleError, match="GeoJSON needs one number") as caught:
        write(tmp_path, [place(1, lat, long)])
    assert caught.value.triple[0] == "<https://example.org/1>"


def test_two_latitudes(tmp_path):
    with pytest.raises(UnwritableTripleError, match="one number"):
        write(tmp_path, [place(1, literal("1"), literal("2"), (f"{GEO}lat", literal("1.0")))])


def _source(batches):
    return SimpleNamespace(
        lines=lambda: iter(batches),
        holds=lambda part: any(part in line for batch in batches for line in batch),
        prefixes={"schema": "https://schema.org/"},
        facts=SimpleNamespace(relations={f"<{GEO}{axis}>": axis for axis in ("lat", "long")}),
    )
