"""The real catalogue against ontology and shapes: terms defined and used, no finding, and mistakes that are found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

from st_opendata.catalogue import read_catalogue
from st_opendata.facts import FactBase, load_facts
from st_opendata.shacl import load_shapes, validate_facts, validate_graph
from st_opendata.shacl.languages import IN_EACH_LANGUAGE

ST = Namespace("https://w3id.org/st-opendata/ontology#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = Namespace("https://w3id.org/st-opendata/shapes#")
EURIO = Namespace("http://data.europa.eu/s66#")
PROV = Namespace("http://www.w3.org/ns/prov#")
SCHEME = Namespace("https://w3id.org/st-opendata/scheme/")
BASE = Namespace("https://w3id.org/st-opendata/smarter-together/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
SCHEMA = Namespace("https://schema.org/")
ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("shapes/st-project", "shapes/code-lists", "shapes/vocabularies", "datasets/shapes")
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.ttl"))]
LANGUAGES = ["de", "en", "fr"]


@pytest.fixture(scope="module")
def base() -> Iterator[FactBase]:
    with load_facts(read_catalogue(ROOT / "datasets")) as found:
        yield found


@pytest.fixture(scope="module")
def facts(smarter_release: Path) -> Graph:
    graph = Graph()
    for path in smarter_release.glob("*/*.nt"):
        graph.parse(path)
    return graph


@pytest.fixture(scope="module")
def shapes() -> Graph:
    graph = Graph()
    for path in FILES:
        graph.parse(path)
    return graph


def is_ours(term: URIRef | Literal) -> bool:
    return isinstance(term, URIRef) and term.startswith(str(ST))


def test_every_term_in_use_is_defined_and_every_term_defined_is_in_use(facts: Graph, shapes: Graph) -> None:
    ontology = Graph().parse(ROOT / "ontology" / "st-opendata.ttl")
    defined = set(ontology.subjects(RDFS.isDefinedBy, None))
    in_facts = {term for triple in facts for term in triple[1:] if is_ours(term)}
    queries = " ".join(str(text) for text in shapes.objects(predicate=SH.select))
    in_shapes = {term for triple in shapes for term in triple if is_ours(term)}
    in_shapes |= {ST[name] for name in re.findall(r"\bst:([A-Za-z]+)", queries)}
    assert (in_facts | in_shapes) - defined == set()
    # A superclass, used through its subclasses.
    assert defined - in_facts == {ST.Territory}


def test_every_concept_in_use_is_defined(facts: Graph) -> None:
    concepts = set(Graph().parse(ROOT / "datasets" / "ontology" / "schemes.ttl").subjects(RDF.type, SKOS.Concept))
    used = {term for term in facts.objects() if re.match(rf"{SCHEME}[a-z-]+/", str(term))}
    assert used - concepts == set()


def test_values_have_the_range_of_their_property(facts: Graph) -> None:
    ontology = Graph().parse(ROOT / "ontology" / "st-opendata.ttl")
    for term in ontology.subjects(RDF.type, OWL.DatatypeProperty):
        end = ontology.value(term, RDFS.range)
        for value in facts.objects(predicate=term):
            found = RDF.langString if value.language else value.datatype or XSD.string
            assert found == end, (term, value)


def test_facts_have_no_blank_node(facts: Graph) -> None:
    assert all(isinstance(term, URIRef | Literal) for triple in facts for term in triple)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_shape_has_a_name_and_a_message_in_three_languages(path: Path) -> None:
    graph = Graph().parse(path)
    for kind in (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint):
        for shape in graph.subjects(RDF.type, kind):
            assert str(shape).startswith(str(SHAPES))
    reporting = {*graph.subjects(RDF.type, SH.SPARQLConstraint), *graph.objects(predicate=SH.property)}
    helpers = {SHAPES["CoordinatorRole-label"]}  # its qualified shape has the message
    assert reporting
    for shape in reporting - helpers:
        messages = [*graph.objects(shape, SH.message), *graph.objects(shape, IN_EACH_LANGUAGE)]
        assert sorted(message.language for message in messages) == LANGUAGES, shape
        assert not re.search(r"minCount|sh:|property shape|IRI|node", " ".join(messages)), shape


def test_a_shape_is_stated_in_one_file() -> None:
    """A catalogue may add properties to a shape of a profile, but no shape is defined twice."""
    kinds = (SH.NodeShape, SH.PropertyShape, SH.SPARQLConstraint)
    stated = [shape for path in FILES for kind in kinds for shape in Graph().parse(path).subjects(RDF.type, kind)]
    assert len(stated) == len(set(stated))


@pytest.mark.slow
def test_the_real_catalogue_has_no_finding(base: FactBase) -> None:
    assert [*base.findings, *validate_facts(base, load_shapes(FILES, LANGUAGES))] == []


def triple(subject: str, predicate: URIRef, value: object) -> tuple[URIRef, URIRef, URIRef | Literal]:
    return BASE[subject], predicate, value if isinstance(value, URIRef) else Literal(value)


ADDED = [
    ("Project-start", triple("project/smarter-together", EURIO.startDate, Literal("2030-01-01", datatype=XSD.date))),
    ("Project-coordinator", triple("role/algoe", EURIO.roleLabel, "coordinator")),
    ("Role-label", triple("role/erdf", EURIO.roleLabel, "chef de file")),
    ("Period-within", triple("period/period-4", EURIO.endDate, Literal("2023-01-01", datatype=XSD.date))),
    ("Basis-inference", triple("role/erdf", ST.basis, SCHEME["basis/inferred"])),
    ("City-role", triple("city/lyon", ST.cityRole, SCHEME["city-role/follower"])),
    ("City-kind", triple("city/lyon", RDF.type, ST.Metropolis)),
    ("City-wikidata", triple("city/kyiv", OWL.sameAs, URIRef("http://www.wikidata.org/entity/Q517568"))),
    ("City-geonames", triple("city/sofia", OWL.sameAs, URIRef("https://sws.geonames.org/1/"))),
    ("City-same", triple("city/venice", OWL.sameAs, URIRef("http://www.wikidata.org/entity/Q456"))),
    ("City-nuts", triple("city/vienna", EURIO.hasNUTS3code, URIRef("http://data.europa.eu/nuts/code/FRK27"))),
    ("City-latitude", triple("city/munich", GEO.lat, Literal("4813.7", datatype=XSD.decimal))),
    ("Strand-lead", triple("strand/vienna", ST.strandIn, BASE["city/sofia"])),
    ("Strand-within", triple("amount/munich-eu-funding", EURIO.value, Literal("99000000.0", datatype=XSD.decimal))),
    ("LivingLab-time", triple("living-lab/stadtteillabor", ST.opened, Literal("1999-01-01", datatype=XSD.date))),
    ("Domain-order", triple("domain/living-labs", SCHEMA.position, Literal(5, datatype=XSD.positiveInteger))),
    ("Partner-unique", triple("partner/hespul", EURIO.identifier, "966090319")),
    ("Partner-authority", triple("partner/hespul", ST.represents, BASE["city/lyon"])),
    ("Partner-unresolved", triple("partner/hespul", ST.basis, SCHEME["basis/unresolved"])),
    ("Site-country", triple("address/bwsg", EURIO.addressCountry, "JP")),
    ("Site-point", triple("site/enertech", GEO.lat, Literal("44.6", datatype=XSD.decimal))),
    ("Grant-dates", triple("grant/691876", EURIO.endDate, Literal("2022-06-30", datatype=XSD.date))),
    ("Grant-shares", triple("amount/share-algoe", EURIO.value, Literal("48397400.0", datatype=XSD.decimal))),
    ("Grant-cost", triple("amount/eu-funding", EURIO.value, Literal("30000000.0", datatype=XSD.decimal))),
    ("Amount-currency", triple("amount/total-cost", EURIO.currency, "FRF")),
    ("Figure-of", triple("figure/project-jobs", ST.figureOf, BASE["city/atlantis"])),
    ("Figure-percent", triple("figure/vienna-eu-funding-rate", EURIO.value, Literal("833.9", datatype=XSD.decimal))),
    ("Claim-object", triple("claim/end-eufa", RDF.object, Literal("2022", datatype=XSD.gYear))),
    ("Claim-precision", triple("claim/end-eufa", ST.precision, SCHEME["precision/about"])),
    ("Claim-words", triple("claim/siemens-country-vienna", ST.precision, SCHEME["precision/about"])),
    ("Figure-precision", triple("figure/project-jobs", ST.precision, SCHEME["precision/at-least"])),
    ("Claim-one", triple("claim/end-eufa", ST.rank, SCHEME["claim-rank/preferred"])),
    ("Claim-agrees", triple("claim/end-eufa", ST.rank, SCHEME["claim-rank/preferred"])),
    ("Claim-alone", triple("city/sofia", ST.population, Literal("1300000", datatype=XSD.nonNegativeInteger))),
    ("Claim-followed", triple("partner/siemens", ST.country, BASE["country/DE"])),
    ("Claim-known", triple("claim/end-page", RDF.subject, BASE["project/other"])),
    ("Claim-scoped", triple("claim/grant-topic", RDF.predicate, EURIO.hasFundingSchemeCall)),
    ("Source-used", triple("source/rumour", RDF.type, ST.Source)),
    ("Concept-label", (SCHEME["theme/noise"], RDF.type, SKOS.Concept)),
    ("ConceptScheme-filled", (SCHEME["mood"], RDF.type, SKOS.ConceptScheme)),
    ("SkosLabels-preferred", (SCHEME["city-role/lead"], SKOS.prefLabel, Literal("front city", lang="en"))),
    ("SkosScheme", (SCHEME["city-role"], RDF.type, SKOS.Concept)),
]


@pytest.mark.slow
def test_each_mistake_is_found(facts: Graph) -> None:
    """All mistakes at once: each must be found by the shape that is there for it."""
    wrong = Graph()
    wrong += facts
    for _, added in ADDED:
        wrong.add(added)
    found = {
        (finding.shape or "").strip("<>").removeprefix(str(SHAPES))
        for finding in validate_graph(wrong, load_shapes(FILES, LANGUAGES))
    }
    assert {shape for shape, _ in ADDED} - found == set()
