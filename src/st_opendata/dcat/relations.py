"""What a dataset is related to: other datasets, pages, identifiers, and agents with roles."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.agents import add_attribution
from st_opendata.dcat.terms import (
    ADMS,
    DCAT,
    DCT,
    PROV,
    RDFS,
    SKOS,
    XSD,
    add_checksum,
    add_page,
    add_text,
    add_types,
    state,
)
from st_opendata.rdf.statements import Statements, iri_node, literal_node

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue, Dataset
    from st_opendata.model.related import OtherIdentifier, QualifiedRelation, RelatedDataset
    from st_opendata.model.resources import FetchedFile


def add_relations(graph: Statements, catalogue: Catalogue, dataset: Dataset) -> None:
    """State the relations of a dataset; a node that has no IRI gets one on that of the dataset, with its number."""
    iri = catalogue.dataset_iri(dataset.id)
    node = iri_node(iri)
    for predicate, links in ((DCT.relation, dataset.relation), (DCT.isReferencedBy, dataset.is_referenced_by)):
        for link in links:
            state(graph, node, predicate, add_page(graph, link.url, link.label))
    for predicate, others in ((DCAT.hasVersion, dataset.has_version), (DCAT.isVersionOf, dataset.is_version_of)):
        for other in others:
            state(graph, node, predicate, _add_dataset(graph, catalogue, other))
    for number, relation in enumerate(dataset.qualified_relation, 1):
        related = _add_relationship(graph, f"{iri}#relation-{number}", catalogue, relation)
        state(graph, node, DCAT.qualifiedRelation, related)
    for number, attribution in enumerate(dataset.qualified_attribution, 1):
        attributed = add_attribution(graph, f"{iri}#attribution-{number}", attribution)
        state(graph, node, PROV.qualifiedAttribution, attributed)
    for number, identifier in enumerate(dataset.other_identifier, 1):
        state(graph, node, ADMS.identifier, _add_identifier(graph, f"{iri}#identifier-{number}", identifier))
    for fetched in dataset.fetched:
        state(graph, node, PROV.wasGeneratedBy, _add_download(graph, iri, fetched))


def _add_download(graph: Statements, dataset: str, fetched: FetchedFile) -> ox.NamedNode:
    """The download (prov:Activity) of a table or file: from where, when, and the digest of what arrived."""
    key = sha256(fetched.name.encode()).hexdigest()[:12]
    activity = add_types(graph, f"{dataset}#download-{key}", PROV.Activity)
    state(graph, activity, RDFS.label, literal_node(f"GET {fetched.url}"))
    state(graph, activity, PROV.used, iri_node(fetched.url))
    state(graph, activity, PROV.endedAtTime, literal_node(fetched.date, datatype=XSD.dateTime))
    file = add_types(graph, f"{activity.value}-file", PROV.Entity)
    state(graph, file, RDFS.label, literal_node(fetched.name))
    add_checksum(graph, file, fetched.sha256)
    state(graph, activity, PROV.generated, file)
    return activity


def _add_dataset(graph: Statements, catalogue: Catalogue, related: RelatedDataset) -> ox.NamedNode:
    """A dataset of the catalogue, or one elsewhere with its type and names, without which DCAT-AP refuses it."""
    if related.dataset:
        return iri_node(catalogue.dataset_iri(related.dataset))
    node = add_types(graph, str(related.iri), DCAT.Dataset)
    add_text(graph, node, DCT.title, related.title)
    add_text(graph, node, DCT.description, related.description or related.title)
    return node


def _add_relationship(graph: Statements, iri: str, catalogue: Catalogue, relation: QualifiedRelation) -> ox.NamedNode:
    node = add_types(graph, iri, DCAT.Relationship)
    state(graph, node, DCT.relation, _add_dataset(graph, catalogue, relation.relation))
    state(graph, node, DCAT.hadRole, add_types(graph, relation.role, DCAT.Role))
    return node


def _add_identifier(graph: Statements, iri: str, identifier: OtherIdentifier) -> ox.NamedNode:
    node = add_types(graph, iri, ADMS.Identifier)
    state(graph, node, SKOS.notation, literal_node(identifier.notation))
    add_text(graph, node, ADMS.schemaAgency, identifier.agency)
    return node
