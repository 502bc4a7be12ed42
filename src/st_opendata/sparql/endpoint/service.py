"""The description of the endpoint: SPARQL 1.1 Service Description, with the release's VoID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from st_opendata.messages.message import Message, message
from st_opendata.model.release import Release
from st_opendata.namespaces import PREFIXES, RDF, RDFS
from st_opendata.rdf.formats import GRAPHS, RESULTS, GraphFormat
from st_opendata.rdf.writing import used_prefixes
from st_opendata.sparql.store import ONTOLOGY_GRAPH, catalogue_graph_of

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VALUES = message(
    "Numbers, booleans, moments and durations are stored by value: xsd:nonNegativeInteger and the other integer "
    "types come back as xsd:integer, and 1.50 as 1.5. The files keep the published datatypes and digits."
)
"""How the engine changes terms, for readers who compare the endpoint with a file."""
_CATALOGUE_TITLE = message("The catalogue in DCAT-AP")
_ONTOLOGY_TITLE = message("The ontology and its code lists")
_SEARCHABLE = str.maketrans("\N{NO-BREAK SPACE}’", " '")
_ENTAILMENT = "http://www.w3.org/ns/entailment/Simple"


def graphs_of(release: Release) -> dict[str, Mapping[str, str]]:
    """The named graphs by IRI, with their titles in each language."""
    datasets = {dataset.iri: dataset.title for dataset in release.datasets}
    own = {catalogue_graph_of(release): _CATALOGUE_TITLE, ONTOLOGY_GRAPH: _ONTOLOGY_TITLE}
    return datasets | {iri: _published(title) for iri, title in own.items()}


def describe(release: Release, void: Iterable[ox.Triple], url: str) -> list[ox.Triple]:
    """The service at `url`, without blank nodes; `void` describes the graphs of the datasets."""
    return sorted({*_service(release, url), *void}, key=str)


def write_description(triples: list[ox.Triple], form: GraphFormat) -> bytes:
    """The description in that form."""
    known = {**PREFIXES, "sd": _SD}
    prefixes = used_prefixes([[str(triple) for triple in triples]], known)
    return ox.serialize(triples, format=form.engine, prefixes=prefixes) or b""


def _service(release: Release, url: str) -> Iterator[ox.Triple]:
    service, dataset, default = (_node(iri) for iri in (url, f"{url}#dataset", f"{url}#default-graph"))
    yield _type_triple(service, "Service")
    yield _sd(service, "endpoint", service)
    yield _sd(service, "supportedLanguage", _node(f"{_SD}SPARQL11Query"))
    yield _sd(service, "feature", _node(f"{_SD}UnionDefaultGraph"))
    yield _sd(service, "defaultEntailmentRegime", _node(_ENTAILMENT))
    for form in (*RESULTS, *GRAPHS):
        yield _sd(service, "resultFormat", _node(form.iri))
    yield _sd(service, "defaultDataset", dataset)
    yield _type_triple(dataset, "Dataset")
    yield _sd(dataset, "defaultGraph", default)
    yield _type_triple(default, "Graph")
    yield from _labels(default, release.title)
    yield from _texts(dataset, "comment", _published(_VALUES))
    for iri, title in graphs_of(release).items():
        named, graph = _node(f"{url}?graph={iri}"), _node(iri)
        yield _sd(dataset, "namedGraph", named)
        yield _type_triple(named, "NamedGraph")
        yield _sd(named, "name", graph)
        yield _sd(named, "graph", graph)
        yield _type_triple(graph, "Graph")
        yield from _labels(graph, title)


def _published(text: Message) -> dict[str, str]:
    """The text in each language, with spaces and apostrophes that any client can search for."""
    return {language: spoken.translate(_SEARCHABLE) for language, spoken in text.items()}


def _labels(node: ox.NamedNode, title: Mapping[str, str]) -> Iterator[ox.Triple]:
    return _texts(node, "label", title)


def _texts(node: ox.NamedNode, name: str, texts: Mapping[str, str]) -> Iterator[ox.Triple]:
    for language, text in texts.items():
        yield ox.Triple(node, _node(f"{RDFS}{name}"), ox.Literal(text, language=language))


def _sd(subject: ox.NamedNode, name: str, value: ox.NamedNode) -> ox.Triple:
    return ox.Triple(subject, _node(_SD + name), value)


def _type_triple(subject: ox.NamedNode, name: str) -> ox.Triple:
    return ox.Triple(subject, _node(f"{RDF}type"), _node(_SD + name))


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)
