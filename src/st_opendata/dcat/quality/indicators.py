"""The 23 indicators of the metadata quality assessment (MQA) of data.europa.eu, 405 points in all.

Rules follow the piveau DQV vocabulary, points the portal's score values. Our reading of that vocabulary: a format or
a media type in the portal's list is enough for "non-proprietary" and "machine-interpretable", both must be aligned for
the vocabulary indicator, and a dataset's dates count for its distributions too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal as OneOf

import yaml
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SKOS
from rdflib.term import Node

from st_opendata.dcat.terms import DCAT, DCT
from st_opendata.messages.message import Message, message
from st_opendata.vocabularies import alignment

DIMENSIONS = {
    "findability": message("Findability"),
    "accessibility": message("Accessibility"),
    "interoperability": message("Interoperability"),
    "reusability": message("Reusability"),
    "contextuality": message("Contextuality"),
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The input of the indicators: `answers` tells whether a URL answers, `conforms` whether a dataset conforms."""

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
    """One indicator by its name in the piveau vocabulary; `check` takes its subject."""

    name: str
    dimension: str
    points: int
    about: OneOf["dataset", "distribution"]
    check: Check

    @property
    def rule(self) -> Message:
        """The condition that the metadata must meet."""
        return _texts()[self.name]["rule"]

    @property
    def loss(self) -> Message:
        """The message if the metadata does not meet the condition."""
        return _texts()[self.name]["loss"]

    @property
    def remedy(self) -> Message:
        """How the publisher gets the points."""
        return _texts()[self.name]["remedy"]


@cache
def _texts() -> dict[str, dict[str, Message]]:
    content = yaml.safe_load(files("st_opendata.dcat.quality").joinpath("indicators.yaml").read_text("utf-8"))
    return {name: {part: Message(text) for part, text in texts.items()} for name, texts in content.items()}


def _states(predicate: URIRef) -> Check:
    return lambda metadata, node: (node, predicate, None) in metadata.graph


def _dated(predicate: URIRef) -> Check:
    """Also fulfilled if the distribution's dataset states the property."""

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


_ALIGNED_FORMATS = _both(_known(DCT["format"], alignment.file_type), _known(DCAT.mediaType, alignment.media_type))
_NON_PROPRIETARY = _listed(alignment.non_proprietary)
_MACHINE_READABLE = _listed(alignment.machine_readable)
_KNOWN_ACCESS_RIGHT = _known(DCT.accessRights, alignment.access_right)

INDICATORS = (
    Indicator("keywordAvailability", "findability", 30, "dataset", _states(DCAT.keyword)),
    Indicator("categoryAvailability", "findability", 30, "dataset", _states(DCAT.theme)),
    Indicator("spatialAvailability", "findability", 20, "dataset", _states(DCT.spatial)),
    Indicator("temporalAvailability", "findability", 20, "dataset", _states(DCT.temporal)),
    Indicator("accessUrlStatusCode", "accessibility", 50, "distribution", _answers(DCAT.accessURL)),
    Indicator("downloadUrlAvailability", "accessibility", 20, "distribution", _states(DCAT.downloadURL)),
    Indicator("downloadUrlStatusCode", "accessibility", 30, "distribution", _answers(DCAT.downloadURL)),
    Indicator("formatAvailability", "interoperability", 20, "distribution", _states(DCT["format"])),
    Indicator("mediaTypeAvailability", "interoperability", 10, "distribution", _states(DCAT.mediaType)),
    Indicator("formatMediaTypeVocabularyAlignment", "interoperability", 10, "distribution", _ALIGNED_FORMATS),
    Indicator("formatMediaTypeNonProprietary", "interoperability", 20, "distribution", _NON_PROPRIETARY),
    Indicator("formatMediaTypeMachineInterpretable", "interoperability", 20, "distribution", _MACHINE_READABLE),
    Indicator("dcatApCompliance", "interoperability", 30, "dataset", lambda metadata, node: metadata.conforms(node)),
    Indicator("licenceAvailability", "reusability", 20, "distribution", _states(DCT.license)),
    Indicator("knownLicence", "reusability", 10, "distribution", _known(DCT.license, alignment.licence)),
    Indicator("accessRightsAvailability", "reusability", 10, "dataset", _states(DCT.accessRights)),
    Indicator("accessRightsVocabularyAlignment", "reusability", 5, "dataset", _KNOWN_ACCESS_RIGHT),
    Indicator("contactPointAvailability", "reusability", 20, "dataset", _states(DCAT.contactPoint)),
    Indicator("publisherAvailability", "reusability", 10, "dataset", _states(DCT.publisher)),
    Indicator("rightsAvailability", "contextuality", 5, "distribution", _states(DCT.rights)),
    Indicator("byteSizeAvailability", "contextuality", 5, "distribution", _states(DCAT.byteSize)),
    Indicator("dateIssuedAvailability", "contextuality", 5, "distribution", _dated(DCT.issued)),
    Indicator("dateModifiedAvailability", "contextuality", 5, "distribution", _dated(DCT.modified)),
)

MAXIMUM = sum(indicator.points for indicator in INDICATORS)
