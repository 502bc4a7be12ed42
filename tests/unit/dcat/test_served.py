"""The score of a release: validated as a whole, and dataset by dataset only where the whole does not conform."""

from __future__ import annotations

from rdflib import Graph, URIRef

from st_opendata.dcat.quality.scoring import score_served
from st_opendata.dcat.terms import DCAT, DCT
from st_opendata.model.findings import conforms
from st_opendata.shacl import validate_catalogue

SITE = "https://data.example.org/smarter/"
CITIES = URIRef("https://w3id.org/st-opendata/smarter-together/dataset/cities")


def compliant(graph: Graph) -> list[bool]:
    scores = score_served(graph, SITE, (), conforming=conforms(validate_catalogue(graph)))
    marks = [mark for score in scores for mark in score.marks if mark.indicator.name == "dcatApCompliance"]
    return [not mark.lost for mark in marks]


def test_where_the_whole_conforms_so_does_each_dataset(graph: Graph) -> None:
    assert compliant(graph) == [True, True]
    assert score_served(graph, SITE, (), conforming=True) == score_served(graph, SITE, (), conforming=False)


def test_a_fault_costs_only_the_dataset_that_has_it(graph: Graph) -> None:
    graph.remove((CITIES, DCT.title, None))
    assert compliant(graph) == [False, True]


def test_a_fault_of_the_catalogue_costs_no_dataset(graph: Graph) -> None:
    [whole] = graph.subjects(DCAT.themeTaxonomy)
    graph.remove((whole, DCT.publisher, None))
    assert compliant(graph) == [True, True]
