"""Descriptions read back from DCAT statements, as the keys of catalogue.yaml and dataset.yaml.

A value that a key cannot hold becomes a remark on it: the record that reads the catalogue validates each value.
"""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from st_opendata.catalogue.statements.agents import read_attributions, read_contacts, read_creators, read_publisher
from st_opendata.catalogue.statements.coverage import day_of, read_periods, read_places
from st_opendata.catalogue.statements.reader import Description, Elsewhere, Reader, Yaml, code_in, filled, more
from st_opendata.catalogue.statements.related import (
    links,
    read_identifier,
    read_landing_pages,
    read_other_identifiers,
    read_qualified_relations,
    related,
)
from st_opendata.messages.message import message
from st_opendata.model.text import LANGUAGES
from st_opendata.rdf.statements import Statements, text_of
from st_opendata.vocabularies import code_of, language_tag

__all__ = ["KEYS", "Description", "Yaml", "read_description"]

_CODES = {
    "license": ("dct:license", "licence"),
    "accessRights": ("dct:accessRights", "access-right"),
    "accrualPeriodicity": ("dct:accrualPeriodicity", "frequency"),
    "availability": ("dcatap:availability", "planned-availability"),
    "status": ("adms:status", "distribution-status"),
    "type": ("dct:type", "dataset-type"),
}


def read_description(graph: Statements, node: str, language: str, elsewhere: Elsewhere) -> Description:
    """The statements of the graph about a dataset or catalogue; `language` is that of text that has none."""
    reader = Reader(graph, node, language, elsewhere, Description())
    for key, read in _KEYS.items():
        reader.take(key, read(reader, key))
    _order_dates(reader.found)
    return reader.found


def _order_dates(found: Description) -> None:
    issued, modified = found.values.get("issued"), found.values.get("modified")
    if issued and modified and modified < issued:
        del found.values["modified"]
        found.remark("modified", message("The portal has {date}, which is before issued", date=modified))


def _text(name: str) -> Callable[[Reader, str], object]:
    return lambda reader, key: reader.texts(reader.values(key, name))


def _one_code(reader: Reader, key: str) -> object:
    found = reader.codes(key, *_CODES[key])
    if len(found) > 1 and key == "license":  # only the publisher can choose
        several = message("The files have different ones: {codes}; a dataset here has one", codes=", ".join(found))
        reader.found.remark(key, several)
        return None
    if len(found) > 1:
        reader.found.remark(key, more(found[1:]))
    return found[0] if found else None


def _licence(reader: Reader, key: str) -> object:
    """The licence of the EU table, else the only other one that is stated by its IRI."""
    nodes = reader.values(key, _CODES[key][0])
    if len(nodes) != 1 or not isinstance(nodes[0], ox.NamedNode) or code_in("licence", nodes[0].value):
        return _one_code(reader, key)
    kinds = (code_of("licence-type", text_of(kind)) for kind in reader.below(nodes[0], "dct:type"))
    label = reader.named(nodes[0], "rdfs:label", "skos:prefLabel", "dct:title")
    found = filled(iri=nodes[0].value, label=label, type=next(filter(None, kinds), None))
    return found if len(found) > 1 else nodes[0].value


def _themes(reader: Reader, key: str) -> object:
    return reader.codes(key, "dcat:theme", "data-theme")


def _languages(reader: Reader, key: str) -> object:
    tags = (language_tag(code) for code in reader.codes(key, "dct:language", "language"))
    rank = {tag: number for number, tag in enumerate(LANGUAGES)}
    return sorted(filter(None, tags), key=lambda tag: (rank.get(tag, len(rank)), tag))


def _statement(name: str) -> Callable[[Reader, str], object]:
    def read(reader: Reader, key: str) -> object:
        node = reader.first(key, reader.values(key, name))
        return reader.named(node, "rdfs:label", "skos:prefLabel") if node else None

    return read


def _keywords(reader: Reader, key: str) -> object:
    return reader.by_language(reader.values(key, "dcat:keyword"))


def _date(name: str) -> Callable[[Reader, str], object]:
    def read(reader: Reader, key: str) -> object:
        value = reader.first(key, reader.values(key, name))
        return day_of(text_of(value)) if value else None

    return read


def _version(reader: Reader, key: str) -> object:
    value = reader.first(key, reader.values(key, "dcat:version"))
    return text_of(value) if value else None


def _high_value(reader: Reader, key: str) -> object:
    categories = reader.codes(key, "dcatap:hvdCategory", "hvd-category")
    acts = list(map(text_of, reader.values(key, "dcatap:applicableLegislation")))
    if acts and not categories:
        uncategorised = message("The portal has the legislation {acts} but no category", acts=", ".join(acts))
        reader.found.remark(key, uncategorised)
    return filled(category=categories, applicableLegislation=acts) if categories else None


_KEYS: dict[str, Callable[[Reader, str], object]] = {
    "title": _text("dct:title"),
    "description": _text("dct:description"),
    "publisher": read_publisher,
    "creator": read_creators,
    "contactPoint": read_contacts,
    "license": _licence,
    "rights": _statement("dct:rights"),
    "accessRights": _one_code,
    "accrualPeriodicity": _one_code,
    "availability": _one_code,
    "status": _one_code,
    "language": _languages,
    "theme": _themes,
    "keyword": _keywords,
    "spatial": read_places,
    "temporal": read_periods,
    "issued": _date("dct:issued"),
    "modified": _date("dct:modified"),
    "version": _version,
    "landingPage": read_landing_pages,
    "versionNotes": _text("adms:versionNotes"),
    "provenance": _statement("dct:provenance"),
    "source": links("prov:wasDerivedFrom"),
    "page": links("foaf:page"),
    "type": _one_code,
    "conformsTo": links("dct:conformsTo"),
    "identifier": read_identifier,
    "otherIdentifier": read_other_identifiers,
    "relation": links("dct:relation"),
    "isReferencedBy": links("dct:isReferencedBy"),
    "hasVersion": related("dcat:hasVersion"),
    "isVersionOf": related("dcat:isVersionOf"),
    "qualifiedRelation": read_qualified_relations,
    "qualifiedAttribution": read_attributions,
    "highValue": _high_value,
}
"""The reader of each key, in the order in which a catalogue is written."""
KEYS = tuple(_KEYS)
