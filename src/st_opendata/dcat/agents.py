"""Agents and contacts as nodes of a catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from st_opendata.dcat.terms import DCAT, DCT, FOAF, PROV, VCARD, add_concept, add_page, add_text, add_types, state
from st_opendata.rdf.statements import Statements, iri_node, literal_node

if TYPE_CHECKING:
    from st_opendata.model.agents import Address, Agent, Attribution, ContactPoint

_ADDRESS = {
    "street_address": VCARD["street-address"],
    "postal_code": VCARD["postal-code"],
    "locality": VCARD["locality"],
    "region": VCARD["region"],
    "country": VCARD["country-name"],
}


def add_agent(graph: Statements, agent: Agent) -> ox.NamedNode:
    """foaf:Agent with name, type, homepage, e-mail address (foaf:mbox) and identifier."""
    node = add_types(graph, agent.iri, FOAF.Agent)
    add_text(graph, node, FOAF.name, agent.name)
    if agent.type:
        state(graph, node, DCT.type, add_concept(graph, "publisher-type", agent.type))
    if agent.homepage:
        state(graph, node, FOAF.homepage, add_page(graph, agent.homepage))
    if agent.email:
        state(graph, node, FOAF.mbox, iri_node(f"mailto:{agent.email}"))
    if agent.identifier:
        state(graph, node, DCT.identifier, literal_node(agent.identifier))
    return node


def add_attribution(graph: Statements, iri: str, attribution: Attribution) -> ox.NamedNode:
    """prov:Attribution: an agent with a role."""
    node = add_types(graph, iri, PROV.Attribution)
    state(graph, node, PROV.agent, add_agent(graph, attribution.agent))
    state(graph, node, DCAT.hadRole, add_types(graph, attribution.role, DCAT.Role))
    return node


def add_contact(graph: Statements, iri: str, contact: ContactPoint) -> ox.NamedNode:
    """vcard:Kind with its addresses."""
    node = add_types(graph, contact.iri or iri, VCARD.Kind)
    add_text(graph, node, VCARD.fn, contact.name)
    if contact.email:
        state(graph, node, VCARD.hasEmail, iri_node(f"mailto:{contact.email}"))
    if contact.url:
        state(graph, node, VCARD.hasURL, iri_node(contact.url))
    if contact.phone:
        number = re.sub("[^0-9+]+", "-", contact.phone).strip("-")  # RFC 3966
        state(graph, node, VCARD.hasTelephone, iri_node(f"tel:{number}"))
    add_text(graph, node, VCARD["organization-name"], contact.organization)
    if contact.address:
        state(graph, node, VCARD.hasAddress, _add_address(graph, f"{iri}-address", contact.address))
    return node


def _add_address(graph: Statements, iri: str, address: Address) -> ox.NamedNode:
    node = add_types(graph, iri, VCARD.Address)
    for field, predicate in _ADDRESS.items():
        if line := getattr(address, field):
            state(graph, node, predicate, literal_node(line))
    return node
