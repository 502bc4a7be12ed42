"""VoID (W3C Interest Group Note, 2011-03-03): statistics of the facts and the addresses of their files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.terms import DCT, FOAF, RDF, VOID, XSD, add_text, add_types, state
from st_opendata.formats import GZIP, RDF_FORMATS, format_of
from st_opendata.model.release import Distribution, File
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf.statements import Statements, iri_node, literal_node

if TYPE_CHECKING:
    from st_opendata.facts import FactReader
    from st_opendata.facts.files import Subjects
    from st_opendata.model.descriptions import Catalogue
    from st_opendata.model.licences import Licence

_RDF_TYPE = f"<{RDF.type}>"
_TARGETS = {
    "geonames": ("https://sws.geonames.org/", "https://www.geonames.org/"),
    "wikidata": ("http://www.wikidata.org/entity/", "https://www.wikidata.org/"),
    "nuts": ("http://data.europa.eu/nuts/", "http://data.europa.eu/nuts"),
}
"""Linked datasets that a linkset can name: the start of their IRIs and their page."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a set of facts: triples by predicate, instances by class, links by target and predicate."""

    triples: int = 0
    subjects: int = 0
    properties: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    links: Mapping[tuple[str, str], int] = field(default_factory=dict)
    example: str | None = None
    """The first subject, as an example of a resource."""
    space: str | None = None
    """The common start of all subjects' IRIs, up to a slash or hash; None if they share only the scheme."""


def count_facts(facts: FactReader, datasets: Iterable[str]) -> dict[str | None, Counts]:
    """The counts of each of the datasets, and, as None, those of all facts; raises InputError as `facts` does."""
    subjects, instances = facts.subjects(), facts.instances()
    links = facts.naming({name: start for name, (start, _) in _TARGETS.items()})
    found: dict[str | None, Counts] = {}
    for dataset in (None, *datasets):
        stated = ((file, file.triples if dataset is None else file.datasets.get(dataset, 0)) for file in facts.files)
        properties = {file.predicate: triples for file, triples in stated if triples}
        classes = {term[1:-1]: count for term, count in instances.get(dataset, {}).items()}
        linked = {
            (target, predicate[1:-1]): count
            for (target, predicate), count in links.get(dataset, {}).items()
            if predicate != _RDF_TYPE
        }
        found[dataset] = _counts(properties, classes, linked, subjects.get(dataset))
    return found


def _counts(
    properties: Mapping[str, int],
    classes: Mapping[str, int],
    links: Mapping[tuple[str, str], int],
    subjects: Subjects | None,
) -> Counts:
    if subjects is None:
        return Counts()
    ends = enumerate(zip(subjects.lowest, subjects.highest, strict=False))
    shared = subjects.lowest[: next((place for place, (low, high) in ends if low != high), None)]
    space = re.match(r"<(\w+://[^/]+/(?:.*[/#])?)", shared)
    return Counts(
        sum(properties.values()),
        subjects.count,
        properties,
        classes,
        links,
        subjects.first[1:-1],
        space[1] if space else None,
    )


def void_statements(
    catalogue: Catalogue,
    distributions: Mapping[str, tuple[Distribution, ...]],
    dumps: Sequence[File],
    counts: Mapping[str | None, Counts],
) -> Statements:
    """The catalogue's facts and those of each dataset; `counts` are by dataset id, None for the whole."""
    graph = Statements()
    document = add_types(graph, f"{catalogue.base}void", VOID.DatasetDescription)
    whole = _add_dataset(graph, catalogue, catalogue.iri, counts.get(None, Counts()))
    state(graph, document, FOAF.primaryTopic, whole)
    add_text(graph, document, DCT.title, catalogue.title)
    add_text(graph, whole, DCT.title, catalogue.title)
    _add_licence(graph, whole, catalogue.license)
    rdf = (file.path for file in dumps if format_of(file.path) in (*RDF_FORMATS, GZIP))
    _add_dumps(graph, whole, [catalogue.download_url(path) for path in rdf])
    for dataset in catalogue.datasets:
        part = _add_dataset(graph, catalogue, catalogue.dataset_iri(dataset.id), counts.get(dataset.id, Counts()))
        state(graph, whole, VOID.subset, part)
        add_text(graph, part, DCT.title, dataset.title)
        _add_licence(graph, part, dataset.license)
        paths = (
            each.file.path
            for each in distributions.get(dataset.id, ())
            if each.format in RDF_FORMATS and not each.carried
        )
        _add_dumps(graph, part, [catalogue.download_url(path) for path in paths])
    return graph


def _add_dataset(graph: Statements, catalogue: Catalogue, iri: str, counts: Counts) -> ox.NamedNode:
    node = add_types(graph, iri, VOID.Dataset)
    state(graph, node, VOID.sparqlEndpoint, iri_node(f"{catalogue.site}sparql"))
    state(graph, node, VOID.triples, _number(counts.triples))
    state(graph, node, VOID.distinctSubjects, _number(counts.subjects))
    state(graph, node, VOID.properties, _number(len(counts.properties)))
    state(graph, node, VOID.classes, _number(len(counts.classes)))
    if counts.space:
        state(graph, node, VOID.uriSpace, literal_node(counts.space))
    if counts.example:
        state(graph, node, VOID.exampleResource, iri_node(counts.example))
    for vocabulary in _vocabularies(catalogue, counts):
        state(graph, node, VOID.vocabulary, iri_node(vocabulary))
    for term, triples in counts.properties.items():
        part = iri_node(f"{iri}#property-{_key(term)}")
        state(graph, node, VOID.propertyPartition, part)
        state(graph, part, VOID.property, iri_node(term))
        state(graph, part, VOID.triples, _number(triples))
    for term, entities in counts.classes.items():
        part = iri_node(f"{iri}#class-{_key(term)}")
        state(graph, node, VOID.classPartition, part)
        state(graph, part, VOID["class"], iri_node(term))
        state(graph, part, VOID.entities, _number(entities))
    _add_linksets(graph, catalogue, node, counts)
    return node


def _add_linksets(graph: Statements, catalogue: Catalogue, node: ox.NamedNode, counts: Counts) -> None:
    for (target, predicate), triples in counts.links.items():
        linkset = add_types(graph, f"{node.value}#links-{target}-{_key(predicate)}", VOID.Linkset)
        start, page = _TARGETS[target]
        other = add_types(graph, f"{catalogue.base}void#{target}", VOID.Dataset)
        state(graph, other, VOID.uriSpace, literal_node(start))
        state(graph, other, FOAF.homepage, iri_node(page))
        state(graph, linkset, VOID.subjectsTarget, node)
        state(graph, linkset, VOID.objectsTarget, other)
        state(graph, linkset, VOID.linkPredicate, iri_node(predicate))
        state(graph, linkset, VOID.triples, _number(triples))
        state(graph, node, VOID.subset, linkset)


def _key(iri: str) -> str:
    """A readable name for a term, made unique by a digest."""
    return f"{re.split('[/#]', iri)[-1]}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"


def _vocabularies(catalogue: Catalogue, counts: Counts) -> list[str]:
    """The namespaces, of those with a prefix, that the predicates and classes are in: the longest that fits each."""
    known = {*PREFIXES.values(), *catalogue.prefixes.values()}
    terms = {*counts.properties, *counts.classes}
    fitting = ([namespace for namespace in known if term.startswith(namespace)] for term in terms)
    return sorted({max(namespaces, key=len) for namespaces in fitting if namespaces})


def _add_licence(graph: Statements, node: ox.NamedNode, licence: Licence | None) -> None:
    from st_opendata.model.licences import licence_iri  # whoever only reads a catalogue does without the models

    if licence:
        state(graph, node, DCT.license, iri_node(licence_iri(licence)))


def _add_dumps(graph: Statements, node: ox.NamedNode, urls: Iterable[str]) -> None:
    for url in urls:
        state(graph, node, VOID.dataDump, iri_node(url))


def _number(value: int) -> ox.Literal:
    return literal_node(str(value), datatype=XSD.integer)
