"""The release's own DCAT-AP catalogue with the portal's addresses, and what makes a CKAN dataset of it.

ckanext-dcat loses languages, series and more. So harvesters get the exact catalogue as files of a dataset of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD, Namespace
from rdflib.term import Node

from st_opendata.formats import JSON_LD, RDF_XML, TURTLE, Format
from st_opendata.model.text import Text
from st_opendata.namespaces import PREFIXES
from st_opendata.rdf import write_graph

_ADMS = Namespace(PREFIXES["adms"])
_DCAT = Namespace(PREFIXES["dcat"])
_DCATAP = Namespace(PREFIXES["dcatap"])
_DCT = Namespace(PREFIXES["dct"])
_FOAF = Namespace(PREFIXES["foaf"])
_SPDX = Namespace(PREFIXES["spdx"])

FORMATS: Mapping[str, Format] = {f"catalog{form.extension}": form for form in (TURTLE, JSON_LD, RDF_XML)}
"""The files of the catalogue, by path in the release."""

_TITLE = {"en": "{title}: catalogue", "fr": "{title} : catalogue", "de": "{title}: Katalog"}
_DESCRIPTION = {
    "en": "Descriptions of all datasets of “{title}” as DCAT-AP 3, with the addresses of their files on this portal. "
    "For harvesters and programs: every property in every language.",
    "fr": "Descriptions de tous les jeux de données de « {title} » en DCAT-AP 3, avec les adresses de leurs fichiers "
    "sur ce portail. Pour moissonneurs et programmes : toutes les propriétés dans toutes les langues.",
    "de": "Beschreibungen aller Datensätze von „{title}“ als DCAT-AP 3, mit den Adressen ihrer Dateien auf diesem "
    "Portal. Für Harvester und Programme: alle Eigenschaften in allen Sprachen.",
}
_FILE_TITLE = {"en": "Catalogue ({format})", "fr": "Catalogue ({format})", "de": "Katalog ({format})"}
_FILE_DESCRIPTION = {
    "en": "All datasets with every property in every language, as DCAT-AP 3 in {format}.",
    "fr": "Tous les jeux de données avec toutes leurs propriétés dans toutes les langues, en DCAT-AP 3 ({format}).",
    "de": "Alle Datensätze mit allen Eigenschaften in allen Sprachen, als DCAT-AP 3 in {format}.",
}
_DOCUMENT_DESCRIPTION = {
    "en": "Describes the columns of the table for programs: titles, types, keys (W3C CSV on the Web).",
    "fr": "Décrit les colonnes de la table pour les programmes : titres, types, clés (W3C CSV on the Web).",
    "de": "Beschreibt die Spalten der Tabelle für Programme: Titel, Datentypen, Schlüssel (W3C CSV on the Web).",
}
_FROM_CATALOGUE = (
    *(_DCT[name] for name in ("publisher", "creator", "spatial", "temporal", "issued", "modified", "language")),
    _DCAT.contactPoint,
)
_FROM_SERVICE = (_DCAT.theme, _DCAT.keyword, _DCT.accessRights)
_FROM_DISTRIBUTIONS = (
    *(_DCT[name] for name in ("issued", "modified", "language", "license", "rights")),
    _DCATAP.availability,
    _DCATAP.applicableLegislation,
    _ADMS.status,
)


def move(graph: Graph, addresses: Mapping[str, str]) -> None:
    """Give the distributions (and other files) their access and download URLs on the portal: IRI to URL."""
    for iri, url in addresses.items():
        for predicate in (_DCAT.accessURL, _DCAT.downloadURL):
            graph.set((URIRef(iri), predicate, URIRef(url)))


def serialise(graph: Graph) -> dict[str, bytes]:
    """The catalogue in each of `FORMATS`, by path; raises as `write_graph`."""
    with TemporaryDirectory() as folder:
        for name, form in FORMATS.items():
            write_graph(graph, Path(folder, name), form, PREFIXES)
        return {name: Path(folder, name).read_bytes() for name in FORMATS}


def describe_file(graph: Graph, iri: str, form: Format, size: int, digest: str) -> None:
    """Say of a file that the catalogue does not list as distribution what fields of a CKAN resource ask for."""
    node = URIRef(iri)
    graph.add((node, RDF.type, _DCAT.Distribution))
    stated = [(_DCAT.mediaType, form.media_type_iri, _DCT.MediaType)]
    if form.iri:
        stated.append((_DCT["format"], form.iri, _DCT.MediaTypeOrExtent))
    for predicate, value, kind in stated:
        graph.add((node, predicate, URIRef(value)))
        graph.add((URIRef(value), RDF.type, kind))
    graph.add((node, _DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger)))
    checksum = URIRef(f"{iri}#checksum")
    graph.add((node, _SPDX.checksum, checksum))
    graph.add((checksum, RDF.type, _SPDX.Checksum))
    graph.add((checksum, _SPDX.algorithm, _SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, _SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary, normalize=False)))


def describe_document(graph: Graph, dataset: str, iri: str) -> None:
    """Make the metadata of a table, which is a page of its distribution, one more distribution on the same terms."""
    node = URIRef(iri)
    graph.add((URIRef(dataset), _DCAT.distribution, node))
    for language, text in _DOCUMENT_DESCRIPTION.items():
        graph.add((node, _DCT.description, Literal(text, lang=language)))
    _copy(graph, node, sorted(graph.subjects(_FOAF.page, node), key=str), _FROM_DISTRIBUTIONS)


def describe_catalogue(graph: Graph, dataset: str, title: Text, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Add the catalogue to the graph as one more dataset of this IRI: `files` has IRI and content by path.

    It says what the catalogue and its service say of themselves; its files are licensed as those of the datasets.
    """
    node = URIRef(dataset)
    catalogues = sorted(graph.subjects(RDF.type, _DCAT.Catalog), key=str)
    services = [service for each in catalogues for service in graph.objects(each, _DCAT.service)]
    distributions = sorted(graph.objects(None, _DCAT.distribution), key=str)[:1]
    graph.add((node, RDF.type, _DCAT.Dataset))
    graph.add((node, _DCT.identifier, Literal(dataset)))
    graph.add((node, _DCT.conformsTo, URIRef(PREFIXES["dcatap"])))
    graph.add((URIRef(PREFIXES["dcatap"]), RDF.type, _DCT.Standard))
    _add_text(graph, node, _DCT.title, _TITLE, title)
    _add_text(graph, node, _DCT.description, _DESCRIPTION, title)
    _copy(graph, node, catalogues, _FROM_CATALOGUE)
    _copy(graph, node, services, _FROM_SERVICE)
    for each in catalogues:
        for page in graph.objects(each, _FOAF.homepage):
            graph.add((node, _DCAT.landingPage, page))
    for path, (iri, content) in files.items():
        form = FORMATS[path]
        describe_file(graph, iri, form, len(content), sha256(content).hexdigest())
        for predicate, template in ((_DCT.title, _FILE_TITLE), (_DCT.description, _FILE_DESCRIPTION)):
            for language, text in template.items():
                graph.add((URIRef(iri), predicate, Literal(text.format(format=form.label), lang=language)))
        _copy(graph, URIRef(iri), distributions, _FROM_DISTRIBUTIONS)
        graph.add((node, _DCAT.distribution, URIRef(iri)))


def _copy(graph: Graph, node: Node, others: Iterable[Node], predicates: Iterable[URIRef]) -> None:
    for predicate in predicates:
        for other in others:
            for value in list(graph.objects(other, predicate)):
                graph.add((node, predicate, value))


def _add_text(graph: Graph, node: Node, predicate: URIRef, template: Text, title: Text) -> None:
    for language, text in template.items():
        if language in title:
            graph.add((node, predicate, Literal(text.format(title=title[language]), lang=language)))
