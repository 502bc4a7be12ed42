"""The MQA score of each dataset of a DCAT graph.

Indicators about distributions are those of the single best distribution: the portal treats all distributions of
a dataset as the same content and counts the one with the most points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from rdflib import BNode, Graph, Literal
from rdflib.namespace import RDF
from rdflib.term import Node

from st_opendata.dcat.quality.indicators import DIMENSIONS, INDICATORS, Indicator, Metadata
from st_opendata.dcat.subgraph import NAMES, dataset_subgraph
from st_opendata.dcat.terms import DCAT, DCT
from st_opendata.messages.message import Message, message
from st_opendata.model.release import File
from st_opendata.model.text import Text


@dataclass(frozen=True, slots=True)
class Band:
    """A rating and the least points it needs."""

    name: str
    least: int
    label: Message


BANDS = (
    Band("excellent", 351, message("Excellent")),
    Band("good", 221, message("Good")),
    # The portal's texts give 120 points to two bands; its vocabulary and code to this one.
    Band("sufficient", 120, message("Sufficient")),
    Band("bad", 0, message("Bad")),
)


@dataclass(frozen=True, slots=True)
class IndicatorPoints:
    """The points of one indicator."""

    indicator: Indicator
    points: int

    @property
    def lost(self) -> int:
        """Points missing from the indicator's maximum."""
        return self.indicator.points - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one dataset: a mark for each of the 23 indicators, and the distribution that counts, if any."""

    dataset: str
    title: Text
    distribution: str | None
    marks: tuple[IndicatorPoints, ...]

    @property
    def points(self) -> int:
        """Of 405."""
        return sum(mark.points for mark in self.marks)

    @property
    def lost(self) -> tuple[IndicatorPoints, ...]:
        """The marks below their maximum."""
        return tuple(mark for mark in self.marks if mark.lost)

    @property
    def dimensions(self) -> dict[str, tuple[int, int]]:
        """Points and maximum of each dimension."""
        return {name: _sums([mark for mark in self.marks if mark.indicator.dimension == name]) for name in DIMENSIONS}

    @property
    def band(self) -> Band:
        """The rating."""
        return band_of(self.points)


def score_graph(
    graph: Graph, *, answers: Callable[[str], bool], conforms: Callable[[Graph], bool] | None
) -> tuple[Score, ...]:
    """Score each dataset of the graph, in the order of their IRIs, blank nodes last.

    `answers` says whether a URL answers with a status of 200 to 399, `conforms` whether the description of one dataset
    (`dataset_subgraph`) conforms to DCAT-AP; None if all do.
    """
    metadata = Metadata(graph, answers, lambda dataset: not conforms or conforms(dataset_subgraph(graph, dataset)))
    datasets = sorted(_datasets(graph), key=lambda node: (isinstance(node, BNode), str(node)))
    return tuple(_score(metadata, dataset) for dataset in datasets)


def score_dataset(graph: Graph, dataset: Node, *, answers: Callable[[str], bool], conforming: bool) -> Score:
    """Score one dataset of the graph; `conforming` says whether its description conforms to DCAT-AP."""
    return _score(Metadata(graph, answers, lambda _: conforming), dataset)


def release_answers(site: str, files: Iterable[File]) -> Callable[[str], bool]:
    """For a release: a URL will answer if it is that of one of the files that the release serves at `site`."""
    return frozenset(f"{site}{file.path}" for file in files).__contains__


def average_points(scores: tuple[Score, ...]) -> float:
    """The score of a catalogue, 0 for one without datasets."""
    return fmean(score.points for score in scores) if scores else 0.0


def band_of(points: float) -> Band:
    """The rating for a number of points."""
    return next(band for band in BANDS if points >= band.least)


def _datasets(graph: Graph) -> set[Node]:
    """Every described dataset of a catalogue, and every other node with this type that has more than its names."""
    listed = {node for node in graph.objects(None, DCAT.dataset) if (node, None, None) in graph}
    typed = set(graph.subjects(RDF.type, DCAT.Dataset)) - listed
    return listed | {node for node in typed if not listed or not NAMES.issuperset(graph.predicates(node))}


def _score(metadata: Metadata, dataset: Node) -> Score:
    distributions = sorted(set(metadata.graph.objects(dataset, DCAT.distribution)), key=str)
    marks = {node: list(_marks(metadata, node, "distribution")) for node in distributions}
    best = max(distributions, key=lambda node: _sums(marks[node]), default=None)
    counting = marks[best] if best is not None else []
    found = {mark.indicator: mark for mark in (*_marks(metadata, dataset, "dataset"), *counting)}
    return Score(
        dataset=str(dataset),
        title=_title(metadata.graph, dataset),
        distribution=str(best) if best is not None else None,
        marks=tuple(found.get(indicator, IndicatorPoints(indicator, 0)) for indicator in INDICATORS),
    )


def _marks(metadata: Metadata, node: Node, about: str) -> Iterator[IndicatorPoints]:
    for indicator in INDICATORS:
        if indicator.about == about:
            yield IndicatorPoints(indicator, indicator.points if indicator.check(metadata, node) else 0)


def _sums(marks: list[IndicatorPoints]) -> tuple[int, int]:
    return sum(mark.points for mark in marks), sum(mark.indicator.points for mark in marks)


def _title(graph: Graph, dataset: Node) -> Text:
    titles = (title for title in graph.objects(dataset, DCT.title) if isinstance(title, Literal))
    return {title.language or "und": str(title) for title in sorted(titles, key=str)}
