"""The properties of profiles in the description of a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import URIRef

from st_opendata.dcat.agents import add_agent
from st_opendata.dcat.properties import NodeDescriber
from st_opendata.dcat.terms import DCT, SKOS, add_concept, add_scheme_of, add_types, state
from st_opendata.model.profiles import LiteralValue, NodeValue, Owner
from st_opendata.rdf.statements import Statements, iri_node, literal_node
from st_opendata.vocabularies import concept_iri, licence_type

if TYPE_CHECKING:
    from st_opendata.model.agents import Agent
    from st_opendata.model.descriptions import Catalogue, PropertyValues


def add_stated(described: NodeDescriber, owner: Owner, table: str | None = None) -> None:
    """State the values of the keys of profiles that describe this kind of resource.

    A value for the distributions of a `table` takes the place of one for all of the dataset. The code of a profile's
    licence list takes the place of the licence that DCAT-AP states.
    """
    whole = {each.property.key: each for each in described.terms.stated if each.table is None}
    own = {each.property.key: each for each in described.terms.stated if table and each.table == table}
    for each in (whole | own).values():
        if owner not in each.property.on:
            continue
        if each.property.refines:
            described.graph.drop(described.node.value, each.property.iri)
        for value in each.values:
            term = _term(described.graph, each, value, described.catalogue)
            for predicate in (each.property.iri, *each.property.also):
                described.add(URIRef(predicate), term)


def _term(
    graph: Statements, stated: PropertyValues, value: LiteralValue | NodeValue | Agent, catalogue: Catalogue
) -> ox.NamedNode | ox.Literal:
    if isinstance(value, LiteralValue):
        return literal_node(value.text, language=value.language, datatype=value.datatype)
    if not isinstance(value, NodeValue):
        return add_agent(graph, value)
    types = [URIRef(each) for each in stated.property.types]
    if value.code:
        types.append(SKOS.Concept)
    node = add_types(graph, value.iri, *types)
    for tag, text in value.label.items():
        name = SKOS.prefLabel if value.code else DCT.title
        state(graph, node, name, literal_node(text, language=None if tag == "und" else tag))
    if stated.property.category:
        state(graph, node, DCT.type, iri_node(stated.property.category))
    if value.codes and value.code:
        title = value.codes.title_in(next(iter(catalogue.title)))
        scheme = add_scheme_of(graph, value.codes.scheme_in(catalogue.base), title)
        state(graph, node, SKOS.inScheme, scheme)
        if stated.property.refines and (match := value.codes.matches.get(value.code)):
            state(graph, node, SKOS.exactMatch, iri_node(concept_iri("licence", match)))
            if kind := licence_type(match):
                state(graph, node, DCT.type, add_concept(graph, "licence-type", kind))
    return node
