from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from st_opendata.dcat import (
    BANDS,
    DIMENSIONS,
    INDICATORS,
    MAXIMUM,
    Score,
    average_points,
    band_of,
    read_dcat,
    release_answers,
    score_graph,
)
from st_opendata.dcat.terms import DCAT, DCT
from st_opendata.model.release import Distribution
from st_opendata.namespaces import AUTHORITY

BASE = "https://w3id.org/st-opendata/smarter-together/"
SITE = "https://data.example.org/smarter/"
CITIES, PLACES = URIRef(f"{BASE}dataset/cities"), URIRef(f"{BASE}dataset/places")
Offer = dict[str, tuple[Distribution, ...]]
Change = Callable[[Graph], object]


def yes(_: object) -> bool:
    return True


def score(graph: Graph, dataset: URIRef = CITIES) -> Score:
    return next(each for each in score_graph(graph, answers=yes, conforms=yes) if each.dataset == str(dataset))


def lost(result: Score) -> dict[str, int]:
    return {mark.indicator.name: mark.lost for mark in result.lost}


def files(graph: Graph, dataset: URIRef = CITIES) -> Iterable[URIRef]:
    return graph.objects(dataset, DCAT.distribution)  # type: ignore[return-value]


def drop(*predicates: URIRef) -> Change:
    """Take the properties from the dataset and its distributions."""

    def change(graph: Graph) -> None:
        for node in (CITIES, *files(graph)):
            for predicate in predicates:
                graph.remove((node, predicate, None))

    return change


def put(predicate: URIRef, value: URIRef | Literal) -> Change:
    """Replace what the dataset and its distributions state."""

    def change(graph: Graph) -> None:
        for node in (CITIES, *files(graph)):
            if (node, predicate, None) in graph:
                graph.set((node, predicate, value))

    return change


MUTATIONS: dict[str, Change] = {
    "keywordAvailability": drop(DCAT.keyword),
    "categoryAvailability": drop(DCAT.theme),
    "spatialAvailability": drop(DCT.spatial),
    "temporalAvailability": drop(DCT.temporal),
    "accessUrlStatusCode": put(DCAT.accessURL, URIRef("https://gone.example/")),
    "downloadUrlStatusCode": put(DCAT.downloadURL, URIRef("https://gone.example/")),
    "accessRightsVocabularyAlignment": put(DCT.accessRights, Literal("public")),
    "knownLicence": put(DCT.license, URIRef("https://example.org/our-own-licence")),
    "formatMediaTypeVocabularyAlignment": put(DCAT.mediaType, URIRef("https://example.org/csv")),
    "contactPointAvailability": drop(DCAT.contactPoint),
    "publisherAvailability": drop(DCT.publisher),
    "rightsAvailability": drop(DCT.rights),
    "byteSizeAvailability": drop(DCAT.byteSize),
    "dateIssuedAvailability": drop(DCT.issued),
    "dateModifiedAvailability": drop(DCT.modified),
}
"""One change each that costs one indicator alone."""

COUPLED: dict[str, tuple[Change, set[str]]] = {
    "downloadUrlAvailability": (drop(DCAT.downloadURL), {"downloadUrlStatusCode"}),
    "formatAvailability": (drop(DCT["format"]), {"formatMediaTypeVocabularyAlignment"}),
    "mediaTypeAvailability": (drop(DCAT.mediaType), {"formatMediaTypeVocabularyAlignment"}),
    "licenceAvailability": (drop(DCT.license), {"knownLicence"}),
    "accessRightsAvailability": (drop(DCT.accessRights), {"accessRightsVocabularyAlignment"}),
}
"""A missing property is not aligned and does not answer either."""


def formats(file_type: str, media_type: str) -> Change:
    def change(graph: Graph) -> None:
        put(DCT["format"], URIRef(f"{AUTHORITY}file-type/{file_type}"))(graph)
        put(DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{media_type}"))(graph)

    return change


LISTS = {
    "formatMediaTypeNonProprietary": formats("XLS", "application/vnd.ms-excel"),
    "formatMediaTypeMachineInterpretable": formats("TXT", "text/plain"),
}
POINTS = {indicator.name: indicator.points for indicator in INDICATORS}


def test_the_table_has_the_points_of_the_portal() -> None:
    assert len(INDICATORS) == 23
    assert MAXIMUM == 405
    by_dimension = {name: sum(each.points for each in INDICATORS if each.dimension == name) for name in DIMENSIONS}
    assert list(by_dimension.values()) == [100, 100, 110, 75, 20]
    for indicator in INDICATORS:
        for text in (indicator.rule, indicator.loss, indicator.remedy):
            assert set(text) == {"en", "fr", "de"}
            assert all(text.values())
        assert indicator.loss != indicator.rule


def test_a_loss_says_what_is_missing_and_the_remedy_names_the_property() -> None:
    keyword = INDICATORS[0]
    assert keyword.loss["en"] == "The dataset has no keyword (dcat:keyword)."
    for indicator in INDICATORS:
        if "dataset.yaml" in indicator.remedy["en"]:
            assert all("dct:" in text or "dcat:" in text for text in indicator.remedy.values()), indicator.name


def test_a_full_dataset_has_all_points(graph: Graph, distributions: Offer) -> None:
    served = [each.file for offer in distributions.values() for each in offer]
    for result in score_graph(graph, answers=release_answers(SITE, served), conforms=yes):
        assert (result.points, result.lost, result.band.name) == (405, (), "excellent")
        assert result.dimensions["findability"] == (100, 100)


def test_every_indicator_has_its_mutation() -> None:
    assert {*MUTATIONS, *COUPLED, *LISTS, "dcatApCompliance"} == set(POINTS)


@pytest.mark.quick(6)
@pytest.mark.parametrize("name", [*MUTATIONS, *LISTS])
def test_each_loss_costs_exactly_its_points(graph: Graph, name: str) -> None:
    (MUTATIONS | LISTS)[name](graph)
    results = score_graph(graph, answers=lambda url: "gone" not in url, conforms=yes)
    assert [result.points for result in results] == [405 - POINTS[name], 405]
    assert lost(results[0]) == {name: POINTS[name]}


@pytest.mark.parametrize("name", COUPLED)
def test_a_property_that_is_gone_costs_what_stands_on_it_too(graph: Graph, name: str) -> None:
    change, others = COUPLED[name]
    change(graph)
    assert lost(score(graph)) == {each: POINTS[each] for each in {name, *others}}


@pytest.mark.slow
def test_conformance_is_asked_of_each_dataset_alone(graph: Graph, shared: Path) -> None:
    graph.remove((CITIES, DCT.description, None))
    shapes = Graph().parse(shared / "dcat-ap" / "3.0.1" / "shapes.ttl")

    def conforms(dataset: Graph) -> bool:
        return bool(pyshacl.validate(dataset, shacl_graph=shapes, inference="none")[0])

    cities, places = score_graph(graph, answers=yes, conforms=conforms)
    assert lost(cities) == {"dcatApCompliance": 30}
    assert lost(places) == {}


def test_the_single_best_distribution_counts(graph: Graph) -> None:
    best = f"{BASE}distribution/cities/cities.nt"
    for node in files(graph):
        if str(node) != best:
            for predicate in (DCAT.byteSize, DCT.rights, DCT.license):
                graph.remove((node, predicate, None))
    result = score(graph)
    assert (result.points, result.distribution) == (405, best)
    graph.remove((URIRef(best), DCAT.downloadURL, None))
    assert lost(score(graph)) == {"licenceAvailability": 20, "knownLicence": 10, "rightsAvailability": 5,
                                  "byteSizeAvailability": 5}  # fmt: skip


def test_of_equal_distributions_the_first_iri_is_named(graph: Graph) -> None:
    assert score(graph).distribution == f"{BASE}distribution/cities/cities.csv"


def test_a_dataset_without_distributions_keeps_its_own_points(graph: Graph) -> None:
    graph.remove((CITIES, DCAT.distribution, None))
    result = score(graph)
    assert result.distribution is None
    assert result.points == sum(each.points for each in INDICATORS if each.about == "dataset") == 175
    assert result.band.name == "sufficient"


def test_parquet_alone_is_neither_listed_nor_aligned(graph: Graph) -> None:
    for node in files(graph):
        if not str(node).endswith(".parquet"):
            graph.remove((CITIES, DCAT.distribution, node))
    assert lost(score(graph)) == {
        "formatAvailability": 20,
        "formatMediaTypeVocabularyAlignment": 10,
        "formatMediaTypeNonProprietary": 20,
        "formatMediaTypeMachineInterpretable": 20,
    }


def test_a_dataset_date_stands_in_for_that_of_a_distribution(graph: Graph) -> None:
    for node in files(graph):
        graph.remove((node, DCT.issued, None))
        graph.remove((node, DCT.modified, None))
    assert score(graph).points == 405


@pytest.mark.parametrize(("form", "media_type"), [("CSV", "text/csv"), (".json-ld", "application/ld+json")])
def test_literals_count_as_the_codes_they_name(graph: Graph, form: str, media_type: str) -> None:
    put(DCT["format"], Literal(form))(graph)
    put(DCAT.mediaType, Literal(media_type))(graph)
    assert score(graph).points == 405


def test_the_media_type_alone_is_enough_for_the_lists(graph: Graph) -> None:
    put(DCT["format"], Literal("spreadsheet"))(graph)
    assert lost(score(graph)) == {"formatMediaTypeVocabularyAlignment": 10}


@pytest.mark.parametrize(
    "licence",
    ["https://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/deed.fr",
     "http://dcat-ap.de/def/licenses/cc-by/4.0", f"{AUTHORITY}licence/CC0", "https://opensource.org/licenses/MIT"],
)  # fmt: skip
def test_licences_that_the_portal_aligns_are_known(graph: Graph, licence: str) -> None:
    put(DCT.license, URIRef(licence))(graph)
    assert score(graph).points == 405


def test_averages_and_bands(graph: Graph) -> None:
    MUTATIONS["accessUrlStatusCode"](graph)
    scores = score_graph(graph, answers=lambda url: "gone" not in url, conforms=yes)
    assert average_points(scores) == (355 + 405) / 2
    assert average_points(()) == 0
    assert scores[0].dimensions["accessibility"] == (50, 100)
    assert [band_of(points).name for points in (405, 351, 350, 221, 220, 120, 119, 0)] == [
        "excellent", "excellent", "good", "good", "sufficient", "sufficient", "bad", "bad",
    ]  # fmt: skip
    assert [band.least for band in BANDS] == [351, 221, 120, 0]


def test_what_only_a_catalogue_lists_is_not_scored(graph: Graph) -> None:
    graph.add((URIRef(f"{BASE}catalogue"), DCAT.dataset, URIRef(f"{BASE}dataset/nowhere")))
    assert len(score_graph(graph, answers=yes, conforms=yes)) == 2
    graph.remove((CITIES, RDF.type, None))
    assert len(score_graph(graph, answers=yes, conforms=yes)) == 2


def test_a_release_answers_for_the_files_it_serves(distributions: Offer) -> None:
    answers = release_answers(SITE, [distributions["cities"][0].file])
    assert answers(f"{SITE}cities/cities.csv")
    assert not answers(f"{SITE}cities/cities.json")
    assert not answers("https://example.org/cities/cities.csv")


SAMPLES = {
    "be-opentransportdata.ttl": (4, 340),
    "de-bremen.rdf": (153, 281.86),
    "de-govdata-ckan-catalog-endpoint.rdf": (6, 252.5),
    "it-unibo.rdf": (12, 283.33),
    "it-upo.rdf": (18, 220),
}
"""Datasets and average points if every URL answered and every dataset conformed."""


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", SAMPLES)
def test_sample_catalogues_are_scored(shared: Path, name: str) -> None:
    scores = score_graph(read_dcat(shared / "samples" / "dcat" / name), answers=yes, conforms=yes)
    assert (len(scores), round(average_points(scores), 2)) == SAMPLES[name]
    assert all(len(result.marks) == 23 for result in scores)


NODES = st.sampled_from(
    [URIRef("http://a"), URIRef("http://b"), BNode("c"), Literal("d"), Literal("1", datatype=DCAT.x)]
)
PREDICATES = st.sampled_from(
    [RDF.type, DCAT.dataset, DCAT.distribution, DCAT.accessURL, DCAT.mediaType, DCT["format"], DCT.license,
     DCT.accessRights, DCT.issued, DCT.title, DCAT.servesDataset, RDF.value]
)  # fmt: skip
CLASSES = st.sampled_from([DCAT.Dataset, DCAT.Catalog, DCAT.DatasetSeries])


@given(st.lists(st.tuples(NODES, PREDICATES, st.one_of(NODES, CLASSES)), max_size=25))
def test_no_description_is_too_odd_to_be_scored(triples: list[tuple[Node, URIRef, Node]]) -> None:
    graph = Graph()
    for triple in triples:
        if not isinstance(triple[0], Literal):
            graph.add(triple)
    for result in score_graph(graph, answers=lambda url: url == "http://a", conforms=lambda alone: len(alone) > 1):
        assert 0 <= result.points <= MAXIMUM
        assert sum(points for points, _ in result.dimensions.values()) == result.points
        assert sum(maximum for _, maximum in result.dimensions.values()) == MAXIMUM
