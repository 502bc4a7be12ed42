"""The release's own DCAT-AP catalogue with the portal's addresses, and what makes a CKAN dataset of it.

ckanext-dcat loses languages, series and more. So harvesters get the exact catalogue as files of a dataset of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import pyoxigraph as ox

from st_opendata.formats import Format
from st_opendata.model.text import Text, speak
from st_opendata.namespaces import PREFIXES, expand
from st_opendata.rdf.statements import TYPE, Statements, Term, iris
from st_opendata.release.layout import CATALOGUES

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
    "fr": "Décrit les colonnes du tableau pour les programmes : titres, types, clés (W3C CSV on the Web).",
    "de": "Beschreibt die Spalten der Tabelle für Programme: Titel, Datentypen, Schlüssel (W3C CSV on the Web).",
}
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


def set_addresses(graph: Statements, addresses: Mapping[str, str]) -> None:
    """Give the distributions (and other files) their access and download URLs on the portal: IRI to URL."""
    predicates = (expand("dcat:accessURL"), expand("dcat:downloadURL"))
    for iri, url in addresses.items():
        for predicate in predicates:
            graph.put(iri, predicate, ox.NamedNode(url))


def describe_file(graph: Statements, iri: str, form: Format, size: int, digest: str) -> None:
    """Say of a file that the catalogue does not list as distribution what fields of a CKAN resource ask for."""
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
        _add_text(graph, iri, "dct:description", speak(_DOCUMENT_DESCRIPTION, languages))
    _copy(graph, iri, owners, _FROM_DISTRIBUTIONS)


def describe_catalogue(graph: Statements, dataset: str, title: Text, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Add the catalogue to the graph as one more dataset of this IRI: `files` has IRI and content by path.

    It says what the catalogue and its service say of themselves; its files are licensed as those of the datasets.
    """
    catalogues = sorted(subject for subject, kind in graph.of(TYPE.value) if kind == _named("dcat:Catalog"))
    services = [service for each in catalogues for service in iris(graph.values(each, expand("dcat:service")))]
    distributions = iris(value for _, value in graph.of(_DISTRIBUTION))[:1]
    standard = PREFIXES["dcatap"]
    graph.add(dataset, TYPE.value, _named("dcat:Dataset"))
    graph.add(dataset, expand("dct:identifier"), ox.Literal(dataset))
    graph.add(dataset, expand("dct:conformsTo"), ox.NamedNode(standard))
    graph.add(standard, TYPE.value, _named("dct:Standard"))
    _add_text(graph, dataset, "dct:title", speak(_TITLE, title, title=title))
    _add_text(graph, dataset, "dct:description", speak(_DESCRIPTION, title, title=title))
    _copy(graph, dataset, catalogues, _FROM_CATALOGUE)
    _copy(graph, dataset, services, _FROM_SERVICE)
    for each in catalogues:
        for page in graph.values(each, expand("foaf:homepage")):
            graph.add(dataset, expand("dcat:landingPage"), page)
    for path, (iri, content) in files.items():
        form = CATALOGUES[path]
        describe_file(graph, iri, form, len(content), sha256(content).hexdigest())
        for predicate, template in (("dct:title", _FILE_TITLE), ("dct:description", _FILE_DESCRIPTION)):
            _add_text(graph, iri, predicate, speak(template, title, format=form.label))
        _copy(graph, iri, distributions, _FROM_DISTRIBUTIONS)
        graph.add(dataset, _DISTRIBUTION, ox.NamedNode(iri))


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
