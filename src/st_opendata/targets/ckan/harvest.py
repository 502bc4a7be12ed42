"""What harvesters make of a description: validated by the DCAT-AP shapes and scored, dataset by dataset."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from rdflib import RDF, Graph
from rdflib.term import Node

from st_opendata.dcat import catalogue_subgraph, dataset_subgraph, score_dataset
from st_opendata.dcat.terms import DCAT
from st_opendata.model.findings import Severity, conforms
from st_opendata.shacl import validate_catalogue


@dataclass(slots=True)
class Harvest:
    """A description as harvesters get it: what the DCAT-AP shapes find, and the points of each dataset by its IRI.

    Each dataset is validated for itself, so what several share counts once for each of them.
    """

    form: str
    violations: int = 0
    warnings: int = 0
    points: dict[str, int] = field(default_factory=dict)

    def add(self, graph: Graph, dataset: Node | None, good: Container[str]) -> None:
        """Take what is said of a dataset, or beside the datasets. A URL answers when it is `good`."""
        findings = validate_catalogue(graph)
        self.violations += sum(each.severity is Severity.VIOLATION for each in findings)
        self.warnings += sum(each.severity is Severity.WARNING for each in findings)
        if dataset is not None:
            score = score_dataset(graph, dataset, answers=good.__contains__, conforming=conforms(findings))
            self.points[score.dataset] = score.points


def harvest_catalogue(graph: Graph, good: Container[str]) -> Harvest:
    """What harvesters make of a whole catalogue, dataset by dataset."""
    harvest = Harvest("catalogue")
    for dataset in (None, *sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)):
        part = catalogue_subgraph(graph) if dataset is None else dataset_subgraph(graph, dataset)
        harvest.add(part, dataset, good)
    return harvest
