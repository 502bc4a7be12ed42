"""The properties of profiles in the description: where they stand, with their types and labels."""

from __future__ import annotations

from pathlib import Path

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS, XSD

from st_opendata.build.description import expected_description
from st_opendata.catalogue import read_catalogue
from st_opendata.dcat.terms import DCAT
from st_opendata.rdf.view import graph_view

DE, DCATDE = "http://dcat-ap.de/def/", Namespace("http://dcat-ap.de/def/dcatde/")
GEO = Namespace("http://data.europa.eu/930/")
BASE = "https://data.example/"
CATALOGUE = """\
id: trees
base: https://data.example/
profiles: [dcat-ap-de, geodcat-ap]
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
license: dl-by-de/2.0
contributorID: stadt
datasets: [trees]
"""
DATASET = """\
title: {de: Bäume}
description: {de: Die Bäume der Stadt.}
politicalGeocodingLevelURI: municipality
originator: {iri: "https://a.example/", name: {de: Amt}}
licenseAttributionByText: Stadt
spatialResolutionInMeters: 10.0
referenceSystem: EPSG/0/25832
topicCategory: environment
tables:
  - url: trees.csv
    licenseAttributionByText: Gartenamt
    tableSchema: {aboutUrl: "tree/{id}", columns: [{name: id}]}
"""


def described(folder: Path, more: str = "") -> Graph:
    (folder / "trees").mkdir()
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")
    (folder / "trees/dataset.yaml").write_text(DATASET + more, "utf-8")
    (folder / "trees/trees.csv").write_text("id\n1\n", "utf-8")
    return graph_view(expected_description(read_catalogue(folder)))


def test_where_values_stand(tmp_path: Path) -> None:
    graph = described(tmp_path)
    dataset = URIRef(f"{BASE}dataset/trees")
    assert graph.value(dataset, DCATDE.contributorID) == URIRef(f"{DE}contributors/stadt")
    assert graph.value(dataset, DCAT.spatialResolutionInMeters) == Literal("10.0", datatype=XSD.decimal)
    assert list(graph.subjects(DCATDE.contributorID)) == [dataset]
    level = graph.value(dataset, DCATDE.politicalGeocodingLevelURI)
    assert Literal("Kommune", "de") in set(graph.objects(level, SKOS.prefLabel))
    assert (graph.value(level, SKOS.inScheme), RDF.type, SKOS.ConceptScheme) in graph
    agent = graph.value(dataset, GEO.originator)
    assert (agent, RDF.type, FOAF.Agent) in graph
    assert graph.value(agent, FOAF.name) == Literal("Amt", "de")
    assert (dataset, DCTERMS.subject, graph.value(dataset, GEO.topicCategory)) in graph
    system = graph.value(dataset, GEO.referenceSystem)
    assert (dataset, DCTERMS.conformsTo, system) in graph
    assert (system, RDF.type, DCTERMS.Standard) in graph


def test_a_table_has_its_own_value(tmp_path: Path) -> None:
    graph = described(tmp_path)
    texts = {
        str(file).rpartition("/")[2]: str(text) for file, text in graph.subject_objects(DCATDE.licenseAttributionByText)
    }
    assert texts == {"trees.csv": "Gartenamt", "trees.ttl": "Stadt"}


def test_one_licence_stands_in_place_of_the_eu_code(tmp_path: Path) -> None:
    graph = described(tmp_path)
    licence = URIRef(f"{DE}licenses/dl-by-de/2.0")
    eu = URIRef("http://publications.europa.eu/resource/authority/licence/DLDE_BY_2_0")
    assert set(graph.objects(None, DCTERMS.license)) == {licence}
    assert {URIRef(f"{BASE}{each}") for each in ("catalogue", "service/sparql", "distribution/trees/trees.csv")} <= set(
        graph.subjects(DCTERMS.license)
    )
    assert graph.value(licence, SKOS.exactMatch) == eu
    assert (licence, RDF.type, DCTERMS.LicenseDocument) in graph
    assert graph.value(licence, DCTERMS.type) == URIRef("http://purl.org/adms/licencetype/Attribution")


def test_a_licence_that_the_eu_does_not_have(tmp_path: Path) -> None:
    graph = described(tmp_path, "license: officialWork\n")
    file = URIRef(f"{BASE}distribution/trees/trees.csv")
    assert graph.value(file, DCTERMS.license) == URIRef(f"{DE}licenses/officialWork")
