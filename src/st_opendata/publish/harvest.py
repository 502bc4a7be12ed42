"""What harvesters make of a description: validated by the DCAT-AP shapes and scored, dataset by dataset."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from rdflib import RDF, Graph
from rdflib.term import Node

from st_opendata.catalogue import MAXIMUM, catalogue_subgraph, dataset_subgraph, score_dataset
from st_opendata.catalogue.terms import DCAT
from st_opendata.model.findings import Finding, Severity, conforms
from st_opendata.model.text import pick
from st_opendata.validation import validate_catalogue


@dataclass(slots=True)
class Harvest:
    """A description as harvesters get it: what the DCAT-AP shapes find, and the points of each dataset by its IRI.

    Each dataset is validated for itself, so what several share counts once for each of them.
    """

    form: str
    violations: int = 0
    warnings: int = 0
    points: dict[str, int] = field(default_factory=dict)

    def add(self, graph: Graph, dataset: Node | None, good: Container[str]) -> list[Finding]:
        """Take what is said of a dataset, or beside the datasets; its findings. A URL answers when it is `good`."""
        findings = validate_catalogue(graph)
        self.violations += sum(each.severity is Severity.VIOLATION for each in findings)
        self.warnings += sum(each.severity is Severity.WARNING for each in findings)
        if dataset is not None:
            score = score_dataset(graph, dataset, answers=good.__contains__, conforming=conforms(findings))
            self.points[score.dataset] = score.points
        return findings


def harvest_catalogue(harvest: Harvest, graph: Graph, good: Container[str]) -> Iterator[tuple[str, str]]:
    """Take a whole catalogue, dataset by dataset; what is wrong with it, as subject and text, each once."""
    told = set[tuple[str, str]]()
    for dataset in (None, *sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str)):
        part = catalogue_subgraph(graph) if dataset is None else dataset_subgraph(graph, dataset)
        for finding in harvest.add(part, dataset, good):
            problem = (f"{finding.focus} {finding.path}", pick(finding.message, "en"))
            if finding.severity is Severity.VIOLATION and problem not in told:
                told.add(problem)
                yield problem
    for iri, points in harvest.points.items():
        if points < MAXIMUM:
            yield f"<{iri}>", f"{points} of {MAXIMUM} points as harvesters get it"
