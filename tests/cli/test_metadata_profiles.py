"""Profiles of the description, through the commands: findings at their keys, in check and in build."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

CATALOGUE = """\
id: trees
base: https://data.example/
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
publisher: {iri: "https://data.example/stadt", name: {de: Stadt}, type: LocalAuthority}
contactPoint: {name: {de: Amt, en: Office}, email: amt@data.example}
language: [de]
theme: [ENVI]
issued: 2026-01-05
datasets: [trees]
"""
DATASET = """\
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
tables:
  - url: trees.csv
    tableSchema:
      aboutUrl: "tree/{id}"
      columns: [{name: id, propertyUrl: "dct:identifier"}]
"""
PROFILE = """\
title: {en: Rules of the city}
prefixes: {city: "https://data.example/terms#"}
required: [district]
properties:
  district: {property: city:district, value: code, list: districts, label: {de: Bezirk, en: District}}
  steward: {property: city:steward, value: agent, on: catalogue, min: 1}
"""
SHAPES = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix city: <https://data.example/terms#> .

city:Dataset a sh:NodeShape ;
  sh:targetClass dcat:Dataset ;
  sh:property city:Dataset-frequency .

city:Dataset-frequency a sh:PropertyShape ;
  sh:path dct:accrualPeriodicity ;
  sh:minCount 1 ;
  sh:message "Say how often the data change."@en .
"""
OWN = {"profile.yaml": PROFILE, "lists/districts.csv": "code,label_de\nmitte,Mitte\n", "shapes/description.ttl": SHAPES}


@pytest.fixture
def write(tmp_path: Path):
    def make(top: str = "", dataset: str = "", rules: dict[str, str] | None = None) -> Path:
        folder = tmp_path / "city"
        (folder / "trees").mkdir(parents=True)
        (folder / "catalogue.yaml").write_text(CATALOGUE + top, "utf-8")
        (folder / "trees/dataset.yaml").write_text(DATASET + dataset, "utf-8")
        (folder / "trees/trees.csv").write_text("id\n1\n", "utf-8")
        for name, text in (rules or {}).items():
            (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "rules" / name).write_text(text, "utf-8")
        return folder

    return make


def found(ran) -> set[tuple[str, str, int]]:
    return {
        (each["shape"].rpartition("#")[2].strip(">") if each["shape"] else each["code"], place["file"], place["line"])
        for each in json.loads(ran.out)["findings"]
        for place in each["places"]
    }


def test_findings_are_at_their_keys(write, run: Run) -> None:
    folder = write("profiles: [dcat-ap-de]\n", "legalBasis: § 1\nlicense: CC_BY_4_0\n")
    ran = run("check", folder, "--format", "json")
    assert ran.code == 1
    assert found(ran) == {
        ("de-Kind-name-once", "catalogue.yaml", 6),
        ("de-Dataset-contributorID", "trees/dataset.yaml", 1),
        ("de-Dataset-politicalGeocodingLevelURI", "trees/dataset.yaml", 1),
        ("de-deprecated-dcatde-legalBasis-use", "trees/dataset.yaml", 8),
        ("de-Distribution-license-list", "trees/dataset.yaml", 9),
    }


def test_one_finding_for_all_files_without_a_licence(write, run: Run, tmp_path: Path) -> None:
    folder = write("profiles: [dcat-ap-de]\n")
    for command in (("check", folder), ("build", folder, "-o", tmp_path / "release")):
        ran = run(*command)
        assert ran.code == 1
        assert ran.out.count("Give the licence of each file.") == 1
    assert not (tmp_path / "release").exists()


def test_the_release_states_the_keys_and_its_report_each_finding_once(write, run: Run, tmp_path: Path) -> None:
    top = "profiles: [dcat-ap-de]\nlicense: dl-zero-de/2.0\ncontributorID: stadt\npoliticalGeocodingLevelURI: state\n"
    folder = write()
    (folder / "catalogue.yaml").write_text((CATALOGUE + top).replace("{de: Amt, en: Office}", "{de: Amt}"), "utf-8")
    release = tmp_path / "release"
    assert run("build", folder, "-o", release).code == 0
    catalogue = (release / "catalog.ttl").read_text("utf-8")
    assert "dcatde:contributorID <http://dcat-ap.de/def/contributors/stadt>" in catalogue
    assert "dct:license <http://dcat-ap.de/def/licenses/dl-zero-de/2.0>" in catalogue
    assert (release / "shapes/dcat-ap-de/description.ttl").is_file()
    assert "rdfs:label" in (release / "ontology/dcat-ap-de/added_properties.ttl").read_text("utf-8")
    shapes = [each["shape"] for each in json.loads((release / "report.json").read_text("utf-8"))["findings"]]
    assert not [each for each in shapes if "#de-" in (each or "")]


def test_an_own_folder_adds_keys_lists_and_shapes(write, run: Run, tmp_path: Path) -> None:
    steward = 'steward: {iri: "https://data.example/steward", name: {de: Statistikamt}}\n'
    folder = write(f"profiles: [./rules]\naccrualPeriodicity: ANNUAL\n{steward}", "district: mitte\n", OWN)
    assert run("build", folder, "-o", tmp_path / "release").code == 0
    catalogue = (tmp_path / "release/catalog.ttl").read_text("utf-8")
    assert "city:district <https://data.example/scheme/districts/mitte>" in catalogue
    assert "city:steward <https://data.example/steward>" in catalogue


def test_what_an_own_folder_asks_for(write, run: Run) -> None:
    ran = run("check", write("profiles: [./rules]\n", rules=OWN))
    assert ran.code == 1
    assert "The profile rules asks for `steward` in catalogue.yaml." in ran.out
    assert "The profile rules asks for `district`, which is in neither dataset.yaml nor catalogue.yaml." in ran.out
    assert "Say how often the data change." in ran.out
    assert ran.out.count("trees/dataset.yaml\n") == 1


def test_shapes_for_the_description_do_not_check_the_facts(write, run: Run) -> None:
    """A contact in the facts is not one of the catalogue."""
    folder = write("profiles: [dcat-ap-de]\nlicense: dl-zero-de/2.0\n")
    kind = 'columns: [{virtual: true, name: type, propertyUrl: "rdf:type", valueUrl: "vcard:Kind"}, '
    description = (folder / "trees/dataset.yaml").read_text("utf-8").replace("columns: [", kind)
    (folder / "trees/dataset.yaml").write_text(description, "utf-8")
    ran = run("check", folder)
    assert "tree/1" not in ran.out
    assert "profiles-unsaid" not in run("check", folder).out


FOREIGN = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcatde: <http://dcat-ap.de/def/dcatde/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .

<https://elsewhere.example/budget> a dcat:Dataset ;
  dct:title "Haushalt"@de ; dct:description "Der Haushalt."@de ;
  dct:publisher <https://elsewhere.example/office> ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ECON> ;
  dcatde:contributorID "amt" ;
  dcatde:legalBasis "§ 1" ;
  dcat:distribution <https://elsewhere.example/budget.csv> .
<https://elsewhere.example/budget.csv> a dcat:Distribution ;
  dcat:accessURL <https://elsewhere.example/budget.csv> .
<https://elsewhere.example/office> a foaf:Organization ; foaf:name "Amt"@de .
"""


def test_a_catalogue_from_elsewhere(run: Run, tmp_path: Path) -> None:
    (tmp_path / "catalogue.ttl").write_text(FOREIGN, "utf-8")
    ran = run("validate", tmp_path / "catalogue.ttl", "--profile", "dcat-ap-de", "--format", "json")
    assert ran.code == 1
    findings = json.loads(ran.out)["findings"]
    stops = {each["shape"].rpartition("#")[2].strip(">") for each in findings if each["severity"] == "violation"}
    assert stops == {"de-Distribution-license", "de-Dataset-contributorID-iri"}
    warned = {each["shape"].rpartition("#")[2].strip(">") for each in findings if each["severity"] == "warning"}
    assert {"de-deprecated-dcatde-legalBasis-use", "dcat_Dataset-dcat_theme-class"} <= warned
    assert {each["places"][0]["line"] for each in findings if each["shape"].endswith("contributorID-iri>")} == {6}


def test_profiles_join_each_other_and_own_shapes(run: Run, write, tmp_path: Path) -> None:
    (tmp_path / "catalogue.ttl").write_text(FOREIGN, "utf-8")
    rules = write(rules=OWN) / "rules"
    both = ("--profile", "geodcat-ap", "--profile", str(rules))
    ran = run("validate", tmp_path / "catalogue.ttl", *both, "--format", "json")
    shapes = {(each["shape"] or "").rpartition("#")[2].strip(">") for each in json.loads(ran.out)["findings"]}
    assert {"geo-Dataset-spatial", "Dataset-frequency"} <= shapes
    assert "de-Distribution-license" not in shapes


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "there is nothing to validate against"),
        (("--profile", "dcat-ap.de"), 'there is no profile "dcat-ap.de"; did you mean "dcat-ap-de"?'),
        (("--profile", "code-lists"), 'the profile "code-lists" has no shapes for the description of a catalogue'),
    ],
)
def test_profiles_that_cannot_validate(run: Run, tmp_path: Path, options: tuple[str, ...], says: str) -> None:
    (tmp_path / "catalogue.ttl").write_text(FOREIGN, "utf-8")
    ran = run("validate", tmp_path / "catalogue.ttl", *options)
    assert ran.code == 2
    assert says in ran.err
