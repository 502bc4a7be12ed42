"""Files and links of a publisher in DCAT-AP 3.0.1: the terms of a file, and a distribution for each link.

A service is a dcat:DataService of its own (dcat:accessService), whose endpoint is the access URL of the distribution.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.properties import NodeDescriber
from st_opendata.dcat.terms import (
    DCAT,
    DCT,
    FOAF,
    RDFS,
    XSD,
    add_checksum,
    add_concept,
    add_page,
    add_standard,
    add_text,
    add_types,
    state,
)
from st_opendata.formats import Format
from st_opendata.model.release import Distribution, ReleasedLink
from st_opendata.rdf.statements import Statements, iri_node, literal_node
from st_opendata.release.layout import carried_file
from st_opendata.vocabularies.file_formats import OCTETS, file_format

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue, Dataset
    from st_opendata.model.resources import DatasetFile, DatasetLink, Standard


def terms_of(dataset: Dataset, distribution: Distribution) -> Dataset:
    """The dataset with the language and licence of a file of the publisher where it has its own."""
    file = _file_of(dataset, distribution)
    return _with_own(dataset, file) if file else dataset


def has_facts(dataset: Dataset) -> bool:
    """False for a dataset of files and links only, about which no query can tell anything."""
    return bool(dataset.tables) or not (dataset.files or dataset.links)


def standards_of(dataset: Dataset, distribution: Distribution) -> tuple[Standard, ...]:
    """The standards that a file conforms to."""
    from st_opendata.model.resources import Standard  # whoever only reads a catalogue does without the models

    file = _file_of(dataset, distribution)
    return file.conforms_to if file else tuple(Standard(each, {}) for each in distribution.conforms_to)


def released_links(catalogue: Catalogue, dataset: Dataset) -> tuple[ReleasedLink, ...]:
    """The links of a dataset as a release lists them."""
    return tuple(
        ReleasedLink(
            link_iri(catalogue, dataset, link),
            link.url,
            link.title,
            link.description,
            link_format(link),
            link.protocol.label if link.protocol else None,
        )
        for link in dataset.links
    )


def link_iri(catalogue: Catalogue, dataset: Dataset, link: DatasetLink, kind: str = "link") -> str:
    """IRI of the dcat:Distribution of a link, or of its service."""
    return f"{catalogue.dataset_iri(dataset.id)}#{kind}-{sha256(link.url.encode()).hexdigest()[:12]}"


def link_format(link: DatasetLink) -> Format | None:
    """The format that the publisher states, else that of the service."""
    code = link.protocol.file_type if link.protocol else None
    return link.format or (file_format(code) if code else None)


def add_links(graph: Statements, catalogue: Catalogue, dataset: Dataset, described: NodeDescriber) -> None:
    """The distributions of all links of the dataset that is described."""
    for link in dataset.links:
        described.add(DCAT.distribution, _add_link(graph, catalogue, dataset, link))


def add_format(described: NodeDescriber, form: Format) -> None:
    """dct:format and dcat:mediaType, as far as they are known."""
    if form.media_type != OCTETS:
        media_type = add_types(described.graph, form.media_type_iri, DCT.MediaType)
        state(described.graph, media_type, RDFS.label, literal_node(form.media_type))
        described.add(DCAT.mediaType, media_type)
    if form.file_type:
        described.add(DCT["format"], add_concept(described.graph, "file-type", form.file_type, DCT.MediaTypeOrExtent))


def add_size(described: NodeDescriber, size: int) -> None:
    """dcat:byteSize."""
    described.add(DCAT.byteSize, literal_node(str(size), datatype=XSD.nonNegativeInteger))


def _file_of(dataset: Dataset, distribution: Distribution) -> DatasetFile | None:
    if not distribution.carried:
        return None
    path = distribution.file.path
    return next(file for file in dataset.files if carried_file(dataset.id, file.name) == path)


def _with_own(dataset: Dataset, own: DatasetFile | DatasetLink) -> Dataset:
    update = {"language": own.language or dataset.language, "license": own.license or dataset.license}
    return dataset.model_copy(update=update)


def _add_link(graph: Statements, catalogue: Catalogue, dataset: Dataset, link: DatasetLink) -> ox.NamedNode:
    terms = _with_own(dataset, link)
    described = NodeDescriber(graph, link_iri(catalogue, dataset, link), terms, catalogue, DCAT.Distribution)
    add_text(graph, described.node, DCT.title, link.title)
    add_text(graph, described.node, DCT.description, link.description)
    described.add(DCAT.accessURL, iri_node(link.url))
    if form := link_format(link):
        add_format(described, form)
        if not link.protocol:
            described.add(DCAT.downloadURL, iri_node(link.url))
    if link.size is not None:
        add_size(described, link.size)
    if link.sha256:
        add_checksum(graph, described.node, link.sha256)
    described.add_dates()
    described.add_languages()
    described.add_licence()
    described.add_rights()
    described.add_keeping()
    described.add_legislation([dataset.high_value] if dataset.high_value else [])
    _add_standards(described, link.conforms_to)
    if link.protocol:
        described.add(DCAT.accessService, _add_service(graph, catalogue, terms, link))
    return described.node


def _add_service(graph: Statements, catalogue: Catalogue, dataset: Dataset, link: DatasetLink) -> ox.NamedNode:
    from st_opendata.model.resources import Standard  # whoever only reads a catalogue does without the models

    iri = link_iri(catalogue, dataset, link, "service")
    described = NodeDescriber(graph, iri, dataset, catalogue, DCAT.DataService)
    add_text(graph, described.node, DCT.title, link.title)
    add_text(graph, described.node, DCT.description, link.description)
    described.add(DCAT.endpointURL, iri_node(link.url))
    if link.endpoint_description:
        described.add(DCAT.endpointDescription, iri_node(link.endpoint_description))
        # DCAT-AP HVD 3.0.0 requires a page with the documentation of a service.
        described.add(FOAF.page, add_page(graph, link.endpoint_description))
    if link.protocol and link.protocol.standard:
        _add_standards(described, (Standard(link.protocol.standard, {"en": link.protocol.label}),))
    _add_standards(described, link.conforms_to)
    described.add_agents()
    described.add_contact()
    described.add_access_rights()
    described.add_licence()
    described.add_subjects()
    described.add(DCAT.servesDataset, iri_node(catalogue.dataset_iri(dataset.id)))
    high_value = [dataset.high_value] if dataset.high_value else []
    described.add_legislation(high_value)
    described.add_categories(high_value)
    return described.node


def _add_standards(described: NodeDescriber, standards: tuple[Standard, ...]) -> None:
    for standard in standards:
        described.add(DCT.conformsTo, add_standard(described.graph, standard.url, standard.label))
