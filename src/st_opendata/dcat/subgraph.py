"""A catalogue in parts: the description of one dataset, and the rest."""

from __future__ import annotations

from collections.abc import Collection

from rdflib import Graph, Literal
from rdflib.namespace import RDF
from rdflib.term import Node

from st_opendata.dcat.terms import DCAT, DCT

_NEIGHBOURS = frozenset({DCAT.Dataset, DCAT.DatasetSeries})
_OUTSIDE = frozenset({DCAT.Catalog, DCAT.CatalogRecord})
_BESIDE = (DCAT.Catalog, DCAT.CatalogRecord, DCAT.DataService, DCAT.DatasetSeries)
NAMES = frozenset({RDF.type, DCT.title, DCT.description})
"""The properties of a dataset or series that another resource only names."""


def dataset_subgraph(graph: Graph, dataset: Node) -> Graph:
    """The dataset with everything that it refers to, directly or indirectly: distributions, agents, places, concepts.

    Each dataset is assessed alone. So this has only type, title and description of another dataset or a series,
    nothing of a catalogue and its records, and of a service that no distribution names only that it serves the dataset.
    """
    found = _reached(graph, {dataset}, alone=True)
    for service in graph.subjects(DCAT.servesDataset, dataset):
        found.add((service, DCAT.servesDataset, dataset))
    return found


def catalogue_subgraph(graph: Graph) -> Graph:
    """Catalogues, records, services and series with everything that they refer to; of datasets only their names."""
    return _reached(graph, {node for kind in _BESIDE for node in graph.subjects(RDF.type, kind)}, alone=False)


def _reached(graph: Graph, starts: Collection[Node], *, alone: bool) -> Graph:
    """The statements about these nodes and all that they lead to; `alone` omits catalogues and what else they serve."""
    found = Graph()
    seen, waiting = set(starts), list(starts)
    while waiting:
        node = waiting.pop()
        types = set(graph.objects(node, RDF.type)) if node not in starts else set()
        if alone and types & _OUTSIDE:
            continue
        neighbour = bool(types & _NEIGHBOURS)
        for _, predicate, value in graph.triples((node, None, None)):
            if neighbour and predicate not in NAMES:
                continue
            if alone and predicate == DCAT.servesDataset and value not in starts:
                continue
            found.add((node, predicate, value))
            if not isinstance(value, Literal) and value not in seen:
                seen.add(value)
                waiting.append(value)
    return found
