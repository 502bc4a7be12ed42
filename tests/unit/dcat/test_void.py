from __future__ import annotations

from rdflib import BNode, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, XSD

from st_opendata.dcat import Counts, void_statements
from st_opendata.dcat.terms import DCT, FOAF, VOID
from st_opendata.model.descriptions import Catalogue
from st_opendata.model.release import Distribution, File
from st_opendata.rdf.lines import graph_of_lines

Offer = dict[str, tuple[Distribution, ...]]
BASE = "https://w3id.org/st-opendata/smarter-together/"
SITE = "https://data.example.org/smarter/"
WHOLE, CITIES = URIRef(f"{BASE}catalogue"), URIRef(f"{BASE}dataset/cities")


def number(value: int) -> Literal:
    return Literal(value, datatype=XSD.integer)


def test_catalogue_and_datasets_say_how_much_and_where(
    catalogue: Catalogue, distributions: Offer, dumps: tuple[File, ...], counts: dict[str | None, Counts]
) -> None:
    graph = graph_of_lines([void_statements(catalogue, distributions, dumps, counts).lines()])
    assert graph.value(WHOLE, VOID.triples) == number(12)
    assert CITIES in set(graph.objects(WHOLE, VOID.subset))
    assert graph.value(CITIES, VOID.triples) == number(12)
    assert graph.value(CITIES, VOID.distinctSubjects) == number(3)
    assert graph.value(CITIES, VOID.sparqlEndpoint) == URIRef(f"{SITE}sparql")
    assert graph.value(CITIES, VOID.uriSpace) == Literal(f"{BASE}city/")
    assert graph.value(CITIES, VOID.properties) == number(3)
    assert graph.value(CITIES, VOID.classes) == number(1)
    assert graph.value(CITIES, VOID.exampleResource) == URIRef(f"{BASE}city/lyon")
    assert str(graph.value(CITIES, DCT.license)).endswith("/licence/CC_BY_4_0")
    assert set(graph.objects(WHOLE, VOID.dataDump)) == {URIRef(SITE + file.path) for file in dumps}
    assert set(graph.objects(CITIES, VOID.dataDump)) == {
        URIRef(f"{SITE}cities/cities{extension}") for extension in (".nt", ".ttl", ".jsonld")
    }
    assert set(graph.objects(CITIES, VOID.vocabulary)) == {
        URIRef("http://www.w3.org/2000/01/rdf-schema#"),
        URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
        URIRef("http://www.w3.org/2002/07/owl#"),
        URIRef("https://w3id.org/st-opendata/ontology#"),
    }
    assert not list(graph.objects(URIRef(f"{BASE}dataset/places"), VOID.vocabulary))
    assert graph.value(URIRef(f"{BASE}void"), FOAF.primaryTopic) == WHOLE
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_partitions_and_linksets(
    catalogue: Catalogue, distributions: Offer, dumps: tuple[File, ...], counts: dict[str | None, Counts]
) -> None:
    graph = graph_of_lines([void_statements(catalogue, distributions, dumps, counts).lines()])
    properties = {
        str(graph.value(part, VOID.property)): graph.value(part, VOID.triples)
        for part in graph.objects(CITIES, VOID.propertyPartition)
    }
    assert properties == {str(RDFS.label): number(3), str(RDF.type): number(3), str(OWL.sameAs): number(6)}
    classes = {
        str(graph.value(part, VOID["class"])): graph.value(part, VOID.entities)
        for part in graph.objects(CITIES, VOID.classPartition)
    }
    assert classes == {"https://w3id.org/st-opendata/ontology#City": number(3)}
    linksets = {
        str(graph.value(graph.value(each, VOID.objectsTarget), VOID.uriSpace)): each
        for each in graph.objects(CITIES, VOID.subset)
    }
    assert set(linksets) == {"http://www.wikidata.org/entity/", "https://sws.geonames.org/"}
    for linkset in linksets.values():
        assert graph.value(linkset, VOID.linkPredicate) == OWL.sameAs
        assert graph.value(linkset, VOID.subjectsTarget) == CITIES
        assert graph.value(linkset, VOID.triples) == number(3)
