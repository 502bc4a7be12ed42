"""The st: ontology: documented terms, and what FOOPS! asks as far as it needs no network."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

ST = Namespace("https://w3id.org/st-opendata/ontology#")
VANN = Namespace("http://purl.org/vocab/vann/")
BIBO = Namespace("http://purl.org/ontology/bibo/")
ONTOLOGY = URIRef("https://w3id.org/st-opendata/ontology")
LANGUAGES = ["de", "en", "fr"]
FOLDER = Path(__file__).resolve().parents[3] / "ontology"
GRAPH = Graph().parse(FOLDER / "st-opendata.ttl")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
TERMS = sorted({s for kind in KINDS for s in GRAPH.subjects(RDF.type, kind) if isinstance(s, URIRef)})
PROPERTIES = [term for term in TERMS if (term, RDF.type, OWL.Class) not in GRAPH]


def local(term: URIRef) -> str:
    return str(term).removeprefix(str(ST))


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_a_term_is_documented_in_three_languages(term: URIRef) -> None:
    for annotation in (RDFS.label, SKOS.definition):
        texts = list(GRAPH.objects(term, annotation))
        assert sorted(text.language for text in texts) == LANGUAGES
        assert all(text.strip() for text in texts)
    assert list(GRAPH.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY]
    assert len(list(GRAPH.objects(term, SKOS.example))) == 1


@pytest.mark.parametrize("term", PROPERTIES, ids=local)
def test_a_property_has_one_domain_and_one_range(term: URIRef) -> None:
    assert len(list(GRAPH.objects(term, RDFS.domain))) == 1
    (end,) = GRAPH.objects(term, RDFS.range)
    literal = str(end).startswith(str(XSD)) or end == RDF.langString
    assert literal == ((term, RDF.type, OWL.DatatypeProperty) in GRAPH)


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_an_example_is_turtle_that_uses_its_term(term: URIRef) -> None:
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in GRAPH.namespaces())
    example = Graph().parse(data=prefixes + str(GRAPH.value(term, SKOS.example)), format="turtle")
    assert term in set(example.predicates()) | set(example.objects(predicate=RDF.type))


def test_city_metropolis_and_district_are_disjoint() -> None:
    members = [set(Collection(GRAPH, node)) for node in GRAPH.objects(predicate=OWL.members)]
    assert {ST.City, ST.Metropolis, ST.District} in members


@pytest.mark.parametrize(
    "annotation",
    [
        *(DCTERMS.title, DCTERMS.description, DCTERMS.abstract, DCTERMS.license, DCTERMS.creator),  # OM1, OM4.1, OM5.1
        *(VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri, OWL.versionInfo, DCTERMS.created),  # FIND1, OM2
        *(DCTERMS.bibliographicCitation, DCTERMS.contributor, DCTERMS.publisher, FOAF.logo),  # OM2, OM3, OM5.1
        *(BIBO.status, DCTERMS.source, DCTERMS.issued, DCTERMS.modified, OWL.versionIRI),  # OM3, OM5.2, VER1
    ],
)
def test_the_header_has_what_foops_looks_for(annotation: URIRef) -> None:
    """All metadata of FOOPS! OM1 to OM5, FIND1 and VER1 but a DOI, which no repository has given yet."""
    assert (ONTOLOGY, annotation, None) in GRAPH


def test_the_iri_is_a_persistent_address() -> None:
    """FOOPS! HTTP1 and PURL1: https, in a scheme for persistent addresses."""
    assert str(ONTOLOGY).startswith("https://w3id.org/")
    assert all(str(term).startswith(f"{ONTOLOGY}#") for term in TERMS)


@pytest.mark.parametrize("form", ["turtle", "xml", "nt", "json-ld"])
def test_it_can_be_written_and_read_in_each_format(form: str) -> None:
    """FOOPS! RDF1, and what CN1 asks a server for: Turtle, RDF/XML, N-Triples and JSON-LD."""
    again = Graph().parse(data=GRAPH.serialize(format=form), format=form)
    assert isomorphic(again, GRAPH)


def test_other_vocabularies_are_reused() -> None:
    """FOOPS! VOC2: our classes and properties hang on those of others, not only on RDF, RDFS and OWL."""
    named = {node for end in (RDFS.subClassOf, RDFS.domain, RDFS.range) for node in GRAPH.objects(None, end)}
    others = {str(node).rpartition("#" if "#" in str(node) else "/")[0] for node in named if isinstance(node, URIRef)}
    assert {"http://data.europa.eu/s66", "http://www.w3.org/2004/02/skos/core", "http://www.w3.org/ns/prov"} <= others


def test_the_header_is_consistent() -> None:
    assert list(GRAPH.subjects(RDF.type, OWL.Ontology)) == [ONTOLOGY]
    assert GRAPH.value(ONTOLOGY, VANN.preferredNamespacePrefix).value == "st"
    assert str(GRAPH.value(ONTOLOGY, VANN.preferredNamespaceUri)) == str(ST)
    version = GRAPH.value(ONTOLOGY, OWL.versionInfo)
    assert GRAPH.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    assert str(GRAPH.value(ONTOLOGY, DCTERMS.license)).startswith("https://")
    issued, modified = (GRAPH.value(ONTOLOGY, name).toPython() for name in (DCTERMS.issued, DCTERMS.modified))
    assert isinstance(issued, date)
    assert issued <= modified
    for annotation in (DCTERMS.title, DCTERMS.description):
        assert sorted(text.language for text in GRAPH.objects(ONTOLOGY, annotation)) == LANGUAGES


def test_the_logo_stands_beside_the_ontology() -> None:
    logo = str(GRAPH.value(ONTOLOGY, FOAF.logo)).removeprefix("https://w3id.org/st-opendata/ontology/")
    assert (FOLDER / logo).is_file()


def test_what_is_reused_exists_in_eurio(shared: Path) -> None:
    """Terms of EURIO that the ontology, the shapes and the tables name are in EURIO 2.4."""
    eurio = Graph().parse(shared / "ontologies" / "EURIO-2.4.ttl")
    known = {
        str(term).rpartition("#")[2] for term in eurio.subjects() if str(term).startswith("http://data.europa.eu/s66#")
    }
    files = [
        *FOLDER.glob("*.ttl"),
        *FOLDER.parent.glob("shapes/*/*.ttl"),
        *FOLDER.parent.glob("datasets/*/*.ttl"),
        *FOLDER.parent.glob("datasets/*/*.yaml"),
    ]
    used = {name for path in files for name in re.findall(r"\beurio:([A-Za-z]+)\b(?!\{)", path.read_text("utf-8"))}
    assert used - known == set()
