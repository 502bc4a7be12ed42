"""The quality of a dataset's description: its points in the assessment of data.europa.eu, 405 in total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox
import rdflib

from st_opendata.dcat import DIMENSIONS, MAXIMUM, IndicatorPoints, Score, release_answers, score_graph
from st_opendata.model.release import DatasetRelease
from st_opendata.model.text import Text
from st_opendata.namespaces import expand
from st_opendata.portal.data.edition import Edition
from st_opendata.rdf.statements import TYPE, Statements, Term

_BORDERS = frozenset(ox.NamedNode(expand(name)) for name in ("dcat:Dataset", "dcat:DatasetSeries", "dcat:Catalog"))
"""Classes with their own descriptions: a dataset's description only refers to them."""
_CACHED = 1000


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension of the assessment with its marks."""

    label: Text
    marks: tuple[IndicatorPoints, ...]

    @property
    def points(self) -> int:
        """Of `most`."""
        return sum(mark.points for mark in self.marks)

    @property
    def most(self) -> int:
        """The most points."""
        return sum(mark.indicator.points for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Quality:
    """The score of a dataset, and its marks by dimension."""

    score: Score
    dimensions: tuple[Dimension, ...]
    most: int = MAXIMUM


class Assessments:
    """The quality of the datasets of an edition, cached for the latest ones; a part of it (`Edition.part`)."""

    def __init__(self, edition: Edition) -> None:
        answers = release_answers(edition.release.site, edition.files.values())
        self.of = lru_cache(_CACHED)(lambda dataset: assess(edition, edition.datasets[dataset], answers))


def assess(edition: Edition, dataset: DatasetRelease, answers: Callable[[str], bool]) -> Quality:
    """The marks of a dataset of the edition; `answers` tells which URLs will answer.

    The build checked the conformance to DCAT-AP, and the portal does not repeat the check: its mark is the difference
    between the points that the release states and the other marks.
    """
    graph = _described(edition.statements, dataset.iri)
    score = _score(graph, dataset.iri, answers, conforms=True)
    if score.points != dataset.points:
        score = _score(graph, dataset.iri, answers, conforms=False)
    return Quality(
        score,
        tuple(
            Dimension(label, tuple(mark for mark in score.marks if mark.indicator.dimension == name))
            for name, label in DIMENSIONS.items()
        ),
    )


def _score(graph: rdflib.Graph, iri: str, answers: Callable[[str], bool], *, conforms: bool) -> Score:
    scores = score_graph(graph, answers=answers, conforms=lambda _graph: conforms)
    return next(score for score in scores if score.dataset == iri)


def _described(statements: Statements, iri: str) -> rdflib.Graph:
    """The dataset with everything that it refers to, directly or indirectly, up to other datasets and the catalogue."""
    graph = rdflib.Graph(bind_namespaces="none")
    waiting, seen = [iri], {iri}
    while waiting:
        subject = waiting.pop()
        if subject != iri and _BORDERS.intersection(statements.values(subject, TYPE.value)):
            continue
        for predicate in statements.predicates(subject):
            for value in statements.values(subject, predicate):
                graph.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), _term(value)))
                if isinstance(value, ox.NamedNode) and value.value not in seen:
                    seen.add(value.value)
                    waiting.append(value.value)
    return graph


def _term(value: Term) -> rdflib.term.Node:
    if isinstance(value, ox.NamedNode):
        return rdflib.URIRef(value.value)
    assert isinstance(value, ox.Literal)
    if value.language:
        return rdflib.Literal(value.value, lang=value.language)
    return rdflib.Literal(value.value, datatype=rdflib.URIRef(value.datatype.value), normalize=False)
