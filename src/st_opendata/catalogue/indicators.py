"""The 23 indicators of the metadata quality assessment (MQA) of data.europa.eu, 405 points in all.

Rules follow the piveau DQV vocabulary, points the portal's score values. Where that vocabulary leaves room: a format or
a media type in the portal's list is enough for "non-proprietary" and "machine-interpretable", both must be aligned for
the vocabulary indicator, and a dataset's dates stand in for those of its distributions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Node

from st_opendata.catalogue.terms import DCAT, DCT
from st_opendata.model.text import Text
from st_opendata.vocabularies import alignment

DIMENSIONS: dict[str, Text] = {
    "findability": {"en": "Findability", "fr": "Trouvabilité", "de": "Auffindbarkeit"},
    "accessibility": {"en": "Accessibility", "fr": "Accessibilité", "de": "Zugänglichkeit"},
    "interoperability": {"en": "Interoperability", "fr": "Interopérabilité", "de": "Interoperabilität"},
    "reusability": {"en": "Reusability", "fr": "Réutilisabilité", "de": "Wiederverwendbarkeit"},
    "contextuality": {"en": "Contextuality", "fr": "Contextualité", "de": "Kontext"},
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the indicators look at: `answers` says whether a URL answers, `conforms` whether a dataset does."""

    graph: Graph
    answers: Callable[[str], bool]
    conforms: Callable[[Node], bool]

    def values(self, node: Node, predicate: URIRef) -> Iterator[str]:
        """Texts and IRIs of a property; a blank node stands for its value or label."""
        for value in self.graph.objects(node, predicate):
            if isinstance(value, BNode):
                names = (self.graph.value(value, name) for name in (RDF.value, RDFS.label, SKOS.prefLabel))
                yield next((str(name) for name in names if isinstance(name, Literal)), "")
            else:
                yield str(value)


Check = Callable[[Metadata, Node], bool]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator by its name in the piveau vocabulary; `check` takes a dataset, or a distribution of it."""

    name: str
    dimension: str
    points: int
    of_distribution: bool
    check: Check

    @property
    def rule(self) -> Text:
        """What must hold, in each language."""
        return _texts()[self.name]["rule"]

    @property
    def remedy(self) -> Text:
        """What a publisher does for the points, in each language."""
        return _texts()[self.name]["remedy"]


@cache
def _texts() -> dict[str, dict[str, Text]]:
    texts: dict[str, dict[str, Text]] = yaml.safe_load(
        files("st_opendata.catalogue").joinpath("indicators.yaml").read_text("utf-8")
    )
    return texts


def _states(predicate: URIRef) -> Check:
    return lambda metadata, node: (node, predicate, None) in metadata.graph


def _dated(predicate: URIRef) -> Check:
    """Also where the dataset of the distribution states it."""

    def check(metadata: Metadata, node: Node) -> bool:
        owners = (node, *metadata.graph.subjects(DCAT.distribution, node))
        return any((owner, predicate, None) in metadata.graph for owner in owners)

    return check


def _answers(predicate: URIRef) -> Check:
    return lambda metadata, node: any(metadata.answers(url) for url in metadata.values(node, predicate))


def _known(predicate: URIRef, look_up: Callable[[str], str | None]) -> Check:
    return lambda metadata, node: any(look_up(value) for value in metadata.values(node, predicate))


def _listed(contains: Callable[[str], bool]) -> Check:
    return lambda metadata, node: any(
        contains(value) for predicate in (DCT["format"], DCAT.mediaType) for value in metadata.values(node, predicate)
    )


def _both(first: Check, second: Check) -> Check:
    return lambda metadata, node: first(metadata, node) and second(metadata, node)


_FORMAT_AND_MEDIA_TYPE = _both(_known(DCT["format"], alignment.file_type), _known(DCAT.mediaType, alignment.media_type))

INDICATORS = tuple(
    Indicator(name, dimension, points, on == "distribution", check)
    for name, dimension, points, on, check in (
        ("keywordAvailability", "findability", 30, "dataset", _states(DCAT.keyword)),
        ("categoryAvailability", "findability", 30, "dataset", _states(DCAT.theme)),
        ("spatialAvailability", "findability", 20, "dataset", _states(DCT.spatial)),
        ("temporalAvailability", "findability", 20, "dataset", _states(DCT.temporal)),
        ("accessUrlStatusCode", "accessibility", 50, "distribution", _answers(DCAT.accessURL)),
        ("downloadUrlAvailability", "accessibility", 20, "distribution", _states(DCAT.downloadURL)),
        ("downloadUrlStatusCode", "accessibility", 30, "distribution", _answers(DCAT.downloadURL)),
        ("formatAvailability", "interoperability", 20, "distribution", _states(DCT["format"])),
        ("mediaTypeAvailability", "interoperability", 10, "distribution", _states(DCAT.mediaType)),
        ("formatMediaTypeVocabularyAlignment", "interoperability", 10, "distribution", _FORMAT_AND_MEDIA_TYPE),
        ("formatMediaTypeNonProprietary", "interoperability", 20, "distribution", _listed(alignment.non_proprietary)),
        (
            "formatMediaTypeMachineInterpretable",
            "interoperability",
            20,
            "distribution",
            _listed(alignment.machine_readable),
        ),
        ("dcatApCompliance", "interoperability", 30, "dataset", lambda metadata, node: metadata.conforms(node)),
        ("licenceAvailability", "reusability", 20, "distribution", _states(DCT.license)),
        ("knownLicence", "reusability", 10, "distribution", _known(DCT.license, alignment.licence)),
        ("accessRightsAvailability", "reusability", 10, "dataset", _states(DCT.accessRights)),
        (
            "accessRightsVocabularyAlignment",
            "reusability",
            5,
            "dataset",
            _known(DCT.accessRights, alignment.access_right),
        ),
        ("contactPointAvailability", "reusability", 20, "dataset", _states(DCAT.contactPoint)),
        ("publisherAvailability", "reusability", 10, "dataset", _states(DCT.publisher)),
        ("rightsAvailability", "contextuality", 5, "distribution", _states(DCT.rights)),
        ("byteSizeAvailability", "contextuality", 5, "distribution", _states(DCAT.byteSize)),
        ("dateIssuedAvailability", "contextuality", 5, "distribution", _dated(DCT.issued)),
        ("dateModifiedAvailability", "contextuality", 5, "distribution", _dated(DCT.modified)),
    )
)

MAXIMUM = sum(indicator.points for indicator in INDICATORS)
