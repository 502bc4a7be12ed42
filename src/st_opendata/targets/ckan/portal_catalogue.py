"""The release's own DCAT-AP catalogue with the portal's addresses, and the statements that make it a CKAN dataset.

ckanext-dcat loses languages, series and more. So harvesters get the exact catalogue as files of a separate dataset.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

import pyoxigraph as ox

from st_opendata.formats import Format
from st_opendata.messages.message import Message, message
from st_opendata.model.text import Text
from st_opendata.namespaces import AUTHORITY, IANA, PREFIXES, expand
from st_opendata.rdf.statements import TYPE, Statements, Term, iris, text_of
from st_opendata.release.layout import CATALOGUES

_DOCUMENT_DESCRIPTION = message(
    "Describes the columns of the table for programs: titles, types, keys (W3C CSV on the Web)."
)
_FROM_CATALOGUE = (
    *("dct:publisher", "dct:creator", "dct:spatial", "dct:temporal", "dct:issued", "dct:modified", "dct:language"),
    "dcat:contactPoint",
)
_FROM_SERVICE = ("dcat:theme", "dcat:keyword", "dct:accessRights")
_FROM_DISTRIBUTIONS = (
    *("dct:issued", "dct:modified", "dct:language", "dct:license", "dct:rights"),
    *("dcatap:availability", "dcatap:applicableLegislation", "adms:status"),
)
_DISTRIBUTION = expand("dcat:distribution")


_ROOTS = tuple(
    map(expand, ("dcat:Catalog", "dcat:Dataset", "dcat:DatasetSeries", "dcat:DataService", "dcat:Distribution"))
)
"""Types of what a catalogue describes for its own sake, whatever refers to it."""


def distributions_of(graph: Statements, dataset: str) -> list[str]:
    """The IRIs of the distributions of a dataset."""
    return iris(graph.values(dataset, _DISTRIBUTION))


def without_nodes(graph: Statements, nodes: Collection[str]) -> Statements:
    """The graph without these datasets or distributions, their records, and all that only they refer to.

    Concepts of public tables stay.
    """
    if not nodes:
        return graph
    removed = {*nodes, *(record for record, topic in graph.of(expand("foaf:primaryTopic")) if text_of(topic) in nodes)}
    below = _reached(graph, removed, ())
    roots = {subject for subject, kind in graph.of(TYPE.value) if text_of(kind) in _ROOTS} | {
        subject for subject in below if subject.startswith((AUTHORITY, IANA))
    }
    kept = _reached(graph, [each for each in graph.subjects() if each in roots or each not in below], removed)
    rest = Statements()
    for subject in graph.subjects():
        if subject in kept:
            for predicate in graph.predicates(subject):
                for value in graph.values(subject, predicate):
                    if isinstance(value, ox.Literal) or text_of(value) not in removed:
                        rest.add(subject, predicate, value)
    return rest


def _reached(graph: Statements, starts: Iterable[str], without: Collection[str]) -> set[str]:
    """These nodes and all that they lead to, other than through those of `without`."""
    waiting = [each for each in starts if each not in without]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        for predicate in graph.predicates(node):
            for value in iris(graph.values(node, predicate)):
                if value not in seen and value not in without:
                    seen.add(value)
                    waiting.append(value)
    return seen


def set_addresses(graph: Statements, addresses: Mapping[str, str]) -> None:
    """Give the distributions (and other files) their access and download URLs on the portal: IRI to URL."""
    predicates = (expand("dcat:accessURL"), expand("dcat:downloadURL"))
    for iri, url in addresses.items():
        for predicate in predicates:
            graph.put(iri, predicate, ox.NamedNode(url))


def describe_file(graph: Statements, iri: str, form: Format, size: int, digest: str) -> None:
    """Describe a file that the catalogue does not list as distribution, for the fields of a CKAN resource."""
    checksum = f"{iri}#checksum"
    stated: list[tuple[str, str, Term]] = [
        (iri, "rdf:type", _named("dcat:Distribution")),
        (iri, "dcat:mediaType", ox.NamedNode(form.media_type_iri)),
        (form.media_type_iri, "rdf:type", _named("dct:MediaType")),
        (iri, "dcat:byteSize", ox.Literal(str(size), datatype=_named("xsd:nonNegativeInteger"))),
        (iri, "spdx:checksum", ox.NamedNode(checksum)),
        (checksum, "rdf:type", _named("spdx:Checksum")),
        (checksum, "spdx:algorithm", _named("spdx:checksumAlgorithm_sha256")),
        (checksum, "spdx:checksumValue", ox.Literal(digest, datatype=_named("xsd:hexBinary"))),
    ]
    if form.iri:
        stated += [
            (iri, "dct:format", ox.NamedNode(form.iri)),
            (form.iri, "rdf:type", _named("dct:MediaTypeOrExtent")),
        ]
    for subject, name, value in stated:
        graph.add(subject, expand(name), value)


def describe_document(graph: Statements, dataset: str, iri: str, owners: Iterable[str]) -> None:
    """Make metadata of a table, or a picture, one more distribution, on the terms of the distributions `owners`."""
    graph.add(dataset, _DISTRIBUTION, ox.NamedNode(iri))
    if not graph.values(iri, expand("dct:description")):
        titles = graph.values(iri, expand("dct:title"))
        languages = [each.language for each in titles if isinstance(each, ox.Literal) and each.language]
        _add_text(graph, iri, "dct:description", _DOCUMENT_DESCRIPTION.data(languages))
    _copy(graph, iri, owners, _FROM_DISTRIBUTIONS)


def describe_catalogue(graph: Statements, dataset: str, title: Text, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Add the catalogue to the graph as one more dataset of this IRI: `files` has IRI and content by path.

    It has the metadata of the catalogue and its service; its files have the licence of the datasets' files.
    """
    catalogues = sorted(subject for subject, kind in graph.of(TYPE.value) if kind == _named("dcat:Catalog"))
    services = [service for each in catalogues for service in iris(graph.values(each, expand("dcat:service")))]
    distributions = iris(value for _, value in graph.of(_DISTRIBUTION))[:1]
    standard = PREFIXES["dcatap"]
    graph.add(dataset, TYPE.value, _named("dcat:Dataset"))
    graph.add(dataset, expand("dct:identifier"), ox.Literal(dataset))
    graph.add(dataset, expand("dct:conformsTo"), ox.NamedNode(standard))
    graph.add(standard, TYPE.value, _named("dct:Standard"))
    _add_text(graph, dataset, "dct:title", message("{title}: catalogue", title=title).data(title))
    description = message(
        "Descriptions of all datasets of “{title}” as DCAT-AP 3, with the addresses of their files on this portal. "
        "For harvesters and programs: every property in every language.",
        title=title,
    )
    _add_text(graph, dataset, "dct:description", description.data(title))
    _copy(graph, dataset, catalogues, _FROM_CATALOGUE)
    _copy(graph, dataset, services, _FROM_SERVICE)
    for each in catalogues:
        for page in graph.values(each, expand("foaf:homepage")):
            graph.add(dataset, expand("dcat:landingPage"), page)
    for path, (iri, content) in files.items():
        form = CATALOGUES[path]
        describe_file(graph, iri, form, len(content), sha256(content).hexdigest())
        for predicate, text in _file_texts(form).items():
            _add_text(graph, iri, predicate, text.data(title))
        _copy(graph, iri, distributions, _FROM_DISTRIBUTIONS)
        graph.add(dataset, _DISTRIBUTION, ox.NamedNode(iri))


def _file_texts(form: Format) -> dict[str, Message]:
    """Title and description of a file of the catalogue, by property."""
    return {
        "dct:title": message("Catalogue ({format})", format=form.label),
        "dct:description": message(
            "All datasets with every property in every language, as DCAT-AP 3 in {format}.", format=form.label
        ),
    }


def _copy(graph: Statements, node: str, others: Iterable[str], names: Iterable[str]) -> None:
    predicates = [expand(name) for name in names]
    for other in others:
        for predicate in predicates:
            for value in graph.values(other, predicate):
                graph.add(node, predicate, value)


def _add_text(graph: Statements, node: str, name: str, text: Text) -> None:
    for language, value in text.items():
        graph.add(node, expand(name), ox.Literal(value, language=language))


def _named(name: str) -> ox.NamedNode:
    return ox.NamedNode(expand(name))
