"""Licences as nodes of a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.terms import DCT, RDFS, add_concept, add_text, add_types, state
from st_opendata.rdf.statements import Statements, iri_node
from st_opendata.vocabularies import licence_page, licence_type

if TYPE_CHECKING:
    from st_opendata.model.licences import Licence


def add_licence(graph: Statements, licence: Licence) -> ox.NamedNode:
    """dct:LicenseDocument with its type and page, and of one that the EU table does not have, its label."""
    if isinstance(licence, str):
        node = add_concept(graph, "licence", licence, DCT.LicenseDocument)
        kind, page = licence_type(licence), licence_page(licence)
    else:
        node, kind, page = add_types(graph, licence.iri, DCT.LicenseDocument), licence.type, licence.iri
        add_text(graph, node, RDFS.label, licence.label)
    if kind:
        state(graph, node, DCT.type, add_concept(graph, "licence-type", kind))
    if page:
        state(graph, node, RDFS.seeAlso, iri_node(page))
    return node
