"""The catalogue as DCAT-AP 3.0.1 (with HVD 3.0.0 for high-value datasets), without blank nodes.

IRIs begin with the catalogue's base; only access, download and endpoint URLs begin with its site. Every node that a
resource refers to has its type, and a concept its labels, in the same graph, so that each file alone conforms to the
official `shapes.ttl` and `range.ttl` without inference. Two things follow from those shapes: a series is reached by
dcat:inSeries only (under dcat:dataset it would have to be a dataset, one without distributions), and a web page that
was a source is prov:wasDerivedFrom, since dct:source must be a dcat:Dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.editions import add_editions, add_members
from st_opendata.dcat.properties import NodeDescriber
from st_opendata.dcat.relations import add_relations
from st_opendata.dcat.resources import add_format, add_links, add_size, has_facts, standards_of, terms_of
from st_opendata.dcat.stated import add_stated
from st_opendata.dcat.terms import (
    ADMS,
    DCAT,
    DCT,
    FOAF,
    PROV,
    VOID,
    XSD,
    add_checksum,
    add_concept,
    add_labelled,
    add_page,
    add_scheme,
    add_standard,
    add_text,
    add_types,
    state,
)
from st_opendata.formats import SVG
from st_opendata.messages.message import message
from st_opendata.model.profiles import Owner
from st_opendata.model.release import Distribution, Picture
from st_opendata.model.text import Text
from st_opendata.rdf.statements import Statements, iri_node, literal_node
from st_opendata.release.layout import VOID_FILE

if TYPE_CHECKING:
    from st_opendata.model.descriptions import Catalogue, Dataset, HighValue
    from st_opendata.model.series import Series

SPARQL_TITLE = message("SPARQL 1.1 Protocol")
SERVICE_DESCRIPTION = message(
    "Queries over all datasets. It answers once the release is served with SPARQL at the catalogue's site; "
    "whoever serves it elsewhere sets that address as the site and builds it again."
)

SPARQL_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def catalogue_statements(
    catalogue: Catalogue,
    distributions: Mapping[str, tuple[Distribution, ...]],
    triples: Mapping[str, int],
    pictures: Mapping[str, Picture] | None = None,
) -> Statements:
    """The whole catalogue; `distributions`, numbers of `triples` and `pictures` are by dataset id."""
    graph = Statements()
    _add_catalogue(graph, catalogue)
    _add_service(graph, catalogue)
    for series in catalogue.series:
        _add_series(graph, catalogue, series)
    add_editions(graph, catalogue)
    for dataset in catalogue.datasets:
        described = _add_dataset(graph, catalogue, dataset)
        if has_facts(dataset) and dataset.id in triples:
            described.add(VOID.triples, literal_node(str(triples[dataset.id]), datatype=XSD.integer))
        if pictures and dataset.id in pictures:
            described.add(FOAF.depiction, _add_picture(graph, catalogue, pictures[dataset.id]))
        for distribution in distributions.get(dataset.id, ()):
            described.add(DCAT.distribution, _add_distribution(graph, catalogue, dataset, distribution))
        add_links(graph, catalogue, dataset, described)
    return graph


def _add_catalogue(graph: Statements, catalogue: Catalogue) -> None:
    described = NodeDescriber(graph, catalogue.iri, catalogue, catalogue, DCAT.Catalog)
    described.add_outline(catalogue.title, catalogue.description)
    described.add_languages()
    described.add_licence()
    described.add_rights()
    described.add(DCT.identifier, literal_node(catalogue.iri))
    described.add(DCAT.themeTaxonomy, add_scheme(graph, "data-theme"))
    described.add(DCAT.service, iri_node(_service_iri(catalogue)))
    if catalogue.homepage:
        described.add(FOAF.homepage, add_page(graph, catalogue.homepage, catalogue.title))
    for dataset in catalogue.datasets:
        described.add(DCAT.dataset, iri_node(catalogue.dataset_iri(dataset.id)))
    add_stated(described, Owner.CATALOGUE)


def _add_dataset(graph: Statements, catalogue: Catalogue, dataset: Dataset) -> NodeDescriber:
    iri = catalogue.dataset_iri(dataset.id)
    described = NodeDescriber(graph, iri, dataset, catalogue, DCAT.Dataset)
    described.add_outline(dataset.title, dataset.description)
    described.add_languages()
    described.add_access_rights()
    described.add_frequency()
    described.add_subjects()
    described.add_landing_page()
    described.add(DCT.identifier, literal_node(dataset.identifier or iri))
    described.add(DCAT.version, literal_node(dataset.version) if dataset.version else None)
    add_text(graph, described.node, ADMS.versionNotes, dataset.version_notes)
    if dataset.provenance:
        statement = add_labelled(graph, f"{iri}#provenance", DCT.ProvenanceStatement, dataset.provenance)
        described.add(DCT.provenance, statement)
    for link in dataset.source:
        described.add(PROV.wasDerivedFrom, add_page(graph, link.url, link.label))
    for link in dataset.page:
        described.add(FOAF.page, add_page(graph, link.url, link.label))
    for link in dataset.conforms_to:
        described.add(DCT.conformsTo, add_standard(graph, link.url, link.label))
    if dataset.type:
        described.add(DCT.type, add_concept(graph, "dataset-type", dataset.type))
    described.add_legislation(_high_value([dataset]))
    described.add_categories(_high_value([dataset]))
    add_relations(graph, catalogue, dataset)
    add_stated(described, Owner.DATASET)
    return described


def _add_distribution(
    graph: Statements, catalogue: Catalogue, dataset: Dataset, distribution: Distribution
) -> ox.NamedNode:
    path = distribution.file.path
    iri = catalogue.distribution_iri(path)
    described = NodeDescriber(graph, iri, terms_of(dataset, distribution), catalogue, DCAT.Distribution)
    add_text(graph, described.node, DCT.title, distribution.title)
    add_text(graph, described.node, DCT.description, describe_distribution(dataset, distribution))
    url = iri_node(catalogue.download_url(path))
    described.add(DCAT.accessURL, url)
    described.add(DCAT.downloadURL, url)
    add_format(described, distribution.format)
    add_size(described, distribution.file.size)
    add_checksum(graph, described.node, distribution.file.sha256)
    described.add_dates()
    described.add_languages()
    described.add_licence()
    described.add_rights()
    described.add_keeping()
    described.add_legislation(_high_value([dataset]))
    for standard in standards_of(dataset, distribution):
        described.add(DCT.conformsTo, add_standard(graph, standard.url, standard.label))
    if distribution.described_by:
        described.add(FOAF.page, _add_metadata_file(graph, catalogue, dataset, distribution))
    add_stated(described, Owner.DISTRIBUTION, distribution.table)
    return described.node


def _add_metadata_file(
    graph: Statements, catalogue: Catalogue, dataset: Dataset, distribution: Distribution
) -> ox.NamedNode:
    page = add_page(graph, catalogue.distribution_iri(str(distribution.described_by)))
    file = distribution.file.path.rpartition("/")[2]
    add_text(graph, page, DCT.title, message("Columns of {file}", file=file).data(dataset.title))
    _add_addresses(graph, page, catalogue.download_url(str(distribution.described_by)))
    return page


def _add_picture(graph: Statements, catalogue: Catalogue, picture: Picture) -> ox.NamedNode:
    """A picture of a dataset (foaf:Image). It is not a distribution, because it does not contain the data."""
    image = add_types(graph, catalogue.distribution_iri(picture.file.path), FOAF.Image)
    add_text(graph, image, DCT.title, picture.title)
    add_text(graph, image, DCT.description, picture.description)
    _add_addresses(graph, image, catalogue.download_url(picture.file.path))
    state(graph, image, DCT["format"], add_concept(graph, "file-type", str(SVG.file_type), DCT.MediaTypeOrExtent))
    return image


def _add_addresses(graph: Statements, node: ox.NamedNode, url: str) -> None:
    for predicate in (DCAT.accessURL, DCAT.downloadURL):
        state(graph, node, predicate, iri_node(url))


def _add_series(graph: Statements, catalogue: Catalogue, series: Series) -> None:
    iri = catalogue.series_iri(series.id)
    stated = {key: getattr(series, key) for key in series.model_fields_set & type(catalogue).model_fields.keys()}
    described = NodeDescriber(graph, iri, catalogue.model_copy(update=stated), catalogue, DCAT.DatasetSeries)
    described.add_outline(series.title, series.description)
    described.add_frequency()
    add_members(described, catalogue, series)
    high_value = _high_value(each for each in catalogue.datasets if series.has(each.id))
    if len(high_value) == len(series.members):
        described.add_legislation(high_value)
        described.add_categories(high_value)


def _add_service(graph: Statements, catalogue: Catalogue) -> None:
    described = NodeDescriber(graph, _service_iri(catalogue), catalogue, catalogue, DCAT.DataService)
    standard = SPARQL_TITLE.data(catalogue.title)
    title = message("SPARQL endpoint: {title}", title=catalogue.title)
    add_text(graph, described.node, DCT.title, title.data(catalogue.title))
    add_text(graph, described.node, DCT.description, SERVICE_DESCRIPTION.data(catalogue.title))
    described.add(DCAT.endpointURL, iri_node(f"{catalogue.site}sparql"))
    # A file of the release, so that it exists even if no server answers queries; it names the endpoint.
    described.add(DCAT.endpointDescription, iri_node(f"{catalogue.site}{VOID_FILE}"))
    described.add(DCT.conformsTo, add_standard(graph, SPARQL_PROTOCOL, standard))
    described.add(FOAF.page, add_page(graph, SPARQL_PROTOCOL, standard))
    described.add_agents()
    described.add_contact()
    described.add_access_rights()
    described.add_licence()
    described.add_subjects()
    for dataset in filter(has_facts, catalogue.datasets):
        described.add(DCAT.servesDataset, iri_node(catalogue.dataset_iri(dataset.id)))
    described.add_legislation(_high_value(catalogue.datasets))
    described.add_categories(_high_value(catalogue.datasets))
    add_stated(described, Owner.SERVICE)


def _high_value(datasets: Iterable[Dataset]) -> list[HighValue]:
    return [dataset.high_value for dataset in datasets if dataset.high_value]


def _service_iri(catalogue: Catalogue) -> str:
    return f"{catalogue.base}service/sparql"


def describe_distribution(dataset: Dataset, distribution: Distribution) -> Text:
    """Describe the file's contents, in the publisher's words if it is a table, and its purpose."""
    if distribution.carried:
        return distribution.description
    table = next((table for table in dataset.tables if table.stem == distribution.table), None)
    stated = distribution.purpose or distribution.format.purpose
    held = table.description if table else {}
    purpose = stated.data(distribution.title) if stated else {}
    tags = dict.fromkeys((*distribution.title, *purpose))
    both = {tag: " ".join(filter(None, (held.get(tag), purpose.get(tag)))) for tag in tags}
    return {tag: text for tag, text in both.items() if text}
