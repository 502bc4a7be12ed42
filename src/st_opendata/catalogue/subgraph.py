"""The description of one dataset, taken out of a catalogue."""

from __future__ import annotations

from rdflib import Graph, Literal
from rdflib.namespace import RDF
from rdflib.term import Node

from st_opendata.catalogue.terms import DCAT, DCT

_NEIGHBOURS = frozenset({DCAT.Dataset, DCAT.DatasetSeries})
_OUTSIDE = frozenset({DCAT.Catalog, DCAT.CatalogRecord})
_NAMES = frozenset({RDF.type, DCT.title, DCT.description})


def dataset_subgraph(graph: Graph, dataset: Node) -> Graph:
    """The dataset with everything that it refers to, directly or not: distributions, agents, places, concepts.

    Each dataset answers for itself. So this holds type, title and description only of another dataset or a series,
    nothing of a catalogue and its records, and of a service that no distribution names only that it serves the dataset.
    """
    found = Graph()
    for service in graph.subjects(DCAT.servesDataset, dataset):
        found.add((service, DCAT.servesDataset, dataset))
    seen: set[Node] = {dataset}
    waiting: list[Node] = [dataset]
    while waiting:
        node = waiting.pop()
        types = set(graph.objects(node, RDF.type)) if node != dataset else set()
        if types & _OUTSIDE:
            continue
        neighbour = bool(types & _NEIGHBOURS)
        for _, predicate, value in graph.triples((node, None, None)):
            if neighbour and predicate not in _NAMES:
                continue
            if predicate == DCAT.servesDataset and value != dataset:
                continue
            found.add((node, predicate, value))
            if not isinstance(value, Literal) and value not in seen:
                seen.add(value)
                waiting.append(value)
    return found
