"""The keys of profiles in catalogue.yaml, dataset.yaml and its tables: values, places of refusals, inheritance."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_opendata.catalogue import read_catalogue
from st_opendata.errors import ConfigurationError
from st_opendata.model.agents import Agent
from st_opendata.model.descriptions import Catalogue, Dataset, Terms
from st_opendata.model.profiles import LiteralValue, NodeValue

CATALOGUE = """\
id: trees
base: https://data.example/
profiles: [dcat-ap-de, geodcat-ap, ./rules]
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
license: dl-by-de/2.0
datasets: [trees]
"""
DATASET = """\
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
tables:
  - url: trees.csv
    tableSchema: {aboutUrl: "tree/{id}", columns: [{name: id}]}
"""
PROFILE = """\
prefixes: {own: "https://own.example/ns#"}
lists:
  districts: {title: {de: Bezirke}}
properties:
  district: {property: own:district, value: code, list: districts, max: 1}
  inspectedOn: {property: own:inspectedOn, value: literal, datatype: xsd:date, on: [dataset, distribution]}
  ward: {property: own:ward, value: literal, pattern: "[A-Z]{2}"}
  report: {property: own:report, value: link, class: foaf:Document, inherit: false}
  office: {property: own:office, value: agent, on: catalogue}
"""


def catalogue(folder: Path, *, top: str = "", dataset: str = "", table: str = "", base: str = CATALOGUE) -> Catalogue:
    (folder / "rules/lists").mkdir(parents=True)
    (folder / "trees").mkdir()
    (folder / "rules/profile.yaml").write_text(PROFILE, "utf-8")
    (folder / "rules/lists/districts.csv").write_text("code,label_de\nmitte,Mitte\nsued,Süd\n", "utf-8")
    (folder / "catalogue.yaml").write_text(base + top, "utf-8")
    with_table = DATASET.replace("    tableSchema", f"    {table}\n    tableSchema") if table else DATASET
    (folder / "trees/dataset.yaml").write_text(with_table + dataset, "utf-8")
    (folder / "trees/trees.csv").write_text("id\n1\n", "utf-8")
    return read_catalogue(folder)


def values(terms: Terms) -> dict[str, tuple[object, ...]]:
    return {each.property.key: each.values for each in terms.stated}


def only(found: Catalogue) -> Dataset:
    return found.datasets[0]


DE = "http://dcat-ap.de/def/"


@pytest.mark.parametrize(
    ("yaml", "key", "expected"),
    [
        ("contributorID: stadtMusterdorf", "contributorID", [NodeValue(f"{DE}contributors/stadtMusterdorf")]),
        (f"contributorID: [{DE}contributors/a, b]", "contributorID",
         [NodeValue(f"{DE}contributors/{x}") for x in "ab"]),
        ("politicalGeocodingURI: districtKey/08128", "politicalGeocodingURI",
         [NodeValue(f"{DE}politicalGeocoding/districtKey/08128")]),
        ("geocodingDescription: {de: Main-Tauber-Kreis}", "geocodingDescription",
         [LiteralValue("Main-Tauber-Kreis", "de")]),
        ("legalBasis: § 12a EGovG", "legalBasis", [LiteralValue("§ 12a EGovG")]),
        ("qualityProcessURI: https://q.example/", "qualityProcessURI", [NodeValue("https://q.example/")]),
        ("references: https://r.example/a", "references", [NodeValue("https://r.example/a")]),
        ("licenseAttributionByText: Stadt Musterdorf", "licenseAttributionByText", [LiteralValue("Stadt Musterdorf")]),
        ("spatialResolutionInMeters: 10.0", "spatialResolutionInMeters",
         [LiteralValue("10.0", datatype="http://www.w3.org/2001/XMLSchema#decimal")]),
        ("spatialResolutionAsText: {de: grob, en: coarse}", "spatialResolutionAsText",
         [LiteralValue("grob", "de"), LiteralValue("coarse", "en")]),
        ("temporalResolution: P1D", "temporalResolution",
         [LiteralValue("P1D", datatype="http://www.w3.org/2001/XMLSchema#duration")]),
        ("inspectedOn: 2026-01-05", "inspectedOn",
         [LiteralValue("2026-01-05", datatype="http://www.w3.org/2001/XMLSchema#date")]),
        ("ward: AB", "ward", [LiteralValue("AB")]),
        ("report: {url: https://r.example/, label: {de: Bericht}}", "report",
         [NodeValue("https://r.example/", {"de": "Bericht"})]),
        ("report: https://r.example/", "report", [NodeValue("https://r.example/")]),
    ],
)  # fmt: skip
def test_values(tmp_path: Path, yaml: str, key: str, expected: list[object]) -> None:
    assert list(values(only(catalogue(tmp_path, dataset=yaml)))[key]) == expected


@pytest.mark.parametrize(
    ("yaml", "key", "iri", "label"),
    [
        ("politicalGeocodingLevelURI: municipality", "politicalGeocodingLevelURI",
         f"{DE}politicalGeocoding/Level/municipality", "Kommune"),
        ("inspireTheme: hh", "inspireTheme", "http://inspire.ec.europa.eu/theme/hh", "Gesundheit und Sicherheit"),
        ("topicCategory: environment", "topicCategory",
         "http://inspire.ec.europa.eu/metadata-codelist/TopicCategory/environment", "Umwelt"),
        ("resourceType: series", "resourceType",
         "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/series", "Geodatensatzreihe"),
        ("representationTechnique: vector", "representationTechnique",
         "http://inspire.ec.europa.eu/metadata-codelist/SpatialRepresentationType/vector", "Vektor"),
        ("district: mitte", "district", "https://data.example/scheme/districts/mitte", "Mitte"),
        ("district: https://data.example/scheme/districts/sued", "district",
         "https://data.example/scheme/districts/sued", "Süd"),
        ("referenceSystem: EPSG/0/25832", "referenceSystem", "http://www.opengis.net/def/crs/EPSG/0/25832", None),
        ("referenceSystem: EPSG/0/9999", "referenceSystem", "http://www.opengis.net/def/crs/EPSG/0/9999", None),
    ],
)  # fmt: skip
def test_codes(tmp_path: Path, yaml: str, key: str, iri: str, label: str | None) -> None:
    [value] = values(only(catalogue(tmp_path, dataset=yaml)))[key]
    assert isinstance(value, NodeValue)
    assert (value.iri, value.label.get("de")) == (iri, label)


@pytest.mark.parametrize(
    "key",
    ["originator", "custodian", "maintainer", "contributor", "distributor", "principalInvestigator", "processor",
     "resourceProvider", "user"],
)  # fmt: skip
def test_agents(tmp_path: Path, key: str) -> None:
    found = catalogue(tmp_path, dataset=f'{key}: {{iri: "https://a.example/", name: {{de: Amt}}}}')
    assert values(only(found))[key] == (Agent(iri="https://a.example/", name={"de": "Amt"}),)


@pytest.mark.parametrize(
    ("where", "yaml", "line", "says"),
    [
        ("dataset", "contributorID: http://x.example/a", 6, "is not an IRI that begins with http://dcat-ap.de/def/contributors/"),
        ("dataset", "contributorID: a/b", 6, 'does not have the form of "contributorID"'),
        ("dataset", "contributorID: {de: a}", 6, '"contributorID" must be plain text'),
        ("dataset", "politicalGeocodingURI: [stateKey/02, stateKey/2]", 6, '"stateKey/2" does not have the form'),
        ("dataset", "politicalGeocodingLevelURI: municipalty", 6,
         '"municipalty" is not a code of the list political-geocoding-levels; did you mean "municipality"'),
        ("dataset", "qualityProcessURI: [https://a.example/, https://b.example/]", 6,
         "has 2 values; it takes at most 1"),
        ("dataset", "qualityProcessURI: a page", 6, "not an absolute http(s) IRI"),
        ("dataset", "geocodingDescription: [a]", 6, '"geocodingDescription" must be a text by language'),
        ("dataset", "geocodingDescription: {deu-: a}", 6, '"deu-" is not a language tag'),
        ("dataset", "originator: {name: {de: Amt}}", 6, 'the key "iri" is missing'),
        ("dataset", "originator: Amt", 6, "must have keys, not a text or list"),
        ("dataset", "spatialResolutionInMeters: 10 m", 6, '"10 m" is not a value of the datatype decimal'),
        ("dataset", "inspectedOn: 2026-02-30", 6, '"2026-02-30" is not a value of the datatype date'),
        ("dataset", "ward: abc", 6, '"abc" does not have the form of "ward": [A-Z]{2}'),
        ("dataset", "district: nord", 6, '"nord" is not a code of the list districts; known here: mitte, sued'),
        ("dataset", "license: dl-by-de/2.1", 6,
         '"dl-by-de/2.1" is not a code of the list licenses; did you mean "dl-by-de/2.0"'),
        ("dataset", f"license: {DE}licenses/dl-by-de/3", 6, '"dl-by-de/3" is not a code of the list licenses'),
        ("dataset", "contributorId: a", 6, 'the key "contributorId" is unknown; did you mean "contributorID"'),
        ("dataset", 'office: {iri: "https://a.example/", name: {de: A}}', 6,
         'the key "office" of the profile rules belongs in catalogue.yaml'),
        ("top", "report: https://r.example/", 8, 'the key "report" of the profile rules belongs in dataset.yaml'),
        ("table", "contributorID: a", 5, 'the key "contributorID" of the profile dcat-ap-de belongs in dataset.yaml'),
        ("table", "representationTechnique: vectors", 5,
         'is not a code of the list representation-types; did you mean "vector"'),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, where: str, yaml: str, line: int, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        catalogue(tmp_path, **{where: yaml})
    assert says in caught.value.message_text()
    assert caught.value.place
    assert caught.value.place.file == ("catalogue.yaml" if where == "top" else "trees/dataset.yaml")
    assert caught.value.place.line == line


@pytest.mark.parametrize(
    ("key", "profile"),
    [
        ("contributorID: a", "dcat-ap-de"),
        ("inspireTheme: hh", "geodcat-ap"),
        ("custodian: a", "dcat-ap-de, geodcat-ap"),
    ],
)
def test_a_key_of_a_profile_that_is_not_listed_names_it(tmp_path: Path, key: str, profile: str) -> None:
    base = CATALOGUE.replace("[dcat-ap-de, geodcat-ap, ./rules]", "[]").replace("dl-by-de/2.0", "CC_BY_4_0")
    with pytest.raises(ConfigurationError) as caught:
        catalogue(tmp_path, base=base, dataset=key)
    said = f"belongs to the profile {profile}; list it under `profiles` in catalogue.yaml"
    assert said in caught.value.message_text()


def test_a_dataset_inherits_and_overrides(tmp_path: Path) -> None:
    top = 'contributorID: stadt\nlegalBasis: a\noffice: {iri: "https://a.example/", name: {de: A}}\n'
    found = catalogue(tmp_path, top=top, dataset="legalBasis: b\n", table="inspectedOn: 2026-01-05")
    assert set(values(found)) == {"contributorID", "legalBasis", "office", "license"}
    dataset = only(found)
    assert values(dataset)["legalBasis"] == (LiteralValue("b"),)
    assert values(dataset)["contributorID"] == (NodeValue(f"{DE}contributors/stadt"),)
    assert "office" not in values(dataset)
    assert [each.table for each in dataset.stated if each.property.key == "inspectedOn"] == ["trees"]
    assert found.prefixes["own"] == "https://own.example/ns#"


def test_a_licence_of_the_list_stands_with_that_of_the_eu(tmp_path: Path) -> None:
    found = catalogue(tmp_path)
    assert found.license == only(found).license == "DLDE_BY_2_0"
    [value] = values(only(found))["license"]
    assert isinstance(value, NodeValue)
    assert value.iri == f"{DE}licenses/dl-by-de/2.0"


def test_an_eu_licence_of_a_dataset_replaces_the_inherited_one(tmp_path: Path) -> None:
    dataset = only(catalogue(tmp_path, dataset="license: CC_BY_4_0"))
    assert dataset.license == "CC_BY_4_0"
    assert "license" not in values(dataset)
