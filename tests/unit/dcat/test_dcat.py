from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS, XSD, Namespace

from st_opendata.dcat import catalogue_statements, catalogue_subgraph, dataset_subgraph
from st_opendata.dcat.ap import describe_distribution
from st_opendata.dcat.terms import ADMS, DCAT, DCATAP, DCT, FOAF, GSP, PROV, SPDX, VCARD, VOID
from st_opendata.model.descriptions import Catalogue, Dataset, HighValue
from st_opendata.model.release import Distribution, Picture
from st_opendata.rdf.lines import graph_lines, graph_of_lines

Offer = dict[str, tuple[Distribution, ...]]
BASE = "https://w3id.org/st-opendata/smarter-together/"
SITE = "https://data.example.org/smarter/"
CITIES = URIRef(f"{BASE}dataset/cities")
CSV_FILE = URIRef(f"{BASE}distribution/cities/cities.csv")
SERVED = {DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription}
SH = Namespace("http://www.w3.org/ns/shacl#")


def report(data: Graph, *paths: Path) -> list[str]:
    """Violations, each as focus, path and value."""
    shapes = sum((Graph().parse(path) for path in paths), Graph())
    for _, _, dangling in shapes.triples((None, SH["property"], None)):
        if (dangling, SH.path, None) not in shapes:  # a defect of the HVD file, which pySHACL refuses
            shapes.remove((None, SH["property"], dangling))
    _, results, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    return sorted(
        " ".join(str(results.value(result, term)) for term in (SH.focusNode, SH.resultPath, SH.value))
        for result in results.objects(None, SH.result)
        if results.value(result, SH.resultSeverity) == SH.Violation
    )


def described(
    catalogue: Catalogue, offer: Offer, triples: dict[str, int], pictures: dict[str, Picture] | None = None
) -> Graph:
    return graph_of_lines([catalogue_statements(catalogue, offer, triples, pictures).lines()])


@pytest.fixture(scope="session")
def official(shared: Path) -> Path:
    return shared / "dcat-ap" / "3.0.1"


def test_the_catalogue_conforms_to_the_official_shapes_without_inference(graph: Graph, official: Path) -> None:
    assert report(graph, official / "shapes.ttl", official / "range.ttl") == []


def test_codes_come_from_the_controlled_vocabularies(graph: Graph, official: Path) -> None:
    """Apart from the algorithm: the shape wants an https IRI of a class whose members have http IRIs."""
    found = report(graph, official / "mdr-vocabularies.shape.ttl")
    assert [line for line in found if "checksumAlgorithm" not in line] == []


def test_a_picture_is_no_distribution(graph: Graph) -> None:
    """The official shapes, which hold for this graph (above), have nothing on foaf:depiction."""
    picture = URIRef(f"{BASE}distribution/cities/preview.svg")
    assert list(graph.subject_objects(FOAF.depiction)) == [(CITIES, picture)]
    assert picture not in set(graph.objects(None, DCAT.distribution))
    assert list(graph.objects(picture, RDF.type)) == [FOAF.Image]
    assert graph.value(picture, DCAT.downloadURL) == URIRef(f"{SITE}cities/preview.svg")
    assert str(graph.value(picture, DCT["format"])).endswith("/file-type/SVG")
    assert set(graph.objects(picture, DCT.title)) == {Literal("Map (SVG)", "en"), Literal("Carte (SVG)", "fr")}
    assert picture in set(dataset_subgraph(graph, CITIES).subjects())


def test_files_say_what_they_are_for(catalogue: Catalogue, graph: Graph, distributions: Offer) -> None:
    table = replace(catalogue.datasets[0].tables[0], description={"en": "One row a city."})
    offered = replace(distributions["cities"][0], table=table.name)
    dataset = catalogue.datasets[0].model_copy(update={"tables": (table,)})
    assert describe_distribution(dataset, offered) == {
        "en": "One row a city. A table for spreadsheets and programs.",
        "fr": "Un tableau pour tableurs et programmes.",
    }
    assert all(graph.value(node, DCT.description) for node in graph.objects(None, DCAT.distribution))


def test_a_minimal_catalogue_conforms(catalogue: Catalogue, official: Path) -> None:
    named = {"id": "bare", "title": {"en": "Bare"}, "description": {"en": "Nothing else is known."}}
    publisher = {"iri": "https://example.org/", "name": {"en": "A publisher"}}
    bare = Catalogue.model_validate(
        named | {"base": BASE, "site": BASE, "folder": catalogue.folder, "publisher": publisher}
    ).model_copy(update={"datasets": (Dataset.model_validate(named),)})
    graph = described(bare, {}, {})
    assert report(graph, official / "shapes.ttl", official / "range.ttl") == []
    assert (URIRef(f"{BASE}dataset/bare"), DCT.identifier, Literal(f"{BASE}dataset/bare")) in graph


def test_each_dataset_conforms_alone(graph: Graph, official: Path) -> None:
    for dataset in graph.objects(None, DCAT.dataset):
        alone = dataset_subgraph(graph, dataset)
        assert report(alone, official / "shapes.ttl", official / "range.ttl") == []
        assert set(alone.objects(dataset, DCAT.distribution)) == set(graph.objects(dataset, DCAT.distribution))
        assert set(alone.subjects(RDF.type, DCAT.Dataset)) == {dataset}
        assert not list(alone.subjects(RDF.type, DCAT.Catalog))


def test_a_fault_elsewhere_is_not_the_datasets(graph: Graph, official: Path) -> None:
    places, service = URIRef(f"{BASE}dataset/places"), URIRef(f"{BASE}service/sparql")
    graph.add((CITIES, DCT.relation, places))
    for node in (places, service, URIRef(f"{BASE}catalogue")):
        graph.remove((node, DCT.publisher, None))
        graph.add((node, DCT.publisher, Literal("nobody")))
    alone = dataset_subgraph(graph, CITIES)
    assert report(alone, official / "shapes.ttl", official / "range.ttl") == []
    assert (service, DCAT.servesDataset, CITIES) in alone
    assert (CITIES, DCT.relation, places) in alone
    graph.add((CSV_FILE, DCAT.accessService, service))
    assert report(dataset_subgraph(graph, CITIES), official / "shapes.ttl", official / "range.ttl")


def test_a_high_value_dataset_conforms_to_the_hvd_shapes(
    catalogue: Catalogue, distributions: Offer, shared: Path
) -> None:
    high_value = HighValue(category=("c_ac64a52d",))
    datasets = tuple(each.model_copy(update={"high_value": high_value}) for each in catalogue.datasets)
    graph = graph_of_lines(
        [catalogue_statements(catalogue.model_copy(update={"datasets": datasets}), distributions, {}).lines()]
    )
    folder = shared / "dcat-ap" / "3.0.0-hvd"
    assert report(graph, folder / "hvd-SHACL-base.ttl", folder / "hvd-SHACL-usagenotes.ttl") == []
    official = shared / "dcat-ap" / "3.0.1"
    assert report(graph, official / "shapes.ttl", official / "range.ttl") == []


def test_a_series_is_of_high_value_only_when_all_its_datasets_are(catalogue: Catalogue, distributions: Offer) -> None:
    first, second = catalogue.datasets
    first = first.model_copy(update={"high_value": HighValue(category=("c_ac64a52d",))})
    graph = graph_of_lines(
        [catalogue_statements(catalogue.model_copy(update={"datasets": (first, second)}), distributions, {}).lines()]
    )
    stated = {str(node) for node in graph.subjects(DCATAP.applicableLegislation)}
    assert CITIES.toPython() in stated
    assert str(CSV_FILE) in stated
    assert f"{BASE}service/sparql" in stated
    assert f"{BASE}series/all" not in stated
    assert f"{BASE}dataset/places" not in stated


def test_no_blank_nodes_and_the_same_lines_every_time(
    catalogue: Catalogue, distributions: Offer, pictures: dict[str, Picture], graph: Graph
) -> None:
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    again = graph_of_lines(
        [catalogue_statements(catalogue, distributions, {"places": 1, "cities": 12}, pictures).lines()]
    )
    assert graph_lines(graph) == graph_lines(again)


def test_only_access_download_and_endpoint_urls_depend_on_the_site(
    catalogue: Catalogue, distributions: Offer, pictures: dict[str, Picture], graph: Graph
) -> None:
    elsewhere = catalogue.model_copy(update={"site": "http://localhost:8000/"})
    moved = graph_of_lines(
        [catalogue_statements(elsewhere, distributions, {"cities": 12, "places": 1}, pictures).lines()]
    )
    assert {triple for triple in graph if triple[1] not in SERVED} == {
        triple for triple in moved if triple[1] not in SERVED
    }
    urls = {str(url).removeprefix(SITE) for _, predicate, url in graph if predicate in SERVED}
    assert {f"http://localhost:8000/{path}" for path in urls} == {
        str(url) for _, predicate, url in moved if predicate in SERVED
    }
    assert not [term for triple in graph for term in (triple[0], triple[1]) if str(term).startswith(SITE)]


def test_every_term_of_the_description_is_there(graph: Graph) -> None:
    def value(node: URIRef, *path: URIRef) -> object:
        for predicate in path:
            node = graph.value(node, predicate)  # type: ignore[assignment]
        return node

    assert value(CITIES, DCAT.inSeries) == URIRef(f"{BASE}series/all")
    assert not list(graph.triples((None, DCAT.dataset, URIRef(f"{BASE}series/all"))))
    assert value(CITIES, PROV.wasDerivedFrom, DCT.title) == Literal("Page du projet", lang="fr")
    assert (CITIES, DCT.source, None) not in graph
    assert value(CITIES, DCT.temporal, DCAT.startDate) == Literal("2016-02-01", datatype=XSD.date)
    assert value(CITIES, DCAT.contactPoint, VCARD.hasEmail) == URIRef("mailto:opendata@example.org")
    assert value(CITIES, DCAT.version) == Literal("1.0.0")
    assert value(CITIES, VOID.triples) == Literal(12)
    assert set(graph.objects(CITIES, ADMS.versionNotes)) == {
        Literal("First release.", lang="en"),
        Literal("Première version.", lang="fr"),
        Literal("Erste Ausgabe.", lang="de"),
    }
    places = set(graph.objects(CITIES, DCT.spatial))
    lyon, nuts = URIRef("https://sws.geonames.org/2996944/"), URIRef("http://data.europa.eu/nuts/code/FRK26")
    assert places == {lyon, nuts}
    assert value(lyon, DCAT.centroid) == Literal("POINT(4.84789 45.74906)", datatype=GSP.wktLiteral)
    box = "POLYGON((4.77 45.7, 4.9 45.7, 4.9 45.81, 4.77 45.81, 4.77 45.7))"
    assert value(lyon, DCAT.bbox) == Literal(box, datatype=GSP.wktLiteral)
    assert {str(name) for name in graph.objects(value(CITIES, DCT.license), SKOS.prefLabel)} >= {
        "Creative Commons Namensnennung 4.0 International"
    }


def test_a_distribution_tells_format_size_and_checksum(graph: Graph) -> None:
    assert graph.value(CSV_FILE, DCAT.downloadURL) == URIRef(f"{SITE}cities/cities.csv")
    assert graph.value(CSV_FILE, DCAT.byteSize) == Literal("1017", datatype=XSD.nonNegativeInteger)
    assert graph.value(CSV_FILE, DCAT.mediaType) == URIRef("https://www.iana.org/assignments/media-types/text/csv")
    checksum = graph.value(CSV_FILE, SPDX.checksum)
    assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
    digest = graph.value(checksum, SPDX.checksumValue)
    assert isinstance(digest, Literal)
    assert (len(str(digest)), digest.datatype) == (64, XSD.hexBinary)
    metadata = graph.value(CSV_FILE, FOAF.page)
    assert graph.value(metadata, DCAT.downloadURL) == URIRef(f"{SITE}cities/cities.csv-metadata.json")
    parquet = URIRef(f"{BASE}distribution/cities/cities.parquet")
    assert (parquet, DCT["format"], None) not in graph
    assert (parquet, DCAT.mediaType, None) in graph


def test_nodes_are_shared_with_the_catalogue_unless_they_say_something_else(graph: Graph) -> None:
    places = URIRef(f"{BASE}dataset/places")
    assert graph.value(CITIES, DCAT.contactPoint) == URIRef(f"{BASE}catalogue#contact-point")
    assert graph.value(places, DCAT.contactPoint) == URIRef(f"{BASE}dataset/places#contact-point")
    assert graph.value(places, DCT.temporal) == URIRef(f"{BASE}dataset/places#temporal")
    assert (URIRef(f"{BASE}dataset/places#temporal"), DCAT.endDate, None) not in graph
    rights = {graph.value(each, DCT.rights) for each in graph.objects(places, DCAT.distribution)}
    assert rights == {URIRef(f"{BASE}dataset/places#rights")}


@pytest.mark.parametrize(
    "state",
    [
        lambda graph: graph.remove((CITIES, DCT.title, None)),
        lambda graph: graph.remove((None, RDF.type, VCARD.Kind)),
        lambda graph: graph.add((CITIES, DCT.temporal, Literal("2016"))),
    ],
    ids=["no title", "untyped contact", "literal period"],
)
def test_the_official_shapes_would_see_a_fault(graph: Graph, official: Path, state: Callable[[Graph], object]) -> None:
    state(graph)
    assert report(dataset_subgraph(graph, CITIES), official / "shapes.ttl", official / "range.ttl")


def test_the_parts_of_a_catalogue_are_all_of_it(graph: Graph) -> None:
    parts = [dataset_subgraph(graph, dataset) for dataset in graph.objects(None, DCAT.dataset)]
    beside = catalogue_subgraph(graph)
    assert set(graph) == set(beside).union(*parts)
    assert not any(beside.subjects(RDF.type, DCAT.Distribution))


def test_a_fault_beside_the_datasets_is_the_catalogues(graph: Graph, official: Path) -> None:
    assert report(catalogue_subgraph(graph), official / "shapes.ttl", official / "range.ttl") == []
    for node in (URIRef(f"{BASE}catalogue"), URIRef(f"{BASE}service/sparql")):
        graph.set((node, DCT.publisher, Literal("nobody")))
    assert report(catalogue_subgraph(graph), official / "shapes.ttl", official / "range.ttl")
