"""Each shape of the packaged metadata profiles: a description that conforms, and a change that only this shape sees."""

from __future__ import annotations

from functools import cache

import pytest
from rdflib import Graph

from st_opendata.catalogue.profiles import packaged_profile
from st_opendata.model.findings import Finding, Severity
from st_opendata.namespaces import PREFIXES
from st_opendata.shacl import Shapes, load_shapes, validate_graph
from st_opendata.shacl.wellformed import shapes_of

OWN = {
    "": "https://data.example/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "geodcatap": "http://data.europa.eu/930/",
    "level": "http://dcat-ap.de/def/politicalGeocoding/Level/",
    "theme": "http://publications.europa.eu/resource/authority/data-theme/",
    "topic": "http://inspire.ec.europa.eu/metadata-codelist/TopicCategory/",
}
HEAD = "\n".join(f"PREFIX {prefix}: <{start}>" for prefix, start in (PREFIXES | OWN).items()) + "\n"
LICENCE = "<http://dcat-ap.de/def/licenses/dl-by-de/2.0>"
DESCRIPTION = f"""
:c a dcat:Catalog ; dct:publisher :a ; dct:license {LICENCE} ; dcat:dataset :d ; dct:language :de .
:d a dcat:Dataset ; dct:publisher :a ; dcat:distribution :f ; dct:temporal :t ; dcat:contactPoint :k ;
  dcatde:contributorID <http://dcat-ap.de/def/contributors/stadt> ;
  dcatde:politicalGeocodingLevelURI level:municipality ; dcat:theme theme:ENVI ; dct:contributor :a ;
  geodcatap:custodian :a ; geodcatap:originator :a ; prov:qualifiedAttribution :q ; dct:language :de ;
  dct:provenance :p ; dct:spatial :s ; geodcatap:topicCategory topic:environment ;
  geodcatap:referenceSystem <http://www.opengis.net/def/crs/EPSG/0/25832> ;
  geodcatap:resourceType <http://inspire.ec.europa.eu/metadata-codelist/ResourceType/dataset> ;
  dcat:spatialResolutionInMeters 10.0 ; geodcatap:spatialResolutionAsText "1:1000" .
:f a dcat:Distribution ; dct:license {LICENCE} ; dcatde:licenseAttributionByText "Stadt" ; spdx:checksum :x ;
  adms:status <http://publications.europa.eu/resource/authority/distribution-status/COMPLETED> .
:x a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 .
:w a dcat:DataService ; dct:publisher :a ; dct:license {LICENCE} .
:r a dcat:DatasetSeries ; dct:publisher :a .
:t a dct:PeriodOfTime ; dcat:startDate "2026-01-01"^^xsd:date .
:k a vcard:Kind ; vcard:fn "Amt"@de ; vcard:hasEmail <mailto:amt@data.example> .
:q a prov:Attribution ; prov:agent :a ; dcat:hadRole :role .
:a a foaf:Agent ; foaf:name "Stadt"@de .
:s a dct:Location ; dcat:bbox "POLYGON((0 0, 1 0, 1 1, 0 0))"^^gsp:wktLiteral .
"""
AVAILABLE = "dcatap:availability :one, :two"
CASES = {
    "dcat-ap-de": {
        "de-Catalog-availability-once": f"+ :c {AVAILABLE}",
        "de-Catalog-isPartOf-once": "+ :b a dcat:Catalog . :e a dcat:Catalog . :c dct:isPartOf :b, :e",
        "de-Catalog-isPartOf-class": "+ :c dct:isPartOf :elsewhere",
        "de-Catalog-license-list": f"- :c dct:license {LICENCE} + :c dct:license :own",
        "de-Dataset-publisher": "- :d dct:publisher :a",
        "de-Dataset-availability-once": f"+ :d {AVAILABLE}",
        "de-Dataset-contributorID-iri": '+ :d dcatde:contributorID "http://dcat-ap.de/def/contributors/a"',
        "de-Dataset-contributorID-list": "+ :d dcatde:contributorID :own",
        "de-Dataset-contributorID": "- :d dcatde:contributorID <http://dcat-ap.de/def/contributors/stadt>",
        "de-Dataset-politicalGeocodingLevelURI-list": "+ :d dcatde:politicalGeocodingLevelURI level:village",
        "de-Dataset-politicalGeocodingLevelURI": "- :d dcatde:politicalGeocodingLevelURI level:municipality",
        "de-Dataset-references-iri": '+ :d dct:references "Musterdatensatz"',
        "de-Dataset-contributor-agent": "+ :d dct:contributor :nobody",
        "de-Dataset-originator-agent": "+ :d geodcatap:originator :nobody",
        "de-Dataset-custodian-agent": "+ :d geodcatap:custodian :nobody",
        "de-Dataset-theme-list": "+ :d dcat:theme :own",
        "de-DataService-publisher": "- :w dct:publisher :a",
        "de-DataService-availability-once": f"+ :w {AVAILABLE}",
        "de-DataService-license-list": f"- :w dct:license {LICENCE} + :w dct:license :own",
        "de-DatasetSeries-publisher": "- :r dct:publisher :a",
        "de-Distribution-license": f"- :f dct:license {LICENCE}",
        "de-Distribution-license-list": f"- :f dct:license {LICENCE} + :f dct:license :own",
        "de-Distribution-licenseAttributionByText": "+ :f dcatde:licenseAttributionByText :words",
        "de-Distribution-availability-once": f"+ :f {AVAILABLE}",
        "de-Distribution-attribution": '- :f dcatde:licenseAttributionByText "Stadt"',
        "de-Period-ends": '- :t dcat:startDate "2026-01-01"^^xsd:date',
        "de-Kind-name-once": '+ :k vcard:fn "Office"@en',
        "de-Kind-name": '- :k vcard:fn "Amt"@de + :k vcard:fn :name',
        "de-Kind-email": '+ :k vcard:hasEmail "amt@data.example"',
        "de-Kind-url": '+ :k vcard:hasURL "https://data.example/"',
        "de-Kind-telephone": '+ :k vcard:hasTelephone "+49 89 233"',
        "de-Kind-address": "- :k vcard:hasEmail <mailto:amt@data.example>",
        "de-Attribution-role": "- :q dcat:hadRole :role",
        "de-Attribution-agent": "- :q prov:agent :a",
        "de-deprecated-dcatde-politicalGeocodingURI-use": "+ :d dcatde:politicalGeocodingURI :x",
        "de-deprecated-dcatde-geocodingDescription-use": '+ :d dcatde:geocodingDescription "x"',
        "de-deprecated-dcatde-legalBasis-use": '+ :d dcatde:legalBasis "x"',
        "de-deprecated-dcatde-qualityProcessURI-use": "+ :d dcatde:qualityProcessURI :x",
        "de-deprecated-dcatde-originator-use": "+ :d dcatde:originator :a",
        "de-deprecated-dcatde-maintainer-use": "+ :d dcatde:maintainer :a",
        "de-deprecated-owl-versionInfo-use": '+ :d owl:versionInfo "1"',
        "de-deprecated-dct-hasVersion-use": "+ :d dct:hasVersion :x",
        "de-deprecated-dct-isVersionOf-use": "+ :d dct:isVersionOf :x",
        "de-deprecated-algorithm-use": "+ :x spdx:algorithm <http://dcat-ap.de/def/hashAlgorithms/md/5>",
        "de-deprecated-status-use": "+ :f adms:status <http://purl.org/adms/status/Completed>",
    },
    "geodcat-ap": {
        "geo-Dataset-language": "- :d dct:language :de",
        "geo-Dataset-provenance": "- :d dct:provenance :p",
        "geo-Dataset-system": "- :d geodcatap:referenceSystem <http://www.opengis.net/def/crs/EPSG/0/25832>",
        "geo-Dataset-system-iri": "+ :d geodcatap:referenceSystem :own",
        "geo-Dataset-metres": "+ :d dcat:spatialResolutionInMeters 10",
        "geo-Dataset-words": "+ :d geodcatap:spatialResolutionAsText :coarse",
        "geo-Dataset-type": "+ :d geodcatap:resourceType :own",
        "geo-Dataset-topic": "+ :d geodcatap:topicCategory topic:environments",
        "geo-Location-bbox": '+ :s dcat:bbox "0 0 1 1"',
        "geo-Distribution-technique": "+ :f adms:representationTechnique :one, :two",
        "geo-Catalog-language": "- :c dct:language :de",
        **{
            f"geo-Dataset-{role}": f"+ :d geodcatap:{role} :nobody"
            for role in ("custodian", "distributor", "originator", "principalInvestigator", "processor",
                         "resourceProvider", "user")
        },
        "geo-Dataset-box": '- :s dcat:bbox "POLYGON((0 0, 1 0, 1 1, 0 0))"^^gsp:wktLiteral',
    },
}  # fmt: skip
TOGETHER = {
    "de-Dataset-politicalGeocodingLevelURI-iri": (
        "dcat-ap-de",
        '+ :d dcatde:politicalGeocodingLevelURI "state"',
        "de-Dataset-politicalGeocodingLevelURI-list",
    ),
    "geo-Dataset-spatial": ("geodcat-ap", "- :d dct:spatial :s", "geo-Dataset-box"),
}
"""Shapes that never speak alone, with the other one."""
PARTS = {"geo-Box"}
"""Shapes without messages of their own."""


@cache
def shapes(profile: str) -> Shapes:
    return load_shapes(list(packaged_profile(profile).shapes.values()))


def findings(profile: str, change: str = "") -> list[Finding]:
    graph = Graph().parse(data=HEAD + DESCRIPTION, format="turtle")
    removed, _, added = change.removeprefix("- ").partition("+ ") if change.startswith("-") else ("", "", change[2:])
    if removed:
        before = len(graph)
        graph.update(f"{HEAD} DELETE DATA {{ {removed} }}")
        assert len(graph) == before - 1, removed
    if added:
        graph.parse(data=f"{HEAD}{added} .", format="turtle")
    return validate_graph(graph, shapes(profile))


def names(found: list[Finding]) -> set[str]:
    return {str(each.shape).strip("<>").rpartition("#")[2] for each in found}


@pytest.mark.parametrize("profile", CASES)
def test_a_description_that_conforms(profile: str) -> None:
    assert findings(profile) == []


@pytest.mark.parametrize(("profile", "shape"), [(name, shape) for name, cases in CASES.items() for shape in cases])
def test_a_change_that_one_shape_sees(profile: str, shape: str) -> None:
    found = findings(profile, CASES[profile][shape])
    assert names(found) == {shape}
    assert all(set(each.message) >= {"en", "fr", "de"} for each in found)


@pytest.mark.parametrize("shape", TOGETHER)
def test_a_change_that_two_shapes_see(shape: str) -> None:
    profile, change, other = TOGETHER[shape]
    assert names(findings(profile, change)) == {shape, other}


@pytest.mark.parametrize("profile", CASES)
def test_every_shape_has_a_case(profile: str) -> None:
    graph = shapes(profile).graph
    stated = {str(each).rpartition("#")[2] for each in shapes_of(graph) if "#" in str(each)}
    speaking = {each for each in stated if each in CASES[profile] or each in TOGETHER or each in PARTS}
    groups = {f"{start}-{kind}" for start in ("de", "geo") for kind in KINDS}
    assert stated - speaking - groups - {name.removesuffix("-use") for name in CASES[profile]} == set()


KINDS = (
    *("Catalog", "Dataset", "DataService", "DatasetSeries", "Distribution", "Period", "Kind", "Attribution"),
    "Location",
)


def test_what_the_specification_demands_stops_a_build() -> None:
    for change in (
        "- :d dct:publisher :a",
        f"- :f dct:license {LICENCE}",
        "- :k vcard:hasEmail <mailto:amt@data.example>",
    ):
        assert {each.severity for each in findings("dcat-ap-de", change)} == {Severity.VIOLATION}


@pytest.mark.parametrize(
    ("profile", "shape", "codes"),
    [
        ("dcat-ap-de", "de-Distribution-license-list", "licenses"),
        ("dcat-ap-de", "de-Dataset-politicalGeocodingLevelURI-list", "political-geocoding-levels"),
        ("geodcat-ap", "geo-Dataset-topic", "topic-categories"),
        ("geodcat-ap", "geo-Dataset-type", "resource-types"),
    ],
)
def test_shapes_and_lists_have_the_same_codes(profile: str, shape: str, codes: str) -> None:
    listed = next(each for each in packaged_profile(profile).lists if each.name == codes)
    query = (
        f"SELECT ?code {{ <{PREFIXES['st'].replace('ontology#', 'shapes#')}{shape}> sh:in/rdf:rest*/rdf:first ?code }}"
    )
    found = {str(row[0]) for row in shapes(profile).graph.query(f"{HEAD}{query}")}  # type: ignore[index]  # a row
    assert found == {f"{listed.start}{code}" for code in listed.labels}
