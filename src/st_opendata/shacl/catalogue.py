"""DCAT-AP 3.0.1 and DCAT-AP HVD 3.0.0 for a catalogue graph, by our own shapes."""

from __future__ import annotations

from functools import cache

from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from st_opendata.model.findings import Finding
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.statements import Statements
from st_opendata.rdf.view import graph_view
from st_opendata.resources import resource_folder
from st_opendata.settings import Settings
from st_opendata.shacl.checking import UNLIMITED, validate_graph
from st_opendata.shacl.shapes import Shapes, load_shapes
from st_opendata.shacl.terms import SH

DCAT, DCT, DCATAP = (Namespace(PREFIXES[prefix]) for prefix in ("dcat", "dct", "dcatap"))
HVD_ACT = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")


@cache
def _shapes(profile: str) -> Shapes:
    return load_shapes([resource_folder("shapes") / f"{profile}.ttl"])


def validate_catalogue(catalogue: Graph | Statements, settings: Settings = UNLIMITED) -> list[Finding]:
    """The findings of DCAT-AP on the whole catalogue, and of HVD on its high-value datasets, sorted.

    The settings limit the findings listed of a shape, and memory and threads if the catalogue is large.

    The shapes for HVD speak of every dataset, distribution and service, like the official ones. A catalogue mixes
    high-value and other datasets: so here they are aimed at what states a `dcatap:hvdCategory` or the HVD act, and at
    its distributions, services, contacts and licences.
    """
    graph = catalogue if isinstance(catalogue, Graph) else graph_view(catalogue)
    shapes = [_shapes("dcat-ap")]
    if high_value := high_value_nodes(graph):
        shapes.append(_aimed(_shapes("dcat-ap-hvd"), graph, high_value))
    return validate_graph(catalogue, *shapes, settings=settings)


def high_value_nodes(graph: Graph) -> set[Node]:
    """High-value datasets, series and services, and what belongs to them."""
    found = {*graph.subjects(DCATAP.hvdCategory), *graph.subjects(DCATAP.applicableLegislation, HVD_ACT)}
    found.update(service for node in tuple(found) for service in graph.subjects(DCAT.servesDataset, node))
    for predicate in (DCAT.distribution, DCAT.accessService, DCAT.contactPoint, DCT.license):
        found.update(part for node in tuple(found) for part in graph.objects(node, predicate))
    return found


def _aimed(shapes: Shapes, data: Graph, nodes: set[Node]) -> Shapes:
    """The shapes with each target class replaced by those of its instances that are among the nodes."""
    graph = Graph()
    for subject, predicate, value in shapes.graph:
        if predicate == SH.targetClass:
            for instance in nodes.intersection(data.subjects(RDF.type, value)):
                graph.add((subject, SH.targetNode, instance))
        else:
            graph.add((subject, predicate, value))
    return Shapes(graph, shapes.notices, shapes.owners)
