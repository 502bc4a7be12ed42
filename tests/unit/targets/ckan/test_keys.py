"""The keys of profiles on a CKAN: extras as ckanext-dcatde reads them, or fields of the portal's own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from portal_fields import extras_of, first, select, site_with

from st_opendata.build import Job, build
from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.release import read_release
from st_opendata.targets.ckan.packages import packages

START = "http://dcat-ap.de/def/"
CATALOGUE = """\
id: trees
base: https://data.example/
profiles: [dcat-ap-de, ./rules]
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
publisher: {iri: "https://data.example/stadt", name: {de: Stadt}, type: LocalAuthority}
contactPoint: {name: {de: Amt}, email: amt@data.example}
language: [de]
theme: [ENVI]
issued: 2026-01-05
license: dl-by-de/2.0
contributorID: stadt
datasets: [trees]
"""
DATASET = """\
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
keyword: {de: [Baum]}
politicalGeocodingLevelURI: municipality
politicalGeocodingURI: [municipalityKey/05315000]
geocodingDescription: {de: "Köln, am Rhein"}
legalBasis: {de: "§ 12a EGovG"}
originator: {iri: "https://a.example/", name: {de: Gartenamt}, email: garten@data.example}
licenseAttributionByText: Stadt
ward: Mitte
tables:
  - url: trees.csv
    tableSchema: {aboutUrl: "tree/{id}", columns: [{name: id, propertyUrl: "dct:identifier"}]}
"""
PROFILE = """\
prefixes: {city: "https://data.example/terms#"}
properties:
  ward: {property: city:ward, value: literal, label: {de: Bezirk}, ckan: {key: stadt_bezirk}}
"""


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    files = {
        "catalogue.yaml": CATALOGUE,
        "rules/profile.yaml": PROFILE,
        "trees/dataset.yaml": DATASET,
        "trees/trees.csv": "id\n1\n",
    }
    for name, text in files.items():
        path = folder / "catalogue" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    build(Job(folder / "catalogue"), folder / "release")
    return folder / "release"


@pytest.mark.parametrize("dcat", [False, True])
def test_a_plain_ckan_gets_the_extras_of_govdata(trees: Path, dcat: bool) -> None:
    package = first(trees, replace(site_with(dcat=dcat), portal=None))
    extras = extras_of(package)
    assert json.loads(extras["contributorID"]) == [f"{START}contributors/stadt"]
    assert json.loads(extras["politicalGeocodingURI"]) == [f"{START}politicalGeocoding/municipalityKey/05315000"]
    assert extras["politicalGeocodingLevelURI"] == f"{START}politicalGeocoding/Level/municipality"
    assert json.loads(extras["geocodingText"]) == ["Köln, am Rhein"]
    assert json.loads(extras["legalbasisText"]) == ["§ 12a EGovG"]
    assert (extras["originator_name"], extras["originator_email"]) == ("Gartenamt", "garten@data.example")
    assert extras["stadt_bezirk"] == "Mitte"
    csv = next(each for each in package.resources if each.file_name == "trees.csv")
    assert csv.metadata["licenseAttributionByText"] == "Stadt"
    assert not {"dcatde:contributorID", "dcatde:legalBasis"} & {each.field for each in package.notices}


def test_a_schema_with_such_a_field_gets_it_there(trees: Path) -> None:
    level = select("politicalGeocodingLevelURI", "municipality", "state")
    names = {"field_name": "contributorID", "preset": "multiple_text"}
    package = first(trees, site_with(level, names, {"field_name": "stadt_bezirk"}))
    assert package.metadata["politicalGeocodingLevelURI"] == "municipality"
    assert package.metadata["contributorID"] == [f"{START}contributors/stadt"]
    assert package.metadata["stadt_bezirk"] == "Mitte"
    assert not {"contributorID", "stadt_bezirk"} & extras_of(package).keys()
    assert "geocodingText" in extras_of(package)


def test_release_json_has_the_keys_that_datasets_state(trees: Path, release: Path) -> None:
    keys = {each.name: each for each in read_release(trees).keys}
    assert keys["geocodingText"].listed
    assert not keys["politicalGeocodingLevelURI"].listed
    assert keys["licenseAttributionByText"].on == ("distribution",)
    assert "license" not in keys
    assert "keys" not in json.loads((release / "release.json").read_text("utf-8"))
    assert packages(trees, site_with()) == packages(trees, site_with())


def test_values_of_a_target_for_an_unlisted_dataset_are_refused_when_the_catalogue_is_read(tmp_path: Path) -> None:
    target = "targets:\n  city: {kind: ckan, url: https://p.example, datasets: {tree: {fields: {a: b}}}}\n"
    (tmp_path / "catalogue.yaml").write_text(CATALOGUE.replace("./rules", "geodcat-ap") + target, "utf-8")
    with pytest.raises(ConfigurationError, match=r'catalogue\.yaml lists no dataset "tree"; did you mean "trees"'):
        read_catalogue(tmp_path)
